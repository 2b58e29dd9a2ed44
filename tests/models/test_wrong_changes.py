# ruff: noqa: S608  # statements are made of the literals below
"""What the database refuses of the application: each wrong change is tried in its role, by SQL no command sends."""

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import select

import models
from database.opening import SESSION, options
from migrations.autogenerate import Base
from models import rights
from models.collaborator import Role
from models.guards import FUNCTIONS, guards
from tests.fixtures import NOON, Company, owning

DENIED = "permission denied"


@dataclass
class Books:
    """A company with one right row of each kind, and the application's connection to it."""

    ids: dict[str, Any]
    application: psycopg.Connection[Any]

    def try_out(self, statements: str) -> None:
        """Sends them, one after the other; nothing is kept."""
        try:
            for statement in statements.split(";\n"):
                self.application.execute(statement.encode(), self.ids)
        finally:
            self.application.rollback()

    def refusal(self, statements: str) -> str | None:
        """The constraint that refuses them, or that the right is missing; None where they go through."""
        try:
            self.try_out(statements)
        except errors.CheckViolation as error:
            return error.diag.constraint_name
        except errors.InsufficientPrivilege:
            return DENIED
        except psycopg.IntegrityError as error:
            return error.diag.constraint_name
        return None


def fill(own: Company) -> dict[str, Any]:
    """The ids of the rows by their names in the statements below."""
    people = {role.value.lower(): id for role, id in own.people.items()}
    client = own.client(rfc="EKU9003173C9", converted_at=NOON)
    prospect = own.client(kind="PROSPECT")
    deleted = own.client(deleted_at=NOON)
    ids: dict[str, Any] = {"company": own.id, "client": client, "prospect": prospect, "deleted": deleted, **people}
    ids["contact"] = own.add(models.Contact, client_id=client, email="a@x.mx", phone="+525512345678", position=0)
    own.add(models.Contact, client_id=client, position=1)
    ids["removed"] = own.add(models.Contact, client_id=deleted, deleted_at=NOON)
    ids["address"] = own.add(models.Address, client_id=client, postal_code="06000", state="CMX")
    ids["account"] = own.add(models.BankAccount, client_id=client, account_number="032180000118359719")
    own.add(models.CfdiProfile, client_id=client, rfc="EKU9003173C9", valid_to=NOON.replace(year=2027))
    ids["past"] = own.add(
        models.CfdiProfile, client_id=prospect, valid_from=NOON.replace(year=2025), valid_to=NOON, name="ANTES"
    )
    ids["profile"] = own.add(
        models.CfdiProfile, client_id=client, rfc="EKU9003173C9", valid_from=NOON.replace(year=2027), tax_regime="601"
    )
    ids["stage"] = own.stage
    ids["deal"] = own.add(models.Deal, client_id=client, created_by_id=people["sales"])
    own.add(models.LossReason, name="Precio")
    ids["won"] = own.add(models.Deal, client_id=client, state="WON", closed_on=NOON, final_value=1)
    ids["follow_up"] = own.add(models.FollowUp, client_id=client)
    own.add(models.CompanySequence, name="follow_up", value=900)
    ids["file"] = own.add(models.Document, client_id=client)
    ids["invoice"] = document(own, client, "invoice", ids, state="SENT")
    ids["quote"] = document(own, client, "quote", ids, type="QUOTE", series="COT", state="DRAFT")
    book(own, client, ids)
    ids["series"] = own.add(models.FolioSeries, type="INVOICE", series="F", last_number=900)
    ids["event"] = own.add(models.HistoryEvent, client_id=client)
    own.add(models.ReceivableTerms, client_id=client)
    own.add(models.PaymentReminders, client_id=client)
    ids["rule"] = own.add(models.ReminderRule, client_id=client, position=0, moment="AFTER", days=1, hour=9)
    prices = own.add(models.PriceList, name="Tarifa")
    ids["item"] = own.add(
        models.PriceListItem, price_list_id=prices, sku="A", description="A", product_code="01010101", unit_code="H87",
        unit_price=1,
    )  # fmt: skip
    ids["company_account"] = own.add(models.CompanyBankAccount, payment_form="03", account_number="032180000118359719")
    return ids


def document(own: Company, client: UUID, name: str, ids: dict[str, Any], **values: Any) -> UUID:
    """A document of 2 × 50.00 and 16.00 of IVA."""
    id = own.add(models.SalesDocument, client_id=client, subtotal=100, tax=16, total=116, **values)
    ids[f"{name}_line"] = own.add(
        models.SalesDocumentLine, client_id=client, sales_document_id=id, position=1, description="x",
        product_code="01010101", unit_code="H87", quantity=2, unit_price=50, amount=100, tax=16,
    )  # fmt: skip
    ids[f"{name}_tax"] = own.add(
        models.SalesDocumentTax, client_id=client, sales_document_id=id, line_id=ids[f"{name}_line"], position=0,
        kind="TRANSFERRED", tax="002", factor="RATE", rate="0.16", base=100, amount=16,
    )  # fmt: skip
    return id


def book(own: Company, client: UUID, ids: dict[str, Any]) -> None:
    """Of 100.00 that were paid, 60.00 are applied to the invoice, which is charged already; a credit note of 116.00; a
    document of another client; a relation and a link."""
    ids["another"] = own.client()
    document(own, ids["another"], "theirs", ids, series="A")
    ids["theirs"] = own.owner.execute(
        select(models.SalesDocumentLine.sales_document_id).where(models.SalesDocumentLine.id == ids["theirs_line"])
    ).scalar_one()
    ids["payment"] = own.add(
        models.Payment, client_id=client, sales_document_id=ids["invoice"], amount=100, currency="MXN",
        payment_form="03", paid_at=NOON,
    )  # fmt: skip
    ids["reversed"] = own.add(
        models.Payment, client_id=client, amount=7, currency="MXN", payment_form="03", paid_at=NOON, reversed_at=NOON,
        uuid=uuid4(),
    )  # fmt: skip
    ids["application"] = own.add(
        models.Application, client_id=client, payment_id=ids["payment"], sales_document_id=ids["invoice"], amount=60,
        source_amount=60, applied_on=NOON,
    )  # fmt: skip
    ids["undone"] = own.add(
        models.Application, client_id=client, payment_id=ids["payment"], sales_document_id=ids["invoice"], amount=1,
        source_amount=1, applied_on=NOON, undone_at=NOON,
    )  # fmt: skip
    ids["note"] = document(own, client, "note", ids, type="CREDIT_NOTE", series="NC")
    entries: list[dict[str, Any]] = [
        {"kind": "PAYMENT", "amount": -100, "payment_id": ids["payment"]},
        {"kind": "APPLICATION", "amount": 60, "payment_id": ids["payment"], "application_id": ids["application"]},
        {
            "kind": "APPLICATION", "amount": -60, "payment_id": ids["payment"], "application_id": ids["application"],
            "sales_document_id": ids["invoice"],
        },
        {"kind": "CREDIT", "amount": -116, "credit_note_id": ids["note"]},
    ]  # fmt: skip
    names = ("received", "given", "taken", "credited")
    for name, entry in zip(names, entries, strict=True):
        ids[name] = own.add(
            models.LedgerEntry, client_id=client, currency="MXN", exchange_rate=1, effective_on=NOON, recorded_at=NOON,
            **entry,
        )  # fmt: skip
    charged = select(models.LedgerEntry.id).where(models.LedgerEntry.sales_document_id == ids["invoice"])
    ids["charge"] = own.owner.execute(charged.where(models.LedgerEntry.kind == "CHARGE")).scalar_one()
    ids["relation"] = own.add(
        models.CfdiRelation, client_id=client, sales_document_id=ids["note"], type="01", uuid=uuid4()
    )
    link: dict[str, Any] = {
        "client_id": client, "first_day": NOON, "last_day": NOON, "currency": "MXN", "locale": "ES_MX",
        "secret_hash": bytes(32), "created_by_id": ids["admin"],
    }  # fmt: skip
    ids["link"] = own.add(models.StatementLink, **link, expires_on=NOON, revoked_at=NOON, revoked_by_id=ids["admin"])


@pytest.fixture(scope="module")
def books(database_url: str) -> Generator[Books]:
    with owning(database_url) as owner:
        ids = fill(Company(None, owner))  # type: ignore[arg-type]  # nobody asks it
    with psycopg.connect(database_url, options=options(SESSION)) as application:
        application.execute("select set_config('ficha.company_id', %s, false)", [str(ids["company"])])
        application.commit()
        yield Books({**ids, "new": uuid4(), "uuid": uuid4()}, application)


# What is added. `:` stands for the company's and the client's columns, and a new id.

HEAD = (
    "insert into sales_document (company_id, id, client_id, series, number, issued_at, {columns})"
    " values (%(company)s, %(new)s, %(client)s, 'ZZ', 1, now(), {values})"
)


def drawn_up(values: str, type: str = "INVOICE", state: str = "DRAFT", columns: str = "") -> str:
    """A new document; `values` are subtotal, total, and those of `columns`."""
    named = f"type, state, subtotal, total{columns and ', ' + columns}"
    return HEAD.format(columns=named, values=f"'{type}', '{state}', {values}")


def line_with(to: str = "quote", **values: str) -> str:
    """Another line of the document."""
    row = {
        "position": "9", "description": "'x'", "product_code": "'01010101'", "unit_code": "'H87'", "quantity": "1",
        "unit_price": "0", "amount": "0",
    } | values  # fmt: skip
    return (
        f"insert into sales_document_line (company_id, id, client_id, sales_document_id, {', '.join(row)})"
        f" values (%(company)s, %(new)s, %(client)s, %({to})s, {', '.join(row.values())})"
    )


def tax_with(to: str = "quote", **values: str) -> str:
    """Another tax of the document."""
    row = {
        "line_id": f"%({to}_line)s", "position": "9", "kind": "'TRANSFERRED'", "tax": "'002'", "factor": "'RATE'",
        "rate": "0", "base": "100", "amount": "0",
    } | values  # fmt: skip
    return (
        f"insert into sales_document_tax (company_id, id, client_id, sales_document_id, {', '.join(row)})"
        f" values (%(company)s, %(new)s, %(client)s, %({to})s, {', '.join(row.values())})"
    )


def added(table: str, **values: str) -> str:
    """A new row of the company's."""
    return (
        f"insert into {table} (company_id, id, {', '.join(values)})"
        f" values (%(company)s, %(new)s, {', '.join(values.values())})"
    )


def changed(table: str, change: str, which: str = "") -> str:
    """A change of the row that is named, or of the client's one."""
    key = f"id = %({which or table})s" if which != "client_id" else "client_id = %(client)s"
    return f"update {table} set {change} where {key}"


def paid(**values: str) -> str:
    """A new payment."""
    row = {"client_id": "%(client)s", "amount": "10", "currency": "'MXN'", "payment_form": "'03'", "paid_at": "now()"}
    return added("payment", **row | values)


def applied(amount: str, source_amount: str = "", **values: str) -> str:
    """A new application of the payment to the invoice."""
    row = {
        "client_id": "%(client)s", "payment_id": "%(payment)s", "sales_document_id": "%(invoice)s", "amount": amount,
        "source_amount": source_amount or amount, "applied_on": "now()",
    }  # fmt: skip
    return added("application", **row | values)


def entered(kind: str, amount: str, **values: str) -> str:
    """A new entry in the ledger."""
    row = {
        "client_id": "%(client)s", "kind": f"'{kind}'", "currency": "'MXN'", "exchange_rate": "1", "amount": amount,
        "effective_on": "now()", "recorded_at": "now()",
    } | values  # fmt: skip
    return added("ledger_entry", **row).replace("%(new)s", "gen_random_uuid()", 1)


def two_sides(amount: str, source_amount: str) -> str:
    """The entries of the new application, in one statement."""
    of_source = entered("APPLICATION", source_amount, payment_id="%(payment)s", application_id="%(new)s",
                        sales_document_id="null::uuid")  # fmt: skip
    of_document = entered("APPLICATION", f"-{amount}", payment_id="%(payment)s", application_id="%(new)s",
                          sales_document_id="%(invoice)s")  # fmt: skip
    return of_source + ", " + of_document.split(" values ", 1)[1]


def taken_back(entry: str, change: str = "") -> str:
    """The reversal of an entry, with another value of the columns named."""
    columns = ["client_id", "kind", "currency", "exchange_rate", "amount", "sales_document_id", "payment_id",
               "credit_note_id", "application_id"]  # fmt: skip
    values = {column: column for column in columns} | {"amount": "-amount"}
    values |= dict(pair.split("=") for pair in change.split() if pair)
    return (
        "insert into ledger_entry (company_id, id, effective_on, recorded_at, reverses_id, " + ", ".join(values) + ")"
        " select company_id, gen_random_uuid(), now(), now(), id, "
        + ", ".join(values.values())
        + f" from ledger_entry where id = %({entry})s"
    )


MINE = {"client_id": "%(client)s"}
GONE = {"client_id": "%(deleted)s"}

WRONG: list[tuple[str, str]] = [
    # The client and its identity
    (changed("client", "kind = 'PROSPECT'"), "tg_client_kind"),
    (changed("client", "converted_at = null"), "tg_client_conversion"),
    (changed("client", "rfc = 'x'"), "ck_client_rfc"),
    (added("client", kind="'CLIENT'", legal_name="'x'", version="-7"), "ck_client_version"),
    (changed("client", "version = 0"), "tg_client_version"),
    (changed("client", "company_id = %(new)s"), DENIED),
    (changed("client", "id = %(new)s"), DENIED),
    (changed("client", "created_at = now()"), DENIED),
    (changed("client", "created_by_id = %(sales)s"), DENIED),
    ("delete from client where id = %(client)s", DENIED),
    ("select ficha_erase_client(%(client)s)", DENIED),
    (added("tombstone", type="'client'", erased_at="now()").replace("%(new)s", "%(client)s"), "tg_tombstone_erased"),
    (added("tombstone", type="'document'", erased_at="now()").replace("%(new)s", "%(file)s"), "tg_tombstone_erased"),
    (added("tombstone", type="'deal'", erased_at="now()"), "ck_tombstone_type"),
    # What a deleted client gets no more of
    (added("contact", name="'x'", **GONE), "tg_contact_client"),
    (changed("contact", "deleted_at = null", "removed"), "tg_contact_client_of_restored"),
    (changed("contact", "client_id = %(deleted)s"), "tg_contact_client_id"),
    (changed("contact", "client_id = %(prospect)s"), "tg_contact_client_id"),
    (changed("sales_document", "client_id = %(prospect)s", "invoice"), "tg_sales_document_client_id"),
    (changed("history_event", "client_id = %(prospect)s", "event"), "tg_history_event_client_id"),
    (added("address", kind="'BRANCH'", street="'x'", **GONE), "tg_address_client"),
    (added("bank_account", role="'PAYER'", payment_form="'03'", **GONE), "tg_bank_account_client"),
    (added("cfdi_profile", valid_from="now()", **GONE), "tg_cfdi_profile_client"),
    (
        added("deal", title="'x'", estimated_value="1", priority="'LOW'", state="'OPEN'", stage_id="%(stage)s",
              position="-5", **GONE),
        "tg_deal_client",
    ),
    (
        added("follow_up", number="999", name="'x'", type="'CALL'", starts_at="now()", ends_at="now()",
              priority="'LOW'", state="'PENDING'", **GONE),
        "tg_follow_up_client",
    ),
    (drawn_up("0, 0").replace("%(client)s", "%(deleted)s"), "tg_sales_document_client"),
    # Contacts, addresses, accounts
    (changed("contact", "email = 'x'"), "ck_contact_email"),
    (changed("contact", "email = 'a b@x.mx'"), "ck_contact_email"),
    (changed("contact", "phone = '5512345678'"), "ck_contact_phone"),
    (changed("contact", "phone = '+0'"), "ck_contact_phone"),
    (changed("contact", "position = 1"), "tg_contact_position_changed"),
    (added("contact", name="'x'", position="1", **MINE), "tg_contact_position"),
    (changed("contact", "position = -1"), "ck_contact_position"),
    ("delete from contact where id = %(contact)s", DENIED),
    (changed("address", "postal_code = 'abc'"), "ck_address_postal_code"),
    (changed("address", "country = 'XXX'"), "ck_address_country"),
    (changed("address", "country = ''"), "ck_address_country"),
    (changed("address", "state = 'QQQ'"), "ck_address_state"),
    (changed("bank_account", "payment_form = '??', account_number = null", "account"), "ck_bank_account_payment_form"),
    (changed("bank_account", "account_number = '12'", "account"), "ck_bank_account_deposit_account"),
    (
        changed("bank_account", "role = 'PAYER', account_number = '12345678901'", "account"),
        "ck_bank_account_payer_account",
    ),
    (changed("bank_account", "payment_form = '01'", "account"), "ck_bank_account_deposit_account"),
    (changed("bank_account", "bank_code = 'BBVA'", "account"), "ck_bank_account_bank_code"),
    (changed("bank_account", "bank_rfc = 'x'", "account"), "ck_bank_account_bank_rfc"),
    (
        changed("company_bank_account", "account_number = '1'", "company_account"),
        "ck_company_bank_account_deposit_account",
    ),
    (
        changed("company_bank_account", "payment_form = ''", "company_account"),
        "ck_company_bank_account_deposit_account",
    ),
    # CFDI data
    (changed("cfdi_profile", "rfc = 'x'", "profile"), "tg_cfdi_profile_rfc_changed"),
    (changed("cfdi_profile", "rfc = 'IIA040805DZ4'", "profile"), "tg_cfdi_profile_rfc_changed"),
    (added("cfdi_profile", valid_from="now()", rfc="'IIA040805DZ4'", client_id="%(prospect)s"), "tg_cfdi_profile_rfc"),
    (
        added("cfdi_profile", valid_from="now()", valid_to="now()", rfc="'x'", client_id="%(prospect)s"),
        "ck_cfdi_profile_rfc",
    ),
    (changed("cfdi_profile", "tax_regime = '999'", "profile"), "ck_cfdi_profile_tax_regime"),
    (changed("cfdi_profile", "postal_code = 'abc'", "profile"), "ck_cfdi_profile_postal_code"),
    (changed("cfdi_profile", "cfdi_use = 'X99'", "profile"), "ck_cfdi_profile_cfdi_use"),
    (changed("cfdi_profile", "payment_form = '07'", "profile"), "ck_cfdi_profile_payment_form"),
    (changed("cfdi_profile", "payment_method = 'PUP'", "profile"), "ck_cfdi_profile_payment_method"),
    (changed("cfdi_profile", "currency = ''", "profile"), "ck_cfdi_profile_currency"),
    (changed("cfdi_profile", "tax_residence = 'QQQ'", "profile"), "ck_cfdi_profile_tax_residence_code"),
    (changed("cfdi_profile", "name = 'OTRO'", "past"), "tg_cfdi_profile_past"),
    (changed("cfdi_profile", "valid_to = null", "past"), "tg_cfdi_profile_past"),
    (added("cfdi_profile", valid_from="now()", rfc="'EKU9003173C9'", **MINE), "ex_cfdi_profile_one_at_a_time"),
    # Terms and reminders
    (
        changed("receivable_terms", "terms = 'CASH', credit_days = 0, credit_limit = 5", "client_id"),
        "ck_receivable_terms_cash_limit",
    ),
    (changed("receivable_terms", "credit_days = 0", "client_id"), "ck_receivable_terms_credit"),
    (changed("receivable_terms", "terms = 'CASH'", "client_id"), "ck_receivable_terms_cash"),
    (changed("payment_reminders", "cc = '{x}'", "client_id"), "ck_payment_reminders_cc"),
    (changed("payment_reminders", "cc = '{a@x.mx,null}'", "client_id"), "ck_payment_reminders_cc"),
    (changed("payment_reminders", "cc = '{a@x.mx,b}'", "client_id"), "ck_payment_reminders_cc"),
    (changed("reminder_rule", "days = 3", "rule"), DENIED),
    # Deals and follow-ups
    (changed("deal", "final_value = 10"), "ck_deal_final_value"),
    (changed("deal", "state = 'CLOSED'", "won"), "ck_deal_final_value"),
    (changed("deal", "currency = ''"), "ck_deal_currency"),
    (changed("deal", "version = version - 1, title = 'x'", "won"), "tg_deal_version"),
    (changed("deal", "created_by_id = null"), DENIED),
    ("delete from deal where id = %(deal)s", DENIED),
    (changed("follow_up", "number = -5"), DENIED),
    (
        added("follow_up", number="-5", name="'x'", type="'CALL'", starts_at="now()", ends_at="now()",
              priority="'LOW'", state="'PENDING'", **MINE),
        "ck_follow_up_number",
    ),
    ("update company_sequence set value = 1 where name = 'follow_up'", "tg_company_sequence_value"),
    ("update company_sequence set value = -5 where name = 'follow_up'", "tg_company_sequence_value"),
    ("delete from company_sequence", DENIED),
    (changed("folio_series", "last_number = 0", "series"), "tg_folio_series_last_number"),
    (changed("folio_series", "series = ''", "series"), DENIED),
    (changed("folio_series", "is_default = true, active = false", "series"), "ck_folio_series_default"),
    # Sales documents
    (changed("sales_document", "subtotal = 200, total = 216", "invoice"), "tg_sales_document_issued"),
    (changed("sales_document", "total = 117", "invoice"), "tg_sales_document_issued"),
    (changed("sales_document", "exchange_rate = 5", "invoice"), "tg_sales_document_issued"),
    (changed("sales_document", "currency = ''", "invoice"), "tg_sales_document_issued"),
    (changed("sales_document", "currency = ''", "quote"), "ck_sales_document_currency"),
    (changed("sales_document", "exchange_rate = 5", "quote"), "tg_sales_document_rate"),
    (changed("sales_document", "subtotal = 200, total = 216", "quote"), "tg_sales_document_totals"),
    (changed("sales_document", "tax = 15.99, total = 115.99", "quote"), "tg_sales_document_totals"),
    (changed("sales_document", "withheld = 16, total = 100", "quote"), "tg_sales_document_totals"),
    (changed("sales_document", "tax = -16, subtotal = 132, total = 116", "quote"), "tg_sales_document_totals"),
    (drawn_up("100, 84, -16", columns="tax"), "ck_sales_document_tax"),
    (drawn_up("100, 100", state="SENT"), "tg_sales_document_drafted"),
    (drawn_up("100, 100") + ";\nupdate sales_document set state = 'SENT' where id = %(new)s", "tg_sales_document_sums"),
    (changed("sales_document", "state = 'DRAFT'", "invoice"), "tg_sales_document_draft"),
    (changed("sales_document", "origin_id = id", "quote"), "ck_sales_document_origin"),
    (changed("sales_document", "uuid = %(uuid)s", "quote"), "ck_sales_document_fiscal"),
    (changed("sales_document", "payment_form = '??'", "invoice"), "ck_sales_document_payment_form"),
    (changed("sales_document", "payment_method = 'X'", "invoice"), "ck_sales_document_payment_method"),
    (changed("sales_document", "cfdi_use = 'X99'", "invoice"), "ck_sales_document_cfdi_use"),
    (changed("sales_document", "number = 77", "invoice"), DENIED),
    (changed("sales_document", "type = 'CREDIT_NOTE'", "invoice"), DENIED),
    (
        changed("sales_document", "uuid = %(uuid)s", "invoice") + ";\n"
        + changed("sales_document", "uuid = gen_random_uuid()", "invoice"),
        "tg_sales_document_uuid",
    ),
    ("delete from sales_document where id = %(quote)s", DENIED),
    # Their lines
    (line_with("invoice"), "tg_sales_document_line_issued"),
    (line_with(quantity="2", unit_price="10", amount="500"), "ck_sales_document_line_amount"),
    (line_with(quantity="2", unit_price="10", amount="21"), "tg_sales_document_line_amount"),
    (line_with(quantity="1", unit_price="10", amount="10"), "tg_sales_document_line_sums"),
    (line_with(tax="-1"), "ck_sales_document_line_tax"),
    (line_with(product_code="'x'"), "tg_sales_document_line_codes"),
    (line_with(tax_object="'99'"), "tg_sales_document_line_codes"),
    (line_with(position="-1"), "ck_sales_document_line_position"),
    (line_with(position="1"), "uq_sales_document_line_position"),
    (line_with(origin_line_id="%(quote_line)s"), "tg_sales_document_line_origin"),
    (line_with(origin_line_id="%(new)s"), "ck_sales_document_line_origin"),
    (changed("sales_document_line", "quantity = 3", "quote_line"), DENIED),
    (changed("sales_document_line", "sales_document_id = %(invoice)s", "quote_line"), DENIED),
    (changed("sales_document_line", "converted = 3", "quote_line"), "ck_sales_document_line_converted"),
    ("delete from sales_document_line where id = %(invoice_line)s", "tg_sales_document_line_gone"),
    (
        drawn_up("100, 100") + ";\n" + line_with("new", quantity="1", unit_price="101", amount="101"),
        "tg_sales_document_line_sums",
    ),
    # Their taxes
    (tax_with("invoice"), "tg_sales_document_tax_issued"),
    (tax_with(line_id="%(invoice_line)s"), "tg_sales_document_tax_line"),
    (tax_with(rate="0.16", amount="1"), "tg_sales_document_tax_amount"),
    (tax_with(rate="0.16", amount="16"), "tg_sales_document_tax_sum"),
    (tax_with(tax="'009'"), "tg_sales_document_tax_code"),
    (tax_with(base="null"), "ck_sales_document_tax_base"),
    (tax_with(amount="-16"), "ck_sales_document_tax_amounts"),
    (tax_with(factor="'EXEMPT'", rate="null", amount="1"), "ck_sales_document_tax_exempt"),
    (changed("sales_document_tax", "amount = 0", "quote_tax"), DENIED),
    ("delete from sales_document_tax where id = %(quote_tax)s", DENIED),
    # What is paid, credited and owed follows from the ledger
    (changed("sales_document", "paid = 116, state = 'PAID'", "invoice"), DENIED),
    (changed("sales_document", "credited = 1", "invoice"), DENIED),
    (changed("sales_document", "refunded = 1", "note"), DENIED),
    (changed("sales_document", "state = 'PAID'", "invoice"), "ck_sales_document_paid_in_full"),
    (changed("sales_document", "state = 'SENT'", "invoice"), "ck_sales_document_unpaid"),
    (changed("sales_document", "state = 'PARTIALLY_PAID'", "theirs"), "ck_sales_document_partially_paid"),
    (drawn_up("100, 100, 5", columns="paid"), "tg_sales_document_derived"),
    (drawn_up("100, 100, 5", type="QUOTE", columns="paid"), "tg_sales_document_derived"),
    (drawn_up("100, 100, 5", type="CREDIT_NOTE", columns="refunded"), "tg_sales_document_derived"),
    (changed("client", "balance = 0"), DENIED),
    (changed("client", "credit_balance = 5"), DENIED),
    (changed("client", "balance_cents = 0"), DENIED),
    (changed("client", "overdue_cents = 0"), DENIED),
    (changed("client", "overdue_after = null"), DENIED),
    (changed("client", "overdue_until = null"), DENIED),
    (added("client", kind="'CLIENT'", legal_name="'x'", balance="5"), "tg_client_derived"),
    (added("client", kind="'CLIENT'", legal_name="'x'", overdue_cents="1"), "tg_client_derived"),
    (added("client", kind="'CLIENT'", legal_name="'x'", overdue_until="'2026-01-01'"), "tg_client_derived"),
    # Payments
    (paid(sales_document_id="%(quote)s"), "tg_payment_debt"),
    (paid(sales_document_id="%(note)s"), "tg_payment_debt"),
    (paid(sales_document_id="%(theirs)s"), "fk_payment_sales_document_id"),
    (paid(paid_at="'2099-01-01'"), "tg_payment_paid_at"),
    (paid(payment_form="'??'"), "ck_payment_payment_form"),
    (paid(currency="''"), "ck_payment_currency"),
    (paid(exchange_rate="5"), "tg_payment_rate"),
    (paid(amount="-5"), "ck_payment_amount"),
    (paid(applied="5"), "tg_payment_derived"),
    (paid(**GONE), "tg_payment_client"),
    (changed("payment", "amount = 1000"), DENIED),
    (changed("payment", "applied = 100"), DENIED),
    (changed("payment", "paid_at = now()"), DENIED),
    (changed("payment", "reversed_at = now()"), "ck_payment_reversed"),
    (changed("payment", "reversed_at = null", "reversed"), "tg_payment_reversed"),
    (changed("payment", "uuid = null", "reversed"), "tg_payment_uuid"),
    (changed("payment", "sales_document_id = %(quote)s"), "tg_payment_debt_changed"),
    ("delete from payment where id = %(payment)s", DENIED),
    # What is applied of them
    (applied("0"), "ck_application_amounts"),
    (applied("10", sales_document_id="%(quote)s"), "tg_application_debt"),
    (applied("10", sales_document_id="%(note)s"), "tg_application_debt"),
    (applied("10", sales_document_id="%(theirs)s"), "fk_application_sales_document_id"),
    (applied("10", payment_id="null", credit_note_id="%(theirs)s"), "tg_application_credit_note"),
    (applied("10", credit_note_id="%(note)s"), "ck_application_source"),
    (applied("10", **GONE), "tg_application_client"),
    (changed("application", "amount = 1"), DENIED),
    (changed("application", "sales_document_id = %(quote)s"), DENIED),
    (changed("application", "undone_at = null", "undone"), "tg_application_undone"),
    ("delete from application where id = %(application)s", DENIED),
    # The ledger
    (applied("57") + ";\n" + two_sides("57", "57"), "ck_sales_document_paid"),
    (applied("41") + ";\n" + two_sides("41", "41"), "ck_payment_applied"),
    (applied("10") + ";\n" + two_sides("10", "9"), "tg_ledger_entry_application"),
    (applied("10") + ";\n" + two_sides("9", "10"), "tg_ledger_entry_application"),
    (
        applied("10") + ";\n"
        + entered("APPLICATION", "10", payment_id="%(payment)s", application_id="%(new)s"),
        "tg_ledger_entry_application",
    ),
    (applied("10") + ";\n" + two_sides("10", "10") + ";\n" + two_sides("10", "10"), "tg_ledger_entry_application"),
    (entered("APPLICATION", "10", payment_id="%(payment)s"), "ck_ledger_entry_application"),
    (entered("CHARGE", "116", sales_document_id="%(invoice)s"), "tg_ledger_entry_charge"),
    (entered("CHARGE", "1", sales_document_id="%(invoice)s"), "tg_ledger_entry_charge"),
    (entered("CHARGE", "-116", sales_document_id="%(invoice)s"), "tg_ledger_entry_charge"),
    (entered("CHARGE", "116", sales_document_id="%(quote)s"), "tg_ledger_entry_charge"),
    (entered("CHARGE", "116", sales_document_id="%(note)s"), "tg_ledger_entry_charge"),
    (entered("CHARGE", "116"), "ck_ledger_entry_charge"),
    (entered("ADJUSTMENT", "-57", sales_document_id="%(invoice)s"), "ck_sales_document_paid"),
    (entered("ADJUSTMENT", "1", sales_document_id="%(invoice)s"), "ck_sales_document_paid"),
    (entered("PAYMENT", "-10", payment_id="%(payment)s"), "tg_ledger_entry_payment"),
    (entered("PAYMENT", "-7", payment_id="%(reversed)s"), "tg_ledger_entry_payment"),
    (entered("PAYMENT", "-10", sales_document_id="%(invoice)s"), "tg_ledger_entry_payment"),
    (paid() + ";\n" + entered("PAYMENT", "-11", payment_id="%(new)s"), "tg_ledger_entry_payment"),
    (paid() + ";\n" + entered("PAYMENT", "10", payment_id="%(new)s"), "tg_ledger_entry_payment"),
    (entered("CREDIT", "-116", credit_note_id="%(note)s"), "tg_ledger_entry_credit"),
    (entered("CREDIT", "-116", credit_note_id="%(invoice)s"), "tg_ledger_entry_credit"),
    (entered("REFUND", "41", payment_id="%(payment)s"), "ck_payment_applied"),
    (entered("REFUND", "117", credit_note_id="%(note)s"), "ck_sales_document_refunded"),
    (entered("REFUND", "-1", payment_id="%(payment)s"), "ck_payment_applied"),
    (entered("REFUND", "1", payment_id="%(payment)s", currency="'USD'"), "tg_ledger_entry_currency"),
    (entered("REFUND", "1", payment_id="%(payment)s", exchange_rate="2"), "tg_ledger_entry_currency"),
    (entered("REFUND", "0", payment_id="%(payment)s"), "ck_ledger_entry_amount"),
    (entered("CHARGE", "116", sales_document_id="%(theirs)s"), "fk_ledger_entry_sales_document_id"),
    (entered("REFUND", "1", payment_id="%(payment)s", client_id="%(another)s"), "fk_ledger_entry_payment_id"),
    (
        entered("REFUND", "1", payment_id="%(payment)s").replace("%(company)s", "gen_random_uuid()"),
        DENIED,
    ),
    (taken_back("received", "amount=1"), "tg_ledger_entry_reversal"),
    (taken_back("credited", "kind='REFUND'"), "tg_ledger_entry_reversal"),
    (taken_back("given"), "tg_ledger_entry_application"),
    (taken_back("credited") + ";\n" + taken_back("credited"), "uq_ledger_entry_reverses"),
    (
        taken_back("credited") + ";\n"
        + taken_back("credited").replace("where id", "where reverses_id"),
        "tg_ledger_entry_reversal",
    ),
    ("update ledger_entry set amount = 1 where id = %(charge)s", DENIED),
    ("update ledger_entry set effective_on = '2020-01-01' where id = %(charge)s", DENIED),
    ("update ledger_entry set client_id = %(another)s where id = %(charge)s", "tg_ledger_entry_client_id"),
    (changed("payment", "client_id = %(another)s"), "tg_payment_client_id"),
    (changed("application", "client_id = %(another)s"), "tg_application_client_id"),
    ("delete from ledger_entry where id = %(charge)s", DENIED),
    # `ficha_post` is a privilege of its owner: nobody runs it on entries that are none.
    (
        "create temporary table forged (like ledger_entry);\n"
        "create trigger post after insert on forged referencing new table as posted"
        " for each statement execute function ficha_post()",
        DENIED,
    ),
    ("select ficha_open_ledger(%(company)s)", DENIED),
    # Relations of CFDI, and links to statements
    (changed("cfdi_relation", "related_id = %(invoice)s", "relation"), "tg_cfdi_relation_related_changed"),
    (
        added("cfdi_relation", sales_document_id="%(note)s", type="'01'", uuid="gen_random_uuid()",
              related_id="%(invoice)s", **MINE),
        "tg_cfdi_relation_related",
    ),
    (
        added("cfdi_relation", sales_document_id="%(note)s", type="'1'", uuid="gen_random_uuid()", **MINE),
        "ck_cfdi_relation_type",
    ),
    (
        added("cfdi_relation", sales_document_id="%(theirs)s", type="'01'", uuid="gen_random_uuid()", **MINE),
        "fk_cfdi_relation_sales_document_id",
    ),
    (changed("cfdi_relation", "uuid = gen_random_uuid()", "relation"), DENIED),
    ("delete from cfdi_relation", DENIED),
    (changed("statement_link", "revoked_at = null, revoked_by_id = null", "link"), "tg_statement_link_revoked"),
    (changed("statement_link", "expires_on = '2099-01-01'", "link"), DENIED),
    (changed("statement_link", "secret_hash = decode(repeat('00', 32), 'hex')", "link"), DENIED),
    ("delete from statement_link", DENIED),
    # Price lists
    (changed("price_list_item", "product_code = 'x'", "item"), "ck_price_list_item_product_code"),
    (changed("price_list_item", "unit_code = ''", "item"), "ck_price_list_item_unit_code"),
    (changed("price_list_item", "tax_object = '99'", "item"), "ck_price_list_item_tax_object"),
    (changed("price_list_item", "taxes = '{}'", "item"), "ck_price_list_item_taxes"),
    ("update price_list set currency = ''", "ck_price_list_currency"),
    # Files
    (changed("document", "sha256 = repeat('1', 64)", "file"), DENIED),
    (changed("document", "object_key = 'x'", "file"), DENIED),
    (changed("document", "original_id = id", "file"), "ck_document_original"),
    (changed("document", "revision = 2", "file"), "ck_document_original"),
    (
        added("document", kind="'OTHER'", name="'x'", content_type="'a/b'", size="1", sha256="repeat('0', 64)",
              object_key="'k'", original_id="%(file)s", revision="2", **MINE),
        "tg_document_revision",
    ),
    # History and audit
    (added("history_event", occurred_at="now()", kind="'CLIENT_CREATED'", **MINE), "tg_history_event_first"),
    (
        added("history_event", occurred_at="now()", kind="'DEAL_WON'", details="'[]'", **MINE),
        "ck_history_event_details",
    ),
    (changed("history_event", "occurred_at = now()", "event"), DENIED),
    (changed("history_event", "kind = 'DEAL_WON'", "event"), DENIED),
    ("delete from history_event where id = %(event)s", DENIED),
    ("update audit_event set details = '{}'", DENIED),
    ("delete from audit_event", DENIED),
    (added("audit_event", kind="'API_KEY_USED'", details="'1'"), "ck_audit_event_details"),
    # People and the company
    (changed("collaborator", "role = 'ADMIN'", "sales"), "tg_collaborator_role"),
    (changed("collaborator", "role = 'READ_ONLY'", "admin"), "tg_collaborator_role"),
    (changed("collaborator", "active = false", "admin"), "tg_collaborator_role"),
    (changed("collaborator", "email = 'x@x.mx'", "admin"), "tg_collaborator_role"),
    (added("collaborator", name="'x'", email="'x@x.mx'", role="'ADMIN'"), "tg_collaborator_joined"),
    (changed("collaborator", "role = 'BOSS'", "sales"), "tg_collaborator_role"),
    (
        changed("collaborator", "issuer = 'a', subject = 'a'", "sales") + ";\n"
        + changed("collaborator", "issuer = 'a', subject = 'b'", "sales"),
        "tg_collaborator_account",
    ),
    ("delete from collaborator where id = %(sales)s", DENIED),
    ("""update company set role_permissions = '{"SALES": ["admin"]}'""", "tg_company_role_permissions"),
    ("update company set currency = ''", "ck_company_currency"),
    ("update company set postal_code = 'abc'", "ck_company_postal_code"),
    ("update company set rfc = 'x'", "ck_company_rfc"),
    ("update company set tax_regime = '999'", "ck_company_tax_regime"),
    ("update company set time_zone = ''", "ck_company_time_zone"),
    ("update company set id = %(new)s", DENIED),
    ("update company set suspended_at = null", DENIED),
    (
        added("api_key", name="'x'", secret_hash="decode(repeat('00', 32), 'hex')", scopes="'{admin}'",
              created_by_id="%(admin)s", expires_at="now() - interval '1 day'"),
        "tg_api_key_expires_at",
    ),
    (
        added("invitation", collaborator_id="%(sales)s", secret_hash="decode(repeat('00', 32), 'hex')",
              created_by_id="%(admin)s", expires_at="now() - interval '1 day'"),
        "tg_invitation_expires_at",
    ),
    (added("funnel_stage", name="'x'", position="-1"), "ck_funnel_stage_position"),
    # What is of no company
    ("insert into taxpayer_listing values ('EKU9003173C9', 'FINAL', now(), null, 'x', null)", DENIED),
    ("delete from taxpayer_listing", DENIED),
    ("update taxpayer_list set as_of = now()", DENIED),
]  # fmt: skip


@pytest.mark.claims(
    "docs/sales.md",
    "`total = subtotal - discount + tax - withheld`, which the table checks too.",
)
@pytest.mark.parametrize(
    ("statements", "rule"), WRONG, ids=[f"{number}-{rule}" for number, (_, rule) in enumerate(WRONG)]
)
def test_a_wrong_change_is_refused(books: Books, statements: str, rule: str) -> None:
    assert books.refusal(statements) == rule


VERSIONED = sorted(table.name for table in Base.metadata.sorted_tables if "version" in table.c)


@pytest.mark.parametrize("table", VERSIONED)
def test_no_version_goes_back(database_url: str, books: Books, table: str) -> None:
    key = "id" if table == "company" else "company_id"
    with owning(database_url) as owner:
        owner.exec_driver_sql(f"update {table} set version = 9 where {key} = %s", (books.ids["company"],))
    there = books.application.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    if there != (0,):
        assert books.refusal(f"update {table} set version = version - 1") == f"tg_{table}_version"


RIGHT = [
    paid() + ";\n" + entered("PAYMENT", "-10", payment_id="%(new)s"),
    applied("40") + ";\n" + two_sides("40", "40"),
    entered("REFUND", "40", payment_id="%(payment)s"),
    taken_back("credited"),
    entered("ADJUSTMENT", "-56", sales_document_id="%(invoice)s"),
    changed("cfdi_relation", "related_id = null", "relation"),
    changed("contact", "email = null, phone = null, position = 7"),
    added("contact", name="'x'", position="2", **MINE),
    changed("address", "country = 'USA', state = null, postal_code = 'abc'"),
    changed("bank_account", "account_number = null, payment_form = '01'", "account"),
    changed("receivable_terms", "terms = 'CASH', credit_days = 0, credit_limit = 0", "client_id"),
    changed("payment_reminders", "cc = '{a@x.mx,b@x.mx}'", "client_id"),
    changed("payment_reminders", "cc = '{}'", "client_id"),
    changed("folio_series", "last_number = last_number + 1", "series"),
    "update company_sequence set value = value + 1 where name = 'follow_up'",
    # A draft whose lines are replaced: gone all at once, the sums, the new ones.
    "delete from sales_document_line where sales_document_id = %(quote)s;\n"
    "update sales_document set subtotal = 10, tax = 0, total = 10 where id = %(quote)s;\n"
    + line_with(quantity="1", unit_price="10", amount="10")
    + ";\nupdate sales_document set state = 'SENT' where id = %(quote)s",
    changed("sales_document", "state = 'SENT'", "quote"),
    line_with(),
    "select set_config('ficha.collaborator_id', %(admin)s::text, true);\n"
    + changed("collaborator", "role = 'ADMIN'", "sales"),
]


@pytest.mark.parametrize("statements", RIGHT, ids=range(len(RIGHT)))
def test_a_right_one_is_not(books: Books, statements: str) -> None:
    assert books.refusal(statements) is None


def test_at_least_as_many_as_were_tried_by_hand() -> None:
    assert len(WRONG) >= 67
    assert len(dict.fromkeys(statement for statement, _ in WRONG)) == len(WRONG)


# Erasing


def erase(books: Books, client: str, actor: str) -> str | None:
    return books.refusal(
        f"select set_config('ficha.collaborator_id', %({actor})s::text, true);\nselect ficha_erase_client(%({client})s)"
    )


def test_only_an_administrator_erases_a_client_and_only_one_without_documents(books: Books) -> None:
    assert erase(books, "prospect", "sales") == DENIED
    assert erase(books, "client", "admin") == "ficha_erase_client"
    assert erase(books, "prospect", "admin") is None


def test_the_tombstone_is_left_by_the_same_function(books: Books) -> None:
    application, ids = books.application, books.ids
    try:
        application.execute("select set_config('ficha.collaborator_id', %s, true)", [str(ids["admin"])])
        assert application.execute("select ficha_erase_client(%(prospect)s)", ids).fetchall() == [(ids["prospect"],)]
        left = application.execute("select type, erased_by_id from tombstone where id = %(prospect)s", ids).fetchall()
        assert left == [("client", ids["admin"])]
        assert application.execute("select from client where id = %(prospect)s", ids).fetchall() == []
        assert application.execute("select ficha_erase_client(%(prospect)s)", ids).fetchall() == []
    finally:
        application.rollback()


def test_nobody_erases_a_client_of_another_company(books: Books, database_url: str) -> None:
    with owning(database_url) as owner:
        other = Company(None, owner)  # type: ignore[arg-type]  # nobody asks it
        theirs = other.client()
    with psycopg.connect(database_url, options=options(SESSION)) as application:
        application.execute("select set_config('ficha.company_id', %s, true)", [str(books.ids["company"])])
        application.execute("select set_config('ficha.collaborator_id', %s, true)", [str(other.people[Role.ADMIN])])
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute("select ficha_erase_client(%s)", [theirs])
        application.rollback()
        application.execute("select set_config('ficha.company_id', %s, true)", [str(books.ids["company"])])
        application.execute("select set_config('ficha.collaborator_id', %s, true)", [str(books.ids["admin"])])
        assert application.execute("select ficha_erase_client(%s)", [theirs]).fetchall() == []


# The database is as declared


def test_the_triggers_are_those_declared(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        rows = owner.execute(
            "select tgname, tgrelid::regclass::text, pg_get_triggerdef(oid), tgdeferrable from pg_trigger"
            " where tgname like 'tg\\_%' and not tgisinternal order by 2, 1"
        ).fetchall()
        assert [(table, name) for name, table, *_ in rows] == [(guard.table, guard.name) for guard in guards()]
        assert not any(deferrable for *_, deferrable in rows)
        # Made once more, as declared, they are the same.
        for guard in guards():
            owner.execute(guard.statement.encode())
        again = owner.execute(
            "select pg_get_triggerdef(oid) from pg_trigger where tgname like 'tg\\_%' and not tgisinternal"
            " order by tgrelid::regclass::text, tgname"
        ).fetchall()
        assert [(definition,) for _, _, definition, _ in rows] == again
        owner.rollback()


def test_the_functions_are_those_declared(database_url: str) -> None:
    def defined() -> list[Any]:
        signatures = [re.sub(r"\(.*", "", signature) for signature in FUNCTIONS]
        return owner.execute(
            "select pg_get_functiondef(oid) from pg_proc where proname = any(%s) order by proname", [signatures]
        ).fetchall()

    with psycopg.connect(database_url) as owner:
        before = defined()
        assert len(before) == len(FUNCTIONS)
        for statement in FUNCTIONS.values():
            owner.execute(statement.encode())
        assert defined() == before
        owner.rollback()


def test_what_runs_as_the_owner_is_nobody_elses(database_url: str) -> None:
    """A trigger of the owner's that anybody may put on a table of their own writes whatever they like. If this fails
    for a new function: its migration revokes it from public."""
    with psycopg.connect(database_url) as owner:
        definers = owner.execute(
            "select proname, proconfig::text, prorettype = 'trigger'::regtype and"
            " has_function_privilege('ficha_app', oid, 'execute')"
            " from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1"
        ).fetchall()
    assert "ficha_post" in [name for name, *_ in definers]
    assert [name for name, settings, _ in definers if "search_path=public, pg_temp" not in settings] == []
    assert [name for name, _, anybodys in definers if anybodys] == []


@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables])
def test_the_rights_are_those_declared(database_url: str, table: str) -> None:
    """If this fails for a new table or column: `models/rights.py` says what the application changes, and the migration
    grants it, as `ficha revision` writes it."""
    with psycopg.connect(database_url) as owner:
        rows = owner.execute(
            "select privilege_type, column_name from information_schema.column_privileges"
            " where table_schema = 'public' and grantee = 'ficha_app' and table_name = %s",
            [table],
        ).fetchall()
        changed = {column for right, column in rows if right == "UPDATE"}
        assert changed - {c.name for c in Base.metadata.tables[table].c if c.computed is not None} == rights.updatable(
            table
        )
        deletes = owner.execute("select has_table_privilege('ficha_app', %s, 'delete')", [table]).fetchone()
        assert deletes == (table in rights.DELETED,)
        adds = owner.execute("select has_table_privilege('ficha_app', %s, 'insert')", [table]).fetchone()
        assert adds == (table not in rights.NOT_ADDED | rights.PUBLIC,)
