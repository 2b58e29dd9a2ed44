"""A company whose rows are hard to write: odd texts, large and small amounts, unknown codes, nulls, nothing at all."""

import datetime
from contextlib import ExitStack
from decimal import Decimal
from random import Random
from typing import Any

from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type
from sqlalchemy import Connection

import models
from loaders import reads
from loaders.history import HistoryEventEntity
from models.collaborator import Role
from models.history import HistoryEventKind
from schema import SCHEMA
from tests.fixtures import NOON, Company, Ficha, unconstrained
from tests.planner.generator import ODD_TEXTS

CLIENTS = 9
ODD = {
    "address": ["country"],
    "bank_account": ["payment_form", "payer_account", "deposit_account"],
    "cfdi_profile": ["cfdi_use", "currency", "payment_form", "payment_method", "tax_regime"],
    "deal": ["currency"],
    "payment": ["payment_form"],
    "payment_reminders": ["cc"],
    "sales_document_line": ["amount"],
}
"""The CHECKs that do not hold for its rows: they are from before there were any."""
LARGEST = Decimal("9999999999999999.99")


def odd_company(ficha: Ficha, owner: Connection) -> Company:
    """Makes it. One of its clients has nothing, one is deleted, one became part of another; a seller is in charge of
    some."""
    with ExitStack() as before:
        for table, names in ODD.items():
            before.enter_context(unconstrained(owner, table, *names))
        return _odd_company(ficha, owner)


def _odd_company(ficha: Ficha, owner: Connection) -> Company:
    random = Random(4)  # noqa: S311  # test data
    own = Company(ficha, owner, name="RARO 'Ñ' \"😀\"")
    prices = own.add(models.PriceList, name="tarifa \u2028 'x'", description=None, currency="MXN")
    reason = own.add(models.LossReason, name='precio "alto"\\')
    state = own.add(models.ProspectState, name='estado "x" \u2028', position=0)
    clients: list[Any] = []
    for number in range(CLIENTS):
        deleted = number == 1
        client = own.client(
            kind="PROSPECT" if number % 3 == 0 else "CLIENT",
            legal_name=text(random, number),
            trade_name=maybe(random, text(random)),
            internal_note=maybe(random, "\n\t".join(ODD_TEXTS)),
            external_id=f"ext {number} \u007f",
            owner_id=own.people[Role.SALES if number % 2 else Role.ADMIN] if number != 2 else None,
            price_list_id=maybe(random, prices),
            prospect_state_id=state if number == 6 else None,
            created_at=NOON - datetime.timedelta(days=random.randint(0, 400), microseconds=number * 1117),
            **({"deleted_at": NOON, "deleted_by_id": own.people[Role.ADMIN]} if deleted else {}),
        )
        clients.append(client)
        if number:
            _fill(own, random, client, reason)
    # Whoever sees the one does not see the other.
    own.change(models.Client, clients[3], converted_into_id=clients[4], converted_at=NOON, deleted_at=NOON)
    return own


def _fill(own: Company, random: Random, client: Any, reason: Any) -> None:
    people = list(own.people.values())
    of = {"client_id": client}
    for place in range(random.randint(0, 3)):
        own.add(
            models.Contact,
            **of,
            name=text(random),
            job_title=maybe(random, text(random)),
            email='a"b@x.mx',
            position=place,
        )
        own.add(
            models.Address,
            **of,
            street=text(random),
            postal_code=random.choice([None, "06000", '"\\']),
            state=maybe(random, "CMX"),
            country="???",
            reference=text(random),
        )
        own.add(
            models.BankAccount,
            **of,
            bank_code=maybe(random, "002"),
            bank_name=text(random),
            payment_form=random.choice(["03", "zz"]),
            account_number=maybe(random, "002180000000000004"),
            position=place,
        )
    own.add(models.Address, **of, kind="FISCAL", street=text(random))
    codes = {
        name: maybe(random, "no hay")
        for name in ("tax_regime", "cfdi_use", "payment_form", "payment_method", "currency")
    }
    own.add(models.CfdiProfile, **of, name=text(random), rfc=maybe(random, "XAXX010101000"), **codes)
    if random.random() < 0.7:  # most
        own.add(models.ReceivableTerms, **of, credit_limit=random.choice([None, 0, Decimal("0.01"), LARGEST]))
        own.add(models.PaymentReminders, **of, cc=random.choice([[], ['"', "\\", "{}", "a,b"]]))
        own.add(models.ReminderRule, **of, position=0, moment="ON", days=0, hour=9)
    deals: list[Any] = []
    for _ in range(random.randint(1, 4)):
        state = random.choice([{}, {"state": "LOST", "closed_on": NOON.date(), "loss_reason_id": reason}])
        deals.append(
            own.add(
                models.Deal,
                **of,
                title=text(random),
                description=maybe(random, text(random)),
                assignee_id=random.choice([None, *people]),
                estimated_value=random.choice([0, Decimal("0.10"), LARGEST]),
                currency="ZZZ",
                expected_close_on=maybe(random, NOON.date()),
                **state,
            )
        )
        own.add(
            models.FollowUp,
            **of,
            name=text(random),
            deal_id=random.choice([None, *deals]),
            assignee_id=maybe(random, people[0]),
            state=random.choice(["PENDING", "IN_PROGRESS"]),
            deleted_at=maybe(random, NOON),
        )
        own.add(
            models.Document,
            **of,
            name=text(random) + ".pdf",
            tags=random.choice([[], ["a", 'b"', "\\", "NULL", "ñ, {x}"]]),
            size=2**31 - 1,
            uploaded_by_id=maybe(random, people[1]),
        )
    documents: list[Any] = []
    for type_, states in (("QUOTE", ["DRAFT", "SENT"]), ("SALES_NOTE", ["SENT"]), ("INVOICE", ["SENT", "DRAFT"])):
        total = random.choice([Decimal(0), Decimal("0.01"), Decimal("123456789012.34")])
        document = own.add(
            models.SalesDocument,
            **of,
            type=type_,
            state=random.choice(states),
            subtotal=total,
            total=total,
            notes=maybe(random, text(random)),
            due_on=random.choice([None, NOON.date()]),
            exchange_rate=Decimal("17.123456"),
            currency="USD",
            origin_id=random.choice([None, *documents]),
            deal_id=random.choice([None, *deals]),
        )
        documents.append(document)
        own.add(
            models.SalesDocumentLine,
            **of,
            sales_document_id=document,
            position=1,
            description=text(random),
            product_code="1",
            unit_code="H87",
            quantity=Decimal("0.000001"),
            unit_price=Decimal("1E+3"),
            amount=0,
        )
        own.add(
            models.Payment,
            **of,
            sales_document_id=document,
            amount=Decimal("0.01"),
            payment_form="??",
            paid_at=NOON,
            reference=maybe(random, text(random)),
        )
    for kind in HistoryEventKind:
        own.add(
            models.HistoryEvent,
            **of,
            kind=kind,
            details=details(random, kind),
            actor_id=random.choice([None, *people]),
            deal_id=random.choice(deals),
            sales_document_id=random.choice(documents),
            occurred_at=NOON
            - datetime.timedelta(days=random.randint(0, 90), microseconds=random.choice([0, 1, 999_999])),
        )


def details(random: Random, kind: HistoryEventKind) -> dict[str, Any]:
    """What an event of the kind has to have, as its type in the schema says."""
    event = SCHEMA._schema.type_map[HistoryEventEntity.type_names[kind.value]]
    assert isinstance(event, GraphQLObjectType)
    found: dict[str, Any] = {"changes": [{"field": "owner_id", "from": None, "to": text(random)}]}
    for field in event.fields.values():
        resolver = field.extensions["strawberry-definition"].base_resolver
        what = getattr(resolver and resolver.wrapped_func, "reads", None)
        if isinstance(what, reads.Detail):
            named = get_named_type(field.type)
            options = list(named.values) if isinstance(named, GraphQLEnumType) else _DETAILS.get(named.name, ODD_TEXTS)
            found[what.key] = random.choice(list(options))
    if "external_id" in found:  # unique in its source
        found |= {
            "external_id": text(random, random.getrandbits(64)),
            "subject": random.choice(["deal", "sales_document"]),
        }
    return found


_DETAILS = {
    "Decimal": ["0.00", "12345678901234567890.12"],
    "Date": ["2026-02-28"],
    "Int": [1],
    "Boolean": [True, False],
}


def text(random: Random, number: int | None = None) -> str:
    """An odd text of at least one character; with a number, another one for each."""
    return "".join(random.choices(ODD_TEXTS, k=3)) + (".." if number is None else str(number))


def maybe(random: Random, value: Any) -> Any:
    """The value or nothing."""
    return random.choice([None, value])
