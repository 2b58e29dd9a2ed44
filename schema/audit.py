"""The audit log."""

import datetime

import strawberry

from models.audit import AuditEventKind
from resolvers import audit as answers
from schema.api_key import FichaApiKey
from schema.collaborator import Collaborator
from schema.enums import describe
from schema.fields import answered, column, related
from schema.node import Node

describe(
    AuditEventKind,
    "What the audit log holds (bitácora).",
    name="FichaAuditEventKind",
    SIGN_IN_REFUSED="Acceso rechazado: valid credentials of nobody: dismissed, unknown, or an API key that ended.",
    API_KEY_CREATED="Llave de API creada.",
    API_KEY_USED="Llave de API usada: for the first time on a day.",
    API_KEY_REVOKED="Llave de API revocada.",
    ROLE_PERMISSIONS_CHANGED="Permisos de un rol cambiados.",
    PERSONAL_DATA_EXPORTED="Datos personales exportados: in one answer, over 50 account numbers and links to files.",
    COLLABORATOR_UNBOUND="Colaborador desvinculado de su cuenta del emisor.",
    COMPANY_CREATED="Empresa creada.",
    COMPANY_CHANGED="Empresa cambiada: its data, accounts, series, price lists, stages, loss reasons, prospect states,"
    " reminders or days off; `details` say what, from what to what.",
    COMPANY_SUSPENDED="Empresa suspendida: nobody in it can sign in.",
    COMPANY_RESUMED="Empresa reactivada.",
    COLLABORATOR_INVITED="Colaborador invitado.",
    INVITATION_REVOKED="Invitación retirada.",
    INVITATION_ACCEPTED="Invitación aceptada: by which account of which issuer.",
    COLLABORATOR_CHANGED="Colaborador editado.",
    COLLABORATOR_SUSPENDED="Colaborador suspendido: and how much was handed over to whom.",
    COLLABORATOR_RESUMED="Colaborador reactivado.",
    STATEMENT_LINK_CREATED="Liga a un estado de cuenta creada.",
    STATEMENT_LINK_OPENED="Liga a un estado de cuenta abierta: by whoever has it, from the address of the request.",
    STATEMENT_LINK_REVOKED="Liga a un estado de cuenta retirada.",
    DUPLICATE_DISCLOSED="Duplicado fuera de alcance: somebody learned that a client they do not see has a value.",
)


@strawberry.type(description="An entry of the audit log: sign-ins, permissions, exports of personal data (bitácora).")
class FichaAuditEvent(Node):
    kind: AuditEventKind = column("What happened.")
    occurred_at: datetime.datetime = column("When.")
    actor: Collaborator | None = related("The collaborator; null if the credentials belonged to none.")
    api_key: FichaApiKey | None = related("The key that was used, or that it is about.")
    client_address: str | None = column("The IP address of the request, if it was recorded.")
    details: str = answered(answers.details, "Further details, a JSON object as text.")
