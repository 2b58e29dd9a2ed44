"""The history of a client, one type for each kind of event."""

import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import ID

from errors import DeclarationError, unknown
from models.external_event import ExternalEventDirection
from models.history import EXTERNAL_DETAILS, Change, HistoryEventKind
from resolvers import history as answers
from resolvers.relation import global_id
from schema.address import ClientAddress
from schema.bank_account import ClientBankAccount
from schema.collaborator import Collaborator
from schema.contact import ClientContact
from schema.deal import ClientDeal
from schema.document import ClientDocument
from schema.enums import describe, label
from schema.fields import answered, column, related, shows
from schema.follow_up import FollowUp
from schema.node import Connection, Node
from schema.sales_document import SalesDocument
from schema.scalars import Url, YearMonth

if TYPE_CHECKING:
    from schema.client import Client


def _uncapitalized(text: str) -> str:
    return text[0].lower() + text[1:]


describe(
    Change,
    "What was done to a record (cambio).",
    name="RecordChange",
    CREATED=label("Agregado", "Added"),
    UPDATED=label("Editado", "Edited"),
    DELETED=label("Eliminado", "Deleted"),
    RESTORED=label("Restaurado", "Restored"),
    REORDERED=label("Reordenado", "Reordered", "the client's records of the kind were put in another order."),
)

_KINDS: Any = {
    kind.name: label(kind.declared.word, kind.declared.word_en, f"{_uncapitalized(kind.declared.text)}.")
    for kind in HistoryEventKind
}

describe(
    HistoryEventKind,
    "What can happen to a client's record (tipo de evento); each kind has a type of its own.",
    **_KINDS,
)


def detail(key: str, description: str) -> Any:
    """A field that is the value of that time, kept with the event."""
    return answered(answers.detail(key), description)


@strawberry.type(description="The API key that somebody acted through (llave de API).")
class FichaActingApiKey:
    id: ID = answered(global_id, "The key's id, by which `apiKeys` lists it.")
    name: str = column("What it is for.")


_SUBJECT = (
    "The record that it is about (registro), as it is now: the document, the deal, the follow-up, the contact, the"
    " address, the account, the file, or else the client. Null for a part of the client in events from before"
    " 2026-11-29."
)
_SUBJECT_DELETED = "Whether that record is deleted by now."


@strawberry.interface(
    description="Something that happened to the client (evento del historial). Its own fields are the values of that"
    " time; the records it leads to are as they are now."
)
class HistoryEvent(Node):
    kind: HistoryEventKind = column("What happened.")
    summary: str = answered(
        answers.summary,
        "What happened, as a sentence in the viewer's language (resumen): `Factura F-3 pagada`. Its values are those of"
        " that time. Also kinds that a client app does not know have theirs.",
    )
    occurred_at: datetime.datetime = column("When it happened, which may be before it was recorded.")
    recorded_at: datetime.datetime = column("When it was recorded.")
    created_at: datetime.datetime = column("As `recordedAt`.")
    updated_at: datetime.datetime = column("As `recordedAt`: it is never changed.")
    actor: Collaborator | None = related("Who did it (colaborador); null when nobody did, as in an import.")
    api_key: FichaActingApiKey | None = related(
        "The key that did it in the actor's name; null when they did it themselves."
    )
    as_prospect: bool = column("Whether the record was still a prospect at the time.")
    subject: Node | None = answered(answers.subject("client"), _SUBJECT)
    subject_deleted: bool = answered(answers.subject_deleted("client"), _SUBJECT_DELETED)
    group: str | None = detail(
        "group", "Events with the same value are of one form (`saveClient`) and can be shown as one line."
    )


@strawberry.type(description="A value that was edited (dato editado).")
@shows(answers.Edited)
class FieldChange:
    field: str = column("The field, in API names; a reference by the name of the field that shows it.")
    field_label: str = column("What the screen calls the field (dato), in the viewer's language.")
    from_: str | None = strawberry.field(name="from", description="What it was, as text; null when there was nothing.")
    from_label: str | None = column("`from` as people read it: `Contado`, `Sí`, `1,250.00`, `29/11/2026 16:30`.")
    to: str | None = column("What it became, as text. Account numbers are masked, references are names.")
    to_label: str | None = column("`to` as people read it, in the viewer's language.")


@strawberry.interface(
    description="A part of the record was added, edited, deleted or restored (cambio en el expediente)."
)
class RecordChangedEvent(HistoryEvent):
    change: Change = detail("change", "What was done.")
    change_label: str = answered(
        answers.change_label,
        "The label of `change`, in the viewer's language, in agreement with what it was done to: `Agregada`.",
    )
    label: str = detail("label", "The record's name at that time.")
    changes: list[FieldChange] = answered(
        answers.changes, "The values that differ and that the viewer may see, and no others."
    )


_EXTERNAL = {each.key: each.description for each in EXTERNAL_DETAILS}


@strawberry.interface(
    description="Something that happened in another system, as a telephone exchange or a web shop, which put it on the"
    " client's history (evento externo). Its texts are that system's."
)
class ExternalEvent(HistoryEvent):
    direction: ExternalEventDirection | None = detail("direction", _EXTERNAL["direction"])
    source: str = detail("source", _EXTERNAL["source"])
    external_id: str = detail("external_id", _EXTERNAL["external_id"])
    title: str = detail("title", _EXTERNAL["title"])
    body: str | None = detail("body", _EXTERNAL["body"])
    url: Url | None = detail("url", _EXTERNAL["url"])
    subject: Node | None = answered(
        answers.external_subject,
        "The record that it is about (registro), as it is now: a deal, a sales document, a contact or a follow-up of"
        " the client's, or else the client.",
    )
    subject_deleted: bool = answered(answers.external_subject_deleted, _SUBJECT_DELETED)


SUBJECTS: dict[str, Any] = {
    "client": Annotated["Client", strawberry.lazy("schema.client")],
    "deal": ClientDeal,
    "sales_document": SalesDocument,
    "contact": ClientContact,
    "address": ClientAddress,
    "bank_account": ClientBankAccount,
    "follow_up": FollowUp,
    "document": ClientDocument,
}
"""What the subject of an event can be: the type by the relation."""

RECORDS: dict[str, tuple[Any, str]] = {
    "sales_document": (SalesDocument, "The document, as it is now."),
    "origin_document": (SalesDocument, "The document that was converted, as it is now."),
    "deal": (ClientDeal, "The deal, as it is now."),
}
"""What events lead to: its type and its description."""


def _event(kind: HistoryEventKind) -> type:
    """The type of a kind of event, as `models.history` declares it."""
    declared = kind.declared
    description = f"{declared.text} ({_uncapitalized(declared.word)})."
    if declared.is_external:
        cls = type(kind.type_name, (ExternalEvent,), {"__annotations__": {}, "__module__": __name__})
        return strawberry.type(cls, description=description)
    first, others = declared.records[:1], declared.records[1:]
    types: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for names, details in ((first, declared.details), (others, ())):
        for name in names:
            if name not in RECORDS:
                raise DeclarationError(
                    unknown(f"models/history.py: history kind {kind}", name, RECORDS, "RECORDS in schema/history.py")
                )
            types[name], fields[name] = RECORDS[name][0] | None, related(RECORDS[name][1])
        for each in details:
            types[each.name], fields[each.name] = each.kind, detail(each.key, each.description)
    types |= {"subject": SUBJECTS[declared.subject] | None, "subject_deleted": bool}
    fields["subject"] = answered(answers.subject(declared.subject), _SUBJECT)
    fields["subject_deleted"] = answered(answers.subject_deleted(declared.subject), _SUBJECT_DELETED)
    base = RecordChangedEvent if declared.is_edit else HistoryEvent
    cls = type(kind.type_name, (base,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.type(cls, description=description)


EVENTS = tuple(map(_event, HistoryEventKind))
"""The type of every kind of event."""


@strawberry.type(description="A page of the history.")
class HistoryEventConnection(Connection[HistoryEvent]):
    unfiltered_count: int = answered(
        answers.unfiltered_count,
        "How many events the whole history has, whatever the arguments. Counted only when asked for.",
    )
    hidden_count: int = answered(
        answers.hidden_count,
        "How many events of that time, these kinds and this actor are left out, because they are about something that"
        " the viewer may not see. Not part of the other counts; `search` does not look into them.",
    )


@strawberry.type(description="How many events of a kind (tipo de evento) a month has.")
@shows(answers.KindCount)
class HistoryKindCount:
    kind: HistoryEventKind = column("The kind.")
    count: int = column("How many events of the kind it has, at least 1.")


@strawberry.type(description="A month of the history's drop-down (mes), in the company's time zone.")
class HistoryMonth:
    month: YearMonth = column("The month.")
    event_count: int = column("How many events it has; 0 for a month in which nothing happened.")
    by_kind: list[HistoryKindCount] = answered(
        answers.by_kind, "How many events of each kind it has, for a filter; none of a kind that it does not have."
    )
