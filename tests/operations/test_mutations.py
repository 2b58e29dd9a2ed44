"""The canonical mutations: one for each command, executed on a test's own records, alone and in their list form."""

import datetime
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from graphql import OperationDefinitionNode, parse, validate
from sqlalchemy import literal_column, select
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from domain.payment import register_payment
from loaders.entity import entities, entity_of
from loaders.ids import encode, read_id
from models import (
    ApiKey,
    Application,
    BankAccount,
    Base,
    Cancellation,
    CfdiProfile,
    Client,
    CompanyBankAccount,
    Contact,
    Deal,
    Document,
    FolioSeries,
    FollowUp,
    FunnelStage,
    HistoryEvent,
    Holiday,
    Invitation,
    LossReason,
    PriceList,
    PriceListItem,
    ProspectState,
    SalesDocument,
    SalesDocumentLine,
    StatementLink,
)
from models.collaborator import Role
from schema import MUTATIONS, SCHEMA
from tests.fixtures import BILLABLE, NOON, Company
from tests.uploading import prepare, send
from tests.writing import Writer, rows

FOLDER = Path(__file__).resolve().parents[2] / "operations" / "mutations"
FILES = sorted(FOLDER.glob("*.graphql"))
EDITS = [file for file in FILES if file.stem.startswith(("update_", "set_", "reorder_"))]
LIST_FORMS = sorted(set(SCHEMA._schema.mutation_type.fields) & {
    f"{verb}{noun}" for verb in ("create", "update", "assign", "delete")
    for noun in ("Clients", "Contacts", "Addresses", "BankAccounts", "Deals", "FollowUps")
})  # fmt: skip
COMPANYS_OWN = (
    "_funnel_stage", "_loss_reason", "_price_list", "_price_list_item", "_company", "_default_reminders",
    "_prospect_state", "_company_bank_account", "_company_logo", "_folio_series", "_holiday",
)  # fmt: skip
OF_ACCESS = {
    "create_statement_link",
    "create_api_key",
    "invite_collaborator",
    "resend_invitation",
    "resume_collaborator",
    "revoke_api_key",
    "revoke_invitation",
    "revoke_statement_link",
    "set_collaborator_avatar",
    "set_role_permissions",
    "suspend_collaborator",
    "unbind_collaborator",
    "update_collaborator",
}
READ_ANYWAY = {"conflicts", "warnings", "roles", "cfdi"}
"""What a payload shows even when nothing was done."""
SILENT = (
    {name for name in MUTATIONS if name.endswith(COMPANYS_OWN) and name != "set_prospect_state"}
    | OF_ACCESS
    | {
        "erase_client",
        "prepare_document_upload",
    }
)
"""What the company sets up is no client's history; an erased client has none; a file that is announced is not there."""

TOLD = {
    "convert_prospect": 6,
    "save_client": 2,
    "register_payment": 2,
    "reverse_payment": 2,
    "apply_credit": 2,
    "undo_application": 2,
    "apply_cfdi_profile_proposal": 2,
    "report_cancellation": 3,
}
"""How many events a command leaves that does more than one thing: a payment also changes the document's state, a
constancia also the address, a report of a cancelling its request and the document's state, and a prospect is converted
with a form, each part of which has an event of its own."""

FOLIO = UUID("5803eb8d-81cd-4557-8719-26632d2fa434")
"""A fiscal folio: what has none is cancelled without the SAT."""

SALES = {
    "accept_quote": {"type": "QUOTE"},
    "reject_quote": {"type": "QUOTE"},
    "convert_sales_document": {"type": "QUOTE"},
    "send_sales_document": {"state": "DRAFT", "payment_form": "03", "payment_method": "PUE"},
    "update_sales_document": {"state": "DRAFT"},
    "cancel_sales_document": {"uuid": FOLIO},
    "withdraw_cancellation": {"uuid": FOLIO},
    "report_cancellation": {"uuid": FOLIO},
}
"""What a sales document has to be for the command; otherwise it is an invoice that was sent."""

READING = {
    "status": "READ",
    "regimes": [{"code": "601", "name": "General de Ley", "since": "1990-03-17", "until": None, "page": 1}],
    "rfc": {"value": "EKU9003173C9", "page": 1, "origin": "TEXT"},
    "street": {"value": "CALLE JUAREZ", "page": 1, "origin": "TEXT"},
}
"""Of a constancia."""


def sent(company: Company, client: Any) -> str:
    """A file that was announced and sent."""
    content = b"hola"
    prepared = prepare(company, content, clientId=encode(entity_of(Client), client))["documentUpload"]
    send(prepared, content)
    return prepared["id"]


each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


PRODUCT = {"description": "Silla", "product_code": "56101504", "unit_code": "H87"}


class Own:
    """Records of a test's own, in place of the demo's that the variables name."""

    def __init__(self, company: Company, command: str) -> None:
        self.company = company
        self.command = command
        self.client = company.client(
            kind="PROSPECT" if command in ("convert_prospect", "set_prospect_state") else "CLIENT",
            rfc="EKU9003173C9" if command == "import_cfdi" else None,
            **self.state(Client),
        )
        if command == "send_sales_document":
            company.add(CfdiProfile, client_id=self.client, **BILLABLE)
        self.others = 0
        self.people: dict[str, UUID] = {}

    def state(self, model: Any) -> dict[str, Any]:
        """What a record has to be for the command to apply to it."""
        verb, _, noun = self.command.partition("_")
        if noun != model.__tablename__:
            return {}
        if verb == "restore":
            return {"deleted_at": NOON}
        if verb == "reopen":
            ended = {Deal: {"state": "CLOSED", "closed_on": NOON.date()}, FollowUp: {"state": "CANCELLED"}}
            return ended[model]
        return {}

    def id(self, demo: str) -> str:
        """A record of the same kind as the demo's, of the one client."""
        entity, _ = read_id(demo, "id")
        match entity.model.__name__:
            case "Client":
                own = self.client
            case "Collaborator":
                roles = (Role.SALES, Role.ADMIN)
                own = self.company.people[roles[len(self.people)]] if demo not in self.people else self.people[demo]
                self.people[demo] = own
                if self.command == "revoke_invitation":
                    self.invite(own)
            case "FunnelStage" | "LossReason" | "PriceList" | "ProspectState":
                self.others += 1
                position = {"position": 1} if entity.model in (FunnelStage, ProspectState) else {}
                own = self.company.add(entity.model, name=f"Otro {self.others}", **position)
            case "CompanyBankAccount":
                own = self.company.add(
                    CompanyBankAccount, payment_form="03", account_number="012180001234567899",
                    **self.state(CompanyBankAccount),
                )  # fmt: skip
            case "FolioSeries":
                own = self.company.add(FolioSeries, type="INVOICE", series="F")
            case "Holiday":
                own = self.company.add(Holiday, day=NOON.date(), name="Puente", created_at=NOON)
            case "SalesDocument":
                own = self.document()
            case "ApiKey":
                until = NOON + datetime.timedelta(days=3650)
                own = self.company.add(
                    ApiKey,
                    name="Tienda",
                    secret_hash=self.company.id.bytes * 2,
                    scopes=["clients:read"],
                    created_by_id=self.company.people[Role.ADMIN],
                    expires_at=until,
                )
            case "Payment":
                own = self.payment()
            case "Application":
                self.payment()
                [own] = rows(self.company.owner, self.company, Application, "id")
            case "StatementLink":
                own = self.company.add(
                    StatementLink, client_id=self.client, first_day=NOON.date(), last_day=NOON.date(), currency="MXN",
                    locale="ES_MX", expires_on=NOON.date(), secret_hash=bytes(32), created_at=NOON,
                    created_by_id=self.company.people[Role.ADMIN],
                )  # fmt: skip
            case "PriceListItem":
                prices = self.company.add(PriceList, name="Mostrador")
                own = self.company.add(
                    PriceListItem, price_list_id=prices, sku="A", unit_price=1, tax_object="01", **PRODUCT
                )
            case "DocumentUpload":
                return sent(self.company, self.client)
            case "Document":
                reading = {"reading": READING} if self.command == "apply_cfdi_profile_proposal" else {}
                own = self.company.add(Document, client_id=self.client, **reading, **self.state(Document))
            case _:
                own = self.company.add(entity.model, client_id=self.client, **self.state(entity.model))
        return encode(entity, own)

    def invite(self, collaborator: UUID) -> None:
        """An open invitation."""
        until = NOON + datetime.timedelta(days=3650)
        values = {"secret_hash": bytes(32), "expires_at": until, "created_by_id": self.company.people[Role.ADMIN]}
        self.company.add(Invitation, collaborator_id=collaborator, **values)

    def payment(self) -> UUID:
        """A payment: on a document of the client, which it pays in part, or on none yet."""
        unapplied = self.command in ("apply_credit", "refund_credit")
        on = {"client_id": self.client} if unapplied else {"sales_document_id": self.document()}
        money = {"amount": Decimal(4000), "payment_form": "03", "paid_at": NOON}
        return Writer(self.company).do(register_payment, on | money).id

    def document(self) -> Any:
        """A sales document of the client, with a line."""
        sums = {"subtotal": 5000, "total": 5000}
        own = self.company.add(SalesDocument, client_id=self.client, **sums, **SALES.get(self.command, {}))
        if self.command == "withdraw_cancellation":
            request = {"reason": "OPERATION_NOT_CARRIED_OUT", "requested_at": NOON, "sat_state": "REQUESTED"}
            self.company.add(Cancellation, client_id=self.client, sales_document_id=own, **request)
        line = {"position": 1, "quantity": 1, "unit_price": 5000, "amount": 5000, "tax_object": "01"}
        self.company.add(SalesDocumentLine, client_id=self.client, sales_document_id=own, **line, **PRODUCT)
        return own

    def given(self, value: Any) -> Any:
        """The variables with own ids; the same id is the same record."""
        match value:
            case dict():
                return {name: self.given(part) for name, part in value.items()}
            case list():
                return [self.given(part) for part in value]
            case str() if re.fullmatch(r"[a-z]+_[0-9a-f-]{36}", value):
                return self.id(value)
            case _:
                return value


def document_of(file: Path) -> str:
    """The mutation without its leading comment."""
    return file.read_text(encoding="utf-8").partition("\n")[2]


def variables_of(file: Path) -> Any:
    return json.loads(file.with_suffix(".variables.json").read_text(encoding="utf-8"))


@pytest.mark.claims(
    "operations/README.md",
    "`mutations/` holds one for each command: `mutations/win_deal.graphql` is the mutation `WinDeal`, "
    "which sends `winDeal`.",
)
def test_every_command_has_its_canonical_mutation() -> None:
    assert [file.stem for file in FILES] == sorted(MUTATIONS)


@pytest.mark.claims(
    "operations/README.md",
    "Each takes one variable, `input`, and answers with the record and `userErrors`; [How writing "
    "works](../docs/writing.md) says what they have in common.",
)
@each_file
def test_document_is_valid_and_named_as_its_file(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    document = parse(text)
    assert validate(SCHEMA._schema, document) == []
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    name = to_camel_case(file.stem)
    assert operation.name
    assert operation.name.value == name[0].upper() + name[1:]
    assert re.match(r"# [A-Z].{20,110}\.\nmutation ", text)


@pytest.mark.claims(
    "README.md",
    "Mutations change everything that the screen can change, each with its event in the history; a read "
    "is one SQL statement in which PostgreSQL writes the answer.",
)
@each_file
def test_it_does_what_it_says_and_records_it(file: Path, company: Any, owner: Any) -> None:
    mine = company()
    own = Own(mine, file.stem)
    variables = own.given(variables_of(file))
    before = len(rows(owner, mine, HistoryEvent, "kind"))
    answer = mine.ask(document_of(file), **variables)
    payload = answer.data[to_camel_case(file.stem)]
    assert payload["userErrors"] == []
    record, *_ = (value for name, value in payload.items() if name not in ("userErrors", "warnings"))
    gone = file.stem in (
        "erase_client", "delete_funnel_stage", "delete_loss_reason", "delete_prospect_state", "delete_holiday",
    )  # fmt: skip
    assert (record is None) is gone
    told = len(rows(owner, mine, HistoryEvent, "kind")) - before
    assert told == (0 if file.stem in SILENT else TOLD.get(file.stem, 1))


@pytest.mark.claims("docs/writing.md", "an edit that changes nothing writes nothing.")
@pytest.mark.parametrize("file", EDITS, ids=lambda file: file.stem)
def test_an_edit_that_changes_nothing_writes_nothing(file: Path, company: Any, owner: Any) -> None:
    mine = company()
    given = Own(mine, file.stem).given(variables_of(file))["input"]
    given.pop("expectedVersion", None)
    before = None
    for _ in range(2):
        payload = mine.ask(document_of(file), input=given).data[to_camel_case(file.stem)]
        assert payload["userErrors"] == []
        before, after = written(owner, mine), before
    assert before == after


@pytest.mark.claims(
    "docs/writing.md",
    "| `validateOnly` | All checks, those of the database too, in a transaction that is rolled back. The "
    "payload has no record. |",
)
@each_file
def test_validated_alone_it_leaves_no_trace(file: Path, company: Any, owner: Any) -> None:
    mine = company()
    own = Own(mine, file.stem)
    variables = own.given(variables_of(file))
    before = contents(owner, mine)
    answer = mine.ask(document_of(file), input=variables["input"] | {"validateOnly": True})
    payload = answer.data[to_camel_case(file.stem)]
    shown = {name: value for name, value in payload.items() if name not in READ_ANYWAY}
    assert (shown.pop("userErrors"), set(shown.values()) - {None}) == ([], set())
    assert contents(owner, mine) == before


@each_file
def test_another_version_than_expected_conflicts(file: Path, company: Any, owner: Any) -> None:
    """With the version that is there; what has none yet is made by the command first."""
    if not takes(file, "expectedVersion"):
        return
    mine = company()
    own = Own(mine, file.stem)
    variables = own.given(variables_of(file))
    variables["input"].pop("expectedVersion", None)
    if "id" not in variables["input"]:
        mine.ask(document_of(file), **variables)
    before = contents(owner, mine)
    answer = mine.ask(document_of(file), input=variables["input"] | {"expectedVersion": 99})
    errors = answer.data[to_camel_case(file.stem)]["userErrors"]
    assert [(error["code"], error["path"]) for error in errors] == [("CONFLICT", ["expectedVersion"])]
    assert contents(owner, mine) == before


@each_file
def test_what_changes_a_record_counts_its_version(file: Path, company: Any, owner: Any) -> None:
    """Each time that anything else in it changes, also where it is deleted, restored, converted or taken back."""
    mine = company()
    own = Own(mine, file.stem)
    variables = own.given(variables_of(file))
    id = variables["input"].get("id")
    if id is None:
        return
    entity, key = read_id(id, "id")
    before = content_of(owner, entity.model, key)
    assert mine.ask(document_of(file), **variables).data[to_camel_case(file.stem)]["userErrors"] == []
    after = content_of(owner, entity.model, key)
    if "version" in before and after:
        same = all(after[name] == value for name, value in before.items() if name not in ("version", "updated_at"))
        assert same or after["version"] > before["version"]


def takes(file: Path, name: str) -> bool:
    """Whether the mutation's input has a field of this name."""
    field = SCHEMA._schema.mutation_type.fields[to_camel_case(file.stem)]
    return name in field.args["input"].type.of_type.fields


def content_of(owner: Any, model: Any, id: str) -> dict[str, Any]:
    """The row as it is; nothing where it is gone, or where its id is another record's."""
    columns = model.__table__.c
    row = (
        owner.execute(select(model.__table__).where(columns.id == UUID(id))).one_or_none() if "id" in columns else None
    )
    return dict(row._mapping) if row else {}


@each_file
def test_who_only_reads_may_not(file: Path, company: Any, owner: Any) -> None:
    mine = company()
    own = Own(mine, file.stem)
    variables = own.given(variables_of(file))
    before = contents(owner, mine)
    answer = mine.ask(document_of(file), Role.READ_ONLY, **variables)
    assert answer.errors == [("FORBIDDEN", to_camel_case(file.stem))]
    assert contents(owner, mine) == before


@pytest.mark.claims(
    "operations/README.md",
    "The list forms (`createContacts`, …) take the same inputs as `rows`.",
)
@pytest.mark.parametrize("field", LIST_FORMS)
def test_its_list_form_does_the_same(field: str, company: Any, owner: Any) -> None:
    mine = company()
    singular = field.removesuffix("es") if field.endswith("Addresses") else field.removesuffix("s")
    file = FOLDER / f"{to_snake_case(singular)}.graphql"
    own = Own(mine, file.stem)
    row = own.given(variables_of(file))["input"]
    name = field[0].upper() + field[1:]
    query = f"mutation ($input: {name}Input!) {{ {field}(input: $input) {{ results {{ userErrors {{ code }} }} }} }}"
    answer = mine.ask(query, input={"rows": [row]})
    assert answer.data[field] == {"results": [{"userErrors": []}]}
    assert len(rows(owner, mine, HistoryEvent, "kind")) == 1


def test_there_is_a_list_form_of_all_that_creates_updates_assigns_and_deletes() -> None:
    assert len(LIST_FORMS) == 21


def written(owner: Any, company: Company) -> set[Any]:
    """The versions of all rows of the company, as PostgreSQL tells them apart."""
    tables = [table for table in Base.metadata.sorted_tables if "company_id" in table.c]
    return {
        (table.name, *row)
        for table in tables
        for row in owner.execute(
            select(literal_column("ctid::text"), literal_column("xmin::text"))
            .select_from(table)
            .where(table.c.company_id == company.id)
        )
    }


def contents(owner: Any, company: Company) -> list[Any]:
    """Everything that a mutation could have changed."""
    kept: tuple[Any, ...] = (
        Client,
        Contact,
        BankAccount,
        Deal,
        FollowUp,
        FunnelStage,
        LossReason,
        PriceList,
        ProspectState,
    )
    kept += (CompanyBankAccount, FolioSeries)
    return [rows(owner, company, model, "id", "version") for model in kept] + [rows(owner, company, HistoryEvent, "id")]


@pytest.mark.claims("operations/README.md", "The variables name records of the demo")
def test_the_variables_name_records_of_the_demo(owner: Any) -> None:
    tables = {entity.prefix: entity.table for entity in entities()}
    missing: set[str] = set()
    for file in FOLDER.glob("*.variables.json"):
        for prefix, id in re.findall(r'"([a-z]+)_([0-9a-f-]{36})"', file.read_text("utf-8")):
            if not owner.execute(select(tables[prefix].c.id).where(tables[prefix].c.id == id)).first():
                missing.add(file.name.removesuffix(".variables.json"))
    assert missing == {
        "complete_document_upload", "delete_price_list_item", "revoke_api_key", "update_price_list_item",
    }  # fmt: skip
