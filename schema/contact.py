"""Contacts of a client."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.contact import CONTACTS
from domain.policy import ClientAction, ContactAction
from schema.actions import ActionState, states
from schema.enums import describe
from schema.fields import column, related
from schema.filters import BooleanFilter, IdFilter, StringFilter, filter_input
from schema.inputs import OnClient, OnRecord, about, reorder, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.client import Client


@filter_input("Conditions on a contact.")
class ContactFilter:
    id: IdFilter | None = value("Id.")
    name: StringFilter | None = value("Name.")
    job_title: StringFilter | None = value("Position at the client.")
    email: StringFilter | None = value("E-mail address.")
    phone: StringFilter | None = value("Telephone, however it is written.")
    is_primary: BooleanFilter | None = value("Whether it is the main contact.")
    receives_reminders: BooleanFilter | None = value("Whether payment reminders go to it.")


describe(
    ContactAction,
    "What can be done with a contact (acciones).",
    EDIT="Editar.",
    DELETE="Eliminar.",
    RESTORE="Restaurar.",
)


@strawberry.type(description="Whether an action on a contact can be taken now, and why not (acción).")
class ContactActionState(ActionState):
    action: ContactAction = column("The action (acción).")


@strawberry.type(description="A person to talk to at the client (contacto).")
class Contact(Node):
    name: str = column("Name (nombre).")
    job_title: str | None = column("Position at the client (puesto).")
    email: EmailAddress | None = column("E-mail address (correo).")
    phone: PhoneNumber | None = column("Telephone (teléfono).")
    phone_extension: str | None = column("What is dialled once it was answered (extensión).")
    is_primary: bool = column("Whether it is the main contact; a client has at most one.")
    receives_reminders: bool = column("Whether payment reminders go to this contact's e-mail address.")
    client: Annotated["Client", strawberry.lazy("schema.client")] = related("The client.")
    actions: list[ContactActionState] = states(ContactAction)
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was added.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A contact of a new client.")
class ContactInput:
    name: str | None = value("Name; a contact needs one.")
    job_title: str | None = value("Position at the client.")
    email: EmailAddress | None = value("E-mail address.")
    phone: PhoneNumber | None = value(
        "Telephone: ten digits in Mexico, elsewhere + and the country's code. The old prefixes +52 1, 044, 045 and 01"
        " are taken off. An extension behind it (`ext. 12`, `x12`, `#12`) is kept as `phoneExtension`."
    )
    phone_extension: str | None = value("Extension of the telephone, digits. Another telephone has none by itself.")
    is_primary: bool | None = value("Whether it is the main contact, instead of the former one.")
    receives_reminders: bool | None = value("Whether payment reminders go to its e-mail address.")


@strawberry.input(description="A new contact.")
class CreateContactInput(ContactInput, OnClient):
    pass


@strawberry.input(description="Changes to a contact.")
class UpdateContactInput(ContactInput, OnRecord):
    pass


MUTATIONS = (
    mutation(
        CreateContactInput,
        CONTACTS.create,
        Contact,
        "A new contact, at the end.",
        needs=ClientAction.ADD_CONTACT,
        many="CreateContacts",
    ),
    mutation(
        UpdateContactInput,
        CONTACTS.update,
        Contact,
        "Edits a contact.",
        needs=ContactAction.EDIT,
        many="UpdateContacts",
    ),
    mutation(
        about("DeleteContactInput", "The contact to be deleted."),
        CONTACTS.delete,
        Contact,
        "Deletes a contact.",
        needs=ContactAction.DELETE,
        many="DeleteContacts",
    ),
    mutation(
        about("RestoreContactInput", "The contact to be brought back."),
        CONTACTS.restore,
        Contact,
        "Brings a deleted contact back, not as the primary one.",
        needs=ContactAction.RESTORE,
    ),
    mutation(
        reorder("ReorderContactsInput", "Contact", "The client's contacts in their new order."),
        CONTACTS.reorder,
        None,
        "Puts a client's contacts in order.",
        needs=ClientAction.EDIT,
    ),
)
