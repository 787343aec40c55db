"""Charts to be drawn: usual ones, hardly any, and such as nobody should draw."""

from __future__ import annotations

import math
from datetime import date, timedelta

from bot.pictures.chart import (
    Band,
    Bar,
    BarChart,
    Chart,
    DailyChart,
    Line,
    Mark,
    PointsChart,
)

FIRST = date(2026, 10, 23)
HOSTILE = "日本語のモデル名 🚀 $x^2_1$ \\frac{1}{2} <!channel> العربية " + "n" * 300


def curve(length: int, level: float = 1200.0) -> tuple[float | None, ...]:
    """Working days and weekends, with a slow rise."""
    return tuple(
        level
        * (0.55 if (FIRST + timedelta(days=at)).weekday() > 4 else 1.0)
        * (1 + 0.004 * at + 0.06 * math.sin(at * 2.3))
        for at in range(length)
    )


def unknown(length: int) -> tuple[float | None, ...]:
    return (None,) * length


def _foreseen(actual: int, ahead: int) -> DailyChart:
    values = curve(actual + ahead)
    known = [value or 0.0 for value in values]
    spread = [0.08 + 0.012 * at for at in range(ahead)]
    return DailyChart(
        title="November ends at about $31.4k, $1.4k above the budget",
        alt="Daily cost with a forecast.",
        first=FIRST,
        lines=(
            Line(name="cost", values=values[:actual]),
            Line(name="forecast", values=(*unknown(actual), *known[actual:]), style="forecast"),
            Line(name="budget a day", values=(1000.0,) * (actual + ahead), style="limit"),
        ),
        bands=(
            Band(
                name="95 % range",
                lower=(
                    *unknown(actual),
                    *(v * (1 - s) for v, s in zip(known[actual:], spread, strict=True)),
                ),
                upper=(
                    *unknown(actual),
                    *(v * (1 + s) for v, s in zip(known[actual:], spread, strict=True)),
                ),
            ),
        ),
        today=FIRST + timedelta(days=actual),
    )


def _spike() -> DailyChart:
    values = list(curve(29, 400.0))
    values[20] = 1150.0
    values[9] = values[10] = None
    expected = curve(29, 400.0)
    return DailyChart(
        title="api cost $1,150 on 12 Nov, nearly three times what a Thursday costs",
        alt="Daily cost of api with a spike.",
        first=FIRST,
        lines=(
            Line(name="api", values=tuple(values)),
            Line(name="expected", values=expected, style="expected"),
        ),
        bands=(
            Band(
                name="usual range",
                lower=tuple((v or 0) * 0.85 for v in expected),
                upper=tuple((v or 0) * 1.15 for v in expected),
            ),
        ),
        marks=(
            Mark(day=FIRST + timedelta(days=9), label="no data"),
            Mark(day=FIRST + timedelta(days=20), label="new prompt of summarizer"),
        ),
    )


def _spent() -> DailyChart:
    total, spent = 0.0, list[float | None]()
    for value in curve(23, 1300.0):
        total += value or 0
        spent.append(total)
    return DailyChart(
        title="Acme has spent 87 % of its budget with 9 days to go; at this pace it is "
        "exceeded on 24 November",
        alt="Spent so far against the budget.",
        first=date(2026, 11, 1),
        lines=(
            Line(name="spent", values=tuple(spent)),
            Line(
                name="even pace",
                values=tuple(30000 / 30 * (at + 1) for at in range(30)),
                style="expected",
            ),
            Line(name="budget $30k", values=(30000.0,) * 30, style="limit"),
        ),
        today=date(2026, 11, 23),
    )


MODELS = ("gpt-5", "claude-sonnet-4-5", "gemini-2.5-flash", "ltxv-13b", "text-embedding-3-small")


def charts() -> dict[str, Chart]:
    """Charts by what they try."""
    movers = ((+812.4, "gpt-5"), (+433.0, "api · claude-sonnet-4-5"), (-260.9, "batch-summaries"),
              (+88.0, "ltxv-13b on H100"), (-41.2, "text-embedding-3-small"))  # fmt: skip
    return {
        "forecast": _foreseen(29, 14),
        "spike": _spike(),
        "budget": _spent(),
        "year": DailyChart(
            title="Cost rose 4.1 % a week since June",
            alt="A year of daily cost.",
            first=date(2025, 10, 17),
            lines=(Line(name="cost", values=curve(400, 52_000)),),
            marks=(Mark(day=date(2026, 6, 9), label="change of level"),),
        ),
        "products": DailyChart(
            title="Studio overtook api in the second week of November",
            alt="Daily cost by product.",
            first=FIRST,
            lines=tuple(
                Line(name=name, values=curve(29, 300 + 180 * at), style="other")
                for at, name in enumerate(MODELS)
            ),
        ),
        "one_day": DailyChart(
            title="One day is known",
            alt="One day.",
            first=FIRST,
            lines=(Line(name="cost", values=(3.2,)),),
        ),
        "unknown": DailyChart(
            title="Nothing is known",
            alt="Nothing.",
            first=FIRST,
            lines=(Line(name="cost", values=unknown(14)),),
        ),
        "zeros": DailyChart(
            title="Nothing was spent",
            alt="Zeros.",
            first=FIRST,
            lines=(Line(name="cost", values=(0.0,) * 14),),
        ),
        "negative": DailyChart(
            title="Credits of $40 on 28 October",
            alt="Below zero.",
            first=FIRST,
            lines=(Line(name="cost", values=(1, 2, 3.5, -40, 2, 5, 9.25)),),
        ),
        "hostile": DailyChart(
            title=HOSTILE,
            alt=HOSTILE,
            first=FIRST,
            unit="requests",
            lines=tuple(Line(name=HOSTILE, values=curve(60, 10.0**at)) for at in range(8)),
            bands=tuple(Band(name=HOSTILE, lower=curve(5), upper=curve(90)) for _ in range(4)),
            marks=tuple(
                Mark(day=FIRST + timedelta(days=at), label=HOSTILE) for at in range(-4, 40)
            ),
            today=FIRST + timedelta(days=50),
        ),
        "shares": DailyChart(
            title="Cached input fell from 62 to 31 %",
            alt="Share.",
            first=FIRST,
            unit="share",
            lines=(Line(name="cached input", values=tuple(0.62 - 0.015 * at for at in range(21))),),
        ),
        "movers": BarChart(
            title="gpt-5 explains $812 of the $1.03k more",
            alt="Movers.",
            bars=tuple(Bar(name=name, value=value) for value, name in movers),
            is_change=True,
        ),
        "before": BarChart(
            title="Five models make 96 % of this week's cost",
            alt="Costs by model.",
            bars=tuple(
                Bar(name=name, value=4200 / (at + 1), before=3900 / (at + 0.7))
                for at, name in enumerate(MODELS)
            ),
        ),
        "savings": BarChart(
            title="What 40 recommendations could save a month",
            alt="Savings.",
            bars=tuple(
                Bar(name=f"{HOSTILE[: at * 3]} {at}", value=10.0 ** (6 - at / 4))
                for at in range(40)
            ),
        ),
        "no_bars": BarChart(title="Nothing moved", alt="Nothing.", bars=()),
        "unreadable": BarChart(
            title="日本語",
            alt="Names that the font lacks.",
            bars=(
                Bar(name="日本語", value=0),
                Bar(name="🚀🚀", value=-0.0001),
                Bar(name="", value=1e-9),
            ),
        ),
        "quality": PointsChart(
            title="gemini-2.5-flash costs $2.1k less a month at nearly the same quality",
            alt="Cost against quality.",
            x_label="US dollars a month",
            y_label="quality (MMLU-Pro)",
            points=(
                (3120, 0.872, "gpt-5 (now)"),
                (2480, 0.86, "claude-sonnet-4-5"),
                (1020, 0.853, "gemini-2.5-flash"),
                (310, 0.741, "gpt-5-nano"),
                (640, 0.79, "claude-haiku-4-5"),
                (2950, 0.81, "gpt-4.1"),
            ),
            chosen=2,
        ),
        "crowd": PointsChart(
            title="Sixty models",
            alt="Many points.",
            x_label=HOSTILE,
            y_label=HOSTILE,
            points=tuple((100 + 3 * (at % 7), 50 + at % 5, f"model-{at}") for at in range(60)),
            chosen=59,
        ),
        "no_points": PointsChart(
            title="No models", alt="None.", x_label="x", y_label="y", points=(), chosen=3
        ),
        "one_point": PointsChart(
            title="One model", alt="One.", x_label="x", y_label="y", points=((0, 0, "a"),), chosen=0
        ),
    }
