"""Takes in the SAT's list of art. 69-B of the CFF, the CSV `Listado_Completo_69-B`: all of it in one transaction.

The file is in Latin-1 or UTF-8. Some lines before the headings say of which day it is. Each taxpayer has one row, with
its status and, of each step of the procedure, notice and days of publication, on the SAT's page and in the gazette.
"""

import csv
import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

from errors import CommandRefused
from models.catalogs import fold
from models.client import RFC_PATTERN
from models.taxpayer_listing import ListingStatus
from server.sat_catalogs import MOST_TEXT, encoding_of, first_lines, report, text_at

_STATUSES: Final = {
    "presunto": ListingStatus.PRESUMED,
    "desvirtuado": ListingStatus.DISPROVED,
    "definitivo": ListingStatus.FINAL,
    "sentencia favorable": ListingStatus.FAVOURABLE,
}
"""The SAT's words, as headings and cells begin with them."""
_WORDS: Final = {
    ListingStatus.PRESUMED: ("presun",),
    ListingStatus.DISPROVED: ("desvirtua",),
    ListingStatus.FINAL: ("definitiv",),
    ListingStatus.FAVOURABLE: ("sentencia",),
}
_MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
_RFC: Final = re.compile(RFC_PATTERN)
_STATED_DAY: Final = re.compile(rf"(\d{{1,2}}) de ({'|'.join(_MONTHS)}) del? (\d{{4}})")
_MOST_ROWS: Final = 1_000_000


class Listing(NamedTuple):
    """A row of `taxpayer_listing`."""

    rfc: str
    status: str
    published_on: datetime.date
    gazetted_on: datetime.date | None
    name: str
    notice: str | None


@dataclass(slots=True)
class TaxpayerFile:
    """The file: the day that it states, and its rows as they are read."""

    path: Path
    as_of: datetime.date | None = None
    without_rfc: int = 0
    """Rows whose RFC the SAT struck out, as a court ordered."""
    taxpayers: Counter[str] = field(default_factory=Counter[str])

    def listings(self) -> Iterator[Listing]:
        """The publications. CommandRefused names the line and what is wrong with it."""
        with self.path.open(encoding=encoding_of(self.path), newline="") as lines:
            reader = csv.reader(lines)
            columns = self._headings(reader)
            for count, row in enumerate(reader):
                if count >= _MOST_ROWS:
                    raise CommandRefused(f"the file lists more than {_MOST_ROWS:,} taxpayers")
                if any(cell.strip() for cell in row):
                    yield from self._of_row(reader.line_num, row, columns)
        if not self.taxpayers:
            raise CommandRefused("the file lists no taxpayers")

    def _headings(self, reader: Iterator[Sequence[str]]) -> "_Columns":
        for headings in first_lines(reader):
            if "rfc" in headings and any(heading.startswith("situacion") for heading in headings):
                return _Columns.of(headings)
            self.as_of = self.as_of or _stated_day(" ".join(headings))
        raise CommandRefused("no headings of the SAT's list of art. 69-B: RFC, Situación del contribuyente, …")

    def _of_row(self, line: int, row: Sequence[str], columns: "_Columns") -> Iterator[Listing]:
        cell = partial(text_at, row)
        rfc = cell(columns.rfc).upper().replace("-", "").replace(" ", "")
        status = _STATUSES.get(fold(cell(columns.status)))
        if status is None:
            raise CommandRefused(f"line {line}: the status says {cell(columns.status)!r}")
        if not _RFC.match(rfc):
            self.without_rfc += 1
            return
        self.taxpayers[status.value] += 1
        name = cell(columns.name)[:MOST_TEXT] or rfc
        days: dict[ListingStatus, Listing] = {}
        for step, (notice, page, gazette) in columns.steps.items():
            gazetted = _day(line, cell(gazette))
            published = _day(line, cell(page)) or gazetted
            if published:
                text = cell(notice)[:MOST_TEXT] or None
                days[step] = Listing(rfc, step.value, published, gazetted, name, text)
        if status not in days:
            raise CommandRefused(f"line {line}: {rfc} is {cell(columns.status)}, and no day of it is stated")
        yield from days.values()


@dataclass(frozen=True, slots=True)
class _Columns:
    """The places of the columns; of each step those of its notice, and of its days on the page and in the gazette."""

    rfc: int
    name: int | None
    status: int
    steps: Mapping[ListingStatus, tuple[int | None, int | None, int | None]]

    @classmethod
    def of(cls, headings: Sequence[str]) -> "_Columns":
        def place(*words: str) -> int | None:
            places = (place for place, heading in enumerate(headings) if all(word in heading for word in words))
            return next(places, None)

        steps = {
            status: (
                place("oficio", *words, "sat"),
                place("publicacion pagina", *words),
                place("publicacion dof", *words),
            )
            for status, words in _WORDS.items()
        }
        missing = [status for status, (_, page, gazette) in steps.items() if page is None and gazette is None]
        status = place("situacion")
        if missing or status is None:
            raise CommandRefused(f"the list has no column of the day on which taxpayers became {missing[0].value}")
        return cls(headings.index("rfc"), place("nombre"), status, steps)


def _stated_day(text: str) -> datetime.date | None:
    """The day of `Información actualizada al 30 de abril de 2026`."""
    match = _STATED_DAY.search(text)
    if match is None:
        return None
    try:
        return datetime.date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    except ValueError:
        return None


def _day(line: int, text: str) -> datetime.date | None:
    """The first day in the text, as DD/MM/AAAA or AAAA-MM-DD."""
    match = re.search(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    if match is None:
        return None
    year, month, day = match.group(3, 2, 1) if match[1] else match.group(4, 5, 6)
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise CommandRefused(f"line {line}: there is no day {match[0]}") from None


_TEMPORARY = "create temporary table published (like taxpayer_listing) on commit drop"
_COPY = "copy published (rfc, status, published_on, gazetted_on, name, notice) from stdin"
# A taxpayer that is listed twice for the same step has one row; that of the greater notice, whichever came first.
_ONCE = """
delete from published one using published other
where (one.rfc, one.status, one.published_on) = (other.rfc, other.status, other.published_on)
    and (coalesce(one.notice, ''), one.ctid) < (coalesce(other.notice, ''), other.ctid)
"""
_REMOVED = """
delete from taxpayer_listing listing
where not exists (
    select from published
    where (published.rfc, published.status, published.published_on) =
        (listing.rfc, listing.status, listing.published_on)
)
returning rfc, status, published_on
"""
_WRITTEN = """
insert into taxpayer_listing as listing select * from published
on conflict (rfc, status, published_on) do update
    set gazetted_on = excluded.gazetted_on, name = excluded.name, notice = excluded.notice
    where (listing.gazetted_on, listing.name, listing.notice)
        is distinct from (excluded.gazetted_on, excluded.name, excluded.notice)
returning rfc, status, published_on, xmax = 0
"""
_LIST = """
insert into taxpayer_list (id, as_of) values (1, %s)
on conflict (id) do update set as_of = excluded.as_of, imported_at = now()
"""
_CLIENTS = """
select count(distinct (client.company_id, client.id))
from client join taxpayer_listing using (rfc) where client.deleted_at is null
"""


def take_in(
    url: str, path: Path, as_of: datetime.date | None = None, *, dry_run: bool = False, force: bool = False
) -> Iterator[str]:
    """What changes, one line each, and then how many are listed. All or nothing. CommandRefused for a file that is not
    such a list, is older than the one that is there, or has lost more than half of it, unless it is `force`d."""
    file = TaxpayerFile(path)
    with psycopg.connect(url) as connection:
        # Two that take in a list take turns.
        connection.execute("lock table taxpayer_list in share row exclusive mode")
        before = connection.execute(
            "select as_of, (select count(*) from taxpayer_listing) from taxpayer_list"
        ).fetchone()
        connection.execute(_TEMPORARY)
        with connection.cursor().copy(_COPY) as copy:
            for listing in file.listings():
                copy.write_row(listing)
        day = as_of or file.as_of
        if day is None:
            raise CommandRefused("the file does not say of which day it is: state it with --as-of AAAA-MM-DD")
        connection.execute(_ONCE)
        total = connection.execute("select count(*) from published").fetchall()[0][0]
        if before and not force:
            _demand_newer(day, total, *before)
        removed = connection.execute(_REMOVED).fetchall()
        written = connection.execute(_WRITTEN).fetchall()
        connection.execute(_LIST, [day])
        clients = connection.execute(_CLIENTS).fetchall()[0][0]
        if dry_run:
            connection.rollback()
    for change, rows in (
        ("removed", removed),
        ("added", [row for row in written if row[3]]),
        ("changed", [row for row in written if not row[3]]),
    ):
        yield from report(change, [f"{rfc} {status} {day}" for rfc, status, day in sorted(row[:3] for row in rows)])
    listed = ", ".join(f"{number:,} {status}" for status, number in sorted(file.taxpayers.items()))
    without = f"; {file.without_rfc:,} without an RFC left out" if file.without_rfc else ""
    yield f"as of {day}: {listed}{without}; {clients:,} clients on the list"


def _demand_newer(day: datetime.date, total: int, former: datetime.date, there: int) -> None:
    if day < former:
        raise CommandRefused(f"the list is of {day}, and the one of {former} is there already: see --force")
    if total * 2 < there:
        raise CommandRefused(f"the list has {total:,} publications, and {there:,} are there: see --force")
