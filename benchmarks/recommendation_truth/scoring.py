"""Recommendations held against what is known: right ones, wrong ones, missed ones, and dollars."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from analysis.recommendations.floors import floor_of
from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.together import together
from benchmarks.recommendation_truth.actions import actions_of
from benchmarks.recommendation_truth.organizations import Organization
from benchmarks.recommendation_truth.runs import Fleet
from benchmarks.recommendation_truth.seeds import (
    drawn,
    fleet_evidence,
    usage_evidence,
    world_of,
)
from handlers.recommendations.evidence import Evidence

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Judged:
    """A recommendation that was drawn.

    Attributes:
        kind: of it.
        group, variant: of whom it is about: what was planted there.
        is_right: it is about waste that was planted.
        low, promised, high: USD a month.
        true: USD a month that doing it saves, as things stood; None: nobody knows.
        next_month: the same, of the month that came after.
        confidence: that was stated.
    """

    kind: Kind
    group: str
    variant: str
    is_right: bool
    low: float
    promised: float
    high: float
    true: float | None
    next_month: float | None
    confidence: float

    @property
    def error(self) -> float | None:
        """Of the promise, relative to the truth."""
        if not self.is_right or not self.true or self.true <= 0:
            return None
        return self.promised / self.true - 1


@dataclass(frozen=True, slots=True)
class Missed:
    """Waste above the floor of which nothing was said."""

    kind: Kind
    variant: str
    expected: float


@dataclass(frozen=True, slots=True)
class Joint:
    """Several recommendations for one organization: USD a month, by the plain sum, together as
    stated, and together in truth."""

    alone: float
    stated: float
    true: float


@dataclass
class Score:
    """What came of some seeds.

    Attributes:
        judged, missed, joints: see there.
        organizations, clean: how many had usage, and of these without anything to find.
        fleets, clean_fleets: the same of GPUs.
        seconds: of CPU that drawing took, evidence at hand.
    """

    judged: list[Judged] = field(default_factory=list[Judged])
    missed: list[Missed] = field(default_factory=list[Missed])
    joints: list[Joint] = field(default_factory=list[Joint])
    organizations: int = 0
    clean: int = 0
    fleets: int = 0
    clean_fleets: int = 0
    seconds: float = 0.0

    def add(self, other: Score) -> None:
        """Takes in what came of others."""
        self.judged += other.judged
        self.missed += other.missed
        self.joints += other.joints
        self.organizations += other.organizations
        self.clean += other.clean
        self.fleets += other.fleets
        self.clean_fleets += other.clean_fleets
        self.seconds += other.seconds

    def of(self, kind: Kind) -> KindScore:
        """What came of one kind."""
        return KindScore(
            [one for one in self.judged if one.kind is kind],
            [one for one in self.missed if one.kind is kind],
        )

    @property
    def false_on_clean(self) -> int:
        """Recommendations to organizations without anything to find."""
        return sum(one.group == CLEAN for one in self.judged)


@dataclass(frozen=True, slots=True)
class KindScore:
    """What came of one kind."""

    judged: Sequence[Judged]
    missed: Sequence[Missed]

    @property
    def right(self) -> list[Judged]:
        """Recommendations about planted waste."""
        return [one for one in self.judged if one.is_right]

    @property
    def precision(self) -> float:
        """The share of the recommendations that is right; not a number: there are none."""
        return len(self.right) / len(self.judged) if self.judged else float("nan")

    @property
    def recall(self) -> float:
        """The share of the planted waste that is found."""
        found = len(self.right)
        return found / (found + len(self.missed)) if found + len(self.missed) else float("nan")

    @property
    def errors(self) -> list[float]:
        """Of the promises, relative to the truth, in order."""
        return sorted(one.error for one in self.right if one.error is not None)

    @property
    def held(self) -> tuple[float, float]:
        """Shares of the stated ranges: those that hold what was saved in the month that came
        after, and those that promised more than that even at their low end."""
        known = [one for one in self.right if one.next_month is not None]
        if not known:
            return float("nan"), float("nan")
        below = sum((one.next_month or 0.0) < one.low for one in known)
        above = sum((one.next_month or 0.0) > one.high for one in known)
        return 1 - (below + above) / len(known), below / len(known)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value at a share of ordered ones; not a number: there are none."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    """The median; not a number: there are none."""
    return median(values) if values else float("nan")


def score_of(seed: int) -> Score:
    """Draws everything for one seed, and judges it."""
    world = world_of(seed)
    score = Score()
    evidence = usage_evidence(world.organizations)
    for one in world.organizations:
        found = _timed(score, evidence[one.name])
        _organization(score, one, found, evidence[one.name])
    for fleet in world.fleets:
        own = fleet_evidence(fleet)
        _fleet(score, fleet, drawn(own), own)
    return score


def _timed(score: Score, evidence: Evidence) -> list[Proposal]:
    begun = time.process_time()
    found = drawn(evidence)
    score.seconds += time.process_time() - begun
    return found


def _organization(
    score: Score, one: Organization, found: Sequence[Proposal], evidence: Evidence
) -> None:
    score.organizations += 1
    score.clean += one.group == CLEAN
    for proposal in found:
        waste = next((waste for waste in one.wastes if waste.is_meant(proposal)), None)
        actions = actions_of([proposal], one.offers)
        score.judged.append(
            _judged(
                proposal,
                one.group,
                one.variant,
                one.monthly(actions, waste),
                one.next_month(actions, waste),
                is_right=waste is not None,
            )
        )
    floor = float(floor_of(evidence.monthly_cost))
    for waste in one.wastes:
        if not any(waste.is_meant(proposal) for proposal in found):
            expected = one.monthly(waste.remedy, waste)
            if expected >= floor:
                score.missed.append(Missed(waste.kind, one.variant, expected))
    if one.group == "several" and len(found) > 1:
        stated = together((proposal.kind.value, proposal.parts) for proposal in found)
        true = one.monthly(actions_of(found), None)
        score.joints.append(Joint(float(stated.alone), float(stated.together), true))


def _fleet(score: Score, fleet: Fleet, found: Iterable[Proposal], evidence: Evidence) -> None:
    score.fleets += 1
    is_clean = not fleet.faults
    score.clean_fleets += is_clean
    found = list(found)
    left = [fault for fault in fleet.faults if not any(map(fault.is_meant, found))]
    for proposal in found:
        meant = [fault for fault in fleet.faults if fault.is_meant(proposal)]
        if not proposal.scope:
            # What gathers several small ones names none of them: it is about all that are left.
            meant = [fault for fault in left if fault.kind is proposal.kind and fault.is_waste]
            left = [fault for fault in left if fault not in meant]
        each = [fault.saved(proposal) for fault in meant]
        true, month = (sum(saved[place] for saved in each) for place in (0, 1))
        variant = ", ".join(fault.variant for fault in meant) or fleet.name
        group = CLEAN if is_clean else fleet.name
        is_right = any(fault.is_waste for fault in meant)
        score.judged.append(_judged(proposal, group, variant, true, month, is_right=is_right))
    floor = float(floor_of(evidence.gpu.monthly_cost)) if evidence.gpu else 0.0
    for fault in left:
        if fault.is_waste and fault.expected >= floor:
            score.missed.append(Missed(fault.kind, fault.variant, fault.expected))


def _judged(
    proposal: Proposal,
    group: str,
    variant: str,
    true: float | None,
    month: float | None,
    *,
    is_right: bool,
) -> Judged:
    savings = proposal.savings
    return Judged(
        kind=proposal.kind,
        group=str(group),
        variant=variant,
        is_right=is_right,
        low=float(savings.low),
        promised=float(savings.likely),
        high=float(savings.high),
        true=true,
        next_month=month,
        confidence=float(proposal.confidence),
    )
