"""The SAT's products and units are in the database, and newer publications are taken in."""

import datetime
import re
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from errors import CommandRefused
from loaders.sat_catalog import SatProductEntity, SatUnitEntity, searched
from server import migrate
from server.sat_catalogs import PRODUCTS, UNITS, bring_up, take_in

MEGABYTE = 1 << 20


def rows(url: str, query: str, *values: object) -> list[Any]:
    with psycopg.connect(url) as owner:
        return owner.execute(query, values).fetchall()  # pyright: ignore[reportArgumentType]  # the test's own text


# What is there


@pytest.mark.claims(
    "docs/sales.md",
    "Both catalogs are in the database: 52,514 products and 2,419 units, as the SAT published them; their names are in"
    " Spanish.",
)
def test_all_of_both_catalogs_are_there(database_url: str) -> None:
    assert rows(database_url, "select count(*), min(code), max(code) from sat_product") == [
        (52_514, "01010101", "95141904")
    ]
    assert rows(database_url, "select count(*) from sat_unit") == [(2_419,)]
    assert rows(database_url, "select catalog, as_of::text from sat_publication order by catalog") == [
        ("sat_product", "2026-09-18"), ("sat_unit", "2026-10-19"),
    ]  # fmt: skip
    assert rows(database_url, "select code from sat_product where valid_to is not null") == [("15101506",)]


def test_the_application_only_reads_them(database_url: str) -> None:
    for table in ("sat_product", "sat_unit", "sat_publication"):
        with psycopg.connect(database_url) as owner:
            owner.execute("set role ficha_app")
            assert owner.execute(f"select true from {table} limit 1").fetchall() == [(True,)]  # noqa: S608  # ours
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(f"delete from {table}")  # noqa: S608  # ours


def test_bringing_up_what_is_there_writes_nothing(new_database: str) -> None:
    transactions = rows(new_database, "select max(xmin::text::bigint) from sat_product")
    bring_up(new_database)
    migrate.upgrade(new_database)
    assert rows(new_database, "select max(xmin::text::bigint) from sat_product") == transactions


def test_a_newer_file_that_comes_with_ficha_is_taken_in_and_a_newer_publication_stays(new_database: str) -> None:
    with psycopg.connect(new_database) as owner:
        owner.execute("update sat_publication set as_of = '2020-01-01' where catalog = 'sat_unit'")
        owner.execute("update sat_unit set name = 'Otra' where code = 'H87'")
        owner.execute("update sat_product set name = 'Otro' where code = '56101504'")
        owner.execute("delete from sat_unit where code = 'E48'")
    bring_up(new_database)
    assert rows(new_database, "select code, name from sat_unit where code in ('E48', 'H87') order by code") == [
        ("E48", "Unidad de servicio"), ("H87", "Pieza"),
    ]  # fmt: skip
    assert rows(new_database, "select name from sat_product where code = '56101504'") == [("Otro",)]


def test_taking_them_in_takes_little_memory(new_database: str) -> None:
    with psycopg.connect(new_database) as owner:
        owner.execute("truncate sat_product, sat_unit, sat_publication")
    process = psutil.Process()
    before = process.memory_info().rss
    bring_up(new_database)
    assert process.memory_info().rss - before < 24 * MEGABYTE
    assert rows(new_database, "select count(*) from sat_product") == [(52_514,)]


# Newer publications

HEADINGS = (
    "c_ClaveProdServ,Descripción,Incluir IVA trasladado,Incluir IEPS trasladado,Complemento que debe incluir,"
    "FechaInicioVigencia,FechaFinVigencia,Estímulo Franja Fronteriza,Palabras similares"
)
PUBLISHED = f"""Catálogo de productos y servicios,,,
{HEADINGS}
56101504,Asientos,Opcional,No,,07/01/2019,30/06/2027,1,"Silla,  Sillas"
99999999,Ñandú,Sí,Opcional,,01/01/2027,,0,
"""
DAY = datetime.date(2026, 12, 1)


@pytest.mark.claims(
    "docs/sales.md",
    "`ficha catalog products` and `ficha catalog units` take in newer ones; what a publication no longer lists stays.",
)
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_a_publication_is_read_as_the_sat_writes_it(new_database: str, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "c_ClaveProdServ.csv"
    file.write_bytes(PUBLISHED.encode(encoding))
    last = "as of 2026-12-01: 2 entries added or changed"
    assert list(take_in(new_database, PRODUCTS, file, DAY, dry_run=True))[-1] == last
    assert rows(new_database, "select from sat_product where code = '99999999'") == []
    assert list(take_in(new_database, PRODUCTS, file, DAY)) == ["added: 99999999", "changed: 56101504", last]
    assert rows(
        new_database,
        "select name, similar_words, valid_from::text, valid_to::text, requires_iva, requires_ieps, border_incentive"
        " from sat_product where code in ('56101504', '99999999') order by code",
    ) == [
        ("Asientos", "Silla, Sillas", "2019-01-07", "2027-06-30", False, False, True),
        ("Ñandú", None, "2027-01-01", None, True, False, False),
    ]
    assert list(take_in(new_database, PRODUCTS, file, DAY)) == ["as of 2026-12-01: 0 entries added or changed"]
    bring_up(new_database)
    assert rows(new_database, "select count(*) from sat_product") == [(52_515,)]
    with pytest.raises(CommandRefused, match="the catalog is of 2026-11-30, and the one of 2026-12-01 is there"):
        list(take_in(new_database, PRODUCTS, file, DAY - datetime.timedelta(days=1)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no headings"),
        ("a,b\n" * 30, "no headings"),
        (f"{HEADINGS}\n", "the file lists nothing"),
        (PUBLISHED.replace("99999999", "9999999"), "line 4: '9999999' 'Ñandú' is no entry"),
        (PUBLISHED.replace("Ñandú", " "), "line 4: '99999999' '' is no entry"),
        (PUBLISHED.replace("01/01/2027", "31/02/2027"), "line 4: there is no day 31/02/2027"),
        (PUBLISHED.replace("01/01/2027", "mañana"), "line 4: there is no day mañana"),
        (PUBLISHED.replace("Ñandú", "Ñ" * 501), "line 4: a text has more than 500 characters"),
        (PUBLISHED.replace("Ñandú", "Ñan\0dú"), "line 4"),
    ],
)
def test_what_is_no_such_catalog_changes_nothing(new_database: str, tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "c_ClaveProdServ.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(CommandRefused, match=complaint):
        list(take_in(new_database, PRODUCTS, file, DAY))
    assert rows(new_database, "select count(*) from sat_product") == [(52_514,)]


@pytest.mark.claims(
    "docs/companies.md",
    "take in a newer c_ClaveProdServ or c_ClaveUnidad, the SAT's sheet as CSV, for all companies",
)
def test_units_are_taken_in_likewise(new_database: str, tmp_path: Path) -> None:
    file = tmp_path / "c_ClaveUnidad.csv"
    headings = "c_ClaveUnidad,Nombre,Descripción,Nota,Fecha de inicio de vigencia,Fecha de fin de vigencia,Símbolo"
    file.write_text(f"{headings}\nH87,Pieza,,,2022-01-01,,\nZ9z,Otra,,,,,\n", "utf-8")
    assert list(take_in(new_database, UNITS, file, DAY)) == [
        "added: Z9z", "changed: H87", "as of 2026-12-01: 2 entries added or changed",
    ]  # fmt: skip


@pytest.mark.parametrize("entity", [SatProductEntity, SatUnitEntity])
def test_a_search_reads_its_indexes_whatever_its_words(new_database: str, entity: Any) -> None:
    """Also where PostgreSQL plans once for all texts."""
    statement = searched(entity)
    kinds = {"words": "text", "day": "date", "most": "int"}
    values = {"words": "'tornillos'", "day": "'2026-11-29'", "most": "20"}
    with psycopg.connect(new_database, autocommit=True) as owner:
        owner.execute("set plan_cache_mode = force_generic_plan")
        owner.execute(f"prepare search ({', '.join(kinds[name] for name in statement.names)}) as {statement.sql}")
        execute = f"explain execute search({', '.join(values[name] for name in statement.names)})"
        plan = "\n".join(line for (line,) in owner.execute(execute))
    table = entity.table.name
    assert {f"pk_{table}", f"ix_{table}_folded", f"ix_{table}_stems"} <= set(re.findall(r"\w+_sat_\w+", plan))
    assert "Seq Scan" not in plan
