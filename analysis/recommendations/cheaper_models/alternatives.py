"""Whether another model could answer requests at all, and how many of them it should.

Could it: it has the window for the largest request, may answer as long, and does what the requests
need. Should it: the further its score is below the present model's, the smaller and plainer the
requests that are entrusted to it. Small models lose most where much has to be read (Liu et al.,
"Lost in the Middle", 2023; Hsieh et al., "RULER", 2024) and where long answers have to hold
together, least on short questions with short answers, which is what routers between a large and
a small model live on (Chen et al., "FrugalGPT", 2023; Ong et al., "RouteLLM", 2024).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.prices import UnitPrice, price_in_force
from analysis.recommendations.cells import INPUT_BANDS, OUTPUT_BANDS, ModelFacts, UsageCell
from analysis.recommendations.cheaper_models.quality import FLOOR, SLIGHT

REASONING = "reasoning"
"""The capability of models that can think before they answer, and bill their thoughts as output."""

THINKS_BY_DEFAULT = "thinks_by_default"
"""Said of those that do unless told otherwise."""

NO_NEEDS = frozenset({"batch", "fine_tuning", "open_weights", "prompt_caching", THINKS_BY_DEFAULT})
"""Capabilities that say how a model is sold or behaves, not what a request asks of it."""

THINKING = (Decimal(1), Decimal(3), Decimal(6))
"""Output tokens of a model that thinks, for each of one that does not: where thinking is turned
off, as assumed, and where it thinks a lot. An assumption, of no publication: so the range of what
is saved holds all three, and the confidence is lower."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which requests are small and plain enough for a model that scores lower.

    Attributes:
        below: it scores at most this much lower.
        input_bands, output_bands: how many of the bands are small enough, from the smallest on.
    """

    below: Decimal
    input_bands: int
    output_bands: int

    @property
    def largest_input(self) -> int | None:
        """Tokens; None: any."""
        return None if self.input_bands > len(INPUT_BANDS) else INPUT_BANDS[self.input_bands - 1]

    @property
    def largest_output(self) -> int | None:
        """Tokens; None: any."""
        bands = self.output_bands
        return None if bands > len(OUTPUT_BANDS) else OUTPUT_BANDS[bands - 1]

    @property
    def is_limited(self) -> bool:
        """Whether some requests are too large."""
        return self.largest_input is not None or self.largest_output is not None

    def holds(self, cell: UsageCell) -> bool:
        """Whether the cell's requests are within."""
        return cell.input_band < self.input_bands and cell.output_band < self.output_bands


REACHES = (
    Reach(Decimal(0), len(INPUT_BANDS) + 1, len(OUTPUT_BANDS) + 1),
    Reach(SLIGHT, 3, 2),
    Reach(FLOOR, 2, 2),
)
"""No worse: all requests. Hardly worse: up to 16,000 tokens of input and 1,024 of output. Worse
within the floor: up to 4,000 and 1,024."""


def reach_of(change: Decimal) -> Reach | None:
    """Which requests a model is good enough for; None: none, it is below the floor.

    Args:
        change: how far it scores above the present model, see `cheaper_models.quality`.
    """
    return next((reach for reach in REACHES if change >= -reach.below), None)


def is_able(other: ModelFacts, present: ModelFacts, cell: UsageCell) -> bool:
    """Whether a model could answer a cell's requests; what is not known of it counts against it.

    Args:
        other: the model.
        present: the one that answers them now: where the requests say nothing of what they need,
            all that it can is taken to be needed.
        cell: the requests.
    """
    needs = (cell.needs or present.capabilities) - NO_NEEDS
    if cell.tokens.reasoning:
        needs |= {REASONING}
    if cell.needs and not cell.tokens.reasoning:
        needs -= {REASONING}
    return (
        needs <= other.capabilities
        and other.context_window is not None
        and other.context_window >= cell.largest_input + cell.largest_output
        and other.max_output is not None
        and other.max_output >= cell.largest_output
    )


def starts_thinking(other: ModelFacts, present: ModelFacts) -> bool:
    """Whether a model thinks by default and the present one does not: it bills more output."""
    return THINKS_BY_DEFAULT in other.capabilities and THINKS_BY_DEFAULT not in present.capabilities


def price_for(other: ModelFacts, cell: UsageCell, now: datetime) -> UnitPrice | None:
    """The price that a cell's requests would have at a model: its tier by their mean size.

    Args:
        other: the model.
        cell: the requests.
        now: the instant, UTC.

    Returns:
        None: it has none.
    """
    return price_in_force(other.prices, now, cell.route.organization, cell.tokens.mean_input)
