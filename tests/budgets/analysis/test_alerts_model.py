"""Random courses of a budget against a second, independent telling of the rules.

The reference keeps no level: it keeps the marks that stand told, as numbers, and when each was
told. What it sends and what the state machine sends has to be the same, message by message.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from analysis.budgets.alerts import COOLDOWN, AlertState, Decision, Notice, decide
from analysis.budgets.levels import Level
from tests.budgets.analysis.looks import BEGIN, status, told

NAMES = {0: "ok", 80: "warning", 95: "critical", 100: "exceeded"}


@dataclass
class Reference:
    """The rules, told once more.

    Attributes:
        standing: the marks that were told and not left, in per cent; the forecast's is "f".
        times: when each was told last.
    """

    month: date | None = None
    limit: int | None = None
    standing: set[int | str] = field(default_factory=set[int | str])
    times: dict[int | str, datetime] = field(default_factory=dict[int | str, datetime])

    def look(
        self,
        now: datetime,
        spend: Decimal | None,
        limit: int,
        forecast: Decimal | int | None,
        *,
        muted: bool,
        month: date | None = None,
    ) -> list[str]:
        """What is sent now, of the month that it is or of another one."""
        month = month or now.date().replace(day=1)
        if self.month != month:
            self.month, self.limit, self.standing, self.times = month, None, set(), {}
        if spend is None or muted:
            return []
        was_standing, is_other_limit = set(self.standing), limit != self.limit
        if is_other_limit:
            self.limit, self.standing, self.times = limit, set(), {}
        share = 100 * spend / limit
        sent = self._levels(now, share, was_standing, is_other_limit=is_other_limit)
        if forecast is not None and share < 100:
            foreseen = Decimal(100 * forecast) / limit
            sent += self._forecast(
                now, share, foreseen, was_standing, is_other_limit=is_other_limit
            )
        return sent

    def _levels(
        self, now: datetime, share: Decimal, was_standing: set[int | str], *, is_other_limit: bool
    ) -> list[str]:
        reached = {mark for mark in (80, 95, 100) if share >= mark}
        top, top_before = max(reached, default=0), self._top(was_standing)
        if is_other_limit:
            if top < top_before:
                self.standing |= reached
                return [f"recovery {NAMES[top]}"]
        else:
            kept = {mark for mark in was_standing if mark == "f" or share >= int(mark) - 2}
            self.standing = kept
            if self._top(kept) < top_before and top <= self._top(kept):
                return [f"recovery {NAMES[self._top(kept)]}"]
        if top <= self._top(self.standing) or self._is_too_early(top, now):
            return []
        self.standing |= reached
        self.times[top] = now
        return [f"{'escalation' if 0 < top_before < top else 'alert'} {NAMES[top]}"]

    def _forecast(
        self,
        now: datetime,
        share: Decimal,
        foreseen: Decimal,
        was_standing: set[int | str],
        *,
        is_other_limit: bool,
    ) -> list[str]:
        level = NAMES[max((mark for mark in (80, 95) if share >= mark), default=0)]
        if foreseen >= 110:
            if "f" in self.standing or self._is_too_early("f", now):
                return []
            self.standing.add("f")
            self.times["f"] = now
            return [f"forecast {level}"]
        if "f" in was_standing and (is_other_limit or foreseen < 100):
            self.standing.discard("f")
            return [f"forecast recovery {level}"]
        return []

    def _is_too_early(self, mark: int | str, now: datetime) -> bool:
        return mark in self.times and now - self.times[mark] < timedelta(hours=1)

    @staticmethod
    def _top(marks: set[int | str]) -> int:
        return max((int(mark) for mark in marks if mark != "f"), default=0)


class Budget(RuleBasedStateMachine):
    """A budget through months of spend, corrections, limits, mutes, outages and restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.spend = Decimal(0)
        self.limit = 100
        self.forecast: int | None = None
        self.is_known = True
        self.muted_until: datetime | None = None
        self.state: AlertState | None = None
        self.reference = Reference()
        self.limits = 0
        self.log: list[tuple[datetime, int, Decision]] = []

    def look(self) -> None:
        spend = self.spend if self.is_known else None
        found = status(spend, limit=self.limit, forecast=self.forecast, day=self.now.date())
        outcome = decide(self.state, found, self.now)
        muted = self.muted_until is not None and self.now < self.muted_until
        forecast = self.forecast if self.is_known else None
        sent = self.reference.look(self.now, spend, self.limit, forecast, muted=muted)
        assert [told(decision) for decision in outcome.decisions] == sent
        if self.state is None or self.state.period_first != outcome.state.period_first:
            self.log.clear()
        self.state = outcome.state
        self.log += [(self.now, self.limits, decision) for decision in outcome.decisions]
        assert decide(self.state, found, self.now).decisions == ()

    @rule(amount=st.integers(-60, 60))
    def spends_or_is_corrected(self, amount: int) -> None:
        self.spend += amount
        self.look()

    @rule(share=st.sampled_from(["0", "77.9", "78", "80", "92.9", "93", "95", "97.9", "98", "100"]))
    def stands_at_an_edge(self, share: str) -> None:
        self.spend = Decimal(share) * self.limit / 100
        self.look()

    @rule(minutes=st.sampled_from([0, 1, 29, 30, 59, 60, 61, 600]))
    def waits(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.look()

    @rule(days=st.integers(1, 40))
    def some_days_pass(self, days: int) -> None:
        month = self.now.month
        self.now += timedelta(days=days)
        if self.now.month != month:
            self.spend = Decimal(0)
        self.look()

    @rule(limit=st.sampled_from([50, 90, 100, 101, 150, 1000]))
    def gets_a_limit(self, limit: int) -> None:
        self.limits += limit != self.limit
        self.limit = limit
        self.look()

    @rule(forecast=st.one_of(st.none(), st.integers(0, 200)))
    def is_foreseen(self, forecast: int | None) -> None:
        self.forecast = forecast
        self.look()

    @rule(hours=st.integers(1, 900))
    def is_muted(self, hours: int) -> None:
        self.muted_until = self.now + timedelta(hours=hours)
        self.keep_mute()

    @precondition(lambda self: self.muted_until is not None)
    @rule()
    def is_heard_again(self) -> None:
        self.muted_until = None
        self.keep_mute()

    @rule(is_known=st.booleans())
    def loses_or_finds_its_data(self, is_known: bool) -> None:
        self.is_known = is_known
        self.look()

    @rule()
    def restarts_with_what_was_stored(self) -> None:
        if self.state is not None:
            self.state = AlertState(**asdict(self.state))
        self.look()

    def keep_mute(self) -> None:
        state = self.state or AlertState(self.now.date().replace(day=1))
        self.state = replace(state, muted_until=self.muted_until)
        self.look()

    @invariant()
    def decisions_are_numbered_without_a_gap(self) -> None:
        numbers = [decision.sequence for *_, decision in self.log]
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def no_level_is_alerted_twice_within_the_hour_for_one_limit(self) -> None:
        last: dict[tuple[int, Level], datetime] = {}
        for at, limits, decision in self.log:
            if decision.notice in (Notice.ALERT, Notice.ESCALATION):
                before = last.get((limits, decision.level))
                assert before is None or at - before >= COOLDOWN
                last[limits, decision.level] = at


TestBudget = Budget.TestCase
TestBudget.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
