"""A client's statement of account, and what it owed on a day of the past."""

import asyncio
import base64
import binascii
import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from strawberry import Info, argument

from domain.account_statement import (
    MOST_LINES,
    AccountStatement,
    PastReceivables,
    Period,
    StatementLine,
    currency_of,
    past_day,
)
from domain.account_statement import period as period_of
from domain.account_statement_file import StatementFile, StatementFormat, statement_data, write_file
from errors import BadInput
from loaders.account_statement import BALANCES, LAST_LINES, LINES, OPENINGS, Place, end_of
from loaders.client import ClientEntity
from loaders.company import LOGO, CompanyEntity
from loaders.entity import Entity
from loaders.operation import Operation, PageInfo
from loaders.paging import is_backward, page_size
from loaders.payment import PaymentEntity
from loaders.sales_document import SalesDocumentEntity
from models.viewer import Permission
from resolvers.context import context, operation, viewer
from storage.reading import Readers

PERMISSIONS: Final = [BALANCES.permission] if BALANCES.permission else []
"""What a viewer needs to see a statement, or what was owed on a day."""

Day = Annotated[
    datetime.date, argument(description="The day, at its end in the company's time zone; not in the future.")
]
First = Annotated[datetime.date, argument(name="from", description="The first day, in the company's time zone.")]
Last = Annotated[datetime.date, argument(description="The last day, that day included; not in the future.")]
Currency = Annotated[str | None, argument(description="SAT's c_Moneda (ISO 4217); by default the company's.")]


async def receivables_as_of(root: Any, info: Info, day: Day) -> PastReceivables:
    """What the client owed when the day ended."""
    past = past_day(day, context(info).today)
    balances = operation(info).computed(BALANCES, root.id, as_of=past)
    return PastReceivables.of(past, *await asyncio.gather(_currency(info, None), balances))


async def statement(root: Any, info: Info, from_: First, to: Last, currency: Currency = None) -> AccountStatement:
    """The client's statement of account."""
    period = period_of(from_, to, context(info).today)
    return await account_statement(operation(info), root, period, await _currency(info, currency))


async def account_statement(reads: Operation, client: Any, period: Period, currency: str) -> AccountStatement:
    """The statement of the period in the currency, without its lines."""
    before, after = await asyncio.gather(
        reads.computed(OPENINGS, client.id, first_day=period.first),
        reads.computed(BALANCES, client.id, as_of=period.last),
    )
    return AccountStatement.of(client, period, currency, before, after)


async def statement_lines(
    reads: Operation, statement: AccountStatement, size: int, cursor: Place | None = None, *, backward: bool = False
) -> Sequence[StatementLine]:
    """So many lines of the statement, in their order: the first after the cursor, or backward the last before it."""
    period = statement.period
    day, instant, id = cursor or end_of(period.first, backward=backward)
    rows = await reads.computed(
        LAST_LINES if backward else LINES,
        statement.client.id,
        first_day=period.first,
        last_day=period.last,
        currency=statement.currency,
        cursor_day=day,
        cursor_instant=instant,
        cursor_id=id,
        size=size,
    )
    names = reads.viewer.may(Permission.SALES_READ)
    return [StatementLine(row, names, statement.currency) for row in rows]


async def _currency(info: Info, currency: str | None) -> str:
    if currency is not None:
        return currency_of(currency)
    company = await operation(info).record(CompanyEntity, viewer(info).company_id)
    return company.currency if company else "MXN"


# Files


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where the viewer downloads a file, until it expires."""

    url: str
    expires_at: datetime.datetime


def pdf(root: AccountStatement, info: Info) -> FileLink:
    """The statement as PDF, in the viewer's language."""
    return _file(root, info, StatementFormat.PDF)


def xlsx(root: AccountStatement, info: Info) -> FileLink:
    """The statement as a workbook."""
    return _file(root, info, StatementFormat.XLSX)


def _file(root: AccountStatement, info: Info, kind: StatementFormat) -> FileLink:
    request = context(info)
    request.disclosed["statementLinks"] += 1
    file = StatementFile(root.client.id, root.period, root.currency, request.language, kind)
    return FileLink(*request.statement_url(file))


async def write_statement(
    reads: Operation, readers: Readers, file: StatementFile, today: datetime.date
) -> tuple[str, bytes]:
    """The file's name and content. BadInput where it has too many lines; LookupError where the client is not seen."""
    client = await reads.record(ClientEntity, file.client_id)
    if client is None:
        raise LookupError
    statement = await account_statement(reads, client, file.period, file.currency)
    lines = await statement_lines(reads, statement, MOST_LINES + 1)
    if len(lines) > MOST_LINES:
        message = f"El estado de cuenta tiene más de {MOST_LINES:,} movimientos: pida un periodo más corto."
        raise BadInput("STATEMENT_TOO_LONG", message)
    company, logos = await asyncio.gather(
        reads.record(CompanyEntity, reads.viewer.company_id), reads.computed(LOGO, reads.viewer.company_id)
    )
    logo = next((bytes(one.picture) for one in logos), None)
    data = statement_data(statement, lines, company, logo, today, file.language)
    content = await write_file(readers, file.format, data, reads.viewer.company_id)
    return file.name(client.legal_name), content


# Lines


@dataclass(frozen=True, slots=True)
class LineEdge:
    """A line, and its place in the statement."""

    cursor: str
    node: StatementLine


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of the lines, in their order."""

    edges: Sequence[LineEdge]
    page_info: PageInfo

    @property
    def nodes(self) -> Sequence[StatementLine]:
        """The lines alone."""
        return [edge.node for edge in self.edges]


async def lines(
    root: AccountStatement,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> LinePage:
    """A page of the lines, from the first one on or up to the last one, or from a cursor."""
    backward = is_backward(first, after, last, before)
    size = page_size("last", last) if backward else page_size("first", first)
    token, name = (before, "before") if backward else (after, "after")
    cursor = None if token is None else _place(token, name)
    rows = await statement_lines(operation(info), root, size + 1, cursor, backward=backward)
    more, started = len(rows) > size, token is not None
    shown = rows[max(len(rows) - size, 0) :] if backward else rows[:size]
    edges = [LineEdge(_cursor(line), line) for line in shown]
    ends = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
    return LinePage(edges, PageInfo(started if backward else more, more if backward else started, *ends))


def _cursor(line: StatementLine) -> str:
    place = [line.row.effective_on.isoformat(), line.row.recorded_at.isoformat(), line.row.id.hex]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def _place(cursor: str, name: str) -> Place:
    try:
        day, instant, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = datetime.date.fromisoformat(day), datetime.datetime.fromisoformat(instant), UUID(id)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        place = None
    if place is None or place[1].tzinfo is None:
        raise BadInput("BAD_CURSOR", "El cursor no es válido para esta lista y este orden.", name)
    return place


def text(root: StatementLine, info: Info) -> str:
    """What happened, in the viewer's language."""
    return root.text(context(info).language)


def _record(entity: type[Entity], key: str) -> Any:
    """A resolver: the record that a line's key leads to."""

    def record(root: StatementLine, info: Info) -> Any:
        id = getattr(root.row, key)
        return operation(info).record(entity, id) if id else None

    return record


sales_document = _record(SalesDocumentEntity, "sales_document_id")
"""The document on which it counts."""
payment = _record(PaymentEntity, "payment_id")
"""The payment that it is of."""
credit_note = _record(SalesDocumentEntity, "credit_note_id")
"""The credit note that it is of."""
