"""The audit log."""

import datetime

import strawberry

from models.audit import AuditEventKind
from resolvers import audit as answers
from schema.api_key import FichaApiKey
from schema.collaborator import Collaborator
from schema.enums import describe, label
from schema.fields import answered, column, related
from schema.node import Node

describe(
    AuditEventKind,
    "What the audit log holds (bitácora).",
    name="FichaAuditEventKind",
    SIGN_IN_REFUSED=label(
        "Acceso rechazado",
        "Sign-in refused",
        "valid credentials of nobody: dismissed, unknown, or an API key that ended.",
    ),
    API_KEY_CREATED=label("Llave de API creada", "API key created"),
    API_KEY_USED=label("Llave de API usada", "API key used", "for the first time on a day."),
    API_KEY_REVOKED=label("Llave de API revocada", "API key revoked"),
    ROLE_PERMISSIONS_CHANGED=label("Permisos de un rol cambiados", "Role permissions changed"),
    PERSONAL_DATA_EXPORTED=label(
        "Datos personales exportados",
        "Personal data exported",
        "in one answer, over 50 account numbers and links to files.",
    ),
    COLLABORATOR_UNBOUND=label(
        "Colaborador desvinculado de su cuenta del emisor", "Collaborator unbound from their account"
    ),
    COMPANY_CREATED=label("Empresa creada", "Company created"),
    COMPANY_CHANGED=label(
        "Empresa cambiada",
        "Company changed",
        "its data, accounts, series, price lists, stages, loss reasons, prospect states, reminders or"
        " days off; `details` say what, from what to what.",
    ),
    COMPANY_SUSPENDED=label("Empresa suspendida", "Company suspended", "nobody in it can sign in."),
    COMPANY_RESUMED=label("Empresa reactivada", "Company resumed"),
    COLLABORATOR_INVITED=label("Colaborador invitado", "Collaborator invited"),
    INVITATION_REVOKED=label("Invitación retirada", "Invitation revoked"),
    INVITATION_ACCEPTED=label("Invitación aceptada", "Invitation accepted", "by which account of which issuer."),
    COLLABORATOR_CHANGED=label("Colaborador editado", "Collaborator edited"),
    COLLABORATOR_SUSPENDED=label(
        "Colaborador suspendido", "Collaborator suspended", "and how much was handed over to whom."
    ),
    COLLABORATOR_RESUMED=label("Colaborador reactivado", "Collaborator resumed"),
    STATEMENT_LINK_CREATED=label("Liga a un estado de cuenta creada", "Link to a statement created"),
    STATEMENT_LINK_OPENED=label(
        "Liga a un estado de cuenta abierta",
        "Link to a statement opened",
        "by whoever has it, from the address of the request.",
    ),
    STATEMENT_LINK_REVOKED=label("Liga a un estado de cuenta retirada", "Link to a statement revoked"),
    DUPLICATE_DISCLOSED=label(
        "Duplicado fuera de alcance",
        "Duplicate out of sight disclosed",
        "somebody learned that a client they do not see has a value.",
    ),
)


@strawberry.type(description="An entry of the audit log: sign-ins, permissions, exports of personal data (bitácora).")
class FichaAuditEvent(Node):
    kind: AuditEventKind = column("What happened.")
    occurred_at: datetime.datetime = column("When.")
    created_at: datetime.datetime = column("As `occurredAt`.")
    updated_at: datetime.datetime = column("As `occurredAt`: it is never changed.")
    actor: Collaborator | None = related("The collaborator; null if the credentials belonged to none.")
    api_key: FichaApiKey | None = related("The key that was used, or that it is about.")
    client_address: str | None = column("The IP address of the request, if it was recorded.")
    details: str = answered(answers.details, "Further details, a JSON object as text.")
