"""Incidents as messages for the outbox: Slack, e-mail, webhooks and Linear say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast
from zoneinfo import ZoneInfo

from analysis.incidents.deciding import Move
from bot import incident_words as words
from bot.blocks.incident import Shown, chart_of, news_answer, root_answer
from bot.outbox.payloads import (
    EmailMessagePayload,
    Json,
    LinearMessage,
    SlackMessage,
    WebhookEvent,
)
from handlers.incidents.signal import Target
from handlers.incidents.telling import Composed, Telling
from storage.records.delivery import NewDelivery

LONGEST_SUBJECT = 200

PRIORITIES = {"critical": 1, "warning": 2, "notice": 3, "no data": 3}
"""Linear's: 1 urgent, 2 high, 3 medium."""


@dataclass(frozen=True, slots=True)
class IncidentMessages:
    """Composes the messages of incidents; see `Compose`.

    In Slack the first message is the incident's root: it stays, and is changed as things change;
    what follows is told below it, and in the channel only where it escalates. Linear has one issue,
    with comments below it, which is completed when it is over. A place that was never told of an
    incident hears nothing of its end.

    Attributes:
        zone: in which times are written.
    """

    zone: ZoneInfo

    def __call__(self, telling: Telling) -> Composed:
        """The messages, each under a key of its own."""
        return _Writing(telling, self.zone).composed()


@dataclass(slots=True)
class _Writing:
    telling: Telling
    zone: ZoneInfo
    deliveries: list[NewDelivery] = field(default_factory=list[NewDelivery])

    def composed(self) -> Composed:
        telling = self.telling
        roots = dict(telling.incident.roots)
        for target in self._targets():
            to = f"{target.channel}:{target.address}"
            root = roots.get(to)
            if root is None and telling.move in (None, Move.RECOVERED):
                continue
            match target.channel:
                case "slack":
                    self._in_slack(target, to, root)
                case "linear":
                    self._in_linear(target, to, root)
                case "email":
                    if telling.move is not None:
                        self._add(target, self._key(to), self._email(root))
                case "webhook":
                    self._to_webhook(target, to)
            if root is None:
                roots[to] = self._key(to)
        return Composed(tuple(self.deliveries), roots)

    def _targets(self) -> tuple[Target, ...]:
        """Where it is told, and where it was: what stands there is kept up to date."""
        before = [
            Target(cast("object", channel), address)  # pyright: ignore[reportArgumentType]
            for channel, _, address in (to.partition(":") for to in self.telling.incident.roots)
        ]
        return tuple(dict.fromkeys((*self.telling.targets, *before)))

    def _key(self, to: str, what: str = "") -> str:
        """What names a message: the incident, the number of the decision, and to whom."""
        incident = self.telling.incident
        return f"incident|{incident.id}|{incident.sequence}|{to}{what}"

    def _shown_key(self, to: str) -> str:
        return self._key(to, f"|as of version {self.telling.incident.version + 1}")

    def _add(self, target: Target, key: str, payload: Json) -> None:
        # In order within one incident and to one address; an incident waits for no other.
        group = f"{target.channel}:{target.address}|{self.telling.incident.id}"
        self.deliveries.append(
            NewDelivery(
                key=key,
                channel=target.channel,
                address=target.address,
                payload=payload,
                group=group,
            )
        )

    def _in_slack(self, target: Target, to: str, root: str | None) -> None:
        telling = self.telling
        shown = Shown(telling.incident, telling.at, self.zone, telling.names)
        text, blocks = _rendered(root_answer(shown).payload())
        picture = chart_of(shown.story)
        if root is None:
            posted = SlackMessage(text=text, blocks=blocks, picture=picture)
            self._add(target, self._key(to), posted.as_json())
            return
        if telling.move is not None:
            news, news_blocks = _rendered(news_answer(telling, self.zone).payload())
            told = SlackMessage(
                text=news,
                blocks=news_blocks,
                do="reply",
                root=root,
                broadcast=telling.move.is_loud,
            )
            self._add(target, self._key(to), told.as_json())
        changed = SlackMessage(text=text, blocks=blocks, do="update", root=root, picture=picture)
        self._add(target, self._shown_key(to), changed.as_json())

    def _in_linear(self, target: Target, to: str, root: str | None) -> None:
        telling = self.telling
        incident = telling.incident
        if root is None:
            priority = PRIORITIES.get(incident.level, 0)
            issue = LinearMessage(
                title=_line(words.headline(incident, telling.story)),
                text="\n".join(self._markdown()),
                priority=priority,
            )
            self._add(target, self._key(to), issue.as_json())
            return
        if telling.move is not None:
            lines = [words.subject(telling), *words.happened(telling, self.zone)]
            comment = "\n\n".join(escaped(line) for line in lines)
            told = LinearMessage(do="comment", text=comment, root=root)
            self._add(target, self._key(to), told.as_json())
        if incident.closed_at == telling.at:
            self._label_in_linear(target, to, root)
            done = LinearMessage(do="state", state="completed", root=root)
            self._add(target, self._shown_key(to), done.as_json())

        if telling.is_reopened:
            told = LinearMessage(do="comment", text="Open again: that was taken back.", root=root)
            self._add(target, f"{self._shown_key(to)}|said", told.as_json())
            again = LinearMessage(do="state", state="unstarted", root=root)
            self._add(target, self._shown_key(to), again.as_json())

    def _label_in_linear(self, target: Target, to: str, root: str) -> None:
        """Why it is completed, where people have said so."""
        names = dict(self.telling.names)
        said = words.label_words(self.telling.incident, names, self.zone)
        if self.telling.move is None and said:
            text = "\n\n".join(escaped(line) for line in said)
            told = LinearMessage(do="comment", text=text, root=root)
            self._add(target, f"{self._shown_key(to)}|said", told.as_json())

    def _to_webhook(self, target: Target, to: str) -> None:
        telling = self.telling
        if telling.move is not None:
            event = f"incident.{telling.move.value.replace(' ', '_')}"
            self._add(target, self._key(to), self._event(event))
        elif telling.incident.closed_at == telling.at:
            self._add(target, self._shown_key(to), self._event("incident.closed"))
        elif telling.is_reopened:
            self._add(target, self._shown_key(to), self._event("incident.reopened"))

    def _lines(self) -> list[str]:
        """All of it, plain, part by part."""
        telling, story = self.telling, self.telling.story
        lines = [f"{words.subject(telling)}.", "", *words.happened(telling, self.zone)]
        if words.is_in_trouble(telling.incident):
            for heading, some in (
                ("Why", story.cause),
                ("Where", (*story.breakdown, *((story.without,) if story.without else ()))),
                ("What to do", (story.advice,) if story.advice else ()),
            ):
                if some:
                    lines += ["", f"{heading}:", *(f"- {line}" for line in some)]
        if story.ask:
            lines += ["", f"Ask on: /cost {story.ask}"]
        if promised := words.promise(telling.incident):
            lines += ["", promised]
        return lines

    def _markdown(self) -> list[str]:
        story = self.telling.story
        lines = [escaped(line) for line in words.happened(self.telling, self.zone)]
        for heading, some in (
            ("Why", story.cause),
            ("Where", (*story.breakdown, *((story.without,) if story.without else ()))),
            ("What to do", (story.advice,) if story.advice else ()),
        ):
            if some:
                lines += ["", f"**{heading}**", "", *(f"* {escaped(line)}" for line in some)]
        if story.ask:
            lines += ["", f"Ask on in Slack: `/cost {story.ask.replace('`', '')}`"]
        return [*lines, "", escaped(words.promise(self.telling.incident))]

    def _email(self, root: str | None) -> Json:
        lines = self._lines()
        facts = self.telling.story.facts
        if facts and words.is_in_trouble(self.telling.incident):
            lines += ["", "Figures:", *(f"- {name}: {value}" for name, value in facts.items())]
        payload = EmailMessagePayload(
            subject=_line(words.subject(self.telling)), text="\n".join(lines), root=root
        )
        return payload.as_json()

    def _event(self, event: str) -> Json:
        telling, incident, story = self.telling, self.telling.incident, self.telling.story
        closed_at = incident.closed_at
        data: Json = {
            "incident_id": str(incident.id),
            "subject": incident.subject,
            "kind": incident.kind,
            "organization": incident.organization,
            "about_organization": incident.about_organization,
            "product": incident.product,
            "rule_id": None if incident.rule_id is None else str(incident.rule_id),
            "sequence": incident.sequence,
            "level": incident.level,
            "level_before": telling.before.value,
            "worst": incident.worst,
            "day": None if incident.day is None else str(incident.day),
            "usd_a_day": str(incident.usd),
            "usd_in_all": str(incident.usd_in_all),
            "title": story.title,
            "summary": story.summary,
            "cause": list(story.cause),
            "breakdown": list(story.breakdown),
            "without": story.without,
            "recommendation": story.advice,
            "facts": dict(story.facts),
            "label": incident.label,
            "note": incident.note,
            "opened_at": incident.opened_at.isoformat().replace("+00:00", "Z"),
            "closed_at": None
            if closed_at is None
            else closed_at.isoformat().replace("+00:00", "Z"),
            "as_of": telling.at.isoformat().replace("+00:00", "Z"),
            "text": "\n".join(self._lines()),
        }
        return WebhookEvent(event=event, data=data).as_json()


def escaped(text: str) -> str:
    """Text as Markdown that shows it as it is, on one line, and mentions nobody."""
    line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~@!" else sign for sign in line)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _rendered(payload: Json) -> tuple[str, tuple[Json, ...]]:
    return str(payload["text"]), tuple(cast("list[Json]", payload["blocks"]))
