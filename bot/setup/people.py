"""The first admin of a deployment, and what everybody else sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.checks import failed_with, passed, warned
from analysis.errors import Refused, Unavailable
from analysis.roles import Role
from bot.cli.cost import operator
from bot.settings import Settings
from bot.setup.asking import Console, Wishes
from bot.setup.slack_calls import Bot, SetupCalls
from handlers.people import NewPerson, PeopleHandler
from storage.records.person import Person

ORGANIZATION = "COSTBOT_DEFAULT_ORGANIZATION"

NAME = "admin"


@dataclass(frozen=True, slots=True)
class Owner:
    """Settles who may do everything, and what those see who are not listed.

    Attributes:
        settings: of the deployment.
        calls: Slack.
        bot: whose workspace it is.
        wishes: what was said by options.
        console: where it is run.
        keep: writes a setting.
    """

    settings: Settings
    calls: SetupCalls
    bot: Bot
    wishes: Wishes
    console: Console
    keep: Callable[[str, str], None]

    async def settle(self) -> bool:
        """Whether there is an admin now."""
        from bot.assembly import opened_store

        caller = operator(self.settings.zone_info)
        async with opened_store(self.settings) as store:
            people = PeopleHandler(store, self.settings.zone_info, "cli")
            admins = _admins(await people.listed(caller, self.bot.team_id))
            typed = self._typed(has_admin=bool(admins or self.settings.admins))
            if typed is not None:
                try:
                    member = await self.calls.member(typed)
                    new = NewPerson(
                        team_id=self.bot.team_id,
                        user_id=member.id,
                        role=Role.ADMIN.value,
                        name=member.name,
                        zone=member.zone or None,
                    )
                    added = await people.add(new, caller)
                except (Refused, Unavailable) as error:
                    self.console.tell(failed_with(NAME, error, "Run `costbot setup` again."))
                    return False
                others = [one for one in admins if one.user_id != added.user_id]
                admins = [*others, added]
        return self._told(admins) and self._organization(is_new=typed is not None)

    def _typed(self, *, has_admin: bool) -> str | None:
        if self.wishes.admin is not None:
            return self.wishes.admin
        if has_admin or not self.console.is_answered:
            return None
        question = "The first admin, by e-mail address or Slack member id (empty: later)"
        return self.console.ask(question).strip() or None

    def _told(self, admins: list[Person]) -> bool:
        names = [f"{one.name} ({one.user_id})" for one in admins] + list(self.settings.admins)
        if names:
            sees = "sees" if len(names) == 1 else "see"
            sentence = f"{', '.join(names)} {sees} all organizations."
            self.console.tell(passed(NAME, sentence))
            return True
        cure = "costbot setup --admin you@example.com, or `costbot people add`."
        self.console.tell(warned(NAME, "Nobody is an admin yet: costbot answers nobody.", cure))
        return False

    def _organization(self, *, is_new: bool) -> bool:
        there, wished = self.settings.default_organization, self.wishes.organization
        if wished is None and there is None and is_new and self.console.is_answered:
            question = "The organization that people see who are not listed (empty: they see none)"
            wished = self.console.ask(question).strip() or None
        if wished is not None and wished.strip() and wished.strip() != there:
            self.keep(ORGANIZATION, wished.strip())
            there = wished.strip()
        if there is not None:
            sentence = f"Everybody else sees {there}, as a {self.settings.default_role.label}."
        else:
            sentence = "Everybody else sees nothing until they are listed: `costbot people add`."
        self.console.tell(passed("everybody else", sentence))
        return True


def _admins(people: list[Person]) -> list[Person]:
    return [one for one in people if one.active and one.role is Role.ADMIN]
