"""The people at a client: at most one is the primary contact, and naming another takes it from the former."""

from domain.email import parse_email
from domain.fields import Field, fields_of, parse_phone, phone_warnings
from domain.parts import Parts, give_way
from domain.work import UnitOfWork
from models import Contact
from models.history import HistoryEventKind

FIELDS = fields_of(
    Contact,
    but=["position"],
    email=Field(lambda text: parse_email(text) if text.strip() else ""),
    phone=Field(parse_phone, warn=phone_warnings),
)


async def _settle(work: UnitOfWork, contact: Contact) -> None:
    if contact.is_primary:
        await give_way(work, contact, "is_primary")


CONTACTS = Parts(
    model=Contact,
    fields=FIELDS,
    kind=HistoryEventKind.CONTACT_CHANGED,
    label=lambda contact: contact.name,
    settle=_settle,
    flag="is_primary",
)
