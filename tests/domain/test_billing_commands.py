"""CFDI data with their versions, bank accounts, payment terms."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.bank_account import BANK_ACCOUNTS
from domain.cfdi_profile import update_cfdi_profile
from domain.receivables import update_receivable_terms
from errors import Forbidden
from models import BankAccount, CfdiProfile, Client, ReceivableTerms, SalesDocument
from models.collaborator import Role
from tests.writing import Writer, events, rows

DAY = datetime.timedelta(days=1)
KEMPER = {
    "rfc": "EKU9003173C9",
    "name": "ESCUELA KEMPER URGATE",
    "tax_regime": "601",
    "cfdi_use": "G03",
    "postal_code": "42501",
    "payment_form": "03",
    "payment_method": "PUE",
}


def test_every_change_begins_a_version(company: Any, owner: Any) -> None:
    mine = company()
    client, writer = mine.client(), Writer(mine)
    first = writer.now
    writer.do(update_cfdi_profile, {"client_id": client, **KEMPER})
    writer.now += DAY
    writer.do(update_cfdi_profile, {"client_id": client, "cfdi_use": "G01", "expected_version": 1})
    writer.now += DAY
    writer.do(update_cfdi_profile, {"client_id": client, "cfdi_use": "G01", "name": " escuela  kemper urgate"})
    assert rows(owner, mine, CfdiProfile, "cfdi_use", "valid_from", "valid_to", "version") == [
        ("G03", first, first + DAY, 1),
        ("G01", first + DAY, None, 2),
    ]
    assert rows(owner, mine, Client, "rfc") == ["EKU9003173C9"]
    assert [details["changes"] for _, details in events(owner, mine)][1] == [
        {"field": "cfdi_use", "from": "G03", "to": "G01"}
    ]


def test_changes_at_one_instant_come_one_after_the_other(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client()
    given = [{"client_id": client, **KEMPER, "cfdi_use": use} for use in ("G01", "G03") * 10]
    done = Writer(mine).together(update_cfdi_profile, given)
    assert not [result for result in done if isinstance(result, BaseException)]
    spans = sorted(rows(owner, mine, CfdiProfile, "valid_from", "valid_to", "version"))
    assert [version for *_, version in spans] == list(range(1, len(spans) + 1))
    assert [end for _, end, _ in spans[:-1]] == [start for start, _, _ in spans[1:]]
    assert spans[-1][1] is None


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"tax_regime": "605"}, [("TAX_REGIME_PERSON_KIND", ("tax_regime",))]),
        ({"tax_regime": "609"}, [("TAX_REGIME_UNKNOWN", ("tax_regime",))]),
        ({"cfdi_use": "P01"}, [("CFDI_USE_UNKNOWN", ("cfdi_use",))]),
        ({"payment_method": "PPD"}, [("PAYMENT_FORM_PPD", ("payment_form",))]),
        ({"payment_form": "99"}, [("PAYMENT_FORM_PUE", ("payment_form",))]),
        ({"name": "A|B"}, [("NAME_FORBIDDEN_CHARACTER", ("name",))]),
        ({"tax_residence": "USA"}, [("TAX_RESIDENCE_NOT_FOREIGN", ("tax_residence",))]),
        ({"rfc": "XEXX010101000"}, [("TAX_REGIME_GENERIC", ("tax_regime",)), ("CFDI_USE_NOT_ALLOWED", ("cfdi_use",))]),
        ({"rfc": "GOH831115"}, [("RFC_WITHOUT_HOMOCLAVE", ("rfc",))]),
        ({"postal_code": "4250"}, [("POSTAL_CODE_FORMAT", ("postal_code",))]),
    ],
)
def test_what_sat_would_refuse_is_refused(company: Any, given: Any, refused: Any) -> None:
    """Cases F06, F07, F08, F13, F15, R08."""
    mine = company()
    assert Writer(mine).refused(update_cfdi_profile, {"client_id": mine.client(), **KEMPER} | given) == refused


def test_what_is_missing_or_doubtful_is_warned_of(company: Any) -> None:
    """Cases F01, F08."""
    mine = company()
    given = {"client_id": mine.client(), "rfc": "EKU9003173C9", "name": "Escuela Kemper Urgate, S.A. de C.V."}
    assert Writer(mine).warned(update_cfdi_profile, given) == [
        ("CAPITAL_REGIME_IN_NAME", ("name",)),
        ("PAYMENT_FORM_MISSING", ("payment_form",)),
        ("PAYMENT_METHOD_MISSING", ("payment_method",)),
        ("TAX_REGIME_REQUIRED", ("tax_regime",)),
        ("CFDI_USE_REQUIRED", ("cfdi_use",)),
        ("POSTAL_CODE_REQUIRED", ("postal_code",)),
    ]


def test_a_foreigner_needs_no_mexican_data(company: Any, owner: Any) -> None:
    """Case F05."""
    mine = company()
    given = {
        "client_id": mine.client(), "rfc": "XEXX010101000", "name": "ACME INC", "tax_regime": "616", "cfdi_use": "S01",
        "tax_residence": "usa", "tax_id": "123456789", "payment_form": "03", "payment_method": "PUE",
    }  # fmt: skip
    assert Writer(mine).warned(update_cfdi_profile, given) == []
    assert rows(owner, mine, CfdiProfile, "tax_residence", "postal_code") == [("USA", None)]


def test_an_rfc_of_another_record_is_refused(company: Any) -> None:
    mine = company()
    mine.client(rfc="EKU9003173C9")
    assert Writer(mine).refused(update_cfdi_profile, {"client_id": mine.client(), **KEMPER}) == [
        ("DUPLICATE", ("rfc",))
    ]


CLABE = "032180000118359719"


def test_an_account_tells_its_bank(company: Any, owner: Any) -> None:
    mine = company()
    given = {"client_id": mine.client(), "payment_form": "03", "account_number": "012 660 01549072519 8"}
    Writer(mine, Role.BILLING).do(BANK_ACCOUNTS.create, given)
    assert rows(owner, mine, BankAccount, "bank_code", "bank_name", "account_number", "is_default") == [
        ("012", "BBVA México", "012660015490725198", True)
    ]


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({"account_number": CLABE}, [("CLABE_BANK_INACTIVE", ("account_number",))]),
        ({"account_number": "738180793822290063"}, []),
        ({"account_number": "012660015490725198", "bank_code": "002"}, [("BANK_MISMATCH", ("bank_code",))]),
        (
            {"account_number": "002180700845925076", "bank_rfc": "BNM840515VB8"},
            [("BANK_RFC_MISMATCH", ("bank_rfc",))],
        ),
    ],
)
def test_doubtful_bank_data_are_warned_of(company: Any, given: Any, warned: Any) -> None:
    """Cases C03, C08, C09."""
    mine = company()
    given = {"client_id": mine.client(), "payment_form": "03"} | given
    assert Writer(mine).warned(BANK_ACCOUNTS.create, given) == warned


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"account_number": "012660015490725199"}, ("CLABE_CONTROL_DIGIT", ("account_number",))),
        ({"payment_form": "01", "account_number": "1234567890"}, ("ACCOUNT_FORBIDDEN", ("account_number",))),
        (
            {"payment_form": "04", "role": "PAYER", "account_number": "123"},
            ("PAYER_ACCOUNT_PATTERN", ("account_number",)),
        ),
        ({"payment_form": "98"}, ("PAYMENT_FORM_UNKNOWN", ("payment_form",))),
        ({"bank_code": "999"}, ("BANK_UNKNOWN", ("bank_code",))),
        ({"payment_form": None}, ("TEXT_REQUIRED", ("payment_form",))),
    ],
)
def test_wrong_bank_data_are_refused(company: Any, given: Any, refused: Any) -> None:
    mine = company()
    given = {"client_id": mine.client(), "payment_form": "03"} | given
    assert Writer(mine).refused(BANK_ACCOUNTS.create, given) == [refused]


def test_each_role_has_one_default(company: Any, owner: Any) -> None:
    mine = company()
    writer, client = Writer(mine), mine.client()
    given = {"client_id": client, "payment_form": "03"}
    writer.do(BANK_ACCOUNTS.create, given)
    writer.do(BANK_ACCOUNTS.create, given)
    writer.do(BANK_ACCOUNTS.create, given | {"is_default": True})
    writer.do(BANK_ACCOUNTS.create, given | {"role": "PAYER"})
    assert rows(owner, mine, BankAccount, "role", "is_default") == [
        ("DEPOSIT", False), ("DEPOSIT", False), ("DEPOSIT", True), ("PAYER", True),
    ]  # fmt: skip


@pytest.mark.claims(
    "docs/writing.md",
    "| history | The event is written in the same transaction. An edit tells the fields that differ, from"
    " and to; account numbers are masked; an edit that changes nothing writes nothing. |",
)
def test_account_numbers_are_masked_in_the_history(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    given = {"client_id": mine.client(), "payment_form": "03", "account_number": "012660015490725198"}
    account = writer.do(BANK_ACCOUNTS.create, given)
    writer.do(BANK_ACCOUNTS.update, {"id": account.id, "account_number": "014180567063991039"})
    (_, created), (_, updated) = events(owner, mine)
    assert created["label"] == "BBVA México ••••5198"
    assert updated["changes"] == [{"field": "account_number", "from": "••••5198", "to": "••••1039"}]


def test_bank_data_and_terms_ask_for_their_permission(company: Any) -> None:
    mine = company()
    client = mine.client(owner_id=mine.people[Role.SALES])
    for command, given in ((BANK_ACCOUNTS.create, {"payment_form": "03"}), (update_receivable_terms, {})):
        with pytest.raises(Forbidden, match="billing:write"):
            Writer(mine, Role.SALES).do(command, {"client_id": client} | given)


def test_no_limit_is_not_a_limit_of_zero(company: Any, owner: Any) -> None:
    """Cases A02, A03."""
    mine = company()
    writer, client = Writer(mine, Role.BILLING), mine.client()
    writer.do(update_receivable_terms, {"client_id": client, "terms": "CREDIT", "credit_days": 30})
    writer.do(update_receivable_terms, {"client_id": client, "credit_limit": Decimal(0), "expected_version": 1})
    writer.do(update_receivable_terms, {"client_id": client, "credit_limit": None})
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days", "credit_limit", "version") == [
        ("CREDIT", 30, None, 3)
    ]
    assert [details["changes"] for _, details in events(owner, mine)][1:] == [
        [{"field": "credit_limit", "from": None, "to": "0.00"}],
        [{"field": "credit_limit", "from": "0.00", "to": None}],
    ]


def test_cash_has_no_days(company: Any, owner: Any) -> None:
    """Terms that become CASH lose the days of before, but no days, and no limit, are taken away that are stated."""
    mine = company()
    writer, client = Writer(mine, Role.BILLING), mine.client()
    credit = {"client_id": client, "terms": "CREDIT", "credit_days": 30}
    cash = {"client_id": client, "terms": "CASH"}
    writer.do(update_receivable_terms, credit)
    assert writer.refused(update_receivable_terms, cash | {"credit_days": 30}) == [("CASH_WITHOUT_CREDIT", ("terms",))]
    writer.do(update_receivable_terms, cash)
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days", "version") == [("CASH", 0, 2)]
    assert events(owner, mine)[-1][1]["changes"] == [
        {"field": "terms", "from": "CREDIT", "to": "CASH"},
        {"field": "credit_days", "from": "30", "to": "0"},
    ]
    assert writer.refused(update_receivable_terms, {"client_id": client, "terms": "CREDIT"}) == [
        ("CREDIT_DAYS_REQUIRED", ("credit_days",))
    ]
    writer.do(update_receivable_terms, credit | {"credit_limit": Decimal(100)})
    assert writer.refused(update_receivable_terms, cash) == [("CASH_WITHOUT_CREDIT", ("terms",))]
    writer.do(update_receivable_terms, cash | {"credit_limit": None})
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days", "credit_limit") == [("CASH", 0, None)]


def test_a_limit_below_what_is_used_has_to_be_confirmed(company: Any, owner: Any) -> None:
    """Cases A01, A04: invoices and sales notes on credit count, quotes do not."""
    mine = company()
    writer, client = Writer(mine), mine.client()
    mine.add(SalesDocument, client_id=client, subtotal=100, total=100, paid=40)
    mine.add(SalesDocument, client_id=client, type="SALES_NOTE", subtotal=30, total=30, on_credit=True)
    mine.add(SalesDocument, client_id=client, type="SALES_NOTE", series="N", subtotal=7, total=7)
    mine.add(SalesDocument, client_id=client, type="QUOTE", subtotal=500, total=500)
    given = {"client_id": client, "terms": "CREDIT", "credit_days": 30}
    warning = [("CREDIT_LIMIT_BELOW_USED", ("credit_limit",))]
    assert writer.warned(update_receivable_terms, given | {"credit_limit": Decimal("90.00")}) == []
    assert writer.refused(update_receivable_terms, given | {"credit_limit": Decimal("89.99")}) == warning
    confirmed = given | {"credit_limit": Decimal("89.99"), "confirmed": True}
    assert writer.warned(update_receivable_terms, confirmed) == warning
    assert rows(owner, mine, ReceivableTerms, "credit_limit") == [Decimal("89.99")]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"terms": "CASH", "credit_days": 30}, ("CASH_WITHOUT_CREDIT", ("terms",))),
        ({"terms": "CREDIT"}, ("CREDIT_DAYS_REQUIRED", ("credit_days",))),
        ({"terms": "CREDIT", "credit_days": -3}, ("OUT_OF_RANGE", ("credit_days",))),
        (
            {"terms": "CREDIT", "credit_days": 3, "credit_limit": Decimal("0.001")},
            ("AMOUNT_DECIMALS", ("credit_limit",)),
        ),
        ({"terms": "CREDIT", "credit_days": 3, "credit_limit": Decimal(-1)}, ("OUT_OF_RANGE", ("credit_limit",))),
        ({"terms": None}, ("TEXT_REQUIRED", ("terms",))),
    ],
)
def test_terms_that_cannot_be(company: Any, given: Any, refused: Any) -> None:
    mine = company()
    assert Writer(mine).refused(update_receivable_terms, {"client_id": mine.client(), **given}) == [refused]
