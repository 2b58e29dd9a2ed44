"""What happened in another system (evento externo): a call, a message, an order. Its row is an event of the history."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ExternalEventKind(StrEnum):
    """What happened there; `HistoryEventKind` has each with the prefix `EXTERNAL_`."""

    CALL = "CALL"
    MESSAGE = "MESSAGE"
    EMAIL = "EMAIL"
    MEETING = "MEETING"
    VISIT = "VISIT"
    ORDER = "ORDER"
    TICKET = "TICKET"
    OTHER = "OTHER"


class ExternalEventDirection(StrEnum):
    """Who began it: the client, or the company."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


SUBJECTS: Final[Mapping[str, str]] = {
    "deal": "deal_id",
    "sales_document": "sales_document_id",
    "contact": "subject_id",
    "follow_up": "subject_id",
}
"""What of the client it can be about, by the name that `details["subject"]` has of it: the column that leads there."""
