"""May this be spent? Answered from memory, for gateways that ask before every request.

| a budget that counts the request | its answer |
| --- | --- |
| spend + estimate beyond its limit | hard: deny; soft: warn |
| spend + estimate from its warning mark on | warn |
| its spend is not known | what it says itself: allow or deny |
| else | allow |

The gravest answer of all budgets that count the request is given. A paused budget answers nothing,
nor does one that has not begun or has ended. A budget whose scope names a dimension that was not
told cannot know whether it counts the request: it is not considered, and that is said.

What is known is what was known at the last evaluation: what was spent since then is not in it. That
is the bound of the answer's staleness; beyond `max_age` nothing counts as known any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from analysis.budgets.status import STALE_AFTER_DAYS
from analysis.clock import Clock
from analysis.errors import Unavailable
from analysis.written import money, percent
from handlers.budget_watch.evaluation import Evaluator
from handlers.budget_watch.watched import NOTHING, Watched

MAX_AGE = timedelta(minutes=45)
"""Three evaluations of every 15 minutes: one may fail, and the next one is late."""


class Decision(IntEnum):
    """What is answered, from least to most grave."""

    ALLOW = 0
    WARN = 1
    DENY = 2

    @property
    def word(self) -> str:
        """As it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Question:
    """A request that somebody is about to make.

    Attributes:
        organization: who would pay for it.
        values: what else is known of it, by name of dimension: `model`, `endpoint`, …
        estimated_cost: USD, 0 or more.
    """

    organization: str
    values: Mapping[str, str]
    estimated_cost: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a question.

    Attributes:
        decision: allow, warn or deny.
        reason: why, a sentence.
        budget_id: of the budget that decides; None: none counts the request.
        budget: its name.
        limit: USD in force in it.
        spend: USD; None: not known.
        utilization: spend as a share of the limit; None: not known.
        considered: how many budgets count the request.
        not_considered: how many may count it, by a dimension that was not told.
        as_of: the last evaluation, UTC: what was spent since is not in the figures.
        max_age: how old that may be.
    """

    decision: Decision
    reason: str
    budget_id: UUID | None
    budget: str | None
    limit: Decimal | None
    spend: Decimal | None
    utilization: Decimal | None
    considered: int
    not_considered: int
    as_of: datetime
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one budget says; why, is written of the gravest alone.

    Attributes:
        decision: allow, warn or deny.
        share: of the limit, that would be spent then.
        watched: the budget.
        limit: USD.
        spend: USD; None: that is not known.
    """

    decision: Decision
    share: Decimal
    watched: Watched
    limit: Decimal
    spend: Decimal | None

    @property
    def gravity(self) -> tuple[int, Decimal]:
        """The gravest decides; of several alike, the one of which least is left."""
        return self.decision, self.share

    def reason(self, estimate: Decimal) -> str:
        """Why it says so, in a sentence."""
        if self.spend is None:
            says = "denies" if self.decision is Decision.DENY else "allows"
            return f"Its spend is not known, and this budget then {says}."
        after = self.spend + estimate
        if after > self.limit:
            kind = "hard" if self.watched.is_hard else "soft"
            return (
                f"{money(self.spend)} of {money(self.limit)} is spent; with {money(estimate)} more"
                f" this {kind} budget would be exceeded."
            )
        if self.decision is Decision.WARN:
            return f"With it {percent(self.share)} of the budget is spent."
        return f"{money(self.limit - self.spend)} of {money(self.limit)} is left."


@dataclass(frozen=True, slots=True)
class Checks:
    """Answers from what the evaluator knows; asks neither the store nor the facts.

    Attributes:
        evaluator: of this process.
        clock: the present.
        max_age: of an evaluation.
    """

    evaluator: Evaluator
    clock: Clock
    max_age: timedelta = MAX_AGE

    def check(self, question: Question) -> Verdict:
        """Whether a request may be made.

        Raises:
            Unavailable: nothing was evaluated yet, so not even the budgets are known.
        """
        last, now = self.evaluator.last, self.clock()
        if last is None:
            message = "The budgets are not known yet: the first evaluation is still under way."
            raise Unavailable(message)
        is_old = now - last.at > self.max_age
        watch = self.evaluator.keeper.watch
        values = {**question.values, "organization": question.organization}
        todays: dict[str, date] = {}
        gravest: _Answer | None = None
        considered = not_considered = 0
        for whose in (question.organization, None):
            for number in watch.of_organization.get(whose, ()):
                watched = watch.all[number]
                match _counts(watched, values):
                    case False:
                        continue
                    case None:
                        not_considered += 1
                        continue
                    case True:
                        pass
                zone = watched.zone.key
                if zone not in todays:
                    todays[zone] = now.astimezone(watched.zone).date()
                answer = self._answer(watched, question, now, todays[zone], is_old=is_old)
                if answer is None:
                    continue
                considered += 1
                if gravest is None or answer.gravity > gravest.gravity:
                    gravest = answer
        return self._verdict(question, gravest, considered, not_considered, last.at)

    def _answer(
        self, watched: Watched, question: Question, now: datetime, today: date, *, is_old: bool
    ) -> _Answer | None:
        """What one budget says; None: it says nothing."""
        if watched.is_paused(now) or today < watched.period.first:
            return None
        spend, limit = watched.spend, watched.in_force
        if today > watched.period.last:
            if watched.terms.end is not None and today > watched.terms.end:
                return None
            # Its next period has begun since the last evaluation, which is a little while ago.
            spend, limit = NOTHING, watched.limit
        if is_old:
            spend = None
        if spend is not None:
            answer = _by_spend(watched, spend, limit, question.estimated_cost)
            if answer.decision is not Decision.ALLOW or self._is_known(watched, today):
                return answer
        decision = Decision.DENY if watched.when_unknown == "deny" else Decision.ALLOW
        return _Answer(decision, NOTHING, watched, limit, None)

    def _is_known(self, watched: Watched, today: date) -> bool:
        """Whether "enough is left" can be said; as in `analysis.budgets.status`."""
        keeper = self.evaluator.keeper
        known = keeper.known.get(watched.zone.key)
        if known is None or watched.number in keeper.watch.unanswerable:
            return False
        is_behind = (today - known.last).days > STALE_AFTER_DAYS
        is_unpriced = watched.spend is not None and watched.spend <= 0 and watched.unpriced > 0
        return not is_behind and not is_unpriced

    def _verdict(
        self,
        question: Question,
        answer: _Answer | None,
        considered: int,
        not_considered: int,
        as_of: datetime,
    ) -> Verdict:
        if answer is None:
            reason = f"No budget counts such a request of {question.organization}."
            return Verdict(
                decision=Decision.ALLOW,
                reason=reason,
                budget_id=None,
                budget=None,
                limit=None,
                spend=None,
                utilization=None,
                considered=0,
                not_considered=not_considered,
                as_of=as_of,
                max_age=self.max_age,
            )
        watched = answer.watched
        return Verdict(
            decision=answer.decision,
            reason=answer.reason(question.estimated_cost),
            budget_id=watched.id,
            budget=watched.name,
            limit=answer.limit,
            spend=answer.spend,
            utilization=None if answer.spend is None else answer.spend / answer.limit,
            considered=considered,
            not_considered=not_considered,
            as_of=as_of,
            max_age=self.max_age,
        )


def _counts(watched: Watched, values: Mapping[str, str]) -> bool | None:
    """Whether a budget counts a request; None: that depends on what was not told."""
    is_told = True
    for name, accepted in watched.values.items():
        value = values.get(name)
        if value is None:
            is_told = False
        elif value not in accepted:
            return False
    return True if is_told else None


def _by_spend(watched: Watched, spend: Decimal, limit: Decimal, estimate: Decimal) -> _Answer:
    after = spend + estimate
    if after > limit:
        decision = Decision.DENY if watched.is_hard else Decision.WARN
    elif after >= watched.warning * limit:
        decision = Decision.WARN
    else:
        decision = Decision.ALLOW
    return _Answer(decision, after / limit, watched, limit, spend)
