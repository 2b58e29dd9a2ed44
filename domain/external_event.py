"""What happened in another system: it is put on a client's history once, however often that system sends it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, literal, select

from database.mapped import often
from domain import policy
from domain.fields import OUT_OF_RANGE, Field, Fields, line, lines, to_the_millisecond
from domain.inputs import Maybe, OnClient
from domain.policy import NOT_FOUND, RECORDED, RECORDING
from domain.problem import Problem, Rejected, error, reject
from domain.refusals import EXTERNAL_EVENT_DIFFERS
from domain.url import parse_url
from domain.work import UnitOfWork
from models import Base, Client, Contact, Deal, FollowUp, HistoryEvent, SalesDocument
from models.external_event import SUBJECTS, ExternalEventDirection, ExternalEventKind
from models.history import EXTERNAL_DETAILS, EXTERNAL_ID, SOURCE, HistoryEventKind

OCCURRED_IN_FUTURE: Final = error(
    "El evento no puede ser futuro: revise el reloj del sistema que lo envía.",
    "The event cannot be in the future: check the clock of the system that sends it.",
)
ONE_SUBJECT: Final = error(
    "Indique a lo más un registro: trato, documento de venta, contacto o seguimiento.",
    "Name at most one record: a deal, a sales document, a contact or a follow-up.",
)

EARLIEST: Final = datetime.date(2000, 1, 1)
"""The months of a history begin here, where the company is."""
MOST_SKEW: Final = datetime.timedelta(minutes=1)
"""By how much the clock of another system may be ahead of ours."""


FIELDS: Final[Fields] = {
    "kind": Field(ExternalEventKind, required=True),
    "direction": Field(ExternalEventDirection),
    "source": Field(line(100), required=True),
    "external_id": Field(line(200), required=True),
    "occurred_at": Field(to_the_millisecond, required=True),
    "title": Field(line(200), required=True),
    "body": Field(lines(4_000)),
    "url": Field(parse_url),
    **{f"{subject}_id": Field() for subject in SUBJECTS},
}

_KINDS: Final = {
    ExternalEventKind.CALL: HistoryEventKind.EXTERNAL_CALL,
    ExternalEventKind.MESSAGE: HistoryEventKind.EXTERNAL_MESSAGE,
    ExternalEventKind.EMAIL: HistoryEventKind.EXTERNAL_EMAIL,
    ExternalEventKind.MEETING: HistoryEventKind.EXTERNAL_MEETING,
    ExternalEventKind.VISIT: HistoryEventKind.EXTERNAL_VISIT,
    ExternalEventKind.ORDER: HistoryEventKind.EXTERNAL_ORDER,
    ExternalEventKind.TICKET: HistoryEventKind.EXTERNAL_TICKET,
    ExternalEventKind.OTHER: HistoryEventKind.EXTERNAL_OTHER,
}
_MODELS: Final[Mapping[str, type[Base]]] = {
    "deal": Deal,
    "sales_document": SalesDocument,
    "contact": Contact,
    "follow_up": FollowUp,
}


class RecordExternalEvent(OnClient):
    """An event of another system, about the client or one record of theirs."""

    kind: str
    direction: Maybe[str]
    source: str
    external_id: str
    occurred_at: datetime.datetime
    title: str
    body: Maybe[str]
    url: Maybe[str]
    deal_id: Maybe[UUID]
    sales_document_id: Maybe[UUID]
    contact_id: Maybe[UUID]
    follow_up_id: Maybe[UUID]


async def record_external_event(work: UnitOfWork, input: RecordExternalEvent) -> HistoryEvent:
    """The event. Sent again it is the first one, `Rejected` with each field that differs from that."""
    problems: list[Problem] = []
    client = await _client(work, input, problems)
    values, wrong = await work.read_each(FIELDS, input, creating=True)
    wrong += _problems(work, values)
    if client is not None:
        if not wrong and (first := await _first(work, values)):
            return _again(first, client, values)
        with work.gathering(problems), work.at("client_id"):
            policy.check(work.viewer, RECORDING, client)
    if problems or wrong or client is None:
        raise Rejected(*problems, *wrong)
    details = {each.key: value for each in EXTERNAL_DETAILS if (value := values[each.key]) is not None}
    links: dict[str, UUID] = {}
    for subject, id in _subjects(values):
        record: Any = await work.get(_MODELS[subject], id)
        if record is None or record.client_id != client.id or getattr(record, "deleted_at", None):
            raise reject(NOT_FOUND).at(f"{subject}_id")
        details["subject"], links[SUBJECTS[subject]] = subject, id
    event = work.record(_KINDS[values["kind"]], client, details=details, occurred_at=values["occurred_at"], **links)
    if (same := (values["source"], values["external_id"])) in work.memo:
        work.memo[same] = event
    return event


async def _client(work: UnitOfWork, input: RecordExternalEvent, problems: list[Problem]) -> Client | None:
    """The client, whatever became of it; None where a problem says why not."""
    try:
        return await work.client(input.client_id, RECORDED)
    except Rejected as rejected:
        problems += rejected.problems
        return None


def _subjects(values: Mapping[str, Any]) -> Iterator[tuple[str, UUID]]:
    """The records that are named, by what they are."""
    return ((subject, id) for subject in SUBJECTS if (id := values.get(f"{subject}_id")))


def _problems(work: UnitOfWork, values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with values that can be read."""
    occurred_at = values.get("occurred_at")
    if occurred_at and work.viewer.today(occurred_at) < EARLIEST:
        yield Problem(OUT_OF_RANGE, ("occurred_at",), {"least": EARLIEST, "most": work.today})
    if occurred_at and occurred_at > work.now + MOST_SKEW:
        yield Problem(OCCURRED_IN_FUTURE, ("occurred_at",))
    for subject, _ in islice(_subjects(values), 1, None):
        yield Problem(ONE_SUBJECT, (f"{subject}_id",))


async def _first(work: UnitOfWork, values: Mapping[str, Any]) -> HistoryEvent | None:
    """The event of the same id in the same system. The client is locked: of two that send it at once, one comes first;
    where they name two clients, the unique index lets one through."""
    same = values["source"], values["external_id"]
    if same in work.memo:
        return work.memo[same]
    return await work.session.scalar(_SAME(company_id=work.company_id, source=same[0], external_id=same[1]))


_SAME: Final = often(
    select(HistoryEvent).where(
        HistoryEvent.company_id == bindparam("company_id"),
        bindparam("source") == SOURCE,
        bindparam("external_id") == EXTERNAL_ID,
    )
)


async def find_first(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Finds the events that were recorded before, for all rows of a bulk mutation."""
    stated = ((row.get("source"), row.get("external_id")) for row in rows)
    pairs = list({pair for pair in stated if all(isinstance(each, str) and "\0" not in each for each in pair)})
    columns = (literal([pair[place] for pair in pairs], ARRAY(Text())) for place in (0, 1))
    sent = func.unnest(*columns).table_valued("source", "external_id", name="sent").render_derived().c
    recorded = select(sent.source, sent.external_id, HistoryEvent).where(
        HistoryEvent.company_id == work.company_id, sent.source == SOURCE, sent.external_id == EXTERNAL_ID
    )
    known = await work.session.execute(recorded)
    work.memo |= dict.fromkeys(pairs) | {(source, external_id): event for source, external_id, event in known}


def _again(first: HistoryEvent, client: Client, values: Mapping[str, Any]) -> HistoryEvent:
    """The event that was recorded first, which a prospect may have taken along into its client."""
    if first.client_id not in (client.id, client.converted_into_id):
        # Of a client that may be out of sight no more is told.
        raise reject(EXTERNAL_EVENT_DIFFERS).at("client_id")
    former = _sent(first)
    if differing := [name for name, value in values.items() if former[name] != value]:
        raise Rejected(*(Problem(EXTERNAL_EVENT_DIFFERS, (name,)) for name in differing))
    return first


def _sent(event: HistoryEvent) -> Mapping[str, Any]:
    """What was sent of the event, by the input's names."""
    kind = next(kind for kind, of_history in _KINDS.items() if of_history == event.kind)
    subject = event.details.get("subject")
    return {
        **{each.key: event.details.get(each.key) for each in EXTERNAL_DETAILS},
        **{f"{name}_id": getattr(event, column) if name == subject else None for name, column in SUBJECTS.items()},
        "kind": kind,
        "occurred_at": event.occurred_at,
    }
