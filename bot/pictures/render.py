"""A chart as PNG."""

from __future__ import annotations

from bot.pictures.bars import draw_bars
from bot.pictures.chart import BarChart, Chart, DailyChart, PointsChart, Theme
from bot.pictures.daily import draw_daily
from bot.pictures.picture import Picture
from bot.pictures.points import draw_points
from bot.pictures.theme import palette_of


def render(chart: Chart, theme: Theme) -> bytes:
    """The chart as PNG, in the house style."""
    return picture_of(chart, theme).png


def picture_of(chart: Chart, theme: Theme) -> Picture:
    """The chart as a picture with its size and its alt text."""
    palette = palette_of(theme)
    match chart:
        case DailyChart():
            paper = draw_daily(chart, palette)
        case BarChart():
            paper = draw_bars(chart, palette)
        case PointsChart():
            paper = draw_points(chart, palette)
    png = paper.png()
    return Picture(png, chart.alt, paper.pixels[0], paper.pixels[1])
