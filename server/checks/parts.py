"""What `ficha check` looks at, in parts: each is a question to the database, or to it and the store, whose answer is a
line for each finding, for a person."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from server.checks import people, promises
from server.checks.history import HISTORY
from server.checks.ledger import ledger_findings
from server.checks.numbers import NUMBERS
from server.checks.objects import object_findings
from server.checks.rule import broken
from server.checks.structure import structure_findings
from server.settings import Settings
from storage.object_store import ObjectStore

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Means:
    """What the parts look with. With `contents` each file is read."""

    settings: Settings
    connection: Connection
    store: ObjectStore | None
    contents: bool


PARTS: Final[dict[str, Callable[[Means], Iterable[str]]]] = {
    "structure": lambda means: structure_findings(means.connection),
    "promises": lambda means: promises.breaches(means.connection),
    "ledger": lambda means: ledger_findings(means.connection),
    "numbers": lambda means: broken(means.connection, NUMBERS),
    "history": lambda means: broken(means.connection, HISTORY),
    "objects": lambda means: object_findings(means.connection, means.store, contents=means.contents),
    "people": lambda means: people.findings(means.settings),
}
"""In the order in which they are looked at. What follows from one that is broken may be broken too."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A part that was looked at, for how long, and its findings; None while it is looked at."""

    name: str
    seconds: float = 0.0
    findings: Sequence[str] | None = None


def checked(
    settings: Settings, store: ObjectStore | None, parts: Collection[str] = (), *, contents: bool = False
) -> Iterator[Checked]:
    """Looks at these parts, or all; each comes twice, when it begins and when it has ended."""
    with psycopg.connect(settings.direct_url, autocommit=True) as connection:
        means = Means(settings, connection, store, contents)
        for name, look in PARTS.items():
            if parts and name not in parts:
                continue
            yield Checked(name)
            began = time.monotonic()
            lines = list(look(means))
            yield Checked(name, time.monotonic() - began, lines)
