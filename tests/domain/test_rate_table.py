"""A newer publication of the SAT's table of tax rates is taken in, from its own sheet or from a file of our form."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.rate_table import read_publication, take_in
from errors import CommandRefused
from models.catalogs import TAX_RATES, TaxRate
from models.catalogs.catalog import DATA
from models.catalogs.tax import RATES_FILE, TaxRates, read_rates

ROOT = Path(__file__).parents[2]
OURS = read_rates(DATA / RATES_FILE)
NEXT_YEAR = (
    "Catálogo de tasas o cuotas,,,,,,,,\n"
    "Versión CFDI,Versión catálogo,,,,,,,\n"
    "4.0,2.0,,,,,,,\n"
    "Rango o Fijo,c_TasaOCuota,,Impuesto,Factor,Traslado,Retención,Fecha inicio de vigencia,Fecha fin de vigencia\n"
    ",Valor mínimo,Valor máximo,,,,,,\n"
    "Fijo,,0.160000,IVA,Tasa,Sí,No,01/01/2022,\n"
    "Fijo,0.000000,0.030000,IEPS,Tasa,Sí,No,01/01/2022,\n"
    "Rango,0.000000,0.350000,ISR,Tasa,No,Sí,01/01/2022,\n"
    "Rango,0.000000,74.900000,IEPS,Cuota,Sí,Sí,01/01/2027,\n"
)


def quota(rates: object, day: str) -> Decimal:
    on = date.fromisoformat(day)
    [rate] = [each for each in rates if each.factor == "QUOTA" and each.valid(on)]  # type: ignore[attr-defined]
    return rate.most


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_next_years_quota_needs_no_release(encoding: str) -> None:
    published = read_publication(NEXT_YEAR.encode(encoding))
    assert len(published) == 4
    publication = take_in(OURS, published)
    assert list(publication.changes) == [
        "added: 003 QUOTA 0.000000–74.900000, added and withheld, from 2027-01-01",
        "ended: 003 QUOTA 0.000000–72.160500, added and withheld, from 2026-01-01 to 2026-12-31",
    ]
    after = publication.rates
    assert len(after) == len(OURS) + 1
    assert quota(after, "2026-12-31") == Decimal("72.1605")
    assert quota(after, "2027-01-01") == Decimal("74.9")
    assert quota(after, "2022-06-01") == Decimal("59.1449")


def test_what_is_taken_in_twice_changes_nothing(tmp_path: Path) -> None:
    once = take_in(OURS, read_publication(NEXT_YEAR.encode()))
    assert take_in(once.rates, read_publication(NEXT_YEAR.encode())).changes == []
    # Nor does the older one afterwards, or what was written.
    assert take_in(once.rates, OURS).changes == []
    (tmp_path / RATES_FILE).write_text(once.text("SAT, a\nnewline"), encoding="utf-8")
    assert set(read_rates(tmp_path / RATES_FILE)) == set(once.rates)
    assert read_publication((tmp_path / RATES_FILE).read_bytes()) == list(once.rates)
    assert take_in(OURS, OURS).changes == []


def test_semicolons_and_instants_of_a_spreadsheet() -> None:
    text = NEXT_YEAR.replace(",", ";").replace("01/01/2027", "2027-01-01 00:00:00")
    assert read_publication(text.encode()) == read_publication(NEXT_YEAR.encode())


RANGE = "Rango,0.000000,74.900000,IEPS,Cuota,Sí,Sí,01/01/2027,"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Rango,0.0,x,IEPS,Cuota,Sí,Sí,01/01/2027,", "line 9: most says 'x'"),
        ("Rango,0.0,1e3,IEPS,Cuota,Sí,Sí,01/01/2027,", "line 9: most says '1e3'"),
        ('Rango,0.0,"74,9",IEPS,Cuota,Sí,Sí,01/01/2027,', "line 9: most says '74,9'"),
        ("Rango,0.0,74.9000001,IEPS,Cuota,Sí,Sí,01/01/2027,", "at most 6 decimals"),
        ("Rango,5,4,IEPS,Cuota,Sí,Sí,01/01/2027,", "least 5.000000 is more than most 4.000000"),
        ("Rango,0,4,IVA2,Cuota,Sí,Sí,01/01/2027,", "line 9: tax says 'IVA2'"),
        ("Rango,0,4,IEPS,Cuotas,Sí,Sí,01/01/2027,", "line 9: factor says 'Cuotas'"),
        ("Libre,0,4,IEPS,Cuota,Sí,Sí,01/01/2027,", "line 9: ranged says 'Libre'"),
        ("Rango,0,4,IEPS,Cuota,Tal vez,Sí,01/01/2027,", "line 9: transferred says 'Tal vez'"),
        ("Rango,0,4,IEPS,Cuota,No,No,01/01/2027,", "neither added nor withheld"),
        ("Rango,0,4,IEPS,Cuota,Sí,Sí,,", "valid_from is missing"),
        ("Rango,0,4,IEPS,Cuota,Sí,Sí,30/02/2027,", "valid_from says '30/02/2027'"),
        ("Rango,0,4,IEPS,Cuota,Sí,Sí,2027,", "valid_from says '2027'"),
        ("Rango,0,4,IEPS,Cuota,Sí,Sí,01/01/2027,01/01/2026", "it ends on 2026-01-01, before it begins"),
        (f"{RANGE}\nRango,0,80,IEPS,Cuota,Sí,Sí,01/01/2027,", "is listed twice, with different values"),
        ("Fijo,0.1,0.2,IVA,Tasa,Sí,No,01/01/2027,", "a single rate has two values"),
    ],
)
def test_what_is_wrong_in_it_is_told_by_its_line(line: str, complaint: str) -> None:
    with pytest.raises(CommandRefused, match=complaint.replace(".", r"\.")):
        read_publication(NEXT_YEAR.replace(RANGE, line).encode())


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no headings"),
        (b"\x00\xff\xfe", "no headings"),
        (b"a,b,c\n1,2,3\n", "no headings"),
        (NEXT_YEAR[: NEXT_YEAR.index("Fijo,,")].encode(), "the file lists no rates"),
        (NEXT_YEAR.replace("Fecha inicio de vigencia", "Desde").encode(), "the column valid_from is missing"),
        (b"x" * 1_000_001, "more than 1,000,000 bytes"),
    ],
)
def test_what_is_no_such_table_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(CommandRefused, match=complaint):
        read_publication(content)


def test_two_ranges_never_hold_at_once() -> None:
    last = max((rate for rate in OURS if rate.factor == "QUOTA"), key=lambda rate: rate.valid_from or date.min)
    with pytest.raises(CommandRefused, match="hold at the same time"):
        take_in(OURS, [replace(last, valid_from=date(2023, 6, 1))])


def test_a_file_that_is_put_there_is_read_at_once(tmp_path: Path) -> None:
    rates = TaxRates()
    rates.use(tmp_path)
    assert rates.all() == OURS
    rate = TaxRate(
        tax="003", factor="QUOTA", ranged=True, least=Decimal(0), most=Decimal(9), transferred=True, withheld=False,
        valid_from=date(2027, 1, 1),
    )  # fmt: skip
    (tmp_path / RATES_FILE).write_text(take_in([], [rate]).text("a test"), encoding="utf-8")
    assert list(rates.all()) == [rate]
    assert rates.of("003", "QUOTA", withheld=False, on=date(2027, 1, 1)) == [rate]
    assert rates.of("003", "QUOTA", withheld=True, on=date(2027, 1, 1)) == []
    assert rates.all(date(2026, 12, 31)) == []
    (tmp_path / RATES_FILE).unlink()
    assert rates.all() == OURS
    assert TAX_RATES is not rates


def ficha(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.command.cli", "catalog", "import", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "FICHA_CATALOGS": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.claims(
    "docs/companies.md",
    "takes in a newer table of tax rates and quotas, the SAT's c_TasaOCuota as CSV; `--dry-run` shows",
)
def test_the_command_shows_first_and_keeps_then(tmp_path: Path) -> None:
    file, folder = tmp_path / "c_TasaOCuota.csv", tmp_path / "catalogs"
    file.write_text(NEXT_YEAR, encoding="latin-1")
    shown = ficha(folder, "--dry-run", str(file))
    assert (shown.returncode, shown.stdout.count("\n")) == (0, 2), shown.stderr
    assert not folder.exists()
    done = ficha(folder, str(file))
    assert done.stdout == f"{shown.stdout}kept in {folder / RATES_FILE}\n"
    assert quota(read_rates(folder / RATES_FILE), "2027-01-01") == Decimal("74.9")
    assert ficha(folder, str(file)).stdout == "nothing changes\n"
    file.write_text("x", encoding="utf-8")
    refused = ficha(folder, str(file))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "ficha: no headings of the SAT's table c_TasaOCuota, nor those of tax_rates.csv\n"
