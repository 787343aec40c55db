"""The workspaces, and what happens to an app in them: installed, called, uninstalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from secrets import token_hex

from playground.clock import Clock
from playground.model import JsonObject, SlackApp, User
from playground.payloads import event_payload
from playground.several.listing import CODE_LASTS, TOKEN_LASTS, Code, Given, Listing, Token
from playground.slack import FakeSlack
from playground.slack_error import SlackError


class Slacks:
    """Several workspaces in which one app may be installed.

    Args:
        listing: the app.
        slacks: the workspaces; those of one `enterprise_id` are a grid.
        clock: of codes and tokens.
    """

    def __init__(self, listing: Listing, slacks: Sequence[FakeSlack], clock: Clock) -> None:
        self.listing = listing
        self.by_id = {slack.workspace.team.id: slack for slack in slacks}
        self.given = Given()
        self._clock = clock

    def within(self, place: str) -> list[FakeSlack]:
        """The workspace of an id, or those of a grid.

        Raises:
            SlackError: `team_not_found`.
        """
        every = self.by_id.values()
        found = [one for one in every if place in _ids(one)]
        if not found:
            raise SlackError("team_not_found")
        return found

    @property
    def grids(self) -> list[str]:
        """The ids of the grids."""
        found = (slack.workspace.team.enterprise_id for slack in self.by_id.values())
        return list(dict.fromkeys(one for one in found if one))

    def allow(self, place: str, user: str, scopes: frozenset[str], redirect_uri: str) -> str:
        """Somebody allows the installation: the code that their browser brings back."""
        self.within(place)
        code = f"{token_hex(6)}.{token_hex(6)}.{token_hex(16)}"
        expires = self._clock.now() + CODE_LASTS
        self.given.codes[code] = Code(place, user, scopes, redirect_uri, expires)
        return code

    def exchange(self, code: str, redirect_uri: str) -> JsonObject:
        """oauth.v2.access with a code.

        Raises:
            SlackError: in Slack's words.
        """
        found = self.given.codes.get(code)
        if found is None or found.expires <= self._clock.now():
            raise SlackError("invalid_code")
        if found.used:
            raise SlackError("code_already_used")
        if found.redirect_uri != redirect_uri:
            raise SlackError("bad_redirect_uri")
        found.used = True
        return self._installed(found)

    def refresh(self, refresh_token: str) -> JsonObject:
        """oauth.v2.access with a refresh token, which counts once.

        Raises:
            SlackError: `invalid_refresh_token`.
        """
        place = self.given.refreshing.pop(refresh_token, None)
        if place is None:
            raise SlackError("invalid_refresh_token")
        app = self.within(place)[0].workspace.apps[self.listing.app.id]
        return self._answer(place, app, frozenset(app.scopes or ()), "")

    def of_token(self, token: str) -> list[FakeSlack]:
        """The workspaces that a token counts in.

        Raises:
            SlackError: `not_authed`, `invalid_auth`, `account_inactive` or `token_expired`.
        """
        if not token:
            raise SlackError("not_authed")
        found = self.given.tokens.get(token)
        if found is None:
            raise SlackError("invalid_auth")
        if found.revoked:
            raise SlackError("account_inactive")
        if found.expires is not None and found.expires <= self._clock.now():
            raise SlackError("token_expired")
        return self.within(found.place)

    def uninstall(self, place: str) -> None:
        """Somebody removes the app: its tokens count no more, and it is told, if it listens."""
        slacks = self.within(place)
        for token in self.given.tokens.values():
            token.revoked |= token.place == place
        slack = slacks[0]
        app = slack.workspace.apps[self.listing.app.id]
        for event in (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user_id]}},
            {"type": "app_uninstalled"},
        ):
            slack.delivery.events.send(app, event_payload(slack.workspace, app, event))
        for one in slacks:
            one.workspace.apps.pop(app.id)

    def _installed(self, code: Code) -> JsonObject:
        slacks = self.within(code.place)
        for slack in slacks:
            workspace = slack.workspace
            listed = self.listing.app
            app = replace(
                listed,
                scopes=code.scopes,
                bot_token="",
                is_org_wide=code.place == workspace.team.enterprise_id,
            )
            face = User(listed.bot_user_id, listed.name.lower(), listed.name, is_bot=True)
            workspace.add_user(face)
            workspace.install(app)
        app = slacks[0].workspace.apps[self.listing.app.id]
        return self._answer(code.place, app, code.scopes, code.user)

    def _answer(self, place: str, app: SlackApp, scopes: frozenset[str], user: str) -> JsonObject:
        slacks, rotates = self.within(place), self.listing.rotates
        token = f"{'xoxe.' if rotates else ''}xoxb-{place}-{token_hex(12)}"
        expires = self._clock.now() + TOKEN_LASTS if rotates else None
        self.given.tokens[token] = Token(place, expires)
        for slack in slacks:
            slack.workspace.apps[app.id].bot_token = token
        team = slacks[0].workspace.team
        is_grid = place == team.enterprise_id
        answer: JsonObject = {
            "app_id": app.id,
            "authed_user": {"id": user} if user else {},
            "scope": ",".join(sorted(scopes)),
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": app.bot_user_id,
            "team": None if is_grid else {"id": team.id, "name": team.name},
            "enterprise": {"id": team.enterprise_id, "name": f"Grid {team.enterprise_id}"}
            if team.enterprise_id
            else None,
            "is_enterprise_install": is_grid,
        }
        if rotates:
            refresh = f"xoxe-1-{token_hex(12)}"
            self.given.refreshing[refresh] = place
            answer |= {"refresh_token": refresh, "expires_in": int(TOKEN_LASTS.total_seconds())}
        return answer


def _ids(slack: FakeSlack) -> tuple[str, str]:
    team = slack.workspace.team
    return team.id, team.enterprise_id
