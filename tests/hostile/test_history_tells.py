"""What changes is told: the lines of a document, the record that gave way to another, the company's own settings."""

from decimal import Decimal
from typing import Any

import pytest

import models
from domain.bank_account import BANK_ACCOUNTS, assign_deposit_account
from domain.company_bank_account import create_company_bank_account
from domain.contact import CONTACTS
from domain.deal import (
    REASONS,
    STAGES,
)
from domain.folios import create_folio_series
from domain.line_changes import MOST, line_changes, line_text
from domain.price_list import (
    create_price_list,
    create_price_list_item,
    delete_price_list_item,
    update_price_list,
    update_price_list_item,
)
from domain.prospect import convert_prospect
from domain.prospect_state import STATES
from domain.sales_document import create_sales_document, update_sales_document
from domain.taxes import USUAL
from tests.fixtures import Company
from tests.writing import Writer, events, rows

D = Decimal


@pytest.fixture
def mine(company: Any) -> Company:
    return company()


@pytest.fixture
def writer(mine: Company) -> Writer:
    return Writer(mine)


def told(owner: Any, mine: Company) -> list[tuple[str, str, Any]]:
    """Change, label and changes of each event that has them, in the order of the history."""
    return [
        (details["change"], details["label"], details["changes"])
        for _, details in events(owner, mine)
        if "change" in details
    ]


# H02


def line(description: str, quantity: int, price: int, **values: Any) -> dict[str, Any]:
    codes = {"product_code": "56101504", "unit_code": "H87"}
    return {"description": description, "quantity": D(quantity), "unit_price": D(price)} | codes | values


DRAWN = [line("Silla", 2, 500), line("Mesa", 1, 300, sku="M-1"), line("Lámpara", 3, 100)]


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        (DRAWN, None),
        (
            [line("Silla", 1, 1000), *DRAWN[1:]],
            [("2 H87 × 500 Silla (56101504, 02) +002 16%", "1 H87 × 1000 Silla (56101504, 02) +002 16%")],
        ),
        (
            [DRAWN[0], line("Mesa de centro", 1, 300, sku="M-1"), DRAWN[2]],
            [
                (
                    "1 H87 × 300 Mesa (M-1, 56101504, 02) +002 16%",
                    "1 H87 × 300 Mesa de centro (M-1, 56101504, 02) +002 16%",
                )
            ],
        ),
        (
            [DRAWN[0], DRAWN[1], line("Banco", 3, 100)],
            [
                ("3 H87 × 100 Lámpara (56101504, 02) +002 16%", None),
                (None, "3 H87 × 100 Banco (56101504, 02) +002 16%"),
            ],
        ),
        ([DRAWN[1], DRAWN[0], DRAWN[2]], [("Silla; M-1", "M-1; Silla")]),
        (
            [*DRAWN[:2], line("Lámpara", 3, 200, discount=D(300))],
            [("3 H87 × 100 Lámpara (56101504, 02) +002 16%", "3 H87 × 200 Lámpara (56101504, 02) −300 +002 16%")],
        ),
        (
            [line("Silla", 2, 500, product_code="56101500"), *DRAWN[1:]],
            [("2 H87 × 500 Silla (56101504, 02) +002 16%", "2 H87 × 500 Silla (56101500, 02) +002 16%")],
        ),
    ],
    ids=["the same", "quantity and price", "description", "another", "order", "discount", "code"],
)
def test_lines_at_the_same_total_are_told(
    mine: Company, writer: Writer, owner: Any, lines: list[Any], changes: list[Any] | None
) -> None:
    """Cases H02 and H03."""
    given = {"client_id": mine.billable(), "type": "INVOICE", "lines": DRAWN}
    document = writer.do(create_sales_document, given)
    writer.do(update_sales_document, {"id": document.id, "lines": lines})
    [version] = rows(owner, mine, models.SalesDocument, "version")
    if changes is None:
        assert (version, told(owner, mine)) == (1, [])
        return
    said = [{"field": "lines", "from": before, "to": after} for before, after in changes]
    assert (version, told(owner, mine)) == (2, [("UPDATED", "F-1", said)])


def test_taxes_of_a_line_are_told(mine: Company, writer: Writer, owner: Any) -> None:
    given = {"client_id": mine.billable(), "type": "INVOICE", "lines": DRAWN[:1]}
    document = writer.do(create_sales_document, given)
    exempt = [{"tax": "002", "factor": "EXEMPT"}, {"kind": "WITHHELD", "tax": "001", "rate": D("0.1")}]
    writer.do(update_sales_document, {"id": document.id, "lines": [DRAWN[0] | {"taxes": exempt}]})
    [(_, _, [change, _])] = told(owner, mine)
    assert change["to"] == "2 H87 × 500 Silla (56101504, 02) +002 exento −001 10%"


def test_a_thousand_changed_lines_are_counted() -> None:
    def text(number: int, price: int) -> Any:
        values = line("x" * 1000, 1, price, sku=str(number)) | {"tax_object": "02"}
        return line_text(values, D(0), [USUAL])

    before = [text(number, 1) for number in range(1000)]
    changes = line_changes(before, [text(number, 2) for number in range(1000)])
    assert len(changes) == MOST + 1
    assert changes[-1] == {"field": "lines", "from": "… +950", "to": "… +950"}
    assert all(len(change["to"]) < 200 for change in changes)
    [moved] = line_changes(before, before[::-1])
    assert len(moved["to"]) < 500


# H04

PRIMARY = [{"field": "is_primary", "from": "true", "to": "false"}]
DEFAULT = [{"field": "is_default", "from": "true", "to": "false"}]


def test_the_former_primary_contact_is_told(mine: Company, writer: Writer, owner: Any) -> None:
    """Case H04."""
    client = mine.client()
    ana = writer.do(CONTACTS.create, {"client_id": client, "name": "Ana", "is_primary": True})
    writer.do(CONTACTS.create, {"client_id": client, "name": "Luis", "is_primary": True})
    writer.do(CONTACTS.update, {"id": ana.id, "is_primary": True})
    writer.do(CONTACTS.delete, {"id": ana.id})
    writer.do(CONTACTS.restore, {"id": ana.id})
    gained = [{"field": "is_primary", "from": "false", "to": "true"}]
    assert told(owner, mine) == [
        ("CREATED", "Ana", []),
        ("UPDATED", "Ana", PRIMARY),
        ("CREATED", "Luis", []),
        ("UPDATED", "Luis", PRIMARY),
        ("UPDATED", "Ana", gained),
        ("DELETED", "Ana", []),
        ("RESTORED", "Ana", PRIMARY),
    ]


def test_the_former_default_account_is_told(mine: Company, writer: Writer, owner: Any) -> None:
    client = mine.client()
    first, second = (
        writer.do(BANK_ACCOUNTS.create, {"client_id": client, "payment_form": "01", "bank_name": name})
        for name in ("A", "B")
    )
    writer.do(BANK_ACCOUNTS.update, {"id": second.id, "is_default": True})
    assert told(owner, mine)[2:] == [
        ("UPDATED", "A", DEFAULT),
        ("UPDATED", "B", [{"field": "is_default", "from": "false", "to": "true"}]),
    ]
    own = writer.do(create_company_bank_account, {"payment_form": "03", "account_number": "012180001234567899"})
    writer.do(assign_deposit_account, {"client_id": client, "company_account_id": own.id})
    assert told(owner, mine)[4] == ("UPDATED", "B", DEFAULT)
    assert first.client_id == client


def test_what_a_prospects_part_loses_is_told(mine: Company, writer: Writer, owner: Any) -> None:
    client, prospect = mine.client(), mine.client(kind="PROSPECT")
    mine.add(models.Contact, client_id=client, name="Ana", email="ana@x.mx", is_primary=True)
    mine.add(models.Contact, client_id=prospect, name="Luis", email="luis@x.mx", is_primary=True)
    mine.add(models.Address, client_id=client, kind="FISCAL", street="Norte")
    mine.add(models.Address, client_id=prospect, kind="FISCAL", street="Sur")
    writer.do(convert_prospect, {"id": prospect, "into_client_id": client})
    assert told(owner, mine) == [
        ("UPDATED", "Luis", PRIMARY),
        ("UPDATED", "Sur", [{"field": "kind", "from": "FISCAL", "to": "BRANCH"}]),
    ]


# H05


def audited(owner: Any, mine: Company) -> list[dict[str, Any]]:
    return [details for kind, details in rows(owner, mine, models.AuditEvent, "kind", "details")]


def change(field: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {"field": field, "from": before, "to": after}


@pytest.mark.claims(
    "docs/companies.md",
    "administrators have, and is in the audit log (`COMPANY_CHANGED`, with what it was and is)",
)
@pytest.mark.claims(
    "docs/security.md",
    "| `COMPANY_CHANGED` | its data, bank accounts, series, price lists and their items, stages, loss reasons, prospect"
    " states, default reminders or days off: what they were and are |",
)
@pytest.mark.parametrize(
    ("noun", "create", "update", "delete"),
    [
        ("funnel_stage", STAGES.create, STAGES.update, None),
        ("loss_reason", REASONS.create, REASONS.update, REASONS.delete),
        ("prospect_state", STATES.create, STATES.update, STATES.delete),
        ("price_list", create_price_list, update_price_list, None),
    ],
)
def test_the_companys_settings_are_audited(
    mine: Company, writer: Writer, owner: Any, noun: str, create: Any, update: Any, delete: Any
) -> None:
    """Case H05."""
    made = writer.do(create, {"name": "Uno"})
    writer.do(update, {"id": made.id, "name": "Uno"})
    writer.do(update, {"id": made.id, "name": "Dos"})
    if delete:
        writer.do(delete, {"id": made.id})
    first, second, *rest = audited(owner, mine)
    assert (first[noun], first["change"], first["changes"][0]) == ("Uno", "CREATED", change("name", None, "Uno"))
    assert second == {noun: "Uno", "change": "UPDATED", "changes": [change("name", "Uno", "Dos")]}
    assert rest == ([{noun: "Dos", "change": "DELETED", "changes": []}] if delete else [])


def test_the_items_of_a_price_list_are_audited(mine: Company, writer: Writer, owner: Any) -> None:
    prices = writer.do(create_price_list, {"name": "Mayoreo"})
    item = writer.do(create_price_list_item, {"price_list_id": prices.id, "sku": "A"} | line("Silla", 1, 500))
    writer.do(update_price_list_item, {"id": item.id, "unit_price": D("500")})
    writer.do(update_price_list_item, {"id": item.id, "unit_price": D("450.5"), "taxes": [], "tax_object": "01"})
    writer.do(delete_price_list_item, {"id": item.id})
    _, created, updated, deleted = audited(owner, mine)
    named = {"price_list": "Mayoreo", "sku": "A"}
    assert {each["field"] for each in created["changes"]} >= {"sku", "description", "unit_price", "taxes"}
    assert updated == {
        "price_list_item": named,
        "change": "UPDATED",
        "changes": [
            change("taxes", "TRANSFERRED 002 RATE 0.160000", ""),
            change("tax_object", "02", "01"),
            change("unit_price", "500.000000", "450.500000"),
        ],
    }
    assert deleted == {"price_list_item": named, "change": "DELETED", "changes": []}


def test_the_former_default_of_the_company_is_audited(mine: Company, writer: Writer, owner: Any) -> None:
    for number in ("012180001234567899", "072180002345678904"):
        given = {"payment_form": "03", "account_number": number, "is_default": True}
        writer.do(create_company_bank_account, given)
    for series in ("A", "B"):
        writer.do(create_folio_series, {"type": "INVOICE", "series": series, "is_default": True})
    told = [details for details in audited(owner, mine) if details.get("changes") == DEFAULT]
    assert [details.get("bank_account", details.get("folio_series")) for details in told] == [
        "BBVA México ••••7899",
        {"type": "INVOICE", "series": "A", "next_number": 1},
    ]
