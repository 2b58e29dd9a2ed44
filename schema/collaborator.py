"""The people of the company."""

import strawberry

from domain.collaborator import unbind_collaborator
from models.collaborator import Role
from models.viewer import Permission
from schema.enums import describe
from schema.fields import column
from schema.filters import BooleanFilter, Filter, IdFilter, StringFilter, filter_input
from schema.inputs import Command, Ref, required, value
from schema.mutations import mutation
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


@strawberry.input(description="The collaborator to be unbound.")
class UnbindCollaboratorInput(Command):
    id: Ref["Collaborator"] = required("The collaborator.")


MUTATIONS = (
    mutation(
        UnbindCollaboratorInput,
        unbind_collaborator,
        Collaborator,
        "Unbinds a collaborator from the issuer's `sub` that first signed in by their e-mail address; whoever does so"
        " next is bound. For a person who has a new account at the issuer.",
        needs=Permission.ADMIN,
    ),
)
