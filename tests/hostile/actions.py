"""Records in random states, and for each of their actions the mutation with the least input that is valid."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from graphql import is_required_input_field
from sqlalchemy import select, text
from strawberry.utils.str_converters import to_camel_case

import models
from domain.actions import NOUNS
from domain.policy import Action, ClientAction, DocumentAction, SalesDocumentAction
from loaders.entity import entity_of
from models.cancellation import SAT_CANCELLED, SatCancellationState
from models.collaborator import Role
from models.facts import MOST_PARTS
from models.ids import uuid7
from models.sales_document import DEBTS, FISCAL, OWING, STATES, SalesDocumentType
from schema import MUTATIONS, SCHEMA
from schema.mutations import Declared
from tests.fixtures import BILLABLE, NOON, Company, global_id

TODAY = datetime.datetime.now(datetime.UTC).date()
BEFORE = TODAY - datetime.timedelta(days=3)
"""A day that is over everywhere."""
LATER = TODAY + datetime.timedelta(days=3)

Case = tuple[Declared, Action]

OF_ANOTHER = frozenset(
    {"assign_deposit_account", "apply_cfdi_profile_proposal", "complete_document_upload", "import_cfdi"}
)
"""Their least input names another record, or a file, which decides as well."""
CASES: list[Case] = [
    (declared, action)
    for declared in MUTATIONS.values()
    if declared.name not in OF_ANOTHER
    for action in declared.actions
]
"""Each action with each mutation that takes it."""

EVERY: list[Action] = [action for kind in NOUNS for action in kind]  # pyright: ignore[reportAssignmentType]

# The least input

LINE = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1", "unitPrice": "1"}
DEMANDED: Mapping[str, Mapping[str, Any]] = {
    "create_contact": {"name": "Ana"},
    "create_address": {"street": "Calle"},
    "create_bank_account": {"paymentForm": "03"},
    "create_deal": {"title": "Trato"},
    "create_sales_document": {"lines": [LINE]},
    "update_cfdi_profile": {
        **{to_camel_case(name): value for name, value in BILLABLE.items()},
        **dict.fromkeys(("postalCode", "currency", "taxResidence", "taxId")),
    },
    "create_statement_link": {"from": BEFORE.isoformat(), "to": BEFORE.isoformat()},
}
"""What commands demand though the input's type does not, because an update need not give it."""
VALUES: Mapping[str, Any] = {
    "closedOn": BEFORE.isoformat(),
    "finalValue": "1",
    "amount": "0.01",
    "paymentForm": "03",
    "name": "archivo.txt",
    "size": 1,
    "sha256": "0" * 64,
    "uuid": str(uuid4()),
    "stampedAt": f"{BEFORE}T12:00:00Z",
}
"""By the name of a field that an input's type demands."""
TYPES = {
    ClientAction.CREATE_QUOTE: "QUOTE",
    ClientAction.CREATE_SALES_NOTE: "SALES_NOTE",
    ClientAction.CREATE_INVOICE: "INVOICE",
}


SPOILT: tuple[Mapping[str, Any], ...] = (
    {}, {}, {}, {}, {"rfc": None}, {"name": "A|B"}, {"tax_regime": "601"}, {"cfdi_use": None}, {"cfdi_use": "ZZZ"},
    {"payment_form": "99"}, {"payment_method": "PPD"}, {"payment_form": None, "payment_method": None},
    {"rfc": "EKU9003173C9"}, {"currency": "USD"}, {"tax_id": "1", "rfc": "XEXX010101000"},
)  # fmt: skip
"""What may be wrong with a CFDI profile."""
PAYING: tuple[Mapping[str, Any], ...] = (
    {}, {"payment_form": "03", "payment_method": "PUE"}, {"payment_form": "03", "payment_method": "PUE"},
    {"payment_form": "99", "payment_method": "PPD"}, {"payment_form": "99", "payment_method": "PUE"},
    {"payment_form": "03", "payment_method": "PPD"}, {"payment_form": "99"}, {"payment_method": "PUE"},
    {"payment_form": "??"}, {"payment_form": "03", "payment_method": "PUE", "cfdi_use": "G03"},
)  # fmt: skip
"""How a document may be to be paid, and for what."""


def least_input(declared: Declared, action: Action, ids: Mapping[str, Any]) -> dict[str, Any]:
    """The mutation's input for this action on a record; `ids` are those of the record and of what goes with it."""
    given: dict[str, Any] = dict(DEMANDED.get(declared.name, {}))
    match action:
        case ClientAction.SCHEDULE_FOLLOW_UP if isinstance(action, ClientAction):
            given |= {"name": "Llamar", "startsAt": f"{LATER}T12:00:00Z", "clientId": ids["clientId"]}
        case SalesDocumentAction.CREDIT if isinstance(action, SalesDocumentAction):
            given |= {"type": "CREDIT_NOTE", "invoiceId": ids["id"]}
        case SalesDocumentAction.CANCEL if isinstance(action, SalesDocumentAction):
            given |= {"reason": "ERRORS_WITHOUT_RELATION"} if ids["sat"].is_stamped else {}
        case SalesDocumentAction.REGISTER_PAYMENT if isinstance(action, SalesDocumentAction):
            given |= {"salesDocumentId": ids["id"]}
        case SalesDocumentAction.REPORT_CANCELLATION if isinstance(action, SalesDocumentAction):
            given |= _report(ids["sat"])
        case DocumentAction.REPLACE if isinstance(action, DocumentAction):
            given |= {"replacesId": ids["id"]}
        case _ if declared.name == "create_sales_document":
            given |= {"type": TYPES[action]}  # pyright: ignore[reportArgumentType]  # no other action has lines
        case _:
            pass
    kind: Any = SCHEMA._schema.type_map[declared.input.__name__]
    for name, field in kind.fields.items():
        if name not in given and is_required_input_field(field):
            given[name] = VALUES[name] if name in VALUES else ids[f"{declared.name} {name}" if name == "ids" else name]
    return {**given, "validateOnly": True}


def _report(sat: "Sat") -> dict[str, Any]:
    """Another state than the one on record; with a reason where none is, or where the last request was refused."""
    unknown = sat.state is None
    state = "ACCEPTED" if unknown and sat.is_cancelled else "IN_PROCESS"
    reason = {"reason": "ERRORS_WITHOUT_RELATION"} if unknown or sat.state == "REFUSED" else {}
    return {"satState": state, **reason}


def query_of(declared: Declared) -> str:
    """The mutation."""
    name = to_camel_case(declared.name)
    return f"mutation ($input: {declared.input.__name__}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"


# Records


@dataclass(frozen=True)
class Subject:
    """A record, and the ids that inputs about it may need."""

    kind: type
    type_name: str
    ids: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.ids["id"]


class Sat(NamedTuple):
    """What is on record of a sales document for the SAT."""

    is_stamped: bool = False
    is_cancelled: bool = False
    state: str | None = None


class World:
    """Makes records of a company, each in a random state."""

    def __init__(self, company: Company, random: Random) -> None:
        self.company = company
        self.random = random
        self.stage = global_id(models.FunnelStage, company.stage)
        self.state = global_id(models.ProspectState, company.add(models.ProspectState, **self.named_state()))
        self.reason = company.owner.scalar(
            select(models.LossReason.id).where(models.LossReason.company_id == company.id).limit(1)
        ) or company.add(models.LossReason, name="Precio")

    def named_state(self) -> dict[str, Any]:
        """Names are unique in the company, in which there are many worlds."""
        return {"name": f"Estado {uuid7()}", "position": 0}

    def maybe(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def deleted(self) -> dict[str, Any]:
        return {"deleted_at": NOON} if self.maybe(0.3) else {}

    def client(self) -> UUID:
        """A client of somebody's, or of nobody's."""
        return self.company.client(
            kind=self.pick("CLIENT", "CLIENT", "PROSPECT"),
            owner_id=self.pick(None, *self.company.people.values()),
            **self.deleted(),
        )

    def subjects(self) -> Iterator[Subject]:
        """One record of each kind, all of one client."""
        client = self.client()
        made: list[tuple[type[models.Base], UUID]] = [
            (models.Contact, self.company.add(models.Contact, client_id=client, **self.deleted())),
            (models.Address, self.address(client)),
            (models.BankAccount, self.bank_account(client)),
            (models.Deal, self.deal(client)),
            (models.FollowUp, self.follow_up(client)),
            (models.Document, self.file(client)),
            (models.SalesDocument, self.sales_document(client)),
        ]
        if self.maybe(0.2):  # the only way to erase one
            other = self.client()
            if self.maybe():
                self.dress(other)
            else:  # nothing is left with a prospect that became part of a client
                into = {"converted_into_id": self.client(), "converted_at": NOON, "deleted_at": NOON}
                self.company.change(models.Client, other, kind="PROSPECT", **into)
            yield Subject(ClientAction, "Client", self.ids(models.Client, other, other))
        self.dress(client)
        yield Subject(ClientAction, "Client", self.ids(models.Client, client, client))
        for model, id in made:
            kind = next(each for each in NOUNS if each.__name__ == f"{model.__name__}Action")
            yield Subject(kind, entity_of(model).type_name, self.ids(model, id, client))

    def ids(self, model: type[models.Base], id: UUID, client: UUID) -> dict[str, Any]:
        own = global_id(model, id)
        return {
            "id": own,
            "clientId": global_id(models.Client, client),
            "salesDocumentId": own,
            "stageId": self.stage,
            "prospectStateId": self.state,
            "lossReasonId": global_id(models.LossReason, self.reason),
            "to": self.target(id) if model is models.SalesDocument else None,
            "sat": self.sat(id) if model is models.SalesDocument else Sat(),
            **{
                f"reorder_{name} ids": self.alive(part, client)
                for name, part in (
                    ("contacts", models.Contact),
                    ("addresses", models.Address),
                    ("bank_accounts", models.BankAccount),
                )
            },
        }

    def target(self, id: UUID) -> str:
        """What a document can become, of whomever it is."""
        kind = self.company.owner.scalar(
            select(models.SalesDocument.type).where(
                models.SalesDocument.company_id == self.company.id, models.SalesDocument.id == id
            )
        )
        return "SALES_NOTE" if kind == SalesDocumentType.QUOTE else "INVOICE"

    def sat(self, id: UUID) -> Sat:
        """Of a sales document."""
        query = """
        select uuid is not null, state = 'CANCELLED', sat_state
        from sales_document document left join cancellation on cancellation.company_id = document.company_id
            and sales_document_id = document.id
        where document.company_id = :company and document.id = :id
        """
        return Sat(*self.company.owner.execute(text(query), {"company": self.company.id, "id": id}).one())

    def alive(self, model: Any, client: UUID) -> list[str]:
        mine = (model.company_id == self.company.id) & (model.client_id == client) & model.deleted_at.is_(None)
        return [global_id(model, id) for id in self.company.owner.scalars(select(model.id).where(mine))]

    def dress(self, client: UUID) -> None:
        """What may be in the way of erasing a client, or of adding to it."""
        if self.maybe(0.2):
            self.limits(client)
        if self.maybe(0.03):
            table = self.pick("contact", "address", "bank_account")
            columns, values = {
                "contact": ("name", "'Contacto'"),
                "address": ("street, kind", "'Calle', 'BRANCH'"),
                "bank_account": ("payment_form, role", "'03', 'PAYER'"),
            }[table]
            number = MOST_PARTS - self.pick(0, 1, 5)
            self.company.owner.execute(
                text(
                    f"insert into {table} (company_id, id, client_id, position, {columns})"  # noqa: S608  # literals
                    f" select :company, gen_random_uuid(), :client, n, {values} from generate_series(1, :number) n"
                ),
                {"company": self.company.id, "client": client, "number": number},
            )

    def address(self, client: UUID) -> UUID:
        deleted = self.deleted()
        kind = self.pick("FISCAL", "BRANCH")
        if (deleted or kind == "BRANCH") and self.maybe():
            self.company.add(models.Address, client_id=client, kind="FISCAL", position=1)
        place = self.pick({}, {"postal_code": "06000", "state": "CMX"}, {"postal_code": "06000", "state": "JAL"},
                          {"postal_code": "999"}, {"country": "USA", "state": "CMX"})  # fmt: skip
        return self.company.add(models.Address, client_id=client, kind=kind, **place, **deleted)

    def bank_account(self, client: UUID) -> UUID:
        return self.company.add(
            models.BankAccount,
            client_id=client,
            role=self.pick("DEPOSIT", "PAYER"),
            payment_form=self.pick("03", "03", "01", "zz"),
            account_number=self.pick(None, "002180000000000004", "002010077777777771", "12"),
            bank_code=self.pick(None, "002", "???"),
            bank_rfc=self.pick(None, "BNM840515VB1", "X"),
            **self.deleted(),
        )

    def deal(self, client: UUID) -> UUID:
        state = self.pick("OPEN", "OPEN", "WON", "LOST", "CLOSED")
        ended = {} if state == "OPEN" else {"closed_on": BEFORE}
        with_it = {"WON": {"final_value": 1}, "LOST": {"loss_reason_id": self.reason}}.get(state, {})
        deleted = {"deleted_at": NOON} if self.maybe(0.1) else {}
        return self.company.add(models.Deal, client_id=client, state=state, **ended, **with_it, **deleted)

    def follow_up(self, client: UUID) -> UUID:
        state = self.pick("PENDING", "IN_PROGRESS", "DONE", "CANCELLED")
        done = {"completed_at": NOON} if state == "DONE" else {}
        return self.company.add(models.FollowUp, client_id=client, state=state, **done, **self.deleted())

    def file(self, client: UUID) -> UUID:
        replaced = {"replaced_at": NOON} if self.maybe(0.3) else {}
        return self.company.add(models.Document, client_id=client, **replaced, **self.deleted())

    # Sales documents: their sums fit together, as commands leave them

    def sales_document(self, client: UUID) -> UUID:
        """With terms, other debts, lines of which a part is converted, payments and an origin."""
        kind = self.pick(*SalesDocumentType)
        state = self.pick(*STATES[kind])
        currency = self.pick("MXN", "MXN", "USD")
        prices = [self.pick(0, 1, 100, 5000) for _ in range(self.random.randint(0, 2))]
        total = Decimal(sum(prices))
        converted = [
            self.pick(Decimal(0), Decimal(0), Decimal("0.5"), Decimal(1))
            if kind in (SalesDocumentType.QUOTE, SalesDocumentType.SALES_NOTE) and state != "DRAFT"
            else Decimal(0)
            for _ in prices
        ]
        values: dict[str, Any] = {"paid": Decimal(0), "credited": Decimal(0)}
        if kind is SalesDocumentType.SALES_NOTE:
            values["credited"] = sum((price * part for price, part in zip(prices, converted, strict=True)), Decimal(0))
        left = total - values["credited"]
        if kind in DEBTS and state == "PAID":
            values["paid"] = left
        elif kind in DEBTS and state == "PARTIALLY_PAID":
            values["paid"] = left / 2
        elif kind is SalesDocumentType.INVOICE and state in OWING and self.maybe(0.3):
            values["credited"] = self.pick(total / 2, total)
        if kind is SalesDocumentType.CREDIT_NOTE:
            values |= self.credited(client, total, currency, sent=state in OWING)
            values["credited"] = total if state in OWING else Decimal(0)
        if kind in DEBTS and state in (*OWING, "PARTIALLY_PAID") and total == values["paid"] + values["credited"]:
            state = "PAID"
        if self.maybe(0.4) and kind in DEBTS:
            self.limits(client)
        if self.maybe(0.7):
            self.company.add(models.CfdiProfile, client_id=client, **BILLABLE | self.pick(*SPOILT))
        stamped = kind in FISCAL and (state == "STAMPED" or (state != "DRAFT" and self.maybe()))
        values |= self.pick(*PAYING)
        document = self.company.add(
            models.SalesDocument,
            client_id=client,
            type=kind,
            state=state,
            series=self.pick("A", "B"),
            subtotal=total,
            total=total,
            on_credit=self.maybe(),
            expires_on=self.pick(None, BEFORE, LATER) if kind is SalesDocumentType.QUOTE else None,
            currency=currency,
            exchange_rate=Decimal("17.123456") if currency == "USD" else 1,
            uuid=uuid4() if stamped else None,
            **values,
        )
        if stamped and self.maybe():
            self.cancelling(client, document, state)
        for position, (price, part) in enumerate(zip(prices, converted, strict=True), 1):
            self.company.add(
                models.SalesDocumentLine, client_id=client, sales_document_id=document, position=position, quantity=1,
                description="Silla", product_code="56101504", unit_code="H87", unit_price=price, amount=price,
                tax_object="01", converted=part,
            )  # fmt: skip
        return document

    def cancelling(self, client: UUID, document: UUID, state: str) -> None:
        """What came of asking the SAT to cancel it, and others that relate to it."""
        sat_state = self.pick(
            *(each for each in SatCancellationState if (each in SAT_CANCELLED) is (state == "CANCELLED"))
        )
        request = {"reason": "OPERATION_NOT_CARRIED_OUT", "requested_at": NOON, "sat_state": sat_state}
        self.company.add(models.Cancellation, client_id=client, sales_document_id=document, **request)
        if self.maybe(0.3):  # a credit note that reduces nothing
            fiscal = {
                "origin_id": document,
                **self.pick(
                    {"state": "STAMPED", "uuid": uuid4()},
                    {"state": "CANCELLED", "uuid": uuid4()},
                    {"state": "CANCELLED", "uuid": None},
                ),
            }
            self.company.add(
                models.SalesDocument, client_id=client, type="CREDIT_NOTE", series="E", subtotal=0, total=0, **fiscal
            )
        if self.maybe(0.3):  # what it takes the place of
            replaced = self.company.add(
                models.SalesDocument, client_id=client, series="R", subtotal=0, total=0, uuid=uuid4()
            )
            folio = self.company.owner.scalar(
                select(models.SalesDocument.uuid).where(models.SalesDocument.id == document)
            )
            request = {
                "reason": "ERRORS_WITH_RELATION",
                "requested_at": NOON,
                "sat_state": self.pick(*SatCancellationState),
            }
            self.company.add(
                models.Cancellation, client_id=client, sales_document_id=replaced, substitute_uuid=folio, **request
            )

    def limits(self, client: UUID) -> None:
        """A credit limit, and what uses it up."""
        limit = self.pick(None, 0, 100, 5000)
        self.company.owner.execute(
            text(
                "insert into receivable_terms (company_id, client_id, terms, credit_days, credit_limit)"
                " values (:company, :client, 'CREDIT', 30, :limit) on conflict do nothing"
            ),
            {"company": self.company.id, "client": client, "limit": limit},
        )
        if self.maybe():
            total = self.pick(1, 100, 4900)
            self.company.add(models.SalesDocument, client_id=client, series="Z", subtotal=total, total=total)

    def credited(self, client: UUID, total: Decimal, currency: str, *, sent: bool) -> dict[str, Any]:
        """The invoice of a credit note that was sent, or that still may be."""
        if not sent and self.maybe(0.1):
            return {}
        invoiced = total if sent else self.pick(Decimal(0), total, total + 1)
        state = ("PAID" if total else "SENT") if sent else self.pick("SENT", "CANCELLED", "STAMPED")
        currency = currency if sent else self.pick("MXN", "MXN", "USD")
        sums = {"subtotal": invoiced, "total": invoiced, "credited": total if sent else 0, "currency": currency}
        return {"origin_id": self.company.add(models.SalesDocument, client_id=client, series="O", state=state, **sums)}


def companies(make: Any, random: Random, number: int) -> list[Company]:
    """Companies whose roles may do other things than usual, but for the first's."""
    made = [make()]
    for place in range(number - 1):
        changed = {
            role.value: [each.value for each in models.viewer.Permission if random.random() < 0.75]
            for role in Role
            if role is not Role.ADMIN
        }
        unready = {"tax_regime": None} if place == 0 else {"postal_code": "abc"} if place == 1 else {}
        made.append(make(role_permissions=changed, **unready))
    for company in made:  # the keys of the follow-ups that are put in are not given out again
        company.add(models.CompanySequence, name="FOLLOW_UP", value=1_000_000)
    return made
