"""The third demo company, Escala, of any size: rows of believable size and shape for measuring, put in by COPY."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege
from psycopg.types.json import Jsonb

from demo.book import FOLLOW_UP_SEQUENCE, Book, chance
from demo.words import GIVEN_NAMES, JOBS, PLACES, STREETS, SURNAMES, SYLLABLES, TRADES
from domain.clabe import control_digit
from domain.folios import SERIES
from domain.rfc import Rfc
from models import Base, CompanySequence, FolioSeries
from models.client import LAST_ACTIVITY
from models.collaborator import Role
from models.ids import uuid7
from models.sales_document import SalesDocumentType

ESCALA = UUID("019900a1-7c00-7d3e-8000-00000000e5ca")

START = datetime.datetime(2021, 11, 1, 14, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 11, 20, 18, tzinfo=datetime.UTC)
BORN_WITHIN = datetime.timedelta(days=1700)
"""Clients come evenly over this time, and live until the end."""

CHILDREN = 3
"""Deals, follow-ups and sales documents of a client, of each."""

SOLD = (SalesDocumentType.QUOTE, SalesDocumentType.SALES_NOTE, SalesDocumentType.INVOICE)

REPORT_EVERY = 5_000
"""Rows between two calls of progress."""

Row = dict[str, Any]


class Progress(Protocol):
    """Called with a table's name, its rows so far, and its rows in all."""

    def __call__(self, what: str, done: int, total: int, /) -> None: ...


def book(clients: int) -> Book:
    """The company itself, its people and its sequences."""
    book = Book(
        ESCALA,
        "2021-11-01 08:00",
        name="Escala Industrial",
        rfc="ESC200101AA0",
        tax_regime="601",
        postal_code="64000",
        time_zone="America/Monterrey",
        currency="MXN",
    )
    sellers = ((f"ventas{n}@escala.mx", f"{GIVEN_NAMES[n]} {SURNAMES[n]}", Role.SALES, None) for n in range(1, 20))
    book.staff(("admin@escala.mx", "Ximena Garza Treviño", Role.ADMIN, None), *sellers)
    book.equip(("Contacto", "Propuesta", "Cierre"), ("Precio", "Otro"))
    book.price_lists_of(("General", "Precios de lista", "MXN"))
    book.rows.append(CompanySequence(company_id=ESCALA, name=FOLLOW_UP_SEQUENCE, value=CHILDREN * clients))
    for series in book.of(FolioSeries):
        series.last_number = clients if series.type in SOLD else 0
    return book


@dataclass(frozen=True)
class Life:
    """What all rows of one client are made from. Its children's ids are the same whenever they are asked for."""

    number: int
    id: UUID
    owner: UUID
    stage: UUID
    price_list: UUID
    born: datetime.datetime
    events: int

    def at(self, part: float) -> datetime.datetime:
        """A time of the client's life, from 0, its creation, to 1, the end of the demo."""
        return self.born + (END - self.born) * part

    def chance(self, what: str) -> Random:
        """The values of one kind of the client's rows."""
        return chance(f"{what}{self.number}")

    def ids(self, table: str, count: int = 1) -> list[UUID]:
        """The ids of the client's rows in a table, spread over its life."""
        source = self.chance(f"{table}.id")
        return [_id(self.at(k / count), source) for k in range(count)]

    def own(self, id_: UUID, **values: Any) -> Row:
        """A row of the client's."""
        return {"company_id": ESCALA, "id": id_, "client_id": self.id} | values


def _id(when: datetime.datetime, source: Random) -> UUID:
    return uuid7(int(when.timestamp() * 1000), source)


def _since(when: datetime.datetime) -> Row:
    return {"created_at": when, "updated_at": when}


def lives(book: Book, clients: int, events: int) -> Iterator[Life]:
    """The clients, in the order of their creation, dealt out evenly to the company's people."""
    owners = [person.id for person in book.people.values()]
    price_list = next(iter(book.price_lists.values()))
    for number in range(clients):
        born = START + BORN_WITHIN * (number / clients)
        owner = owners[number % len(owners)]
        yield Life(number, _id(born, chance(f"{number}")), owner, book.stages[0].id, price_list.id, born, events)


def identity(life: Life) -> tuple[str, str, str]:
    """Legal name, trade name and a sound RFC; no two clients share both the day and the homoclave in it."""
    pick = life.chance("identity")
    trade, place = pick.choice(TRADES), pick.choice(PLACES)
    brand = "".join(pick.choices(SYLLABLES, k=pick.randint(2, 4)))
    days, homoclave = divmod(life.number, 36 * 36)
    pair = "".join("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[part] for part in divmod(homoclave, 36))
    day = datetime.date(1990, 1, 1) + datetime.timedelta(days=days)
    stem = f"{trade[0]}{brand[0]}{place[0]}{day:%y%m%d}{pair}"
    return f"{trade} {brand} DE {place}", brand.title(), stem + Rfc(f"{stem}0").check_digit


def client(life: Life) -> Iterator[Row]:
    pick = life.chance("client")
    name, trade_name, rfc = identity(life)
    yield {
        "company_id": ESCALA,
        "id": life.id,
        "kind": "CLIENT",
        "legal_name": name,
        "trade_name": trade_name,
        "rfc": rfc,
        "owner_id": life.owner,
        "price_list_id": life.price_list,
        "internal_note": f"Atiende {pick.choice(GIVEN_NAMES)} por la mañana." if pick.random() < 0.3 else None,
        "created_by_id": life.owner,
    } | _since(life.born)


def contact(life: Life) -> Iterator[Row]:
    pick = life.chance("contact")
    for position, id_ in enumerate(life.ids("contact", 2)):
        yield life.own(
            id_,
            name=f"{pick.choice(GIVEN_NAMES)} {pick.choice(SURNAMES)} {pick.choice(SURNAMES)}",
            job_title=pick.choice(JOBS),
            email=f"contacto{2 * life.number + position}@example.com",
            phone=f"+5281{pick.randrange(10**8):08}",
            is_primary=not position,
            receives_reminders=not position,
            position=position,
            **_since(life.born),
        )


def address(life: Life) -> Iterator[Row]:
    pick = life.chance("address")
    for position, id_ in enumerate(life.ids("address", 2)):
        yield life.own(
            id_,
            kind="BRANCH" if position else "FISCAL",
            label="Sucursal" if position else None,
            street=pick.choice(STREETS),
            exterior_number=pick.randint(1, 2000),
            municipality="Monterrey",
            state="NLE",
            postal_code="64000",
            position=position,
            **_since(life.born),
        )


def receivable_terms(life: Life) -> Iterator[Row]:
    on_credit = life.number % 3 > 0
    yield {
        "company_id": ESCALA,
        "client_id": life.id,
        "terms": "CREDIT" if on_credit else "CASH",
        "credit_days": 30 if on_credit else 0,
        "credit_limit": 100_000 if on_credit else None,
    } | _since(life.born)


def cfdi_profile(life: Life) -> Iterator[Row]:
    name, _, rfc = identity(life)
    yield life.own(
        *life.ids("cfdi_profile"),
        valid_from=life.born,
        rfc=rfc,
        name=name,
        tax_regime="601",
        cfdi_use="G03",
        postal_code="64000",
        payment_form="03",
        payment_method="PUE",
        currency="MXN",
        **_since(life.born),
    )


def bank_account(life: Life) -> Iterator[Row]:
    number = f"072580{life.number:011}"
    yield life.own(
        *life.ids("bank_account"),
        role="DEPOSIT",
        bank_code="072",
        bank_name="Banorte",
        payment_form="03",
        account_number=number + control_digit(number),
        is_default=True,
        **_since(life.born),
    )


def deal(life: Life) -> Iterator[Row]:
    value = 10_000 + life.number % 90 * 1_000
    for k, (id_, state) in enumerate(zip(life.ids("deal", CHILDREN), ("WON", "CLOSED", "OPEN"), strict=True)):
        when = life.at(k / CHILDREN)
        yield life.own(
            id_,
            title=f"Trato {k + 1}",
            estimated_value=value,
            currency="MXN",
            priority="MEDIUM",
            assignee_id=life.owner,
            stage_id=life.stage,
            position=-(CHILDREN * life.number + k),
            state=state,
            closed_on=None if state == "OPEN" else when.date(),
            final_value=value if state == "WON" else None,
            created_by_id=life.owner,
            **_since(when),
        )


def follow_up(life: Life) -> Iterator[Row]:
    pairs = zip(life.ids("follow_up", CHILDREN), life.ids("deal", CHILDREN), strict=True)
    for k, (id_, deal_id) in enumerate(pairs):
        when, done = life.at((k + 1) / CHILDREN), not k
        yield life.own(
            id_,
            deal_id=deal_id,
            number=CHILDREN * life.number + k + 1,
            name=f"Seguimiento {k + 1}",
            type="CALL",
            starts_at=when,
            ends_at=when,
            priority="MEDIUM",
            assignee_id=life.owner,
            state="DONE" if done else "PENDING",
            completed_at=when if done else None,
            created_by_id=life.owner,
            **_since(life.at(k / CHILDREN)),
        )


def sales_document(life: Life) -> Iterator[Row]:
    subtotal = 1_000 + life.number % 500 * 100
    tax = subtotal * 16 // 100
    for k, (id_, type_) in enumerate(zip(life.ids("sales_document", CHILDREN), SOLD, strict=True)):
        when, invoice = life.at(k / CHILDREN), type_ is SalesDocumentType.INVOICE
        paid = invoice and life.number % 3 == 0
        yield life.own(
            id_,
            type=type_,
            series=SERIES[type_],
            number=life.number + 1,
            state="PAID" if paid else "SENT",
            issued_at=when,
            issued_by_id=life.owner,
            due_on=when.date() if invoice else None,
            on_credit=invoice,
            subtotal=subtotal,
            tax=tax,
            total=subtotal + tax,
            paid=subtotal + tax if paid else 0,
            uuid=id_ if invoice else None,
            **_since(when),
        )


def document(life: Life) -> Iterator[Row]:
    """A row without an object: nobody downloads what is only measured, and no thumbnail is to be drawn of it."""
    (id_,) = life.ids("document")
    yield life.own(
        id_,
        kind="OTHER",
        name=f"archivo-{life.number}.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        object_key=f"{ESCALA.hex}/{id_.hex}",
        uploaded_by_id=life.owner,
        thumbnail_tried_at=life.born,
        **_since(life.born),
    )


def history_event(life: Life) -> Iterator[Row]:
    """The creation, deals and documents, then changes of the documents' state without end: a size, not a story."""
    milestones: list[tuple[str, UUID | None, UUID | None, Jsonb]] = [("CLIENT_CREATED", None, None, Jsonb({}))]
    changes: list[tuple[str, UUID | None, UUID | None, Jsonb]] = []
    triples = zip(life.ids("deal", CHILDREN), life.ids("sales_document", CHILDREN), SOLD, strict=True)
    for k, (deal_id, document_id, type_) in enumerate(triples):
        money = {"estimated_value": "10000.00", "currency": "MXN"}
        named = {"type": type_, "folio": f"{SERIES[type_]}-{life.number + 1}"}
        change = named | {"from_state": "DRAFT", "to_state": "SENT"}
        milestones.append(("DEAL_CREATED", deal_id, None, Jsonb({"title": f"Trato {k + 1}"} | money)))
        milestones.append(
            ("SALES_DOCUMENT_ISSUED", None, document_id, Jsonb(named | {"total": "1160.00", "currency": "MXN"}))
        )
        changes.append(("SALES_DOCUMENT_STATE_CHANGED", None, document_id, Jsonb(change)))
    source = life.chance("history_event.id")
    for k in range(life.events):
        when = life.at(k / life.events)
        kind, deal_id, document_id, details = milestones[k] if k < len(milestones) else changes[k % CHILDREN]
        yield {
            "company_id": ESCALA,
            "id": _id(when, source),
            "client_id": life.id,
            "occurred_at": when,
            "recorded_at": when,
            "kind": kind,
            "actor_id": life.owner,
            "deal_id": deal_id,
            "sales_document_id": document_id,
            "details": details,
        }


TABLES: tuple[Callable[[Life], Iterator[Row]], ...] = (
    client,
    contact,
    address,
    receivable_terms,
    cfdi_profile,
    bank_account,
    deal,
    follow_up,
    sales_document,
    document,
    history_event,
)
"""For each table, in the order of their references, the function of its name that yields one client's rows."""


def load(connection: Connection[Any], clients: list[Life], progress: Progress | None) -> None:
    """COPY every table's rows, within the caller's transaction.

    Indexes stay, as other companies' queries need them: to drop them and build them afterwards won nothing when tried.
    """
    counted, *others = TABLES
    # By triggers, which do not run once references are trusted.
    _copy(connection, counted, clients, progress)
    _trust_references(connection)
    for rows_of in others:
        _copy(connection, rows_of, clients, progress)
    # What triggers keep of the others in the clients' rows, where there were none.
    newest = sql.SQL(", ").join(map(sql.Identifier, LAST_ACTIVITY.values()))
    statement = sql.SQL(
        "update client c set ({newest}, next_follow_up_at) = ("
        "select {newest}, ficha_next_follow_up(c.company_id, c.id) from ficha_newest_activity(c.company_id, c.id)"
        ") where c.company_id = %s and greatest({newest}, next_follow_up_at) is null"
    )
    connection.execute(statement.format(newest=newest), [ESCALA])
    _trust_references(connection, trusted=False)


def _copy(
    connection: Connection[Any],
    rows_of: Callable[[Life], Iterator[Row]],
    clients: list[Life],
    progress: Progress | None,
) -> None:
    table, total = rows_of.__name__, len(clients) * sum(1 for _ in rows_of(clients[0]))
    rows = chain.from_iterable(map(rows_of, clients))
    first = next(rows, None)
    if first is None:
        return
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, first))
    )
    with connection.cursor().copy(statement) as copy:
        for done, row in enumerate(chain([first], rows), start=1):
            copy.write_row(tuple(row.values()))
            if progress and (done % REPORT_EVERY == 0 or done == total):
                progress(table, done, total)


def _trust_references(connection: Connection[Any], *, trusted: bool = True) -> None:
    """Skip the look-up of every row's foreign keys, longer than all else together, where the role may do so.

    The rows are made from each other's ids, and a test checks them all. Without the right the load is only slower.
    """
    try:
        with connection.transaction():
            role = "replica" if trusted else "origin"
            connection.execute(sql.SQL("set local session_replication_role = {}").format(sql.Identifier(role)))
    except InsufficientPrivilege:
        pass


def analyze(connection: Connection[Any]) -> None:
    """Make the statistics, and the visibility maps that index-only scans need; outside any transaction."""
    tables = sql.SQL(", ").join(map(sql.Identifier, Base.metadata.tables))
    connection.execute(sql.SQL("vacuum (analyze) {}").format(tables))
