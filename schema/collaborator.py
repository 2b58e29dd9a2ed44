"""The people of the company."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain import collaborator as commands
from domain.avatar import set_collaborator_avatar
from models.collaborator import Locale, Role
from models.viewer import Permission
from resolvers import avatar as avatars
from schema.enums import describe, label
from schema.fields import column, related
from schema.filters import (
    FichaBooleanFilter,
    FichaDateTimeFilter,
    FichaIdFilter,
    FichaStringFilter,
    Filter,
    filter_input,
    ordering,
)
from schema.inputs import Command, OnRecord, Ref, about, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import EmailAddress, Url

if TYPE_CHECKING:
    from schema.invitation import CollaboratorInvitation


describe(
    Locale,
    "Preferred language and region of a person (idioma y región): a BCP 47 tag, with an underscore for its hyphen.",
    name="FichaLocale",
    ES_MX=label("Español (México)", "Spanish (Mexico)"),
    EN_US=label("Inglés (Estados Unidos)", "English (United States)"),
)

describe(
    Role,
    "A named bundle of permissions (rol).",
    name="FichaRole",
    ADMIN=label("Administrador", "Administrator", "everything."),
    SALES_MANAGER=label("Gerente de ventas", "Sales manager", "every client and deal of the company."),
    SALES=label("Ventas", "Salesperson", "the clients assigned to them."),
    BILLING=label("Facturación y cobranza", "Billing and collection", "every client's billing."),
    READ_ONLY=label("Consulta", "View only", "sees everything but bank data, changes nothing."),
)


@filter_input("Conditions on a collaborator.")
class CollaboratorFilter:
    id: FichaIdFilter | None = value("Id.")
    name: FichaStringFilter | None = value("Name.")
    email: FichaStringFilter | None = value("E-mail address.")
    role: Filter[Role] | None = value("Role.")
    active: FichaBooleanFilter | None = value("Whether they still work with Ficha.")
    job_title: FichaStringFilter | None = value("Position.")
    joined_at: FichaDateTimeFilter | None = value("When they first signed in; null if they never have.")


CollaboratorOrder = ordering(
    "CollaboratorOrder",
    "A term of an order of collaborators.",
    "What collaborators can be ordered by.",
    NAME=label("Nombre", "Name"),
    EMAIL=label("Correo electrónico", "E-mail address"),
    JOINED_AT=label("Primer acceso", "First sign-in", "when they first signed in; those who never have come last."),
)


@strawberry.type(description="A person of the company who uses Ficha (colaborador).")
class Collaborator(Node):
    name: str = column("Full name.")
    email: EmailAddress = column("The address they sign in with.")
    avatar_url: Url | None = column(
        "Absolute URL of their picture: 256 pixels square, or an SVG of their initials. It needs no"
        " credentials; a new picture has a new URL."
    )
    avatar_thumbnail_url: Url | None = column("The same with 64 pixels.")
    role: Role = column("Their role (rol).")
    active: bool = column("Whether they still work with Ficha; false once suspended.")
    job_title: str | None = column("Position (puesto).")
    locale: Locale = column("Preferred language and region.")
    joined_at: datetime.datetime | None = column("When they first signed in; null if they never have.")
    invitation: Annotated["CollaboratorInvitation", strawberry.lazy("schema.invitation")] | None = related(
        "Their open invitation, perhaps an expired one; for administrators."
    )
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When they were added or invited.")
    updated_at: datetime.datetime = column("When the record was last changed.")


@strawberry.input
class CollaboratorInput:
    """What need not be stated of a collaborator; not a type of the schema itself."""

    job_title: str | None = value("Position.")
    locale: Locale | None = value("Preferred language and region; `ES_MX` by default.")


@strawberry.input(description="Changes to a collaborator.")
class UpdateCollaboratorInput(CollaboratorInput, OnRecord):
    name: str | None = value("Full name.")
    email: EmailAddress | None = value(
        "E-mail address, unique in the company. A collaborator who is bound to no account yet signs in with it."
    )
    role: Role | None = value("Their role. The last administrator who can sign in keeps theirs.")


@strawberry.input(description="The collaborator to be suspended, and who takes over from them.")
class SuspendCollaboratorInput(OnRecord):
    hand_over_to: Ref["Collaborator"] | None = value(
        "Who gets their clients, open deals and pending follow-ups; required where there are any."
    )


@strawberry.input(description="A picture of a collaborator.")
class SetCollaboratorAvatarInput(OnRecord):
    image: str | None = value(
        "PNG, JPEG or WebP in base64, at most 512 KiB before encoding; cropped to a centred square."
        " Null or absent removes their picture."
    )


@strawberry.input(description="The collaborator to be unbound.")
class UnbindCollaboratorInput(Command):
    id: Ref["Collaborator"] = required("The collaborator.")


MUTATIONS = (
    mutation(
        UpdateCollaboratorInput,
        commands.update_collaborator,
        Collaborator,
        "Edits a collaborator. A new role takes effect within `FICHA_VIEWER_CACHE_SECONDS`.",
        needs=Permission.ADMIN,
    ),
    mutation(
        SetCollaboratorAvatarInput,
        set_collaborator_avatar,
        Collaborator,
        "Gives a collaborator a picture (avatar). Everybody may change their own.",
        needs=Permission.ADMIN,
        unless="own_avatar",
        around=avatars.drawing,
    ),
    mutation(
        SuspendCollaboratorInput,
        commands.suspend_collaborator,
        Collaborator,
        "Suspends a collaborator: within `FICHA_VIEWER_CACHE_SECONDS` they and their API keys are"
        " refused. Their clients, deals and follow-ups go to another collaborator in the same"
        " transaction, which each client's history records. The last administrator who can sign in"
        " cannot be suspended.",
        needs=Permission.ADMIN,
    ),
    mutation(
        about("ResumeCollaboratorInput", "The collaborator to reactivate."),
        commands.resume_collaborator,
        Collaborator,
        "Reactivates a suspended collaborator with the same account. What was handed over is not returned.",
        needs=Permission.ADMIN,
    ),
    mutation(
        UnbindCollaboratorInput,
        commands.unbind_collaborator,
        Collaborator,
        "Unbinds a collaborator from their account at the issuer, for a person who has a new one."
        " The next account that accepts their invitation or signs in with their e-mail address is"
        " bound.",
        needs=Permission.ADMIN,
    ),
)
