"""What an administrator changes of the company: its data, accounts, series, reminders and days off, over HTTP."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import models
from domain.bank_account import assign_deposit_account
from domain.company import update_company
from domain.company_bank_account import delete_company_bank_account
from domain.problem import Rejected
from domain.sales_document import create_sales_document
from models.collaborator import Role
from tests.fixtures import NOON, Company, global_id
from tests.writing import Writer, rows

CLABE = "012180001234567899"
OTHER_CLABE = "072180002345678904"


def attempt(company: Company, name: str, shown: str, /, **given: Any) -> Any:
    """What the mutation answers: what is shown, and code and path of each error."""
    kind = name[0].upper() + name[1:]
    document = (
        f"mutation ($input: {kind}Input!) {{ done: {name}(input: $input)"
        f" {{ {shown} userErrors {{ code path message }} }} }}"
    )
    done = company.ask(document, input=given).data["done"]
    errors = [(error["code"], *error["path"]) for error in done.pop("userErrors")]
    return errors or next(iter(done.values()))


def audited(owner: Any, company: Company) -> list[Any]:
    """What the audit log says of changes of the company, oldest first."""
    return [
        details for kind, details in rows(owner, company, models.AuditEvent, "kind", "details") if "COMPANY" in kind
    ]


def settings(owner: Any, company: Company) -> Any:
    """The company's row."""
    table = models.Company.__table__
    return owner.execute(table.select().where(table.c.id == company.id)).one()


@pytest.mark.claims(
    "docs/companies.md",
    "**The company** (`updateCompany`).",
)
def test_the_company_is_edited_counted_and_audited(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    shown = "company { name taxRegime { code } postalCode workingWeekdays version }"
    given = {"name": " Comercial  Uno ", "taxRegime": "601", "postalCode": "22000", "workingWeekdays": [6, 1, 1]}
    done = attempt(mine, "updateCompany", shown, **given, expectedVersion=1)
    assert done == {
        "name": "Comercial Uno",
        "taxRegime": {"code": "601"},
        "postalCode": "22000",
        "workingWeekdays": [1, 6],
        "version": 2,
    }
    [event] = audited(owner, mine)
    assert {"field": "postal_code", "from": "06000", "to": "22000"} in event["changes"]
    assert attempt(mine, "updateCompany", shown, name="Comercial Uno")["version"] == 2
    assert attempt(mine, "updateCompany", shown, name="X", expectedVersion=1) == [("CONFLICT", "expectedVersion")]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"timeZone": "America/Atlantis"}, ("TIME_ZONE_UNKNOWN", "timeZone")),
        ({"timeZone": "../etc/passwd"}, ("TIME_ZONE_UNKNOWN", "timeZone")),
        ({"timeZone": None}, ("TEXT_REQUIRED", "timeZone")),
        ({"currency": "XYZ"}, ("CODE_UNKNOWN", "currency")),
        ({"rfc": "XEXX010101000"}, ("COMPANY_RFC_GENERIC", "rfc")),
        ({"taxRegime": "612"}, ("TAX_REGIME_PERSON_KIND", "taxRegime")),
        ({"taxRegime": "999"}, ("CODE_UNKNOWN", "taxRegime")),
        ({"postalCode": "٠٦٠٠٠"}, ("POSTAL_CODE_FORMAT", "postalCode")),
        ({"name": "A|B"}, ("NAME_FORBIDDEN_CHARACTER", "name")),
        ({"workingWeekdays": []}, ("TEXT_REQUIRED", "workingWeekdays")),
        ({"workingWeekdays": [0]}, ("OUT_OF_RANGE", "workingWeekdays")),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_done(
    company: Callable[..., Company], owner: Any, given: dict[str, Any], error: tuple[str, str]
) -> None:
    mine = company()
    before = settings(owner, mine)
    assert attempt(mine, "updateCompany", "company { id }", **{"keepsOfficialHolidays": False} | given) == [error]
    assert (settings(owner, mine), audited(owner, mine)) == (before, [])


@pytest.mark.claims(
    "docs/companies.md",
    "No two companies have one RFC; the database holds that.",
)
def test_no_two_companies_have_one_rfc(company: Callable[..., Company], owner: Any) -> None:
    company(rfc="KIJ0906199R1", rfc_repeated=False)
    mine = company()
    done = attempt(mine, "updateCompany", "company { id }", rfc="kij-090619-9R1", name="Otra")
    assert done == [("COMPANY_RFC_TAKEN", "rfc")]
    assert settings(owner, mine).name == "Empresa"
    # What was entered twice before that was refused is settled by another RFC.
    assert attempt(mine, "updateCompany", "company { rfc }", rfc="XIA190128J61") == {"rfc": "XIA190128J61"}
    assert not settings(owner, mine).rfc_repeated


@pytest.mark.claims(
    "docs/companies.md",
    "The currency is fixed by the first document",
)
def test_the_currency_is_fixed_by_the_first_document(company: Callable[..., Company]) -> None:
    mine = company()
    shown = "company { currency }"
    assert attempt(mine, "updateCompany", shown, currency="usd") == {"currency": "USD"}
    mine.add(models.SalesDocument, client_id=mine.client(), type="QUOTE", state="DRAFT", series="COT")
    assert attempt(mine, "updateCompany", shown, currency="MXN") == [("COMPANY_CURRENCY_FIXED", "currency")]
    assert attempt(mine, "updateCompany", shown, currency="USD") == {"currency": "USD"}


def test_a_document_and_another_currency_at_once_agree(company: Callable[..., Company], owner: Any) -> None:
    line = {"description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": 1, "unit_price": 10}
    lines = [line | {name: Decimal(line[name]) for name in ("quantity", "unit_price")}]
    for _ in range(3):
        mine = company()
        quote = {"type": "QUOTE", "client_id": mine.client(), "lines": lines}

        async def either(work: Any, given: Any) -> Any:
            return await given.do(work, given.input)

        asked: list[Any] = [
            {"do": create_sales_document, "input": quote},
            {"do": update_company, "input": {"currency": "USD"}},
        ]
        done = Writer(mine).together(either, asked)
        assert all(not isinstance(one, BaseException) or isinstance(one, Rejected) for one in done), done
        [document] = rows(owner, mine, models.SalesDocument, "currency", "exchange_rate")
        assert document == (settings(owner, mine).currency, Decimal(1))


@pytest.mark.claims(
    "docs/companies.md",
    "Another time zone cuts days and months anew, those of the past too",
    "It takes effect at once in the process that served the mutation",
    "Dates, as a due date, stay the days that they are.",
)
def test_another_time_zone_cuts_the_months_anew_at_once(new_company: Callable[..., Company]) -> None:
    mine = new_company(time_zone="America/Mexico_City")
    client = mine.client(created_at=NOON)
    # Half past midnight of the first of the month in Mexico City, half past ten of the day before in Tijuana.
    mine.add(
        models.HistoryEvent, client_id=client, occurred_at=datetime.datetime(2026, 3, 1, 6, 30, tzinfo=datetime.UTC)
    )
    mine.add(models.SalesDocument, client_id=client, due_on=datetime.date(2026, 3, 1))
    query = """query ($id: ID!) { viewer { company { timeZone } } client(id: $id) {
        historyMonths { month eventCount } march: history(month: "2026-03") { nodes { id } }
        salesDocuments { nodes { ... on SalesInvoice { dueOn } } } } }"""

    def cut() -> tuple[Any, ...]:
        shown = mine.ask(query, id=global_id(models.Client, client)).data
        months = [each["month"] for each in shown["client"]["historyMonths"] if each["eventCount"]]
        assert shown["client"]["salesDocuments"]["nodes"] == [{"dueOn": "2026-03-01"}]
        return shown["viewer"]["company"]["timeZone"], months, len(shown["client"]["march"]["nodes"])

    assert cut() == ("America/Mexico_City", ["2026-03"], 1)
    assert attempt(mine, "updateCompany", "company { id }", timeZone="America/Tijuana")
    assert cut() == ("America/Tijuana", ["2026-02"], 0)


def test_only_who_may_write_the_company_changes_it(company: Callable[..., Company]) -> None:
    mine = company()
    document = 'mutation { updateCompany(input: {name: "X"}) { company { id } } }'
    for role in Role:
        answer = mine.ask(document, role)
        assert answer.errors == ([] if role is Role.ADMIN else [("FORBIDDEN", "updateCompany")])


# Series and folios

SERIES = "folioSeries { id series nextNumber isDefault active }"


def quote(company: Company, client: Any, **given: Any) -> Any:
    """A new quote's folio, or the errors."""
    line = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1", "unitPrice": "10"}
    given = {"clientId": client, "type": "QUOTE", "lines": [line]} | given
    done = attempt(company, "createSalesDocument", "salesDocument { folio }", **given)
    return done["folio"] if isinstance(done, dict) else done


@pytest.mark.claims(
    "docs/companies.md",
    "**Series** (`createFolioSeries`, `updateFolioSeries`).",
    "The next folio can be set forward, and back as long as no document has it or a later one",
    "A document that names a series for the first time makes it.",
)
def test_a_series_goes_on_from_a_folio_that_was_not_used(company: Callable[..., Company]) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    made = attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="q7", nextNumber=41, isDefault=True)
    assert made | {"id": ""} == {"id": "", "series": "Q7", "nextNumber": 41, "isDefault": True, "active": True}
    assert [quote(mine, client), quote(mine, client), quote(mine, client, series="X")] == ["Q7-41", "Q7-42", "X-1"]
    for wrong in (42, 41, 1):
        refused = attempt(mine, "updateFolioSeries", SERIES, id=made["id"], nextNumber=wrong)
        assert refused == [("FOLIO_USED", "nextNumber")]
    for wrong in (0, -1):
        refused = attempt(mine, "updateFolioSeries", SERIES, id=made["id"], nextNumber=wrong)
        assert refused == [("OUT_OF_RANGE", "nextNumber")]
    # Forward, and back as long as no document has it.
    for number in (1000, 43):
        assert attempt(mine, "updateFolioSeries", SERIES, id=made["id"], nextNumber=number)["nextNumber"] == number
    assert quote(mine, client) == "Q7-43"
    assert attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="Q7") == [("DUPLICATE_NAME", "series")]
    assert attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="a b") == [("SERIES_FORMAT", "series")]


@pytest.mark.claims(
    "docs/companies.md",
    "After folio 2147483647 a series is full (`SEQUENCE_FULL`).",
)
def test_a_series_ends_with_its_last_folio(company: Callable[..., Company]) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    made = attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="FIN", nextNumber=2**31 - 1)
    assert quote(mine, client, series="FIN") == f"FIN-{2**31 - 1}"
    assert quote(mine, client, series="FIN") == [("SEQUENCE_FULL", "series")]
    shown = mine.ask("query ($id: ID!) { node(id: $id) { ... on FolioSeries { nextNumber } } }", id=made["id"])
    assert shown.data["node"] == {"nextNumber": None}


def test_the_keys_of_follow_ups_end_too(company: Callable[..., Company]) -> None:
    mine = company()
    mine.add(models.CompanySequence, name="FOLLOW_UP", value=2**31 - 1)
    given = {"clientId": global_id(models.Client, mine.client()), "name": "Llamar"}
    given |= {"type": "CALL", "startsAt": NOON.isoformat(), "endsAt": NOON.isoformat()}
    assert attempt(mine, "createFollowUp", "followUp { id }", **given) == [("SEQUENCE_FULL",)]


@pytest.mark.claims(
    "docs/companies.md",
    "Each type of document has a default series.",
)
def test_each_type_has_one_default_that_is_in_use(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    first = attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="A", isDefault=True)["id"]
    second = attempt(mine, "createFolioSeries", SERIES, type="QUOTE", series="B")["id"]
    refused = [
        attempt(mine, "updateFolioSeries", SERIES, id=first, isDefault=False),
        attempt(mine, "updateFolioSeries", SERIES, id=first, active=False),
    ]
    assert refused == [[("SERIES_DEFAULT_REQUIRED", "isDefault")], [("SERIES_DEFAULT_REQUIRED", "active")]]
    assert attempt(mine, "updateFolioSeries", SERIES, id=second, isDefault=True)["isDefault"]
    assert rows(owner, mine, models.FolioSeries, "series", "is_default") == [("A", False), ("B", True)]
    assert not attempt(mine, "updateFolioSeries", SERIES, id=first, active=False)["active"]
    assert quote(mine, client, series="A") == [("INACTIVE", "series")]
    assert quote(mine, client) == "B-1"


# The company's bank accounts

ACCOUNT = "companyBankAccount { id bank { code } accountNumber description isDefault version }"
ASSIGNED = "bankAccount { id accountNumber description isDefault companyAccount { id } version }"


def own_account(company: Company, number: str = CLABE, **given: Any) -> Any:
    return attempt(company, "createCompanyBankAccount", ACCOUNT, accountNumber=number, **given)


@pytest.mark.claims(
    "docs/companies.md",
    "**Bank accounts** (`createCompanyBankAccount`, …).",
    "The client's account then repeats the company's and follows it",
    "It cannot be edited by itself (`ACCOUNT_ASSIGNED`)",
)
def test_a_client_is_assigned_an_account_of_the_company(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    account = own_account(mine, "0121 8000 1234 567899", description="Cobranza")
    assert (account["bank"], account["accountNumber"], account["isDefault"]) == ({"code": "012"}, CLABE, True)
    given = {"clientId": client, "companyAccountId": account["id"]}
    assigned = attempt(mine, "assignDepositAccount", ASSIGNED, **given)
    assert (assigned["accountNumber"], assigned["isDefault"], assigned["companyAccount"]) == (
        CLABE,
        True,
        {"id": account["id"]},
    )
    # Twice is once.
    assert attempt(mine, "assignDepositAccount", ASSIGNED, **given)["id"] == assigned["id"]
    assert rows(owner, mine, models.HistoryEvent, "kind") == ["BANK_ACCOUNT_CHANGED"]

    # It follows the company's, and is changed there alone.
    assert attempt(mine, "updateBankAccount", ASSIGNED, id=assigned["id"], accountNumber=OTHER_CLABE) == [
        ("ACCOUNT_ASSIGNED", "accountNumber")
    ]
    changed = {"id": account["id"], "accountNumber": OTHER_CLABE, "bankCode": None, "bankName": None, "bankRfc": None}
    assert attempt(mine, "updateCompanyBankAccount", ACCOUNT, **changed)["bank"] == {"code": "072"}
    [(number, code, version)] = rows(owner, mine, models.BankAccount, "account_number", "bank_code", "version")
    assert (number, code, version) == (OTHER_CLABE, "072", 2)
    assert rows(owner, mine, models.HistoryEvent, "kind") == ["BANK_ACCOUNT_CHANGED"]
    assert CLABE not in str(audited(owner, mine))

    assert attempt(mine, "deleteCompanyBankAccount", ACCOUNT, id=account["id"]) == [("IN_USE", "id")]
    assert attempt(mine, "deleteBankAccount", ASSIGNED, id=assigned["id"])["id"]
    assert attempt(mine, "deleteCompanyBankAccount", ACCOUNT, id=account["id"])["id"]
    assert attempt(mine, "restoreBankAccount", ASSIGNED, id=assigned["id"]) == [("ACCOUNT_WITHDRAWN", "id")]
    assert attempt(mine, "assignDepositAccount", ASSIGNED, **given) == [("NOT_FOUND", "companyAccountId")]
    assert attempt(mine, "deleteCompanyBankAccount", ACCOUNT, id=account["id"]) == [("RECORD_DELETED", "id")]
    assert attempt(mine, "restoreCompanyBankAccount", ACCOUNT, id=account["id"])["isDefault"] is False
    assert [event["change"] for event in audited(owner, mine)] == ["CREATED", "UPDATED", "DELETED", "RESTORED"]
    assert attempt(mine, "restoreCompanyBankAccount", ACCOUNT, id=account["id"]) == [("RECORD_NOT_DELETED", "id")]
    assert attempt(mine, "restoreBankAccount", ASSIGNED, id=assigned["id"])["accountNumber"] == OTHER_CLABE


@pytest.mark.claims(
    "docs/companies.md",
    "an account that was typed in with the same number becomes the assigned one",
    "Accounts can still be typed in: a CLABE of a client's own",
)
def test_an_account_that_was_typed_in_becomes_the_assigned_one(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    client = mine.client()
    typed = mine.add(models.BankAccount, client_id=client, account_number=CLABE, description="A mano")
    account = own_account(mine, description="Cobranza")
    given = {"clientId": global_id(models.Client, client), "companyAccountId": account["id"]}
    assigned = attempt(mine, "assignDepositAccount", ASSIGNED, **given)
    assert (assigned["id"], assigned["description"]) == (global_id(models.BankAccount, typed), "Cobranza")
    assert len(rows(owner, mine, models.BankAccount, "id")) == 1
    [event] = rows(owner, mine, models.HistoryEvent, "details")
    assert {"field": "description", "from": "A mano", "to": "Cobranza"} in event["changes"]
    own = {"role": "DEPOSIT", "paymentForm": "03", "accountNumber": OTHER_CLABE}
    typed_in = attempt(mine, "createBankAccount", ASSIGNED, clientId=given["clientId"], **own)
    assert (typed_in["accountNumber"], typed_in["companyAccount"]) == (OTHER_CLABE, None)


def test_accounts_that_cannot_be_are_refused(company: Callable[..., Company]) -> None:
    mine, other = company(), company()
    own_account(mine)
    assert own_account(mine) == [("DUPLICATE_ACCOUNT", "accountNumber")]
    assert own_account(mine, "012180001234567890") == [("CLABE_CONTROL_DIGIT", "accountNumber")]
    assert own_account(mine, "") == [("TEXT_REQUIRED", "accountNumber")]
    assert own_account(mine, "1234") == [("DEPOSIT_ACCOUNT_PATTERN", "accountNumber")]
    assert not own_account(mine, OTHER_CLABE)["isDefault"]
    theirs = own_account(other)["id"]
    given = {"clientId": global_id(models.Client, mine.client()), "companyAccountId": theirs}
    assert attempt(mine, "assignDepositAccount", ASSIGNED, **given) == [("NOT_FOUND", "companyAccountId")]
    assert attempt(mine, "updateCompanyBankAccount", ACCOUNT, id=theirs, description="X") == [("NOT_FOUND", "id")]


def test_an_account_is_not_deleted_while_it_is_assigned(company: Callable[..., Company], owner: Any) -> None:
    """Whichever comes first, no client deposits in an account that the company no longer uses."""

    async def either(work: Any, given: Any) -> Any:
        return await given.do(work, given.input)

    for _ in range(3):
        mine = company()
        account = mine.add(models.CompanyBankAccount, payment_form="03", account_number=CLABE)
        assign = {"client_id": mine.client(), "company_account_id": account}
        asked: list[Any] = [
            {"do": assign_deposit_account, "input": assign},
            {"do": delete_company_bank_account, "input": {"id": account}},
        ]
        done = Writer(mine).together(either, asked)
        assert [isinstance(one, Rejected) for one in done].count(True) == 1, done
        [deleted] = rows(owner, mine, models.CompanyBankAccount, "deleted_at")
        assert (deleted is None) == (len(rows(owner, mine, models.BankAccount, "id")) == 1)


# Reminders and days off


@pytest.mark.claims(
    "docs/companies.md",
    "what a client's configuration begins with where it names no rules",
)
def test_a_first_configuration_begins_with_the_companys_reminders(company: Callable[..., Company]) -> None:
    mine = company()
    rules = [{"moment": "BEFORE", "days": 5, "hour": 8}, {"moment": "ON"}]
    shown = "company { defaultReminders { moment days hour } }"
    kept = attempt(mine, "setDefaultReminders", shown, rules=rules)["defaultReminders"]
    assert kept == [{"moment": "BEFORE", "days": 5, "hour": 8}, {"moment": "ON", "days": 0, "hour": 9}]
    client = global_id(models.Client, mine.client())
    shown = "client { paymentReminders { rules { moment days hour } } }"
    done = attempt(mine, "updatePaymentReminders", shown, clientId=client, enabled=False)
    assert done["paymentReminders"]["rules"] == kept
    own = attempt(mine, "updatePaymentReminders", shown, clientId=client, rules=[{"moment": "ON"}])
    assert attempt(mine, "setDefaultReminders", "company { id }", rules=[])["id"]
    assert attempt(mine, "updatePaymentReminders", shown, clientId=client, enabled=True) == own
    wrong = attempt(
        mine, "setDefaultReminders", "company { id }", rules=[{"moment": "ON"}, {"moment": "ON", "days": 1}]
    )
    assert wrong == [("REMINDER_DAYS", "rules", "1", "days")]


@pytest.mark.claims(
    "docs/companies.md",
    "**Lists to choose from**: funnel stages, loss reasons, states of prospects.",
)
def test_states_of_prospects_are_the_companys_own(company: Callable[..., Company]) -> None:
    mine = company()
    shown = "prospectState { id name position active }"
    made = attempt(mine, "createProspectState", shown, name="En pausa")
    assert made | {"id": ""} == {"id": "", "name": "En pausa", "position": 0, "active": True}
    assert attempt(mine, "createProspectState", shown, name="En pausa") == [("DUPLICATE_NAME", "name")]
    assert attempt(mine, "updateProspectState", shown, id=made["id"], active=False)["active"] is False
    assert attempt(mine, "deleteProspectState", shown, id=made["id"]) is None
    assert attempt(mine, "deleteProspectState", shown, id=made["id"]) == [("NOT_FOUND", "id")]


@pytest.mark.claims(
    "docs/companies.md",
    "**Working days**: `workingWeekdays`, `keepsOfficialHolidays` and the company's own days off",
)
def test_a_reminder_waits_for_a_day_on_which_the_company_works(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    due = datetime.date(2026, 12, 24)  # a Thursday; Friday is Christmas
    mine.add(models.SalesDocument, client_id=client, subtotal=10, total=10, due_on=due)
    mine.add(models.PaymentReminders, client_id=client)
    mine.add(models.ReminderRule, client_id=client, position=0, moment="ON", days=0, hour=9)

    def sends() -> str:
        query = "query ($id: ID!) { reminderPreview(client: $id) { sendsAt } }"
        [reminder] = mine.ask(query, id=global_id(models.Client, client)).data["reminderPreview"]
        return reminder["sendsAt"][:10]

    assert sends() == "2026-12-24"
    holiday = attempt(mine, "createHoliday", "holiday { id day name }", day="2026-12-24", name="Nochebuena")
    assert sends() == "2026-12-28"
    again = attempt(mine, "createHoliday", "holiday { id }", day="2026-12-24", name="Otra vez")
    assert again == [("DUPLICATE_DAY", "day")]
    assert attempt(mine, "updateCompany", "company { id }", workingWeekdays=[1, 2, 3, 4, 5, 6])["id"]
    assert sends() == "2026-12-26"
    assert attempt(mine, "updateCompany", "company { id }", keepsOfficialHolidays=False)["id"]
    assert sends() == "2026-12-25"
    assert attempt(mine, "deleteHoliday", "holiday { id }", id=holiday["id"]) is None
    assert sends() == "2026-12-24"


@pytest.mark.claims(
    "docs/companies.md",
    "`officialHolidays(year:)` are those of the Ley Federal del Trabajo, article 74",
)
def test_the_official_holidays_are_those_of_any_year(company: Callable[..., Company]) -> None:
    mine = company()
    query = "query ($year: Int) { officialHolidays(year: $year) { day name } }"
    found = mine.ask(query, year=2999).data["officialHolidays"]
    assert (len(found), found[0]) == (7, {"day": "2999-01-01", "name": "Año Nuevo"})
    assert len(mine.ask(query).data["officialHolidays"]) in (7, 8)
    for year in (0, -1, 1899, 3000, 2**31 - 1):
        assert mine.ask(query, year=year).errors == [("BAD_VALUE", "officialHolidays", "year")]
