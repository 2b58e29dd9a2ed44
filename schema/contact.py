"""Contacts of a client."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain.contact import CONTACTS
from domain.policy import ClientAction, ContactAction
from resolvers import formatted as formatted_answers
from schema.actions import ActionState, states
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related
from schema.filters import FichaBooleanFilter, FichaIdFilter, FichaStringFilter, filter_input
from schema.formatted import FichaFormattedPhone
from schema.inputs import OnClient, about, changes, demanding, new, reorder, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.client import Client


name_fields(
    models.Contact,
    name=label("Nombre", "Name"),
    job_title=label("Puesto", "Position"),
    email=label("Correo electrónico", "E-mail address"),
    phone=label("Teléfono", "Telephone"),
    phone_extension=label("Extensión", "Extension"),
    is_primary=label("Contacto principal", "Main contact"),
    receives_reminders=label("Recibe recordatorios de pago", "Gets payment reminders"),
)


@filter_input("Conditions on a contact.")
class ClientContactFilter:
    id: FichaIdFilter | None = value("Id.")
    name: FichaStringFilter | None = value("Name.")
    job_title: FichaStringFilter | None = value("Position at the client.")
    email: FichaStringFilter | None = value("E-mail address.")
    phone: FichaStringFilter | None = value("Telephone, however it is written.")
    is_primary: FichaBooleanFilter | None = value("Whether it is the main contact.")
    receives_reminders: FichaBooleanFilter | None = value("Whether payment reminders go to it.")


describe(
    ContactAction,
    "What can be done with a contact (acciones).",
    name="ClientContactAction",
    EDIT=label("Editar", "Edit"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


@strawberry.type(description="A person to talk to at the client (contacto).")
class ClientContact(Node):
    name: str = column("Name (nombre).")
    job_title: str | None = column("Position at the client (puesto).")
    email: EmailAddress | None = column("E-mail address (correo).")
    phone: PhoneNumber | None = column("Telephone (teléfono).")
    phone_extension: str | None = column("What is dialled once it was answered (extensión).")
    formatted_phone: FichaFormattedPhone | None = answered(
        formatted_answers.phone, "The telephone and its extension as people read them; null without one."
    )
    is_primary: bool = column("Whether it is the main contact; a client has at most one.")
    receives_reminders: bool = column("Whether payment reminders go to this contact's e-mail address.")
    client: Annotated["Client", strawberry.lazy("schema.client")] = related("The client.")
    actions: list[ActionState] = states(ContactAction, "a contact")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was added.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A contact of a client.")
class ClientContactInput:
    name: str | None = value("Name.")
    job_title: str | None = value("Position at the client.")
    email: EmailAddress | None = value("E-mail address.")
    phone: PhoneNumber | None = value(
        "Telephone: ten digits in Mexico, elsewhere + and the country's code. The old prefixes +52 1, 044, 045 and 01"
        " are taken off. An extension behind it (`ext. 12`, `x12`, `#12`) is kept as `phoneExtension`."
    )
    phone_extension: str | None = value("Extension of the telephone, digits. Another telephone has none by itself.")
    is_primary: bool | None = value("Whether it is the main contact, instead of the former one.")
    receives_reminders: bool | None = value("Whether payment reminders go to its e-mail address.")


@strawberry.input(description="A contact of a new client.")
@demanding("name")
class NewClientContactInput(ClientContactInput):
    pass


MUTATIONS = (
    mutation(
        new("CreateContactInput", ClientContactInput, "A new contact.", needed=("name",), base=OnClient),
        CONTACTS.create,
        ClientContact,
        "A new contact, at the end.",
        needs=ClientAction.ADD_CONTACT,
        many="CreateContacts",
        ahead=CONTACTS.count,
    ),
    mutation(
        changes("UpdateContactInput", ClientContactInput, "Changes to a contact."),
        CONTACTS.update,
        ClientContact,
        "Edits a contact.",
        needs=ContactAction.EDIT,
        many="UpdateContacts",
    ),
    mutation(
        about("DeleteContactInput", "The contact to be deleted."),
        CONTACTS.delete,
        ClientContact,
        "Deletes a contact.",
        needs=ContactAction.DELETE,
        many="DeleteContacts",
    ),
    mutation(
        about("RestoreContactInput", "The contact to be brought back."),
        CONTACTS.restore,
        ClientContact,
        "Brings a deleted contact back, not as the primary one.",
        needs=ContactAction.RESTORE,
    ),
    mutation(
        reorder("ReorderContactsInput", "ClientContact", "The client's contacts in their new order."),
        CONTACTS.reorder,
        None,
        "Puts a client's contacts in order.",
        needs=ClientAction.EDIT,
    ),
)
