"""Events of other systems on a client's history. Their types are in `schema.history`."""

import datetime
from typing import TYPE_CHECKING

import strawberry

from domain.external_event import find_first, record_external_event
from models.external_event import ExternalEventDirection, ExternalEventKind
from models.viewer import Permission
from schema.enums import describe, label
from schema.history import HistoryEvent
from schema.inputs import OnClient, Ref, required, value
from schema.mutations import mutation
from schema.scalars import Url

if TYPE_CHECKING:
    from schema.contact import ClientContact
    from schema.deal import ClientDeal
    from schema.follow_up import FollowUp
    from schema.sales_document import SalesDocument

describe(
    ExternalEventKind,
    "What happened in another system (tipo de evento externo).",
    CALL=label("Llamada", "Call", "a telephone call."),
    MESSAGE=label("Mensaje", "Message", "as one of WhatsApp or an SMS."),
    EMAIL=label("Correo electrónico", "E-mail"),
    MEETING=label("Reunión", "Meeting"),
    VISIT=label("Visita", "Visit"),
    ORDER=label("Pedido", "Order", "as one in a web shop."),
    TICKET=label("Solicitud de soporte", "Support ticket"),
    OTHER=label("Otro", "Other", "shown as it comes."),
)
describe(
    ExternalEventDirection,
    "Who began what happened in another system (dirección).",
    INBOUND=label("Entrante", "Inbound", "the client did."),
    OUTBOUND=label("Saliente", "Outbound", "the company did."),
)

_OF_CLIENT = "that it is about, one of the client's. At most one record is named."


@strawberry.input(
    description="What happened in another system. `source` and `externalId` together are unique in the company: what is"
    " sent again is not doubled."
)
class RecordExternalEventInput(OnClient):
    kind: ExternalEventKind = required("What happened.")
    direction: ExternalEventDirection | None = value("Who began it; none by default.")
    source: str = required("The system where it happened, as `WhatsApp`, at most 100 characters; people read it.")
    external_id: str = required("Its id in that system, at most 200 characters.")
    occurred_at: datetime.datetime = required(
        "When it happened: from 2000 on, and not in the future but for a minute, by which that system's clock may be"
        " ahead."
    )
    title: str = required("What people see of it first, at most 200 characters: a subject, a number, a first line.")
    body: str | None = value("What was said or written, at most 4,000 characters.")
    url: Url | None = value("Where that system shows it, https, at most 2,000 characters.")
    deal_id: Ref["ClientDeal"] | None = value(f"The deal {_OF_CLIENT}")
    sales_document_id: Ref["SalesDocument"] | None = value(f"The sales document {_OF_CLIENT}")
    contact_id: Ref["ClientContact"] | None = value(f"The contact {_OF_CLIENT}")
    follow_up_id: Ref["FollowUp"] | None = value(f"The follow-up {_OF_CLIENT}")


MUTATIONS = (
    mutation(
        RecordExternalEventInput,
        record_external_event,
        HistoryEvent,
        "Puts what happened in another system on the client's history (registrar evento externo). Sent again with the"
        " same values it answers with the first event; with others, `EXTERNAL_EVENT_DIFFERS` names each.",
        needs=Permission.HISTORY_WRITE,
        many="RecordExternalEvents",
        ahead=find_first,
    ),
)
