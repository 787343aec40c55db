"""The walk from nothing to a Slack app that answers: each step checked, and none done twice.

What is done is known from the settings, so that a walk that stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from pydantic import SecretStr, ValidationError

from analysis.checks import Level, failed, failed_with, passed, warned
from analysis.errors import Refused, Unavailable
from bot.settings import Settings
from bot.setup import manifest
from bot.setup.asking import TRIES, Console, Wishes
from bot.setup.env_file import is_open_to_others, values_in, write
from bot.setup.people import Owner
from bot.setup.slack_calls import SetupCalls
from bot.setup.tokens import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, SIGNING_SECRET, Secret, fault_in
from bot.setup.trial import Trial
from bot.slack.inspection import SlackInspection
from bot.slack.reaching import AddressInspection

PUBLIC_URL = "COSTBOT_PUBLIC_URL"


class _Stopped(Exception):
    """A step did not work, which was told: the next ones need it."""


@dataclass(slots=True)
class Walk:
    """One run of a setup.

    Attributes:
        wishes: what was said by options.
        console: where it is run.
        env_file: what is written.
        environment: the variables of the process, which go before the file.
        settings: reads the settings anew.
        pause: waits, where Slack asks to.
    """

    wishes: Wishes
    console: Console
    env_file: Path
    environment: frozenset[str]
    settings: Callable[[], Settings]
    pause: Callable[[float], Awaitable[None]]
    _new: dict[str, str] = field(default_factory=dict[str, str])

    async def run(self) -> bool:
        """Whether everything is set up; what is not was told."""
        try:
            return await self._walk()
        except _Stopped:
            return False
        except (Refused, Unavailable) as error:
            self.console.tell(failed_with("setup", error, "Run `costbot setup` again."))
            return False

    async def _walk(self) -> bool:
        settings = self._settings()
        url = self._way(settings)
        await self._app(settings, url)
        bot_token = self._secret(BOT_TOKEN, settings.slack_bot_token)
        needed = SIGNING_SECRET if url else APP_TOKEN
        known = settings.slack_signing_secret if url else settings.slack_app_token
        other = self._secret(needed, known)
        bot_token = await self._checked(settings, bot_token, other, url)
        calls = SetupCalls(settings.slack_api_url, bot_token, self.pause)
        bot = await calls.bot()
        self._written()
        if is_open_to_others(self.env_file):
            sentence = f"Others on this machine may read {self.env_file}."
            self.console.tell(warned(".env", sentence, f"chmod 600 {self.env_file}"))
        is_reached = await self._reached(url, other)
        is_posted = await Trial(self.wishes, self.console, calls, bot).run()
        settings = self._settings()
        owner = Owner(settings, calls, bot, self.wishes, self.console, self._keep)
        has_admin = await owner.settle()
        self._next(has_admin=has_admin)
        return is_reached and is_posted and has_admin

    def _settings(self) -> Settings:
        try:
            return self.settings()
        except ValidationError as error:
            from bot.doctor import faults_of_settings

            for check in faults_of_settings(error):
                self.console.tell(check)
            raise _Stopped from error

    def _way(self, settings: Settings) -> str | None:
        """Where Slack reaches costbot; None: it opens a socket."""
        wished = self.wishes.url
        if wished is None and not self.wishes.socket:
            if settings.slack_app_token is not None:
                return self._told_way(None)
            wished = settings.public_url
        if wished is None and not self.wishes.socket and self.console.is_answered:
            question = "The https:// address at which Slack reaches costbot (empty: Socket Mode)"
            wished = self.console.ask(question).strip() or None
        if wished is None:
            return self._told_way(None)
        try:
            checked = Settings(
                _env_file=None,  # pyright: ignore[reportCallIssue]
                public_url=wished,
            ).public_url
        except ValidationError:
            cure = "Give it as https://costs.example.com, or take --socket-mode."
            self._stop("address", "That is no address that Slack could reach.", cure)
        if checked != settings.public_url:
            self._new[PUBLIC_URL] = str(checked)
        return self._told_way(checked)

    def _told_way(self, url: str | None) -> str | None:
        how = f"Over HTTP, at {url}." if url else "Through a socket that costbot opens."
        self.console.tell(passed("way", f"Slack speaks to costbot: {how}"))
        return url

    async def _app(self, settings: Settings, url: str | None) -> None:
        """Where there is no token yet, the app is made of the manifest first."""
        self._written()
        if settings.slack_bot_token is not None or self.wishes.bot_token is not None:
            return
        made = manifest.manifest_for(url)
        if self.wishes.config_token is None:
            self.console.say(
                "Create the app: open this, choose the workspace, and confirm. (--config-token "
                "makes it without a browser.)"
            )
            self.console.say(f"  {manifest.link_to_create(made)}")
            self.console.say("Then press “Install to Workspace” in its settings, and come back.")
            return
        config = self._fitting(CONFIG_TOKEN, self.wishes.config_token)
        calls = SetupCalls(settings.slack_api_url, SecretStr(config), self.pause)
        app = await calls.make_app(made)
        self.console.tell(passed("app", f"The app {app.id} is made of the manifest."))
        if url:
            self._new[SIGNING_SECRET.key] = app.signing_secret.get_secret_value()
        # What Slack has told once is kept, whatever comes after.
        self._written()
        self.console.say(f"Install it: {app.install_url}")

    def _secret(self, secret: Secret, known: SecretStr | None) -> SecretStr:
        """A secret: as given by an option, as it is set, or as it is typed now."""
        given = self.wishes.of(secret)
        if given is None and secret.key in self._new:
            return SecretStr(self._new[secret.key])
        if given is None and known is not None:
            fault = fault_in(secret, known.get_secret_value())
            if not fault:
                return known
            self.console.tell(warned(secret.name, fault, f"It is under {secret.place}."))
        value = self._fitting(secret, given)
        if known is None or known.get_secret_value() != value:
            self._new[secret.key] = value
        return SecretStr(value)

    def _fitting(self, secret: Secret, given: str | None) -> str:
        if given is not None or not self.console.is_answered:
            typed = given or ""
            fault = fault_in(secret, typed)
            if fault:
                option = f"--{secret.name.replace(' ', '-').replace('app-level', 'app')}"
                key = f", or set {secret.key}" if secret.key else ""
                place = f"It is under {secret.place}: give it by {option}{key}."
                self._stop(secret.name, fault, place)
            return typed
        self.console.say(f"The {secret.name} is under {secret.place}.")
        for _ in range(TRIES):
            typed = self.console.ask(f"The {secret.name}", hidden=True).strip()
            fault = fault_in(secret, typed)
            if not fault:
                return typed
            self.console.tell(failed(secret.name, fault, "Copy it again."))
        raise _Stopped

    async def _checked(
        self, settings: Settings, bot_token: SecretStr, other: SecretStr, url: str | None
    ) -> SecretStr:
        """The bot token that Slack takes: one that it refuses is asked for again."""
        for _ in range(TRIES):
            inspection = SlackInspection(
                bot_token,
                None if url else other,
                other if url else None,
                settings.slack_api_url,
            )
            # Over HTTP, how costbot hears Slack is tried below.
            found = await inspection.inspect()
            checks = [one for one in found if not (url and one.name == "Slack hearing")]
            for check in checks:
                self.console.tell(check)
            faults = [check.name for check in checks if check.level is Level.FAULT]
            if not faults:
                return bot_token
            if faults[0] != "Slack" or not self.console.is_answered:
                break
            value = self._fitting(BOT_TOKEN, None)
            self._new[BOT_TOKEN.key] = value
            bot_token = SecretStr(value)
        raise _Stopped

    def _written(self) -> None:
        """Writes what is new; what stands there otherwise is replaced only with leave."""
        there = values_in(self.env_file)
        new = {key: value for key, value in self._new.items() if there.get(key) != value}
        other = [key for key in new if there.get(key)]
        if other and not self.wishes.replace:
            names = " and ".join(other)
            question = f"{self.env_file} has another {names}. Replace it?"
            if not (self.console.is_answered and self.console.confirm(question, default=False)):
                sentence = f"{self.env_file} has another {names}, which was left as it is."
                self._stop(".env", sentence, "Run it with --replace to have it replaced.")
        if new:
            write(self.env_file, new)
            names = ", ".join(new)
            self.console.tell(passed(".env", f"{names} written to {self.env_file}, mode 0600."))
        for key in self.environment.intersection(self._new):
            sentence = f"{key} is an environment variable too, which goes before {self.env_file}."
            self.console.tell(warned(".env", sentence, "Take one of the two away."))
        self._new.clear()

    def _keep(self, key: str, value: str) -> None:
        """Writes a setting that is no secret."""
        self._new[key] = value
        self._written()

    async def _reached(self, url: str | None, secret: SecretStr) -> bool:
        if url is None:
            return True
        found = await AddressInspection(url, secret).inspect()
        for check in found:
            self.console.tell(check)
        return all(check.level is not Level.FAULT for check in found)

    def _next(self, *, has_admin: bool) -> None:
        self.console.say("")
        self.console.say("What comes next:")
        if not has_admin:
            self.console.say("  costbot setup --admin you@example.com   somebody who may do it all")
        for command, meaning in (
            ("costbot serve", "answers in Slack"),
            ("costbot sample", "data to look around in; or your own:"),
            ("costbot import usage FILE", "LLM usage, GPU costs, FOCUS bills: docs/importing.md"),
            ("costbot sync", "GPU costs from BigQuery: docs/bigquery.md"),
            ("/cost digest subscribe #channel daily 9:00", "in Slack: what moved, each morning"),
            ("/cost route add to #channel", "in Slack: where alerts and anomalies are told"),
            ("costbot doctor", "looks at all of it, whenever something is wrong"),
        ):
            self.console.say(f"  {command:<44} {meaning}")

    def _stop(self, name: str, sentence: str, cure: str) -> NoReturn:
        self.console.tell(failed(name, sentence, cure))
        raise _Stopped
