"""All that can be done with digests, put together for one surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.callers import Callers
from handlers.digests.composing import Messages
from handlers.digests.drafting import Drafting
from handlers.digests.figures import FiguresHandler
from handlers.digests.finding import Finder
from handlers.digests.managing import ManageHandler
from handlers.digests.reading import ReadHandler
from handlers.digests.sending import DigestSender
from storage.records.audit import Surface
from storage.store import Store


@dataclass(frozen=True, slots=True)
class DigestHandlers:
    """What can be done with digests.

    Attributes:
        manage: subscribe, change, pause, leave out, end.
        read: list, show, preview.
        sender: of what is due, and of tests.
    """

    manage: ManageHandler
    read: ReadHandler
    sender: DigestSender


def digest_handlers(
    store: Store,
    figures: FiguresHandler,
    callers: Callers,
    messages: Messages,
    surface: Surface,
    wake: Callable[[], None] | None = None,
) -> DigestHandlers:
    """The handlers of one surface, which the audit trail names.

    Args:
        store: where digests are kept.
        figures: makes what they tell; its engine, dimensions and clock are used throughout.
        callers: know who owners are now.
        messages: make the messages.
        surface: whose handlers these are.
        wake: tells the outbox of this process that there is something to send.
    """
    finder, clock = Finder(store), figures.clock
    drafting = Drafting(figures.engine, figures.dimensions)
    return DigestHandlers(
        manage=ManageHandler(store, finder, drafting, clock, surface),
        read=ReadHandler(store, finder, figures, clock),
        sender=DigestSender(store, figures, callers, messages, clock, surface, wake),
    )
