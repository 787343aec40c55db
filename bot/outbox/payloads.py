"""What a row of the outbox holds for each way out, as JSON: written and read here alone."""

from __future__ import annotations

import logging
from typing import Annotated, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from bot.pictures.chart import Chart

log = logging.getLogger(__name__)

Json = dict[str, object]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def as_json(self) -> Json:
        """The payload of a `NewDelivery`."""
        return cast("Json", self.model_dump(mode="json", exclude_defaults=True))


class SlackMessage(_Payload):
    """A message in Slack; the address is the id of a channel, or of a person.

    Attributes:
        text: what notifications and screen readers use; escaped.
        blocks: as people see it, within Slack's limits.
        do: `post` it into the channel, post it as a `reply` below another message, or `update` a
            message that stands there.
        root: key of the delivery that is replied to or updated; it should be of the same group,
            so that it leaves first.
        ts: of the message that is replied to or updated, where `root` is not known.
        broadcast: a reply is shown in the channel too.
        picture: a chart that is painted and uploaded as the message is sent; the message goes
            without it where that fails. None: none. A change needs it too, if it is to stay.
        picture_at: before which block it goes; None: below the paragraphs at the beginning.
    """

    text: str = Field(min_length=1)
    blocks: tuple[Json, ...] = ()
    do: Literal["post", "reply", "update"] = "post"
    root: str | None = None
    ts: str | None = None
    broadcast: bool = False
    picture: Chart | None = None
    picture_at: int | None = Field(default=None, ge=0)

    def as_json(self) -> Json:
        """The payload of a `NewDelivery`."""
        # What is left out as the default would take the chart's kind with it.
        picture = {} if self.picture is None else {"picture": self.picture.model_dump(mode="json")}
        return {**super().as_json(), **picture}

    @field_validator("picture", mode="wrap")
    @classmethod
    def _may_be_left_out(cls, value: object, read: ValidatorFunctionWrapHandler) -> object:
        """A row's picture that another version has written and this one cannot read."""
        try:
            return read(value)
        except ValidationError as error:
            if not isinstance(value, dict):
                raise
            log.warning("a message goes without its picture, which cannot be read: %s", error)
            return None

    @model_validator(mode="after")
    def _names_what_it_belongs_to(self) -> SlackMessage:
        named = (self.root is not None) + (self.ts is not None)
        if named != (0 if self.do == "post" else 1):
            message = "a reply or an update names one message, by root or by ts, and a post none"
            raise ValueError(message)
        if self.broadcast and self.do != "reply":
            message = "only a reply is broadcast"
            raise ValueError(message)
        return self


class EmailMessagePayload(_Payload):
    """An e-mail; the address is that of one person.

    Attributes:
        subject: one line.
        text: plain.
        html: the same for those who read HTML.
        root: key of the delivery, to the same address, below which mail programs show it.
    """

    subject: Annotated[str, Field(min_length=1, max_length=250, pattern=r"^[^\r\n]*$")]
    text: str = Field(min_length=1)
    html: str | None = None
    root: str | None = None


class WebhookEvent(_Payload):
    """An event for a webhook; the address is the webhook's name in the settings.

    Attributes:
        event: what it is, such as `budget.exceeded`.
        data: what is told of it.
    """

    event: str = Field(pattern=r"^[a-z][a-z_.]*$")
    data: Json


class LinearMessage(_Payload):
    """Something in Linear; the address is the key of a team, such as `ENG`.

    Attributes:
        do: file an `issue`, `comment` on one, or move one to another `state`.
        title: of an issue: one line.
        text: of an issue or a comment, Markdown.
        priority: of an issue, as Linear counts: 0 none, 1 urgent, 2 high, 3 medium, 4 low.
        state: the type of the state that an issue is moved to.
        root: key of the delivery that filed the issue; it is of the same group, so that it leaves
            first.
    """

    do: Literal["issue", "comment", "state"] = "issue"
    title: Annotated[str, Field(max_length=250, pattern=r"^[^\r\n]*$")] = ""
    text: str = ""
    priority: Annotated[int, Field(ge=0, le=4)] = 0
    state: Literal["completed", "unstarted"] | None = None
    root: str | None = None

    @model_validator(mode="after")
    def _says_what_it_is_for(self) -> LinearMessage:
        is_issue = self.do == "issue"
        if is_issue != (self.root is None) or is_issue != bool(self.title):
            message = "an issue has a title, and all else names the delivery of its issue"
            raise ValueError(message)
        if (self.do == "state") != (self.state is not None):
            message = "a move to another state names it, and nothing else does"
            raise ValueError(message)
        if self.do == "comment" and not self.text:
            message = "a comment says something"
            raise ValueError(message)
        return self
