"""How a sales document comes into another state, and what the history is told of documents."""

import datetime
from typing import Any

from domain.fields import shown
from domain.work import UnitOfWork
from models import Client, SalesDocument
from models.history import HistoryEventKind
from models.sales_document import SalesDocumentState


def move(work: UnitOfWork, client: Client, document: SalesDocument, state: SalesDocumentState, **details: Any) -> None:
    """Brings the document into the state, unless it is in it, and tells the history."""
    before = document.state
    if before is state:
        return
    document.state = state
    moved(work, client, document, before, **details)


def moved(
    work: UnitOfWork, client: Client, document: SalesDocument, before: SalesDocumentState, **details: Any
) -> None:
    """Tells the history that the document came out of the state, into that which it has."""
    work.touch(document)
    kind = HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED
    tell(work, kind, client, document, from_state=before, to_state=document.state, **details)


def tell(
    work: UnitOfWork,
    kind: HistoryEventKind,
    client: Client,
    document: SalesDocument,
    occurred_at: datetime.datetime | None = None,
    **details: Any,
) -> None:
    """Appends an event about the document: what it is, its folio, and the details, as text."""
    values = {"type": document.type, "folio": document.folio, **details}
    texts = {name: shown(value) for name, value in values.items()}
    work.record(kind, client, details=texts, occurred_at=occurred_at, sales_document_id=document.id)
