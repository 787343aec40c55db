"""Who hears of what: the pure part, and routes as people make them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood
from analysis.incidents.levels import Level
from analysis.incidents.routing import Conditions, News, Routed, matches, places_of
from bot.grammar.route import RouteAct, RouteAdd, RouteList, RouteWho, parse_route
from bot.route_messages import compose_test
from handlers.incidents.routing import RouteHandler, RouteRequest, Ways
from handlers.incidents.signal import Target
from storage import Store
from tests.incidents.conftest import ADA, GIL, OTTO, UTE
from tests.stores import TestClock

NEWS = News(organization=None, kind="anomaly", product="api", about="acme", level=Level.WARNING)


@pytest.mark.parametrize(
    ("conditions", "is_met"),
    [
        (Conditions(), True),
        (Conditions(kind="anomaly", product="API", organization="Acme"), True),
        (Conditions(kind="rule"), False),
        (Conditions(product="studio"), False),
        (Conditions(organization="globex"), False),
        (Conditions(least=Level.WARNING), True),
        (Conditions(least=Level.CRITICAL), False),
        (Conditions(within="acme"), False),
    ],
    ids=["all", "each", "kind", "product", "customer", "level", "worse", "scope"],
)
def test_a_route_wants_what_it_says(conditions: Conditions, is_met: bool) -> None:
    assert matches(conditions, NEWS) is is_met


def test_an_organizations_own_incidents_are_about_it() -> None:
    own = News(organization="acme", kind="rule", product=None, about=None, level=Level.NOTICE)
    assert matches(Conditions(organization="acme"), own)
    assert matches(Conditions(within="acme"), own)
    assert not matches(Conditions(product="api"), own)


def test_no_data_counts_as_a_warning() -> None:
    silent = News(organization=None, kind="rule", product=None, about=None, level=Level.NO_DATA)
    assert matches(Conditions(least=Level.WARNING), silent)
    assert not matches(Conditions(least=Level.CRITICAL), silent)


names = st.none() | st.sampled_from(["a", "b", "A"])
conditions_of = st.builds(
    Conditions,
    within=names,
    kind=st.none() | st.sampled_from(["anomaly", "rule"]),
    product=names,
    organization=names,
    least=st.sampled_from([Level.NOTICE, Level.WARNING, Level.CRITICAL]),
)
news_of = st.builds(
    News,
    organization=names,
    kind=st.sampled_from(["anomaly", "rule"]),
    product=names,
    about=names,
    level=st.sampled_from([Level.NOTICE, Level.WARNING, Level.CRITICAL, Level.NO_DATA]),
)


@given(
    routes=st.lists(st.tuples(conditions_of, st.lists(st.integers(0, 5), max_size=3)), max_size=6),
    news=news_of,
)
def test_every_route_that_matches_is_followed_and_each_place_told_once(
    routes: list[tuple[Conditions, list[int]]], news: News
) -> None:
    places = places_of([Routed(one, tuple(to)) for one, to in routes], news)
    assert len(set(places)) == len(places)
    assert set(places) == {place for one, to in routes if matches(one, news) for place in to}


@given(conditions=conditions_of, news=news_of)
def test_worse_news_reaches_whoever_better_news_reached(conditions: Conditions, news: News) -> None:
    worst = replace(news, level=Level.CRITICAL)
    assert not matches(conditions, news) or matches(conditions, worst)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("route", RouteList()),
        ("routes list", RouteList()),
        ("route remove 3", RouteAct("remove", 3)),
        ("route test #12", RouteAct("test", 12)),
        (
            "route add product api at warning to <#C024BE91L|api-team>",
            RouteAdd(
                RouteRequest(
                    product="api", least=Level.WARNING, targets=(Target("slack", "C024BE91L"),)
                )
            ),
        ),
        (
            "route add organization acme to <@U012AB3CD> linear ENG, "
            "<mailto:me@example.com|me@example.com> webhook ops",
            None,
        ),
        (
            'route add anomalies product "my api" critical to me@example.com and ann@example.com',
            RouteAdd(
                RouteRequest(
                    kind="anomaly",
                    product="my api",
                    least=Level.CRITICAL,
                    targets=(
                        Target("email", "me@example.com"),
                        Target("email", "ann@example.com"),
                    ),
                )
            ),
        ),
        (
            "route who hears of rules product api",
            RouteWho(RouteRequest(kind="rule", product="api", least=Level.CRITICAL)),
        ),
    ],
    ids=["bare", "list", "remove", "test", "channel", "all", "mails", "who"],
)
def test_routes_are_written_in_a_line(text: str, command: object) -> None:
    found = parse_route(text)
    if command is not None:
        assert found == command


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("route add product api", "A route needs a place"),
        ("route add to #nowhere", "I do not know who or what `#nowhere` is"),
        ("route add to", "`to` needs a place"),
        ("route add produkt api to a@b.de", "`produkt` is nothing that a route knows"),
        ("route add at bad to a@b.de", "`bad` is no level"),
        ("route remove", "`remove` needs the number"),
        ("route remove three", "`three` is no number"),
        ("route remove 3 4", "`4` is too much"),
        ("route remov 3", "`remov` is nothing that a route does"),
    ],
)
def test_what_cannot_be_understood_says_what_would(text: str, words: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_route(text)
    assert words in caught.value.sentence
    assert caught.value.hint


async def known(dimension: str, organization: str | None) -> list[str]:
    return {"product": ["api", "studio"], "organization": ["acme", "globex"]}[dimension]


@pytest.fixture
def routes(either_store: Store, clock: TestClock) -> RouteHandler:
    ways = Ways(linear=True, webhooks=frozenset({"ops"}))
    return RouteHandler(either_store, ways, known, compose_test, clock, "slack")


MAIL = Target("email", "ann@example.com")


async def test_an_organization_admins_routes_are_the_own_organizations(
    routes: RouteHandler,
) -> None:
    made = await routes.add(RouteRequest(targets=(MAIL,)), OTTO)
    assert made.route.organization == "acme"
    everybodys = await routes.add(RouteRequest(targets=(MAIL,)), ADA)
    assert [route.id for route in await routes.all(OTTO)] == [made.route.id]
    assert len(await routes.all(ADA)) == 2
    for key in (made.route.id, everybodys.route.id, 99):
        with pytest.raises(NotFound):
            await routes.remove(key, GIL)
    with pytest.raises(BadInput, match="Your routes concern `acme` alone"):
        await routes.add(RouteRequest(organization="globex", targets=(MAIL,)), OTTO)
    with pytest.raises(NotAllowed):
        await routes.all(UTE)


async def test_the_same_route_is_made_once(routes: RouteHandler) -> None:
    first = await routes.add(RouteRequest(product="api", targets=(MAIL,)), ADA)
    again = await routes.add(RouteRequest(product="api", targets=(MAIL, MAIL)), ADA)
    assert again.route.id == first.route.id
    assert again.doubts == ("That route was there already.",)


async def test_removed_and_put_back_it_is_the_same(routes: RouteHandler) -> None:
    made = (await routes.add(RouteRequest(targets=(MAIL,)), ADA)).route
    await routes.remove(made.id, ADA)
    await routes.remove(made.id, ADA)
    assert await routes.all(ADA) == []
    assert await routes.restore(made.id, ADA) == made
    trail = await routes.store.audit.of_object("route", str(made.id))
    actions = {entry.action for entry in trail}
    assert actions == {"route.add", "route.remove", "route.restore"}
    assert len(trail) == 3


async def test_what_may_be_wrong_is_said(routes: RouteHandler) -> None:
    made = await routes.add(RouteRequest(product="apo", targets=(MAIL,)), ADA)
    assert made.doubts == (
        "No costs of product `apo` are known yet.",
        "Did you mean `api`?",
        "E-mail is not set up here: nothing arrives until COSTBOT_SMTP_URL is.",
    )


@pytest.mark.parametrize(
    "target",
    [
        Target("slack", "general"),
        Target("email", "ann"),
        Target("email", "a@b.de, c@d.de"),
        Target("webhook", "opps"),
        Target("linear", "E N G"),
    ],
    ids=["channel", "mail", "mails", "webhook", "team"],
)
async def test_a_place_that_is_none_is_refused(routes: RouteHandler, target: Target) -> None:
    with pytest.raises(BadInput) as caught:
        await routes.add(RouteRequest(targets=(target,)), ADA)
    assert caught.value.hint


async def test_a_test_is_sent_as_often_as_it_is_asked_for(
    routes: RouteHandler, clock: TestClock
) -> None:
    targets = (Target("slack", "C024BE91L"), Target("linear", "eng"), Target("webhook", "ops"))
    made = (await routes.add(RouteRequest(targets=(*targets, MAIL)), ADA)).route
    for _ in range(2):
        await routes.test(made.id, ADA)
        clock.advance(timedelta(minutes=1))
    sent = await routes.store.deliveries.newest()
    assert len(sent) == 8
    assert {(row.channel, row.address) for row in sent} == set(made.targets)
    assert ("linear", "ENG") in made.targets


async def test_who_hears_is_who_would_be_told(routes: RouteHandler) -> None:
    api = Target("slack", "C024BE91L")
    await routes.add(RouteRequest(product="api", least=Level.WARNING, targets=(api,)), ADA)
    await routes.add(RouteRequest(organization="acme", targets=(MAIL,)), ADA)
    own = (await routes.add(RouteRequest(targets=(MAIL,)), OTTO)).route

    async def hearing(request: RouteRequest) -> set[Target]:
        found = await routes.who_hears(request, ADA)
        return {target for _, targets in found for target in targets}

    assert await hearing(RouteRequest(product="api", least=Level.CRITICAL)) == {api}
    assert await hearing(RouteRequest(product="api", least=Level.NOTICE)) == set()
    assert await hearing(RouteRequest(organization="acme", least=Level.NOTICE)) == {MAIL}
    (only,) = await routes.who_hears(RouteRequest(least=Level.NOTICE), OTTO)
    assert only[0].id == own.id
