"""`/cost about`: how old the data is, what it is kept in, and which costbot this is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slackblocks import Block, SectionBlock, Text

from bot.blocks.answer import Answer, section
from bot.blocks.freshness import age
from bot.blocks.text import count, moment
from handlers.about import AboutResult


def about_answer(result: AboutResult, zone: ZoneInfo) -> Answer:
    """The message that answers `/cost about`."""
    lines: list[str] = []
    for source in result.freshness.sources:
        name = {"gpu": "GPU", "usage": "LLM"}[source.source.value]
        mark = ":warning: stale, " if source.is_stale else ""
        span = f"{moment(source.data_from, zone)} to {moment(source.data_until, zone)}"
        loaded = age(result.freshness.now - source.loaded_at)
        lines.append(f"*{name}* {mark}{span}, loaded {loaded} ago")
    fields = [
        Text(f"*Version*\n{result.version}"),
        Text(f"*Store*\n{result.store_kind}"),
        Text(f"*Rows in the mart*\n{count(result.costs_rows)}"),
        Text("*Answers come from*\nthe local mart: no warehouse is queried, no bytes are billed"),
    ]
    blocks: list[Block] = [
        section("\n".join(lines) or "No data loaded yet.", "about-sources"),
        SectionBlock(fields=list(fields), block_id="about-fields"),
    ]
    return Answer(text=f"costbot {result.version}", blocks=tuple(blocks))
