"""The people of the company."""

import strawberry

from schema.enums import Role
from schema.fields import column
from schema.node import Node
from schema.scalars import EmailAddress, Url


@strawberry.type(description="A person of the company who uses Ficha (colaborador).")
class Collaborator(Node):
    name: str = column("Full name.")
    email: EmailAddress = column("The address they sign in with.")
    avatar_url: Url | None = column("Their icon on the screen; null when they have none.")
    role: Role = column("Their role (rol).")
    active: bool = column("Whether they still work with Ficha.")
