"""The SAT's list of art. 69-B is taken in whole, or not at all, and the clients on it are known."""

import csv
import datetime
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

import models
from errors import CommandRefused
from server.taxpayers import take_in
from tests.fixtures import Company, global_id

HEADINGS = (
    "No", "RFC", "Nombre del Contribuyente", "Situación del contribuyente",
    "Número y fecha de oficio global de presunción SAT", "Publicación página SAT presuntos",
    "Número y fecha de oficio global de presunción DOF", "Publicación DOF presuntos",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT", "Publicación página SAT desvirtuados",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF", "Publicación DOF desvirtuados",
    "Número y fecha de oficio global de definitivos SAT", "Publicación página SAT definitivos",
    "Número y fecha de oficio global de definitivos DOF", "Publicación DOF definitivos",
    "Número y fecha de oficio global de sentencia favorable SAT", "Publicación página SAT sentencia favorable",
    "Número y fecha de oficio global de sentencia favorable DOF", "Publicación DOF sentencia favorable",
)  # fmt: skip
"""Those of the file as the SAT publishes it."""
PREAMBLE = (
    '"Información actualizada al 30 de septiembre de 2026",,,\nListado completo de contribuyentes (Artículo 69-B),,,\n'
)


def row(rfc: str, status: str, **steps: tuple[str, str]) -> list[str]:
    """A row of the file: of each step, its days on the page and in the gazette."""
    cells = ["1", rfc, f"{rfc} ÑANDÚ, S.A.", status]
    for step in ("presumed", "disproved", "final", "favourable"):
        page, gazette = steps.get(step, ("", ""))
        cells += [f"500-05-{step} de fecha {page}" if page else "", page, "", gazette]
    return cells


FINAL = row("EKU9003173C9", "Definitivo", presumed=("01/02/2025", "15/02/2025"), final=("10/03/2026", "20/03/2026"))
PRESUMED = row("IIA040805DZ4", "Presunto", presumed=("05/06/2026", ""))
CLEARED = row("KIJ0906199R1", "Desvirtuado", presumed=("05/06/2024", ""), disproved=("01/12/2024", ""))
WON = row(
    "XIA190128J61", "Sentencia Favorable", presumed=("05/06/2020", ""), final=("05/01/2021", ""),
    favourable=("", "07/08/2023"),
)  # fmt: skip
ALL = [FINAL, PRESUMED, CLEARED, WON]


def text_of(rows: Sequence[Sequence[str]], preamble: str = PREAMBLE, headings: Sequence[str] = HEADINGS) -> str:
    written = io.StringIO()
    written.write(preamble)
    csv.writer(written).writerows([headings, *rows])
    return written.getvalue()


@pytest.fixture
def taken(new_database: str, tmp_path: Path) -> Callable[..., list[str]]:
    """Takes in a list, and returns what was told."""

    def take(text: str, encoding: str = "latin-1", **options: Any) -> list[str]:
        file = tmp_path / "Listado_Completo_69-B.csv"
        file.write_bytes(text.encode(encoding))
        return list(take_in(new_database, file, **options))

    return take


def listed(url: str) -> list[Any]:
    with psycopg.connect(url) as owner:
        return owner.execute(
            "select rfc, status, published_on::text, gazetted_on::text from taxpayer_listing order by rfc, published_on"
        ).fetchall()


EXPECTED = [
    ("EKU9003173C9", "PRESUMED", "2025-02-01", "2025-02-15"),
    ("EKU9003173C9", "FINAL", "2026-03-10", "2026-03-20"),
    ("IIA040805DZ4", "PRESUMED", "2026-06-05", None),
    ("KIJ0906199R1", "PRESUMED", "2024-06-05", None),
    ("KIJ0906199R1", "DISPROVED", "2024-12-01", None),
    ("XIA190128J61", "PRESUMED", "2020-06-05", None),
    ("XIA190128J61", "FINAL", "2021-01-05", None),
    ("XIA190128J61", "FAVOURABLE", "2023-08-07", "2023-08-07"),
]


@pytest.mark.claims(
    "docs/companies.md",
    "takes in the SAT's list of art. 69-B of the CFF for all companies",
)
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_it_is_read_as_the_sat_writes_it(taken: Any, new_database: str, encoding: str) -> None:
    told = taken(text_of(ALL), encoding)
    assert listed(new_database) == EXPECTED
    assert told[-1] == "as of 2026-09-30: 1 DISPROVED, 1 FAVOURABLE, 1 FINAL, 1 PRESUMED; 0 clients on the list"
    with psycopg.connect(new_database) as owner:
        name = owner.execute("select name, notice from taxpayer_listing where rfc = 'IIA040805DZ4'").fetchone()
    assert name == ("IIA040805DZ4 ÑANDÚ, S.A.", "500-05-presumed de fecha 05/06/2026")


def test_taken_in_twice_it_changes_nothing_and_a_newer_one_says_what_changed(taken: Any, new_database: str) -> None:
    first = taken(text_of(ALL))
    assert [line.split(":")[0] for line in first[:-1]] == ["added"] * 8
    assert taken(text_of(ALL)) == first[-1:]
    october = PREAMBLE.replace("30 de septiembre", "31 de octubre")
    told = taken(text_of([FINAL, [*PRESUMED[:2], "OTRO NOMBRE", *PRESUMED[3:]], CLEARED], october))
    assert told[:-1] == [
        "removed: XIA190128J61 FAVOURABLE 2023-08-07",
        "removed: XIA190128J61 FINAL 2021-01-05",
        "removed: XIA190128J61 PRESUMED 2020-06-05",
        "changed: IIA040805DZ4 PRESUMED 2026-06-05",
    ]
    assert listed(new_database) == EXPECTED[:5]


def test_a_dry_run_changes_nothing(taken: Any, new_database: str) -> None:
    assert len(taken(text_of(ALL), dry_run=True)) == 9
    assert listed(new_database) == []


def test_what_is_struck_out_by_a_court_is_left_out(taken: Any, new_database: str) -> None:
    told = taken(text_of([*ALL, row("XXXXXXXXXXXX", "Definitivo", final=("10/03/2026", ""))]))
    assert "; 1 without an RFC left out;" in told[-1]
    assert listed(new_database) == EXPECTED


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no headings"),
        ("a,b\n" * 30, "no headings"),
        (text_of([]), "lists no taxpayers"),
        (text_of(ALL, preamble=""), "does not say of which day"),
        (text_of([*ALL, row("EKU9003173C9", "Sospechoso")]), "line 8: the status says 'Sospechoso'"),
        (text_of([row("EKU9003173C9", "Definitivo", presumed=("01/02/2025", ""))]), "no day of it is stated"),
        (text_of([row("EKU9003173C9", "Presunto", presumed=("31/02/2025", ""))]), "there is no day 31/02/2025"),
        (text_of(ALL, headings=HEADINGS[:8]), "no column of the day on which taxpayers became DISPROVED"),
    ],
)
def test_what_is_no_such_list_changes_nothing(taken: Any, new_database: str, text: str, complaint: str) -> None:
    taken(text_of(ALL))
    with pytest.raises(CommandRefused, match=complaint):
        taken(text)
    assert listed(new_database) == EXPECTED


def test_an_older_list_and_one_that_was_cut_off_have_to_be_forced(taken: Any, new_database: str) -> None:
    taken(text_of(ALL))
    older = PREAMBLE.replace("septiembre", "agosto")
    with pytest.raises(CommandRefused, match="the list is of 2026-08-30, and the one of 2026-09-30 is there"):
        taken(text_of(ALL, older))
    with pytest.raises(CommandRefused, match="the list has 1 publications, and 8 are there"):
        taken(text_of([PRESUMED]))
    assert listed(new_database) == EXPECTED
    taken(text_of([PRESUMED], older), force=True)
    assert listed(new_database) == EXPECTED[2:3]
    taken(text_of([PRESUMED], ""), as_of=datetime.date(2026, 10, 1))


def test_a_hundred_thousand_taxpayers(taken: Any) -> None:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    rows = [
        row(f"{letters[n % 24]}{letters[n // 24 % 24]}{letters[n // 576 % 24]}900317{n // 13824:02}1", "Definitivo",
            presumed=("05/06/2024", ""), final=("05/06/2025", ""))
        for n in range(100_000)
    ]  # fmt: skip
    before = time.process_time()
    told = taken(text_of(rows))
    assert time.process_time() - before < 30
    assert told[20] == "added: 199,980 more"
    assert told[-1].startswith("as of 2026-09-30: 100,000 FINAL; 0 clients")


# What a client's record shows, and what issuing warns of

LISTING = """query ($id: ID!, $on: Date) { client(id: $id) {
    taxpayerListing(on: $on) { status publishedOn gazettedOn name notice listedAsOf }
    taxpayerListings { status publishedOn }
} }"""
SEND = """mutation ($input: SendSalesDocumentInput!) { sendSalesDocument(input: $input) {
    userErrors { code } warnings { code message path } salesDocument { state }
} }"""


def on_list(company: Company, rfc: str, *steps: tuple[str, str]) -> None:
    company.owner.exec_driver_sql(
        "insert into taxpayer_list (id, as_of) values (1, '2026-09-30')"
        " on conflict (id) do update set as_of = excluded.as_of"
    )
    for status, day in steps:
        company.owner.exec_driver_sql(
            "insert into taxpayer_listing values (%s, %s, %s, null, 'X', null) on conflict do nothing",
            (rfc, status, day),
        )


def test_a_clients_status_is_that_of_the_day(company: Any) -> None:
    mine: Company = company()
    on_list(mine, "OÑO120726RX3", ("PRESUMED", "2025-02-01"), ("FINAL", "2026-03-10"))
    client = global_id(models.Client, mine.client(rfc="OÑO120726RX3"))

    def status(day: str | None) -> str | None:
        listing = mine.ask(LISTING, id=client, on=day).data["client"]["taxpayerListing"]
        return listing and listing["status"]

    assert [status(day) for day in ("2025-01-31", "2025-02-01", "2026-03-09", "2026-03-10", None)] == [
        None, "PRESUMED", "PRESUMED", "FINAL", "FINAL",
    ]  # fmt: skip
    answer = mine.ask(LISTING, id=client).data["client"]
    assert answer["taxpayerListing"] == {
        "status": "FINAL", "publishedOn": "2026-03-10", "gazettedOn": None, "name": "X", "notice": None,
        "listedAsOf": "2026-09-30",
    }  # fmt: skip
    assert [each["status"] for each in answer["taxpayerListings"]] == ["FINAL", "PRESUMED"]
    other = global_id(models.Client, mine.client(rfc="CACX7605101P8"))
    assert mine.ask(LISTING, id=other).data["client"] == {"taxpayerListing": None, "taxpayerListings": []}


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([("PRESUMED", "2025-02-01")], "TAXPAYER_PRESUMED"),
        ([("PRESUMED", "2025-02-01"), ("FINAL", "2025-03-01")], "TAXPAYER_FINAL"),
        ([("PRESUMED", "2025-02-01"), ("DISPROVED", "2025-03-01")], None),
        ([("PRESUMED", "2025-02-01"), ("FINAL", "2025-03-01"), ("FAVOURABLE", "2025-03-01")], None),
        ([("PRESUMED", "2999-01-01")], None),
    ],
)
def test_issuing_to_a_listed_client_is_warned_of(company: Any, steps: Any, code: str | None) -> None:
    mine: Company = company()
    rfc = f"LIS{len(steps)}00317{len(code or ''):02}{steps[0][1][2]}"
    on_list(mine, rfc, *steps)
    client = mine.client(rfc=rfc)
    note = mine.add(models.SalesDocument, client_id=client, type="SALES_NOTE", series="NV", state="DRAFT")
    mine.add(
        models.SalesDocumentLine, client_id=client, sales_document_id=note, position=1, description="x",
        product_code="01010101", unit_code="H87", quantity=1, unit_price=0, amount=0,
    )  # fmt: skip
    sent = mine.ask(SEND, input={"id": global_id(models.SalesDocument, note)}).data["sendSalesDocument"]
    assert (sent["userErrors"], sent["salesDocument"]["state"]) == ([], "PAID")
    assert [warning["code"] for warning in sent["warnings"]] == ([code] if code else [])
    if code:
        assert rfc in sent["warnings"][0]["message"]
        assert sent["warnings"][0]["path"] == ["id"]
