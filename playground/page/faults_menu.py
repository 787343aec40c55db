"""The faults menu: a few switches of the fake, named by what they do."""

from __future__ import annotations

from dataclasses import dataclass

from playground.faults import Fault, Faults

CALLS = 3
"""How many calls a switch strikes before it mends itself, so that nobody forgets it on."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One entry of the menu."""

    fault: Fault
    label: str
    about: str

    @property
    def name(self) -> str:
        """What the form calls it."""
        return self.fault.kind


UPLOADS = frozenset({"files.completeUploadExternal"})

SWITCHES = (
    Switch(Fault("server_error", times=CALLS), "Server errors", "The app's next 3 calls get a 500"),
    Switch(Fault("slow", times=CALLS, seconds=4.0), "Slow replies", "3 calls take 4 s longer"),
    Switch(
        Fault("ratelimited", times=CALLS, seconds=2.0), "Rate limits", "3 calls get a 429, wait 2 s"
    ),
    Switch(Fault("dropped", times=CALLS), "Dropped connections", "3 calls find nobody at home"),
    Switch(
        Fault("reply_lost", times=1),
        "Lost reply",
        "The next call is done, but its answer never arrives",
    ),
    Switch(
        Fault("refused", times=CALLS, methods=UPLOADS, error="storage_limit_reached"),
        "Refused uploads",
        "3 files are not taken",
    ),
    Switch(
        Fault("unprocessed", times=CALLS, methods=UPLOADS, seconds=2.0),
        "Late pictures",
        "3 uploads can be shown 2 s after they are complete",
    ),
)


@dataclass(frozen=True, slots=True)
class ShownSwitch:
    """A switch and whether it is on."""

    name: str
    label: str
    about: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class FaultsMenu:
    """All switches as they stand."""

    switches: list[ShownSwitch]

    @property
    def any_on(self) -> bool:
        """Whether something is broken on purpose just now."""
        return any(switch.is_on for switch in self.switches)


def menu(faults: Faults) -> FaultsMenu:
    """The menu for these switches."""
    on = {fault.kind for fault in faults.on}
    shown = [ShownSwitch(s.name, s.label, s.about, s.name in on) for s in SWITCHES]
    return FaultsMenu(shown)


def toggle(faults: Faults, name: str) -> None:
    """Turn a switch on, or off again if it is on; an unknown name changes nothing."""
    on = {fault.kind for fault in faults.on}
    for switch in SWITCHES:
        if switch.name == name:
            faults.set(Fault(switch.fault.kind, times=0) if name in on else switch.fault)
