"""Lines of text as Slack's table: names to the left, figures to the right."""

from __future__ import annotations

from collections.abc import Callable

from slackblocks import ColumnSettings, RawText, TableBlock

from bot.blocks.fit import MOST_ROWS, fit_rows

Lines = list[list[str]]
"""Rows of cells, the header first."""

AROUND = 3
"""Rows that are no member: the header, the others, the total."""


def fitted_table(
    lines_of: Callable[[int], Lines], rows: int, *, names: int, block_id: str
) -> TableBlock:
    """A table of as many members as Slack takes.

    Args:
        lines_of: the lines for the first n members, `AROUND` more at most.
        rows: how many members there are.
        names: how many columns, from the left, hold names.
        block_id: of the block.
    """
    lines = fit_rows(lines_of, _size, min(rows, MOST_ROWS - AROUND))
    return TableBlock(
        [[RawText(text or " ") for text in line] for line in lines],
        column_settings=[
            ColumnSettings(align="left" if index < names else "right")
            for index in range(len(lines[0]))
        ],
        block_id=block_id,
    )


def _size(lines: Lines) -> tuple[int, int]:
    return len(lines), sum(len(cell) for line in lines for cell in line)
