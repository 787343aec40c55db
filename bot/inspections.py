"""What `costbot doctor` looks at beside the large parts: people, outbox, files, workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from pydantic import SecretStr

from analysis.checks import Check, failed_with, passed, warned
from analysis.clock import Clock
from analysis.errors import BadInput, Unavailable
from analysis.roles import Role
from analysis.written import plural, size
from bot.settings import Settings
from bot.setup.env_file import is_open_to_others, values_in
from bot.slack.inspection import SlackInspection
from handlers.callers import PersonDefaults
from handlers.workspaces.sealing import Sealing
from queries.ingest.journal import FOLDER
from storage.records.workspace import Workspace
from storage.store import Store

WAITING_LONG = timedelta(minutes=15)
"""From then on a message that waits is stuck: it is tried again after seconds, then minutes."""

MUCH_USAGE = 64_000_000
"""Bytes of usage that wait for the mart: a serving costbot merges every few seconds."""

MOST_WORKSPACES = 10
"""Workspaces whose tokens are tried."""

SECRETS = ("_TOKEN", "_SECRET", "_KEYS", "SMTP_URL", "STORE_URL", "WEBHOOKS")
"""How the names of settings end that others should not read."""


def env_file_checks(path: Path = Path(".env")) -> list[Check]:
    """Whether the file of settings is for its owner alone, where secrets stand in it."""
    try:
        names = [name for name, value in values_in(path).items() if value]
    except BadInput as error:
        return [failed_with(".env", error)]
    if any(name.endswith(SECRETS) for name in names) and is_open_to_others(path):
        sentence = f"Others on this machine may read {path}, and secrets stand in it."
        return [warned(".env", sentence, f"chmod 600 {path}")]
    return []


def usage_checks(home: Path) -> list[Check]:
    """Usage that was taken in and is not in the mart."""
    folder = home / FOLDER
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    damaged = [path for path in files if path.suffix == ".damaged"]
    if damaged:
        sentence = f"{plural(len(damaged), 'file')} of usage could not be imported: {damaged[0]}."
        cure = "`costbot import usage FILE` says what is wrong in it; remove it when it is mended."
        return [warned("usage", sentence, cure)]
    waiting = sum(path.stat().st_size for path in files)
    if waiting > MUCH_USAGE:
        sentence = f"{size(waiting)} of usage wait for the mart."
        return [warned("usage", sentence, "Start `costbot serve`: it merges them by itself.")]
    return []


@dataclass(frozen=True, slots=True)
class OutboxInspection:
    """Looks for messages that do not leave.

    Attributes:
        store: with the outbox; may not be there yet.
        clock: the present.
    """

    store: Store
    clock: Clock

    async def inspect(self) -> list[Check]:
        """A warning for what was given up, and for what waits; one check where all is well."""
        try:
            at, needed = await self.store.revisions()
            found = await self.store.deliveries.backlog() if at == needed else None
        except Unavailable:
            return []  # told by the check of the store
        if found is None:
            return []
        checks: list[Check] = []
        if found.dead:
            sentence = f"{plural(found.dead, 'message')} could not be sent, and will not be tried."
            cure = "`costbot outbox dead` says why; `costbot outbox resend N` tries one again."
            checks.append(warned("outbox", sentence, cure))
        if found.oldest is not None and self.clock() - found.oldest > WAITING_LONG:
            waiting = ", ".join(f"{number} by {way}" for way, number in found.waiting.items())
            since = f"{found.oldest.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            sentence = f"Messages do not leave, the oldest since {since}: {waiting}."
            cure = "See that `costbot serve` runs; `costbot outbox` says what they wait for."
            checks.append(warned("outbox", sentence, cure))
        return checks or [passed("outbox", "Nothing is stuck in it.")]


@dataclass(frozen=True, slots=True)
class PeopleInspection:
    """Looks at whether anybody is answered.

    Attributes:
        settings: what holds for people who are not listed.
        store: with those who are; may not be there yet. None: it has a fault.
    """

    settings: Settings
    store: Store | None

    async def inspect(self) -> list[Check]:
        """A fault where costbot would not start, a warning where it would answer nobody."""
        settings = self.settings
        try:
            PersonDefaults(
                zone=settings.zone_info,
                admins=frozenset(settings.admins),
                organization=settings.default_organization,
                role=settings.default_role,
                domains=settings.email_domains,
            )
        except BadInput as error:
            cure = f"{error.hint} COSTBOT_DEFAULT_ROLE and COSTBOT_EMAIL_DOMAINS take user or "
            return [failed_with("people", BadInput(error.sentence, f"{cure}org_admin."))]
        if self.store is None or settings.slack_bot_token is None or settings.admins:
            return []
        try:
            at, needed = await self.store.revisions()
            people = await self.store.people.find_all() if at == needed else None
            groups = await self.store.user_groups.find_all() if at == needed else []
        except Unavailable:
            return []  # told by the check of the store
        admins = [one.role for one in (*(people or ()), *groups) if one.role is Role.ADMIN]
        if admins:
            return []
        sentence = "Nobody is an admin: nobody can list others, approve or set prices in Slack."
        cure = "`costbot setup --admin you@example.com`, or COSTBOT_ADMINS."
        return [warned("people", sentence, cure)]


@dataclass(frozen=True, slots=True)
class WorkspacesInspection:
    """Looks at the workspaces that have installed costbot.

    Attributes:
        settings: with the app's client id and the keys.
        store: with their tokens, encrypted; may not be there yet. None: it has a fault.
        clock: of this machine.
    """

    settings: Settings
    store: Store | None
    clock: Clock

    async def inspect(self) -> list[Check]:
        """Whether they can be installed, and whether the tokens are read and taken."""
        from bot.assembly.workspaces import oauth_app_of

        try:
            app = oauth_app_of(self.settings)
            keys = self.settings.encryption_keys
            sealing = Sealing(keys) if keys else None
        except BadInput as error:
            return [failed_with("Slack installing", error)]
        try:
            installed = await self._installed()
        except Unavailable:
            return []  # told by the check of the store
        checks: list[Check] = []
        if app is not None:
            told = f"{plural(len(installed), 'workspace')} installed costbot, at /slack/install."
            checks.append(passed("Slack installing", told))
            if self.settings.public_url is None:
                sentence = "Where Slack leads back to after an installation is not set."
                cure = "Set COSTBOT_PUBLIC_URL, and the same address with /slack/oauth_redirect "
                checks.append(warned("Slack installing", sentence, f"{cure}in the app's settings."))
        for one in installed[:MOST_WORKSPACES]:
            checks += await self._token(one, sealing)
        return checks

    async def _installed(self) -> list[Workspace]:
        if self.store is None:
            return []
        at, needed = await self.store.revisions()
        found: Sequence[Workspace] = await self.store.workspaces.find_all() if at == needed else ()
        return [one for one in found if one.sealed is not None and one.removed_at is None]

    async def _token(self, one: Workspace, sealing: Sealing | None) -> list[Check]:
        name = f"Slack {one.id}"
        try:
            if sealing is None:
                sealing = Sealing(())
            token: SecretStr = sealing.open(one.id, one.sealed or "").bot
        except (BadInput, Unavailable) as error:
            return [failed_with(name, error, "Put the key back, or install costbot there anew.")]
        inspection = SlackInspection(token, None, None, self.settings.slack_api_url, self.clock)
        return await inspection.inspect_bot(token, name)
