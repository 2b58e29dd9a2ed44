"""What every catalog shares: an entry that is valid for a span of dates, and an immutable table read at first use."""

import csv
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

DATA: Final = Path(__file__).parent / "data"


class PersonKind(StrEnum):
    """Who a taxpayer is: a natural person (*persona física*) or a legal entity (*persona moral*)."""

    PERSON = "PERSON"
    COMPANY = "COMPANY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a catalog. Both dates belong to its validity; no date means no bound."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


def _kinds(text: str) -> frozenset[PersonKind]:
    return frozenset(map(PersonKind, text.split()))


# How a column is read, by its name; any other column is text. An empty cell is None.
_COLUMNS: Final[Mapping[str, Callable[[str], object]]] = {
    "valid_from": date.fromisoformat,
    "valid_to": date.fromisoformat,
    "person_kinds": _kinds,
    "tax_regimes": lambda text: frozenset(text.split()),
    **dict.fromkeys(("banked", "ranged", "transferred", "withheld"), lambda text: text == "yes"),
    **dict.fromkeys(("least", "most"), Decimal),
    "decimals": int,
    "border_incentive": int,
}


def read_rows(file: str | Path) -> Iterator[dict[str, Any]]:
    """The rows of a data file, or of another at a path: a CSV in UTF-8 that opens with `#` lines naming its source."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            yield {column: _COLUMNS.get(column, str)(text) if text else None for column, text in row.items()}


def fold(text: str) -> str:
    """The text without case and accents, for comparing (`ñ` folds to `n`)."""
    if text.isascii():  # twenty times as fast
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


E = TypeVar("E", bound=Entry)


class Catalog(Generic[E]):
    """A table of entries by code, in the order of their codes, read from its file at first use.

    With `on`, only entries valid on that date are returned: pass today's date to validate a value or to list
    choices, and omit it to name the code of an old record.
    """

    def __init__(self, entry: type[E], file: str) -> None:
        self._entry = entry
        self._file = file

    @cached_property
    def _entries(self) -> Mapping[str, E]:
        return {row["code"]: self._entry(**row) for row in read_rows(self._file)}

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {entry.code: fold(f"{entry.code} {entry.name}") for entry in self}

    def get(self, code: str | None, on: date | None = None) -> E | None:
        entry = self._entries.get(code) if code else None
        return entry if entry and (on is None or entry.valid(on)) else None

    def all(self, on: date | None = None) -> tuple[E, ...]:
        return tuple(entry for entry in self._entries.values() if on is None or entry.valid(on))

    def search(self, text: str, on: date | None = None) -> tuple[E, ...]:
        """The entries in whose code or name every word of the text occurs, whatever its case and accents."""
        words = frozenset(fold(text).split())
        return tuple(e for e in self.all(on) if all(word in self._folded[e.code] for word in words))

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)
