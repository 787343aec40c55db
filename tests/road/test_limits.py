"""Whatever a question came to, its answer is one that Slack takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.periods import Calendar, Dates, Last, resolve
from analysis.roles import Role
from bot.blocks.answer_view import answer_view
from bot.blocks.cost import cost_answer
from bot.csv_file import cost_csv
from handlers.caller import Caller
from handlers.cost_results import CostRequest, CostResult, CostRow, Delta, Mover, share_of
from handlers.freshness import Freshness, SourceFreshness
from playground.blockkit.layout import characters
from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_blocks, problems_of_view
from queries.breakdown import TIMES, Basis, Key
from queries.dimensions import Dimensions, Source
from queries.measures import Measures

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Kathmandu")
DIMENSIONS = Dimensions()
MOST_CHARACTERS = 12_000

names = st.one_of(
    st.none(),
    st.text(max_size=300),
    st.tuples(st.text("ab&<>*`_~\n|", min_size=1, max_size=5), st.integers(1, 300)).map(
        lambda of: (of[0] * of[1])[:300]
    ),
)
moneys = st.one_of(
    st.decimals(-(10**6), 10**6, places=15),
    st.sampled_from(
        [Decimal(text) for text in ("0", "1e-15", "-1e-15", "0.0099", "1e22", "-1e22")]
    ),
)
counts = st.one_of(st.integers(0, 100), st.sampled_from([2**40, 2**62]))


@st.composite
def measures(draw: st.DrawFn) -> Measures:
    """Figures in which the parts are no more than the whole."""
    cost, requests = draw(moneys), draw(counts)
    part = st.integers(0, requests)
    return Measures(
        cost=cost,
        requests=requests,
        failed_requests=draw(part),
        unpriced_requests=draw(part),
        estimated_requests=draw(part),
        estimated_cost=cost / 2,
        internal_requests=draw(part),
        internal_cost=cost / 3,
        unknown_requests=draw(part),
        unknown_cost=cost / 7,
        fresh_input_tokens=draw(counts),
        output_tokens=draw(counts),
        gpu_seconds=draw(moneys),
    )


deltas = st.builds(Delta, moneys, moneys, st.just("the same hours last Friday"))
TIME_KEYS = {
    "day": st.dates(date(2016, 1, 1), date(2026, 11, 20)),
    "hour": st.integers(0, 80_000).map(lambda hours: NOW - timedelta(hours=hours)),
}


def keys(by: tuple[str, ...]) -> st.SearchStrategy[Key]:
    """Members of a breakdown."""
    return st.tuples(*(TIME_KEYS.get(name, names) for name in by))


requests = st.builds(
    CostRequest,
    period=st.one_of(
        st.sampled_from(list(Calendar)),
        st.builds(Last, st.integers(1, 80_000), st.just("h")),
        st.just(Dates(date(2017, 1, 1), date(2026, 11, 20))),
    ),
    by=st.lists(st.sampled_from([*DIMENSIONS, *TIMES]), max_size=2, unique=True).map(tuple),
    filters=st.dictionaries(
        st.sampled_from([*DIMENSIONS]),
        st.lists(names.map(lambda name: name or ""), min_size=1, max_size=6).map(tuple),
        max_size=16,
    ),
    top=st.none() | st.integers(1, 1000),
    basis=st.sampled_from(Basis),
    customers_only=st.booleans(),
)
freshnesses = st.lists(
    st.builds(
        SourceFreshness,
        source=st.sampled_from(Source),
        data_from=st.just(NOW - timedelta(days=4000)),
        data_until=st.just(NOW),
        loaded_at=st.just(NOW),
        is_stale=st.booleans(),
    ),
    max_size=2,
).map(lambda sources: Freshness(NOW, tuple(sources)))


@st.composite
def results(draw: st.DrawFn) -> CostResult:
    """The result of any question, of hundreds of rows or of none."""
    request = draw(requests)
    few = draw(st.lists(st.tuples(keys(request.by), measures(), st.none() | deltas), max_size=8))
    times = draw(st.integers(1, 60)) if request.by else 1
    total = sum((figures for _, figures, _ in few), Measures())
    rows = [CostRow(key, own, share_of(own.cost, total.cost), delta) for key, own, delta in few]
    return CostResult(
        request=request,
        period=resolve(request.period, NOW, ZONE),
        total=total,
        delta=draw(st.none() | deltas),
        rows=tuple(rows * times),
        movers=tuple(Mover(row.key, row.delta) for row in rows if row.delta is not None),
        moved_along=request.by,
        unpriced_models=tuple(draw(st.lists(names.map(str), max_size=5))),
        freshness=draw(freshnesses),
        covered=draw(st.none() | st.just((date(2016, 1, 1), date(2026, 11, 20)))),
        reaches_back=draw(st.booleans()),
    )


callers = st.sampled_from(
    [
        Caller("T1", "U1", "Ada", None, Role.ADMIN, ZONE),
        Caller("T1", "U2", "Ute", "acme", Role.USER, ZONE),
    ]
)


AMPERSANDS = "&" * 300
LARGE = Measures(Decimal(10) ** 20, 2**60, 2**59, 2**58, 2**59, Decimal(10) ** 19, 2**58)
GROWN = Delta(Decimal(10) ** 22, Decimal(10) ** 21, "the same hours of the 3660 days before")
STALE = tuple(SourceFreshness(source, NOW, NOW, NOW, is_stale=True) for source in Source)
LARGEST = CostResult(
    request=CostRequest(
        Calendar.TODAY,
        by=("day", "model"),
        filters=dict.fromkeys(DIMENSIONS, (AMPERSANDS,) * 6),
    ),
    period=resolve(Calendar.TODAY, NOW, ZONE),
    total=LARGE,
    delta=GROWN,
    rows=(CostRow((NOW.date(), AMPERSANDS), LARGE, Decimal("0.0025"), GROWN),) * 400,
    movers=(Mover((AMPERSANDS,), GROWN),) * 3,
    moved_along=("model",),
    unpriced_models=(AMPERSANDS,) * 5,
    freshness=Freshness(NOW, STALE),
    covered=(date(2016, 1, 1), NOW.date()),
    reaches_back=False,
)
"""Everything as long as it can be, and longer once it is escaped."""


@example(result=LARGEST, caller=Caller("T1", "U1", "Ada", None, Role.ADMIN, ZONE))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(result=results(), caller=callers)
def test_no_answer_is_refused_by_slack(result: CostResult, caller: Caller):
    answer = cost_answer(result, caller, DIMENSIONS)
    payload = answer.payload()
    blocks = cast("Json", payload["blocks"])
    assert problems_of_blocks(blocks, lambda _: False) == []
    assert characters(blocks) <= MOST_CHARACTERS
    assert 0 < len(str(payload["text"])) <= 3000
    shown = f"{payload['text']} {texts(blocks)}"
    assert "<" not in shown
    assert ">" not in shown
    ids = [block.get("block_id") for block in cast("list[dict[str, object]]", blocks)]
    assert "cost-notes" in ids, "what is unpriced and how old the data is must not be lost"
    view = cast("Json", answer_view(answer))
    assert problems_of_view(view, lambda _: False, home=False) == []
    assert "<" not in texts(view)
    assert cost_csv(result, ZONE).rows == len(result.rows)


def texts(part: Json) -> str:
    """Everything that the blocks show."""
    if isinstance(part, dict):
        return " ".join(texts(value) for name, value in part.items() if name != "value")
    if isinstance(part, list):
        return " ".join(texts(entry) for entry in part)
    return str(part)
