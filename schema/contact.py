"""Contacts of a client."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.fields import column, related
from schema.node import Node
from schema.scalars import EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.client import Client


@strawberry.type(description="A person to talk to at the client (contacto).")
class Contact(Node):
    name: str = column("Name (nombre), at most 200 characters.")
    job_title: str | None = column("Position at the client (puesto).")
    email: EmailAddress | None = column("E-mail address (correo).")
    phone: PhoneNumber | None = column("Telephone (teléfono).")
    is_primary: bool = column("Whether it is the main contact; a client has at most one.")
    receives_reminders: bool = column("Whether payment reminders go to this contact's e-mail address.")
    client: Annotated["Client", strawberry.lazy("schema.client")] = related("The client.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was added.")
    updated_at: datetime.datetime = column("When it was last changed.")
