"""How savings that were measured are told, in one place: Slack, the terminal, the summary.

All of it is plain text: a message in Slack escapes it as a whole (`bot.blocks.text.escape`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from analysis.recommendations.proposal import Kind
from analysis.written import money, percent, plural
from handlers.recommendations.results import SavedSoFar
from handlers.recommendations.tracker_results import KindTrack, TrackedRecommendation, Tracker
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement

KINDS: Mapping[Kind, str] = {
    Kind.MODEL_DOWNGRADE: "cheaper models",
    Kind.CACHING: "caching",
    Kind.BATCH_PROCESSING: "batch processing",
    Kind.PROMPT_OPTIMIZATION: "shorter prompts",
    Kind.RATE_LIMITING: "rate limits",
    Kind.TIER_MIGRATION: "tiers and commitments",
    Kind.UNUSED_FEATURES: "unused features",
    Kind.IDLE_CAPACITY: "idle GPUs",
    Kind.FAILURE_WASTE: "failed requests",
    Kind.EFFICIENCY_DRIFT: "efficiency drift",
}
"""How a sentence names a kind."""

LEAST_DAYS = 3
"""Complete days before which nothing is said to be seen; as `measured.measure`."""


def saved_line(saved: SavedSoFar) -> str:
    """What several recommendations have saved; empty: none is claimed."""
    if not saved.claimed:
        return ""
    others = _others(saved)
    if not saved.counted:
        return f"Savings {others}"
    line = (
        f"Saved {money(saved.seen)} so far{_range(saved.low, saved.seen, saved.high)} "
        f"of {money(saved.promised)} promised by now"
    )
    return f"{line}; {others}" if others else line


def measured_line(row: Recommendation, measurement: SavingsMeasurement | None) -> str:
    """What one claimed recommendation has saved; empty: it is not claimed.

    What somebody verified by hand goes before what was measured.

    Args:
        row: it.
        measurement: the last one; None: there is none yet.
    """
    standing = row.standing
    if standing.verified_savings is not None and standing.verified_at is not None:
        promised = money(row.content.savings.likely)
        return (
            f"Verified by hand on {standing.verified_at:%Y-%m-%d}: "
            f"{money(standing.verified_savings)} a month of {promised} promised"
        )
    if standing.accepted_at is None:
        return ""
    if measurement is None:
        return "Not measured yet: the first complete day is not over"
    return _measured(measurement)


def method_line(measurement: SavingsMeasurement) -> str:
    """How it was measured, for whoever asks."""
    line = f"Measured by {measurement.method}" if measurement.method else "Not measured"
    return f"{line}; control: {measurement.control}" if measurement.control else line


def kind_line(track: KindTrack) -> str:
    """Promised against measured of one kind."""
    line = f"{KINDS[track.kind]}: {_lowered(saved_line(track.saved))}"
    kept = experience_line(track)
    return f"{line} ({kept})" if kept else line


def experience_line(track: KindTrack) -> str:
    """How far promises of a kind came true so far, with the number behind it; empty: not known."""
    ratio = track.experience.plain_ratio
    if ratio is None:
        return ""
    behind = plural(track.experience.count, "recommendation")
    return f"{percent(ratio)} of what was promised, of {behind}"


def tracker_lines(tracker: Tracker) -> list[str]:
    """The whole tracker: the total, then each kind."""
    if not tracker.total.claimed:
        return ["Nothing is accepted yet, so there is nothing to measure."]
    until = "" if tracker.as_of is None else f" (days to {tracker.as_of}, UTC)"
    return [f"{saved_line(tracker.total)}{until}", *(kind_line(kind) for kind in tracker.kinds)]


def tracked_line(one: TrackedRecommendation) -> str:
    """One recommendation of the tracker, without its title."""
    return measured_line(one.recommendation, one.measurement)


def _measured(one: SavingsMeasurement) -> str:
    low, likely, high = one.measured_low, one.measured_likely, one.measured_high
    days = f"{plural(one.days, 'complete day')} to {one.as_of}"
    reason = one.details.get("reason")
    if one.state is MeasurementState.NOT_MEASURABLE:
        return f"Cannot be measured: {reason or 'there is nothing to hold it against'}"
    if low is None or likely is None or high is None:
        return f"Not seen yet: {days}, at least {LEAST_DAYS} are needed"
    promised = f"{money(one.promised)} promised by now"
    if one.state is MeasurementState.SEEN:
        return f"Saved {money(likely)} so far{_range(low, likely, high)} of {promised} ({days})"
    if high < 0:
        more = f"{money(-likely)}{_range(-high, -likely, -low)}"
        return f"Not seen: it cost {more} more than it would have; {promised} ({days})"
    if one.days < LEAST_DAYS:
        return f"Not seen yet: {days}, at least {LEAST_DAYS} are needed; {promised}"
    between = f"90 %: {money(low)} to {money(high)}"
    return (
        f"Not seen yet: {money(likely)} cannot be told from noise ({between}); {promised} ({days})"
    )


def _range(low: Decimal, likely: Decimal, high: Decimal) -> str:
    return "" if low == likely == high else f" (90 %: {money(low)} to {money(high)})"


def _others(saved: SavedSoFar) -> str:
    parts: list[str] = []
    more = "other" if saved.counted else "recommendation"
    if saved.not_seen_yet:
        parts.append(f"not seen yet for {plural(saved.not_seen_yet, more)}")
    if saved.not_measurable:
        noun = f" {'other' if saved.counted else 'recommendation'}" if not parts else ""
        many = "s" if noun and saved.not_measurable != 1 else ""
        parts.append(f"not measurable for {saved.not_measurable}{noun}{many}")
    return ", ".join(parts)


def _lowered(line: str) -> str:
    return line[:1].lower() + line[1:]
