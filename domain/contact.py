"""The people at a client: at most one is the primary contact, and naming another takes it from the former."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.email import fold_email, parse_email
from domain.fields import Field, fields_of, parse_phone, phone_warnings
from domain.inputs import ABSENT
from domain.parts import Parts, give_way
from domain.phone import PHONE_EXTENSION
from domain.problem import reject
from domain.text import single_line
from domain.work import UnitOfWork
from models import Contact
from models.catalogs import fold
from models.history import HistoryEventKind
from models.spelling import bare_phone, split_phone

_EXTENSION: Final = re.compile("[0-9]{1,10}")


def _extension(text: str) -> str:
    extension = single_line(text[:100])
    if extension and not _EXTENSION.fullmatch(extension):
        raise reject(PHONE_EXTENSION, extension=extension)
    return extension


FIELDS = fields_of(
    Contact,
    but=["position"],
    email=Field(lambda text: parse_email(text) if text.strip() else ""),
    phone=Field(parse_phone, warn=phone_warnings),
    phone_extension=Field(_extension),
)


def _split(input: Any, contact: Contact | None) -> Any:
    """An extension that is written behind the number, as `55 1234 5678 ext. 12`, is kept beside it. Another number has
    another extension, or none."""
    phone = input.phone
    if phone is ABSENT:
        return input
    number, extension = split_phone(phone or "")
    if input.phone_extension is not ABSENT:
        if extension and input.phone_extension and extension != input.phone_extension:
            raise reject(PHONE_EXTENSION, extension=single_line(input.phone_extension[:100])).at("phone_extension")
    elif extension or contact is None or bare_phone(number) != contact.phone:
        return input.with_values(phone=phone and number, phone_extension=extension)
    return input.with_values(phone=phone and number)


async def _settle(work: UnitOfWork, contact: Contact) -> Sequence[Contact]:
    if contact.phone_extension and not contact.phone:
        raise reject(PHONE_EXTENSION, extension=contact.phone_extension).at("phone_extension")
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
    compared=frozenset({"is_primary"}),
    split=_split,
    flag="is_primary",
    is_same=_is_same,
    give_in=_give_in,
)
