"""Pictures in Slack: a chart is painted, uploaded and named by an image block.

The upload is shared with no channel: who sees the message sees the picture, nobody else. Where
anything of it fails the message goes without it; that is what `NoPicture` is for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.blocks.fit import MOST_BLOCKS
from bot.pictures.chart import Chart
from bot.pictures.painter import NotPainted, Painter
from bot.slack.api import Json
from bot.slack.workspaces import here

log = logging.getLogger(__name__)

WITHIN = timedelta(seconds=8)
"""How long painting and uploading may take together: well within a message's lease."""

PROCESSING = (0.5, 1.0, 2.0)
"""Seconds to wait, one after the other, where Slack does not know an upload yet: it looks through
each one by itself, after it has said that it is complete."""

LONGEST_ALT, LONGEST_TITLE = 1000, 200
REMEMBERED = 256
"""Uploads that are remembered: one picture in several messages is uploaded once."""

ABOVE = frozenset({"header", "section", "rich_text"})
"""Blocks below which a picture goes where a message names no place for it."""


class NoPicture(Exception):
    """There is no picture; said is why not."""


class FileApi(Protocol):
    """What `AsyncWebClient` does with an upload that is shared nowhere."""

    async def files_upload_v2(
        self, *, content: bytes, filename: str, title: str, alt_txt: str
    ) -> Json:
        """Asks for an address, sends the bytes there, and says that they are complete."""
        ...


@dataclass(frozen=True, slots=True)
class Pictures:
    """Makes image blocks of charts.

    Attributes:
        painter: paints them.
        client: takes them.
        pause: lets seconds pass.
        within: how long one may take.
    """

    painter: Painter
    client: FileApi
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    within: timedelta = WITHIN
    _uploaded: OrderedDict[str, str] = field(default_factory=OrderedDict[str, str])

    async def block(self, chart: Chart) -> Json:
        """The image block that shows a chart.

        Raises:
            NoPicture: it could not be painted, or Slack did not take it in time.
        """
        key = _key(chart)
        file_id = self._uploaded.get(key)
        if file_id is None:
            file_id = await self._upload(chart)
            self._uploaded[key] = file_id
            if len(self._uploaded) > REMEMBERED:
                self._uploaded.popitem(last=False)
        return image_block(chart, file_id)

    def forget(self, chart: Chart) -> None:
        """Uploads it anew the next time: Slack does not know the upload any more."""
        self._uploaded.pop(_key(chart), None)

    async def _upload(self, chart: Chart) -> str:
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                picture = await self.painter.paint(chart)
                answer = await self.client.files_upload_v2(
                    content=picture.png,
                    filename=f"{chart.kind}.png",
                    title=chart.title[:LONGEST_TITLE] or "Chart",
                    alt_txt=picture.alt[:LONGEST_ALT],
                )
            (file,) = cast("Sequence[Json]", answer["files"])
            return str(file["id"])
        except NotPainted as error:
            raise NoPicture(str(error)) from error
        except SlackApiError as error:
            raise NoPicture(f"Slack did not take it ({_word(error)}).") from error
        except (SlackClientError, aiohttp.ClientError) as error:
            raise NoPicture(f"The upload broke: {error}") from error
        except TimeoutError as error:
            raise NoPicture("It was not uploaded in time.") from error
        except Exception as error:  # whatever it is, the message must not wait for it
            log.exception("a picture could not be uploaded")
            raise NoPicture(f"The upload failed: {error!r}") from error


def image_block(chart: Chart, file_id: str) -> Json:
    """The block that shows an upload."""
    alt = chart.alt[:LONGEST_ALT] or chart.title[:LONGEST_ALT] or "A chart"
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt}


def placed(blocks: Sequence[Json], picture: Json, at: int | None = None) -> list[Json]:
    """Blocks with the picture among them.

    Args:
        blocks: of the message.
        picture: an image block.
        at: before which block; None: below the paragraphs that it begins with.

    Raises:
        NoPicture: there is no room for another block.
    """
    if len(blocks) >= MOST_BLOCKS:
        raise NoPicture("The message has no room for it.")
    if at is None:
        others = (number for number, one in enumerate(blocks) if one.get("type") not in ABOVE)
        at = next(others, len(blocks))
    return [*blocks[:at], picture, *blocks[at:]]


def is_unprocessed(words: str) -> bool:
    """Whether a refusal of blocks says that Slack does not know a file (yet)."""
    return "slack file" in words or "slack_file" in words


def _key(chart: Chart) -> str:
    # An upload is known in the workspace that it was uploaded to, and nowhere else.
    return f"{here()}/{sha256(chart.model_dump_json().encode()).hexdigest()}"


def _word(error: SlackApiError) -> str:
    """Slack's word for why, and the scope that is missing where one is."""
    answer = cast("object", error.response.data)
    if not isinstance(answer, dict):
        return "no reason given"
    said = cast("Json", answer)
    needed = f", it needs {said['needed']}" if "needed" in said else ""
    return f"{said.get('error', 'no reason given')}{needed}"
