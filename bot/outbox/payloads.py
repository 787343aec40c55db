"""What a row of the outbox holds for each way out, as JSON: written and read here alone."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    """

    text: str = Field(min_length=1)
    blocks: tuple[Json, ...] = ()
    do: Literal["post", "reply", "update"] = "post"
    root: str | None = None
    ts: str | None = None
    broadcast: bool = False

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
