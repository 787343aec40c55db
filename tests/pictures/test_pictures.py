"""Every picture, in both themes: none fails, none warns, each is as large as it says."""

from __future__ import annotations

import asyncio
import logging
from io import BytesIO

import pytest
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from bot.pictures.chart import Bar, Chart, DailyChart, Theme
from bot.pictures.painter import NotPainted, Painter
from bot.pictures.paper import cut_to, legible, width_of, wrapped
from bot.pictures.render import picture_of, render
from bot.pictures.theme import palette_of
from tests.pictures.samples import FIRST, HOSTILE, charts

CHARTS: TypeAdapter[Chart] = TypeAdapter(Chart)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(charts()))
def test_a_chart_of_any_data_is_painted(
    name: str, theme: Theme, caplog: pytest.LogCaptureFixture
) -> None:
    chart = charts()[name]
    with caplog.at_level(logging.WARNING):
        picture = picture_of(chart, theme)
    image = Image.open(BytesIO(picture.png))
    assert image.size == (picture.width, picture.height)
    assert picture.width == 1200
    assert 200 <= picture.height <= 760
    assert picture.alt == chart.alt
    assert caplog.text == ""  # the font lacks nothing that was drawn
    ground = palette_of(theme).ground
    assert image.getpixel((2, 2)) == tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))
    assert len(image.getcolors(1 << 20) or []) > 2


@pytest.mark.parametrize("name", sorted(charts()))
def test_a_chart_goes_through_json_unchanged(name: str) -> None:
    chart = charts()[name]
    assert CHARTS.validate_json(CHARTS.dump_json(chart)) == chart


def test_what_is_no_number_is_not_known_on_a_curve_and_refused_elsewhere() -> None:
    chart = DailyChart.model_validate(
        {
            "title": "t",
            "alt": "a",
            "first": FIRST,
            "lines": [{"name": "x", "values": [1, float("nan"), float("inf")]}],
        }
    )
    assert chart.lines[0].values == (1, None, None)
    with pytest.raises(ValidationError):
        Bar(name="x", value=float("nan"))


def test_the_same_chart_gives_the_same_bytes() -> None:
    chart = charts()["forecast"]
    assert render(chart, "dark") == render(chart, "dark")


def test_what_the_font_lacks_is_left_out() -> None:
    assert legible(HOSTILE[:70]).startswith("… … $x^2_1$ \\frac{1}{2} <!channel>")
    assert legible("日本語", "no. 3") == "no. 3"
    assert legible("café\u200d\ufe0f \n GPT\u20115") == "café GPT\u20105"
    assert legible("Ｗide") == "Wide"


def test_words_are_cut_where_they_end() -> None:
    assert cut_to("short", 100, 10) == "short"
    cut = cut_to("n" * 300, 100, 10)
    assert cut.endswith("…")
    assert 80 < width_of(cut, 10) <= 100


def test_a_title_takes_two_lines_at_most() -> None:
    assert wrapped("one two", 300, 13, 2) == ["one two"]
    lines = wrapped("word " * 60, 300, 13, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width_of(line, 13) <= 300 for line in lines)


async def test_a_painter_paints_beside_the_loop_which_is_not_held_up() -> None:
    painter, waits = Painter("dark"), list[float]()
    loop = asyncio.get_running_loop()
    is_over = asyncio.Event()

    async def beat() -> None:
        while not is_over.is_set():
            begun = loop.time()
            await asyncio.sleep(0.002)
            waits.append(loop.time() - begun - 0.002)

    beating = loop.create_task(beat())
    pictures = await asyncio.gather(*(painter.paint(charts()["spike"]) for _ in range(5)))
    is_over.set()
    await beating
    painter.close()
    assert {picture.png for picture in pictures} == {render(charts()["spike"], "dark")}
    # The aim is 50 ms, which the benchmark measures; on a busy machine others hold it up as well.
    assert sorted(waits)[len(waits) // 2] < 0.05


async def test_a_closed_painter_says_that_it_paints_nothing() -> None:
    painter = Painter()
    painter.close()
    with pytest.raises(NotPainted):
        await painter.paint(charts()["movers"])
