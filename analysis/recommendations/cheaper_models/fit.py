"""Whether another model could answer requests at all, and how many of them it could not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.recommendations.cells import ModelFacts, PricedCell
from analysis.recommendations.cheaper_models.alternatives import NO_NEEDS, REASONING


@dataclass(frozen=True, slots=True)
class Fit:
    """How requests fit another model.

    Attributes:
        requests: all of them.
        too_long: of them at most so many, and at least one, do not fit its context window: they
            are of groups whose largest one does not.
        largest: input and output tokens of the largest request.
        too_talkative: the same of answers longer than it may give.
        longest: output tokens of the longest answer.
        unable: of them, that use an ability which it does not have.
        lacking: these abilities.
        maybe_lacking: those that their present model has and it does not, where requests do not
            say what they use.
        window_is_known: what it takes and gives is known.
    """

    requests: int
    too_long: int
    largest: int
    too_talkative: int
    longest: int
    unable: int
    lacking: frozenset[str]
    maybe_lacking: frozenset[str]
    window_is_known: bool

    @property
    def is_certain(self) -> bool:
        """Whether it could answer all of them, as far as it is known what they need."""
        return self.is_possible and self.window_is_known and not self.maybe_lacking

    @property
    def is_possible(self) -> bool:
        """Whether nothing is known that keeps it from answering any of them."""
        return not self.not_fitting

    @property
    def not_fitting(self) -> int:
        """At most so many requests that it cannot answer."""
        return min(self.requests, self.unable + max(self.too_long, self.too_talkative))


def fit_of(cells: Iterable[PricedCell], other: ModelFacts) -> Fit:
    """How the requests of some cells fit another model.

    Args:
        cells: the requests.
        other: the model.
    """
    window, most = other.context_window, other.max_output
    requests = too_long = too_talkative = largest = longest = unable = 0
    lacking, maybe = frozenset[str](), frozenset[str]()
    for priced in cells:
        cell, of_cell = priced.cell, priced.cell.tokens.requests
        requests += of_cell
        size = cell.largest_input + cell.largest_output
        largest, longest = max(largest, size), max(longest, cell.largest_output)
        too_long += of_cell if window is not None and size > window else 0
        too_talkative += of_cell if most is not None and cell.largest_output > most else 0
        thinks = frozenset({REASONING}) if cell.tokens.reasoning else frozenset[str]()
        lacks = (cell.needs | thinks) - NO_NEEDS - other.capabilities
        lacking, unable = lacking | lacks, unable + (of_cell if lacks else 0)
        if not cell.needs and priced.model is not None:
            # Where none of its answers needed a thought, none is taken to need the ability.
            maybe |= priced.model.capabilities - NO_NEEDS - {REASONING} - other.capabilities
    return Fit(
        requests=requests,
        too_long=too_long,
        largest=largest,
        too_talkative=too_talkative,
        longest=longest,
        unable=unable,
        lacking=lacking,
        maybe_lacking=maybe - lacking,
        window_is_known=window is not None,
    )
