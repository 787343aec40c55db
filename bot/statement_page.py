"""Statements as one page of HTML that prints: a sheet for each, with nothing to be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from analysis.showback.dividing import Part
from bot.blocks.statement_words import (
    PART_NAMES,
    month_words,
    rule_words,
    state_words,
    whose,
)
from bot.blocks.text import unescape
from handlers.showback.months import written
from handlers.showback.results import MonthStatement, Statement

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statements of {{ month }}</title>
<style>
  :root { color-scheme: light; }
  body { font: 11pt/1.45 system-ui, sans-serif; color: #1c1e21; background: #f1f2f4; margin: 0; }
  article { background: #fff; max-width: 44rem; margin: 2rem auto; padding: 2.5rem 3rem; }
  header { display: flex; justify-content: space-between; align-items: baseline; gap: 2rem;
    border-bottom: 2px solid #1c1e21; padding-bottom: .6rem; }
  h1 { font-size: 17pt; margin: 0; overflow-wrap: anywhere; }
  h2 { font-size: 12pt; margin: 1.8rem 0 .3rem; }
  header p { margin: 0; white-space: nowrap; }
  table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
  th, td { text-align: left; padding: .35rem 0; border-bottom: 1px solid #d8dade;
    overflow-wrap: anywhere; }
  th:last-child, td:last-child { text-align: right; white-space: nowrap; padding-left: 1.5rem;
    font-variant-numeric: tabular-nums; }
  tfoot td { font-weight: 700; border-bottom: 0; border-top: 2px solid #1c1e21; }
  .notes { color: #55595f; font-size: 9.5pt; margin-top: 1.5rem; }
  .provisional { color: #8a4b00; font-weight: 600; }
  @page { size: A4; margin: 18mm; }
  @media print {
    body { background: #fff; }
    article { margin: 0; padding: 0; max-width: none; break-after: page; }
    article:last-of-type { break-after: auto; }
    tr { break-inside: avoid; }
    thead { display: table-header-group; }
  }
</style>
</head>
<body>
{% for sheet in sheets %}
<article>
  <header><h1>{{ sheet.title }}</h1><p>{{ month }}</p></header>
  <p{% if not is_closed %} class="provisional"{% endif %}>{{ state }}</p>
  <table>
    <thead><tr><th>{{ sheet.what }}</th><th>USD</th></tr></thead>
    <tbody>
    {% for name, amount in sheet.rows %}
      <tr><td>{{ name }}</td><td>{{ amount }}</td></tr>
    {% endfor %}
    </tbody>
    <tfoot><tr><td>Total</td><td>{{ sheet.total }}</td></tr></tfoot>
  </table>
  {% if sheet.teams %}
  <h2>By team</h2>
  <table>
    <thead><tr><th>Team</th><th>USD</th></tr></thead>
    <tbody>
    {% for name, amount in sheet.teams %}
      <tr><td>{{ name }}</td><td>{{ amount }}</td></tr>
    {% endfor %}
    </tbody>
  </table>
  {% endif %}
  <div class="notes">
  {% for note in sheet.notes %}
    <p>{{ note }}</p>
  {% endfor %}
  </div>
</article>
{% endfor %}
</body>
</html>
"""


def statement_page(result: MonthStatement) -> str:
    """All statements of `result` as HTML; whatever a name holds is shown as it is.

    Who sees all of a month gets a sheet with the sum of it first.
    """
    from jinja2 import Environment, StrictUndefined  # slow to load, and rarely needed

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    sheets = [_sheet(result, one) for one in result.statements]
    if result.books is not None:
        sheets.insert(0, _summary(result))
    return environment.from_string(_PAGE).render(
        month=month_words(result.month),
        is_closed=result.closed is not None,
        state=_plain(state_words(result)),
        sheets=sheets,
    )


def _summary(result: MonthStatement) -> Mapping[str, object]:
    books = result.books
    rows = [(whose(one.line), _usd(one.total)) for one in result.statements]
    notes = _notes(result)
    total = sum((one.total for one in result.statements), Decimal(0))
    if books is not None:
        if books.not_charged.total:
            rows.append((whose(books.not_charged.line), _usd(books.not_charged.total)))
            total += books.not_charged.total
        sentence = f"Infrastructure cost of the month: {_usd(books.infrastructure)} USD"
        if books.corrected:
            sentence += f", and {_usd(books.corrected)} USD of corrections of closed months"
        notes.insert(0, f"{sentence}.")
    return {
        "title": "All statements",
        "what": "Organization",
        "rows": rows,
        "total": _usd(total),
        "teams": [],
        "notes": notes,
    }


def _sheet(result: MonthStatement, one: Statement) -> Mapping[str, object]:
    title = whose(one.line)
    if one.line.team is not None:
        title = f"Team {title} of {one.line.organization}"
    rows = [
        (PART_NAMES[part], _usd(one.line.amounts[part]))
        for part in Part
        if one.line.amounts[part] or part in (Part.UNATTRIBUTED, Part.SHARED)
    ]
    rows += [
        (f"Corrections of {written(each.of_month)}", _usd(each.amount)) for each in one.corrections
    ]
    teams = sorted(one.teams, key=lambda line: (-line.total, line.team or ""))
    notes = _notes(result)
    if one.line.use.unpriced:
        counted = f"{one.line.use.unpriced:,} requests without a price"
        notes.append(f"{counted}: their cost is in none of the figures.")
    if one.line.use.credits:
        notes.append(f"Credits of {_usd(-one.line.use.credits)} USD are in direct cost.")
    return {
        "title": title,
        "what": "Item",
        "rows": rows,
        "total": _usd(one.total),
        "teams": [(whose(line), _usd(line.total)) for line in teams],
        "notes": notes,
    }


def _notes(result: MonthStatement) -> list[str]:
    rule = unescape(rule_words(result.rule))
    return [
        f"What no request carries, and what is shared, is divided {rule}.",
        f"Month in {result.zone.key}.",
    ]


def _plain(words: str) -> str:
    """A sentence of a message without its marks."""
    if words.startswith(":"):
        words = words.partition(": ")[2] or words
    return unescape(words.removeprefix("🔒 "))


def _usd(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace("-", "−")
