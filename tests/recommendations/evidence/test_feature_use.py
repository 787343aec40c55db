"""What may be unused, as it is read from the mart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.unused.feature_use import FeatureUse, QuietKey, UseDay
from queries.recommendation_evidence.feature_use import feature_use
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, DAY, MONDAY, NOW, llm


def of_kind(features: Iterable[FeatureUse], kind: str) -> dict[str, FeatureUse]:
    return {one.name: one for one in features if one.kind == kind}


async def test_a_key_whose_requests_all_failed_is_read_with_its_days(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(cost="2", key_name="dead", failed_requests=1),
            llm(cost="1", key_name="dead", failed_requests=1, user_id="u1"),
            llm(cost="5", key_name="alive"),
        ]
    )
    found = await feature_use(reader, DAY)
    keys = of_kind(found.features, "key")
    assert keys == {
        "dead": FeatureUse(
            organization="acme",
            kind="key",
            name="dead",
            provider=None,
            routes=((CHAT, Decimal(3)),),
            days=(UseDay(MONDAY.date(), 2, 2, 0, Decimal(3)),),
            # As large as any other request.
            small_sizes=0,
            user_requests=1,
            actors=2,
            environments=("production",),
        )
    }


async def test_what_is_as_small_as_a_ping_is_counted_with_its_sizes(reader_of: Read) -> None:
    ping_of = partial(llm, key_name="ping", output_tokens=16)
    reader = reader_of(
        [
            *[ping_of(fresh_input_tokens=64) for _ in range(19)],
            ping_of(fresh_input_tokens=9),
            ping_of(fresh_input_tokens=65),
        ]
    )
    ping = of_kind((await feature_use(reader, DAY)).features, "key")["ping"]
    assert ping.days == (
        UseDay(MONDAY.date(), 21, 0, 20, Decimal(21), Decimal(1), Decimal(20), Decimal(0)),
    )
    assert (ping.small_sizes, ping.actors, ping.user_requests) == (2, 1, 0)


async def test_a_charge_for_having_a_fine_tune_is_no_request(reader_of: Read) -> None:
    empty = partial(llm, fresh_input_tokens=0, output_tokens=0)
    reader = reader_of(
        [
            empty(cost="40", model="ft:gpt-4o:acme::1"),
            empty(cost="7", feature="endpoint hosting", model="llama"),
            # Tokens that nobody counted are no charge for having something.
            empty(cost="9", model="uncounted"),
        ]
    )
    models = of_kind((await feature_use(reader, DAY)).features, "model")
    tuned = models["ft:gpt-4o:acme::1"]
    assert (tuned.requests, tuned.actors, tuned.days[0].standing_cost) == (0, 0, Decimal(40))
    assert models["llama"].days[0].standing_cost == 7
    assert models["uncounted"].days[0].served_cost == 9
    assert models["uncounted"].provider == "openai"


async def test_a_model_of_one_sender_is_looked_at_and_one_of_two_is_not(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(model="lonely", key_name="ci", environment="ci"),
            llm(model="shared", key_name="ci"),
            llm(model="shared", key_name="app", environment=None),
        ]
    )
    models = of_kind((await feature_use(reader, DAY)).features, "model")
    assert list(models) == ["lonely"]
    assert models["lonely"].environments == ("ci",)


async def test_keys_without_a_request_in_two_weeks_are_quiet(reader_of: Read) -> None:
    period = EvidencePeriod(date(2026, 10, 22), date(2026, 11, 20), NOW)
    reader = reader_of(
        [
            llm(MONDAY - timedelta(days=20), cost="3", key_name="old"),
            llm(MONDAY - timedelta(days=9), key_name="recent"),
            llm(MONDAY - timedelta(days=20), key_name="both"),
            llm(MONDAY, key_name="both"),
        ]
    )
    found = await feature_use(reader, period)
    assert found.quiet == (QuietKey("acme", "old", date(2026, 10, 27), Decimal(3)),)
    assert (await feature_use(reader, period, "globex")).quiet == ()


async def test_internal_requests_are_not_a_customers(reader_of: Read) -> None:
    reader = reader_of([llm(key_name="ours", failed_requests=1, cost="5", is_internal=True)])
    assert (await feature_use(reader, DAY)).features == ()
