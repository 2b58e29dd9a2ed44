"""What each migration says of itself, read from its file: Alembic and the migrations take up 16 MB, which a server
would hold for good.

    revision = "0043"
    phase = "EXPAND"                  the release before serves on the schema that it makes

    revision = "0044"
    phase = "CONTRACT"                it takes away, or narrows, what an older release needs
    last_release = "0.1.0"            the last one that needs it: none of its processes may run any more
    last_migration = "0041"           the newest migration of that release, by which its processes are known

Those of before the first release say nothing, and count as EXPAND.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Final

VERSIONS: Final = Path(__file__).resolve().parent.parent / "migrations" / "versions"
EXPAND: Final = "EXPAND"
CONTRACT: Final = "CONTRACT"
_TITLE: Final = re.compile(r'^"""(.*?)\n\n', re.MULTILINE | re.DOTALL)
_STATED: Final = re.compile(r'^(revision|phase|last_release|last_migration) = "([^"]*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One migration."""

    number: str
    title: str
    phase: str = ""
    last_release: str = ""
    last_migration: str = ""

    @property
    def contracts(self) -> bool:
        """Whether an older release cannot run after it."""
        return self.phase == CONTRACT

    def __str__(self) -> str:
        until = f", after {self.last_release}" if self.contracts else ""
        return f"{self.number}  {self.phase or EXPAND}{until}  {self.title}"


def read_step(source: str) -> Step | None:
    """What a migration's file says; None for a file that is none."""
    stated = dict(_STATED.findall(source))
    if "revision" not in stated:
        return None
    title = _TITLE.search(source)
    return Step(number=stated.pop("revision"), title=" ".join(title[1].split()) if title else "", **stated)


@cache
def steps() -> Sequence[Step]:
    """All migrations of this release, in order."""
    read = (read_step(file.read_text("utf-8")) for file in VERSIONS.glob("*.py"))
    return sorted((step for step in read if step), key=lambda step: step.number)


def newest() -> str:
    """The newest migration that this release knows."""
    return steps()[-1].number


def needed() -> str:
    """The newest migration without which this release does not serve: what contracts may wait."""
    return [step.number for step in steps() if not step.contracts][-1]


def due(had: str, oldest: str, *, contracts: bool = False) -> Sequence[Step]:
    """The migrations to be run on a database that has had those up to `had`, while processes serve of which the oldest
    knows those up to `oldest` (empty: there are none): up to the first one that takes away what one of them needs,
    unless it `contracts` all the same."""

    def is_due(step: Step) -> bool:
        return contracts or not step.contracts or not oldest or oldest > step.last_migration

    return list(takewhile(is_due, (step for step in steps() if step.number > had)))
