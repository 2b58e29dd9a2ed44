"""Takes in the SAT's catalogs of products and services and of units: those that come with Ficha, where the database has
none or older ones, and newer publications by `ficha catalog`.

The SAT's sheet, saved as CSV, may have lines before its headings. Our own form is the data files': `#` lines that name
source and day, headings, and rows. What a publication no longer lists stays, for documents of that time.
"""

import codecs
import csv
import datetime
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from errors import CommandRefused
from models.catalogs import fold
from models.catalogs.catalog import DATA
from models.sat_catalog import PRODUCT_CODE, UNIT_CODE

_DAY: Final = re.compile(r"As of (\d{4}-\d{2}-\d{2})")
_WRITTEN_DAY: Final = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/-](\d{1,2})[/-](\d{4}))", re.ASCII)
_PREAMBLE: Final = 20
"""Lines in which the headings have to come."""
_MOST_ROWS: Final = 500_000
MOST_TEXT: Final = 500
_MOST_SHOWN: Final = 20
_TRUE: Final = ("yes", "t", "si", "1", "01", "02")


@dataclass(frozen=True, slots=True)
class SatCatalog:
    """A catalog: its table, the file that comes with Ficha, and its columns by how the SAT's headings begin."""

    table: str
    file: str
    code: str
    columns: Mapping[str, str]

    @property
    def comparing(self) -> Sequence[str]:
        """The columns beside the code."""
        return [name for name in self.columns if name != "code"]


PRODUCTS: Final = SatCatalog(
    "sat_product",
    "products.csv.xz",
    PRODUCT_CODE,
    {
        "code": "c_claveprodserv",
        "name": "descripcion",
        "similar_words": "palabras similares",
        "valid_from": "fechainiciovigencia",
        "valid_to": "fechafinvigencia",
        "requires_iva": "incluir iva",
        "requires_ieps": "incluir ieps",
        "border_incentive": "estimulo franja",
    },
)
UNITS: Final = SatCatalog(
    "sat_unit",
    "units.csv.xz",
    UNIT_CODE,
    {
        "code": "c_claveunidad",
        "name": "nombre",
        "valid_from": "fecha de inicio de vigencia",
        "valid_to": "fecha de fin de vigencia",
    },
)
_FLAGS: Final = ("requires_iva", "requires_ieps", "border_incentive")
_DAYS: Final = ("valid_from", "valid_to")


def bring_up(url: str) -> None:
    """Takes in the catalogs that come with Ficha, where the database has none or older ones; otherwise two short
    queries."""
    with psycopg.connect(url) as connection:
        for catalog in (PRODUCTS, UNITS):
            with lzma.open(DATA / catalog.file, "rt", encoding="utf-8", newline="") as lines:
                source = next(lines)
                day = _stated_day(source)
                if day and not _is_there(connection, catalog, day):
                    _take_in(connection, catalog, lines, day)


def take_in(url: str, catalog: SatCatalog, path: Path, as_of: datetime.date, *, dry_run: bool = False) -> Iterator[str]:
    """Takes in a newer publication: one line for each entry that is added or changed, at most twenty of each.
    CommandRefused for a file that is no such catalog, or is older than what is there. All or nothing."""
    encoding = encoding_of(path)
    with psycopg.connect(url) as connection, path.open(encoding=encoding, newline="") as lines:
        newest = connection.execute("select as_of from sat_publication where catalog = %s", [catalog.table]).fetchone()
        if newest and newest[0] > as_of:
            raise CommandRefused(f"the catalog is of {as_of}, and the one of {newest[0]} is there already")
        changes = _take_in(connection, catalog, lines, as_of)
        if dry_run:
            connection.rollback()
    for change, is_new in (("added", True), ("changed", False)):
        yield from report(change, [code for code, added in changes if added is is_new])
    yield f"as of {as_of}: {len(changes):,} entries added or changed"


def report(change: str, entries: Sequence[str]) -> Iterator[str]:
    """A line for each of the first entries to which this happened, and one for how many more there are."""
    yield from (f"{change}: {entry}" for entry in entries[:_MOST_SHOWN])
    if len(entries) > _MOST_SHOWN:
        yield f"{change}: {len(entries) - _MOST_SHOWN:,} more"


def _is_there(connection: psycopg.Connection, catalog: SatCatalog, day: datetime.date) -> bool:
    query = "select from sat_publication where catalog = %s and as_of >= %s"
    return connection.execute(query, [catalog.table, day]).fetchone() is not None


def _take_in(
    connection: psycopg.Connection, catalog: SatCatalog, lines: Iterable[str], day: datetime.date
) -> Sequence[tuple[str, bool]]:
    """The codes that changed, and whether each is new, in their order. Readers do not wait."""
    names = sql.SQL(", ").join(map(sql.Identifier, catalog.columns))
    others = sql.SQL(", ").join(map(sql.Identifier, catalog.comparing))
    excluded = sql.SQL(", ").join(sql.Identifier("excluded", name) for name in catalog.comparing)
    there = sql.SQL(", ").join(sql.Identifier("there", name) for name in catalog.comparing)
    table = sql.Identifier(catalog.table)
    connection.execute("lock table sat_publication in share row exclusive mode")  # two take turns
    connection.execute(sql.SQL("create temporary table published as select {} from {} limit 0").format(names, table))
    with connection.cursor().copy(sql.SQL("copy published ({}) from stdin").format(names)) as copy:
        for row in _rows(catalog, lines):
            copy.write_row(row)
    query = sql.SQL(
        "insert into {} as there ({}) select distinct on (code) * from published order by code"
        " on conflict (code) do update set ({}) = row ({}) where ({}) is distinct from ({}) returning code, xmax = 0"
    ).format(table, names, others, excluded, there, excluded)
    changes = connection.execute(query).fetchall()
    connection.execute("drop table published")
    connection.execute(
        "insert into sat_publication (catalog, as_of) values (%s, %s)"
        " on conflict (catalog) do update set as_of = excluded.as_of, imported_at = now()",
        [catalog.table, day],
    )
    return [(code, is_new) for code, is_new in changes]


def _rows(catalog: SatCatalog, lines: Iterable[str]) -> Iterator[Sequence[object]]:
    """The rows of a file, with the catalog's columns. CommandRefused names the line and what is wrong with it."""
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    places = _headings(catalog, reader)
    count = 0
    for count, cells in enumerate(reader, 1):
        if count > _MOST_ROWS:
            raise CommandRefused(f"the file lists more than {_MOST_ROWS:,} entries")
        values = {name: text_at(cells, place) for name, place in places.items()}
        if not any(values.values()):
            continue
        if not re.match(catalog.code, values["code"]) or not values["name"]:
            raise CommandRefused(f"line {reader.line_num}: {values['code']!r} {values['name']!r} is no entry")
        if len(values["name"]) > MOST_TEXT or "\0" in "".join(values.values()):
            raise CommandRefused(f"line {reader.line_num}: a text has more than {MOST_TEXT} characters, or none")
        yield [_value(name, text, reader.line_num) for name, text in values.items()]
    if not count:
        raise CommandRefused("the file lists nothing")


def text_at(cells: Sequence[str], place: int | None) -> str:
    """The text of a column, in single spaces; empty where the file or the row has no such column."""
    return " ".join(cells[place].split()) if place is not None and place < len(cells) else ""


def first_lines(reader: Iterator[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The lines in which the headings have to come, without case and accents."""
    for _, cells in zip(range(_PREAMBLE), reader, strict=False):
        yield [fold(" ".join(cell.split())) for cell in cells]


def _headings(catalog: SatCatalog, reader: Iterator[Sequence[str]]) -> Mapping[str, int | None]:
    """Where each column is; None for one that the file does not have."""
    for headings in first_lines(reader):
        if headings[:1] == ["code"] or catalog.columns["code"] in headings:
            return {
                name: next((place for place, text in enumerate(headings) if text == name or text.startswith(of)), None)
                for name, of in catalog.columns.items()
            }
    raise CommandRefused(f"no headings of the SAT's catalog: {', '.join(catalog.columns.values())}")


def _value(name: str, text: str, line: int) -> object:
    if name in _FLAGS:
        return fold(text) in _TRUE
    if name in _DAYS and text:
        match = _WRITTEN_DAY.match(text)
        try:
            if match is None:
                raise ValueError(text)
            return datetime.date(*map(int, match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)))
        except ValueError:
            raise CommandRefused(f"line {line}: there is no day {text}") from None
    return text or None


def _stated_day(text: str) -> datetime.date | None:
    match = _DAY.search(text)
    return datetime.date.fromisoformat(match[1]) if match else None


def encoding_of(path: Path) -> str:
    """UTF-8 where all of the file is; otherwise Windows' Latin-1, as the SAT writes it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as content:
        try:
            while chunk := content.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"
