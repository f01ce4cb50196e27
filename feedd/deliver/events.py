"""Events of announcements: events in; lines for the log out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol


class EventLog(Protocol):
    """A log of what is done beside passes."""

    def info(self, message: str, people: str = "", **values: object) -> None:
        """Something that happened."""

    def warning(self, message: str, people: str = "", **values: object) -> None:
        """Something that somebody should see to."""

    def fault(self, message: str) -> None:
        """An exception that nobody expected."""


class Event(NamedTuple):
    """The outcome of `number` announcements to a hub. `wait`: seconds by which they were put off."""

    kind: Literal["announced", "refused", "put off", "given up"]
    hub: str
    words: str = ""
    url: str = ""
    number: int = 1
    wait: int = 0


def together(events: Iterable[Event]) -> list[Event]:
    """Merges events of the same kind, hub and reason."""
    found: dict[tuple[str, str, str], Event] = {}
    for event in events:
        key = (event.kind, event.hub, event.words)
        before = found.get(key)
        number = event.number + (before.number if before else 0)
        found[key] = (before or event)._replace(number=number, wait=event.wait)
    return list(found.values())


def event_line(event: Event) -> tuple[str, str, dict[str, object]]:
    """The log line of an event: its message, its words for people, and its values."""
    documents = f"{event.number:,} document{'' if event.number == 1 else 's'}"
    of = event.url if event.number == 1 else documents
    values: dict[str, object] = {"hub": event.hub, "documents": event.number}
    if event.kind == "announced":
        return "announced", f"announced {documents} to {event.hub}", values
    if event.kind == "refused":
        people = f"{event.hub} refused to be told of {of}, and will not be asked again: {event.words}"
    elif event.kind == "given up":
        people = f"gave up telling {event.hub} of {of}, after trying for a long time: {event.words}"
    else:
        people = f"{event.hub} could not be told of {of}: {event.words}; trying again in {event.wait} s"
    return people, "", {}
