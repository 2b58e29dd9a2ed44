"""The people of the company."""

import strawberry

from models.collaborator import Role
from schema.enums import describe
from schema.fields import column
from schema.filters import BooleanFilter, Filter, IdFilter, StringFilter, filter_input
from schema.inputs import value
from schema.node import Node
from schema.scalars import EmailAddress, Url

describe(
    Role,
    "A named bundle of permissions (rol).",
    ADMIN="Administrador: everything.",
    SALES_MANAGER="Gerente de ventas: every client and deal of the company.",
    SALES="Ventas: the clients assigned to them.",
    BILLING="Facturación y cobranza: every client's billing.",
    READ_ONLY="Consulta: sees everything but bank data, changes nothing.",
)


@filter_input("Conditions on a collaborator.")
class CollaboratorFilter:
    id: IdFilter | None = value("Id.")
    name: StringFilter | None = value("Name.")
    email: StringFilter | None = value("E-mail address.")
    role: Filter[Role] | None = value("Role.")
    active: BooleanFilter | None = value("Whether they still work with Ficha.")


@strawberry.type(description="A person of the company who uses Ficha (colaborador).")
class Collaborator(Node):
    name: str = column("Full name.")
    email: EmailAddress = column("The address they sign in with.")
    avatar_url: Url | None = column("Their icon on the screen; null when they have none.")
    role: Role = column("Their role (rol).")
    active: bool = column("Whether they still work with Ficha.")
