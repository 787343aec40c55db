"""What a budget would have looked like, before it is saved: lines for a message and for a modal."""

from __future__ import annotations

from analysis.budgets.terms import is_cut
from bot.blocks.budget import contact_words, overlap_lines, past_lines
from bot.blocks.budget_words import bar, days_words, level_word, spent_words, terms_words, title
from bot.blocks.text import escape, short
from handlers.budgets.results import BudgetPreview

MOST_UNSEEN = 5


def preview_lines(preview: BudgetPreview) -> list[str]:
    """The budget as it would be, paragraph by paragraph; escaped."""
    draft = preview.draft
    lines = [f"{title(draft)}\n{terms_words(draft)}\n{contact_words(draft)}"]
    if preview.periods:
        now = preview.periods[0].status
        lines.append(
            f"*It would stand at*\n{level_word(now)} · {days_words(now)} · days in "
            f"{draft.zone.key}\n`{bar(now.utilization)}` {spent_words(now)}"
        )
        if is_cut(preview.terms, now.period):
            lines.append("This period is cut short by its dates, and has the whole limit.")
    else:
        lines.append(":warning: There is no data that it could be held against yet.")
    if past := past_lines(preview.periods[1:]):
        lines.append("*It would have looked like this*\n" + "\n".join(past))
    if preview.overlaps:
        shared = "\n".join(overlap_lines(preview.overlaps))
        lines.append(f"*Overlaps: one spend counts in each of these*\n{shared}")
    if preview.unseen:
        names = ", ".join(escape(short(name)) for name in preview.unseen[:MOST_UNSEEN])
        lines.append(f":warning: No cost has had this yet: {names}")
    return lines
