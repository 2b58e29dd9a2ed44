"""What is computed rather than kept: overdue, expired, balances, credit, and the readiness for a CFDI."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import models
from models.collaborator import Role
from tests.fixtures import Company, global_id

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def client_of(own: Company, client: UUID, fields: str, role: Role = Role.ADMIN) -> Any:
    query = f"query ($id: ID!) {{ client(id: $id) {{ {fields} }} }}"
    return own.ask(query, role, id=global_id(models.Client, client)).data["client"]


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


# Follow-ups


@pytest.mark.parametrize(
    ("state", "end", "overdue"),
    [
        ("PENDING", -HOUR, True), ("IN_PROGRESS", -HOUR, True), ("PENDING", HOUR, False),
        ("DONE", -HOUR, False), ("CANCELLED", -HOUR, False), ("IN_PROGRESS", HOUR, False),
    ],
)  # fmt: skip
def test_a_follow_up_is_overdue_when_it_is_open_and_its_end_has_passed(
    company: Callable[..., Company], now: datetime.datetime, state: str, end: datetime.timedelta, overdue: bool
) -> None:
    own = company()
    # One that starts and ends at the same instant is as good as any.
    at = now + end
    done = at if state == "DONE" else None
    client = own.client()
    own.add(models.FollowUp, client_id=client, starts_at=at, ends_at=at, state=state, completed_at=done)
    shown = client_of(
        own,
        client,
        "followUps { nodes { isOverdue } } late: followUps(filter: {isOverdue: {eq: true}}) { totalCount }",
    )
    assert shown == {"followUps": {"nodes": [{"isOverdue": overdue}]}, "late": {"totalCount": int(overdue)}}


def test_a_follow_ups_instants_are_compared_as_instants(
    company: Callable[..., Company], now: datetime.datetime
) -> None:
    """allReady 519: an instant in another zone is the instant it is."""
    own = company(time_zone="America/Tijuana")
    client = own.client()
    tokyo, honolulu = (now.astimezone(ZoneInfo(name)) for name in ("Asia/Tokyo", "Pacific/Honolulu"))
    own.add(models.FollowUp, client_id=client, name="pasó", starts_at=tokyo - HOUR, ends_at=tokyo - HOUR)
    own.add(models.FollowUp, client_id=client, name="falta", starts_at=honolulu + HOUR, ends_at=honolulu + HOUR)
    shown = client_of(own, client, "followUps { nodes { name isOverdue } }")
    assert shown["followUps"]["nodes"] == [{"name": "falta", "isOverdue": False}, {"name": "pasó", "isOverdue": True}]


# Debts


def owe(own: Company, client: UUID, total: str, **values: Any) -> UUID:
    return own.add(
        models.SalesDocument, client_id=client, **{"subtotal": Decimal(total), "total": Decimal(total)} | values
    )


@pytest.mark.parametrize("zone", ["America/Tijuana", "America/Cancun", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_debt_is_overdue_from_the_day_after_it_fell_due_where_the_company_is(
    company: Callable[..., Company], now: datetime.datetime, zone: str
) -> None:
    own = company(time_zone=zone)
    client = own.client()
    today = now.astimezone(ZoneInfo(zone)).date()
    for number, due in enumerate((today - DAY, today, today + DAY), start=1):
        owe(own, client, f"{number}00", due_on=due)
    owe(own, client, "1000", due_on=None)
    shown = client_of(
        own,
        client,
        "receivables { balance overdueBalance }"
        " salesDocuments(orderBy: [{field: TOTAL}]) { nodes { ... on SalesInvoice { total isOverdue } } }",
    )
    late = {node["total"]: node["isOverdue"] for node in shown["salesDocuments"]["nodes"]}
    assert late == {"100.00": True, "200.00": False, "300.00": False, "1000.00": False}
    assert shown["receivables"] == {"balance": "1600.00", "overdueBalance": "100.00"}


def test_a_quote_holds_to_the_end_of_its_last_day(company: Callable[..., Company], now: datetime.datetime) -> None:
    own = company(time_zone="America/Tijuana")
    client = own.client()
    today = now.astimezone(ZoneInfo("America/Tijuana")).date()
    quotes = [("SENT", today - DAY), ("SENT", today), ("ACCEPTED", today - DAY), ("DRAFT", today - DAY), ("SENT", None)]
    for number, (state, day) in enumerate(quotes, start=1):
        owe(own, client, str(number), type="QUOTE", series="COT", state=state, expires_on=day)
    shown = client_of(
        own,
        client,
        "salesDocuments(orderBy: [{field: TOTAL}]) { nodes { ... on SalesQuote { isExpired } } }"
        " expired: salesDocuments(filter: {isExpired: {eq: true}}) { totalCount }",
    )
    assert [node["isExpired"] for node in shown["salesDocuments"]["nodes"]] == [True, False, False, True, False]
    assert shown["expired"]["totalCount"] == 2


RECEIVABLES = "receivables { terms creditDays creditLimit balance overdueBalance creditUsed creditAvailable }"


def test_what_counts_as_debt_and_as_credit(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    own.add(models.ReceivableTerms, client_id=client, credit_limit=Decimal(1000))
    for number, (type_, state, on_credit) in enumerate(
        [
            ("INVOICE", "SENT", False), ("SALES_NOTE", "SENT", True), ("SALES_NOTE", "SENT", False),
            ("QUOTE", "SENT", True), ("INVOICE", "DRAFT", True), ("INVOICE", "CANCELLED", True),
            ("SALES_NOTE", "CONVERTED", True), ("INVOICE", "STAMPED", False),
        ]
    ):  # fmt: skip
        owe(own, client, str(2**number), type=type_, series=type_[:1], state=state, on_credit=on_credit)
    owe(own, client, "500", state="PARTIALLY_PAID", paid=Decimal("199.99"))
    owe(own, client, "700", state="PAID", paid=Decimal(700))
    # Invoices 1 + 128 + 300.01; sales notes 2 on credit and 4 in cash.
    assert client_of(own, client, RECEIVABLES)["receivables"] == {
        "terms": "CREDIT", "creditDays": 30, "creditLimit": "1000.00",
        "balance": "435.01", "overdueBalance": "0.00", "creditUsed": "431.01", "creditAvailable": "568.99",
    }  # fmt: skip


@pytest.mark.claims(
    "README.md",
    'A credit limit of null means that none was set, `"0.00"` means no credit.',
)
@pytest.mark.parametrize(
    ("limit", "shown"),
    [(None, (None, None)), ("0", ("0.00", "-100.00")), ("50", ("50.00", "-50.00")), ("100.01", ("100.01", "0.01"))],
)
def test_no_limit_is_another_thing_than_a_limit_of_nothing(
    company: Callable[..., Company], limit: str | None, shown: tuple[str | None, str | None]
) -> None:
    """erpnext_com 364: there 0 meant no limit."""
    own = company()
    client = own.client()
    own.add(models.ReceivableTerms, client_id=client, credit_limit=limit)
    owe(own, client, "100")
    receivables = client_of(own, client, RECEIVABLES)["receivables"]
    assert (receivables["creditLimit"], receivables["creditAvailable"]) == shown


def test_a_client_without_terms_owes_all_the_same(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    owe(own, client, "12.50")
    assert client_of(own, client, RECEIVABLES)["receivables"] == {
        "terms": None, "creditDays": None, "creditLimit": None,
        "balance": "12.50", "overdueBalance": "0.00", "creditUsed": "12.50", "creditAvailable": None,
    }  # fmt: skip


@pytest.mark.claims(
    "README.md",
    "Amounts of a document are in its `currency`; balances and credit limits are in the company's.",
)
def test_other_currencies_are_converted_document_by_document_and_rounded_to_cents(
    company: Callable[..., Company],
) -> None:
    own = company()
    client = own.client()
    for _ in range(3):
        # 0.333333 × 1.01 is 0.33666633: each is 0.34, and their sum is not 1.01.
        owe(own, client, "1.01", currency="USD", exchange_rate=Decimal("0.333333"))
    owe(own, client, "0.01", currency="USD", exchange_rate=Decimal("17.5"))  # 0.175, up to 0.18
    shown = client_of(
        own, client, "receivables { balance } salesDocuments { nodes { ... on SalesInvoice { balance } } }"
    )
    assert shown["receivables"]["balance"] == "1.20"
    balances = [node["balance"] for node in shown["salesDocuments"]["nodes"]]
    assert sorted(balances) == ["0.01", "1.01", "1.01", "1.01"]


@pytest.mark.parametrize(
    ("state", "paid", "balance"),
    [
        ("SENT", 0, "100.00"), ("PARTIALLY_PAID", 30, "70.00"), ("PAID", 100, "0.00"), ("DRAFT", 0, "0.00"),
        ("CANCELLED", 0, "0.00"),
    ],
)  # fmt: skip
def test_an_invoices_balance_is_what_remains_to_be_paid(
    company: Callable[..., Company], state: str, paid: int, balance: str
) -> None:
    own = company()
    client = own.client()
    owe(own, client, "100", state=state, paid=paid)
    shown = client_of(own, client, "salesDocuments { nodes { ... on SalesInvoice { balance paid total } } }")
    assert shown["salesDocuments"]["nodes"] == [{"balance": balance, "paid": f"{paid}.00", "total": "100.00"}]


def test_another_clients_debts_are_not_counted(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    owe(own, own.client(), "100")
    assert client_of(own, client, RECEIVABLES)["receivables"]["balance"] == "0.00"


# CFDI

READINESS = "cfdiReadiness { ready problems { path code severity satCode } }"
SOUND = {
    "rfc": "EKU9003173C9", "name": "ESCUELA KEMPER URGATE", "tax_regime": "601", "cfdi_use": "G03",
    "postal_code": "42501", "payment_form": "03", "payment_method": "PUE", "currency": "MXN",
}  # fmt: skip


def errors_of(readiness: Any) -> list[tuple[str, str]]:
    return [(p["path"][0], p["code"]) for p in readiness["problems"] if p["severity"] == "ERROR"]


def test_a_sound_profile_is_ready_and_the_rest_is_unverified(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    own.add(models.CfdiProfile, client_id=client, **SOUND)
    readiness = client_of(own, client, READINESS)["cfdiReadiness"]
    assert readiness["ready"]
    assert {problem["severity"] for problem in readiness["problems"]} == {"UNVERIFIED"}
    assert readiness["problems"]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"rfc": None}, "rfc"), ({"name": None}, "name"), ({"tax_regime": None}, "taxRegime"),
        ({"tax_regime": "612"}, "taxRegime"), ({"cfdi_use": "D01"}, "cfdiUse"), ({"postal_code": None}, "postalCode"),
        ({"payment_method": "PPD"}, "paymentForm"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_profile_is_said_at_its_field(
    company: Callable[..., Company], changed: dict[str, Any], path: str
) -> None:
    own = company()
    client = own.client()
    own.add(models.CfdiProfile, client_id=client, **SOUND | changed)
    readiness = client_of(own, client, READINESS)["cfdiReadiness"]
    assert not readiness["ready"]
    assert path in {at for at, _ in errors_of(readiness)}


def test_a_client_without_a_profile_lacks_everything_at_once(company: Callable[..., Company]) -> None:
    own = company()
    readiness = client_of(own, own.client(), READINESS + " cfdiProfile { id }")
    assert readiness["cfdiProfile"] is None
    lacking = {at for at, _ in errors_of(readiness["cfdiReadiness"])}
    assert {"rfc", "name", "taxRegime", "cfdiUse", "postalCode"} <= lacking


def test_only_the_profile_that_holds_today_is_shown(company: Callable[..., Company], now: datetime.datetime) -> None:
    own = company()
    client = own.client()
    own.add(models.CfdiProfile, client_id=client, **SOUND, valid_from=now - 2 * DAY, valid_to=now - DAY)
    own.add(models.CfdiProfile, client_id=client, **SOUND | {"cfdi_use": "S01"}, valid_from=now - DAY)
    shown = client_of(own, client, "cfdiProfile { cfdiUse { code name } }")
    assert shown["cfdiProfile"]["cfdiUse"] == {"code": "S01", "name": "Sin efectos fiscales"}
