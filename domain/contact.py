"""The people at a client: at most one is the primary contact, and naming another takes it from the former."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.email import fold_email, parse_email
from domain.fields import Field, fields_of, parse_phone, phone_warnings
from domain.parts import Parts, give_way
from domain.work import UnitOfWork
from models import Contact
from models.catalogs import fold
from models.history import HistoryEventKind

FIELDS = fields_of(
    Contact,
    but=["position"],
    email=Field(lambda text: parse_email(text) if text.strip() else ""),
    phone=Field(parse_phone, warn=phone_warnings),
)


async def _settle(work: UnitOfWork, contact: Contact) -> Sequence[Contact]:
    return await give_way(work, contact, "is_primary") if contact.is_primary else ()


def _is_same(contact: Contact, stated: Mapping[str, Any]) -> bool:
    """The same e-mail address; or else the same name, and no address or telephone that says otherwise."""
    email, phone = stated.get("email"), stated.get("phone")
    if contact.email and email:
        return fold_email(contact.email) == fold_email(email)
    return fold(contact.name) == fold(stated.get("name") or "") and len({contact.phone, phone} - {None}) < 2


def _give_in(contact: Contact, there: Sequence[Contact]) -> None:
    contact.is_primary = contact.is_primary and not any(each.is_primary for each in there)


CONTACTS = Parts(
    model=Contact,
    fields=FIELDS,
    kind=HistoryEventKind.CONTACT_CHANGED,
    label=lambda contact: contact.name,
    settle=_settle,
    flag="is_primary",
    is_same=_is_same,
    give_in=_give_in,
)
