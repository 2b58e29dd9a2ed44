"""Follow-ups."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain import follow_up as commands
from domain.policy import ClientAction, FollowUpAction
from models.follow_up import FollowUpState, FollowUpType
from schema.actions import ActionState, can, states
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.deal import ClientDeal, ClientDealFilter, Priority
from schema.enums import describe, label, name_fields
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
from schema.inputs import Command, OnRecord, Ref, about, demanding, required, value
from schema.mutations import mutation
from schema.node import Node

if TYPE_CHECKING:
    from schema.client import Client, ClientFilter


name_fields(
    models.FollowUp,
    name=label("Nombre", "Name"),
    type=label("Tipo", "Type"),
    description=label("Descripción", "Description"),
    starts_at=label("Fecha inicio", "Start"),
    ends_at=label("Fecha fin", "End"),
    priority=label("Prioridad", "Priority"),
    state=label("Estado", "State"),
    deal_id=label("Trato", "Deal"),
    assignee_id=label("Colaborador", "Assignee"),
)


describe(
    FollowUpType,
    "Kind of follow-up (tipo de seguimiento).",
    CALL=label("Llamada", "Call"),
    EMAIL=label("Correo electrónico", "E-mail"),
    MEETING=label("Reunión", "Meeting"),
    VISIT=label("Visita", "Visit"),
    WHATSAPP=label("WhatsApp", "WhatsApp"),
    OTHER=label("Otro", "Other"),
)

describe(
    FollowUpState,
    "State of a follow-up (estado del seguimiento). Whether it is overdue is `isOverdue`.",
    PENDING=label("Pendiente", "Pending"),
    IN_PROGRESS=label("En proceso", "In progress"),
    DONE=label("Realizado", "Done"),
    CANCELLED=label("Cancelado", "Cancelled"),
)


@filter_input("Conditions on a follow-up.")
class FollowUpFilter:
    id: FichaIdFilter | None = value("Id.")
    key: FichaStringFilter | None = value("Key, as `SEG-000123`.")
    name: FichaStringFilter | None = value("Name.")
    type: Filter[FollowUpType] | None = value("Kind.")
    starts_at: FichaDateTimeFilter | None = value("Start.")
    ends_at: FichaDateTimeFilter | None = value("End.")
    priority: Filter[Priority] | None = value("Priority.")
    state: Filter[FollowUpState] | None = value("State.")
    is_overdue: FichaBooleanFilter | None = value("Whether it is overdue.")
    deal: ClientDealFilter | None = value("The deal it is for.")
    assignee: CollaboratorFilter | None = value("The assigned collaborator.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.client")] | None = value("Its client.")


FollowUpOrder = ordering(
    "FollowUpOrder",
    "A term of an order of follow-ups.",
    "What follow-ups can be ordered by.",
    STARTS_AT=label("Fecha inicio", "Start"),
    ENDS_AT=label("Fecha fin", "End"),
    PRIORITY=label("Prioridad", "Priority", "from low to urgent."),
    KEY=label("Clave", "Key", "by its number."),
    NAME=label("Nombre", "Name"),
    STATE=label("Estado", "State", "from pending to cancelled."),
    ASSIGNEE=label("Colaborador", "Assignee", "by the assignee's name; follow-ups without one come last."),
    DEAL=label("Trato", "Deal", "by the deal's title; follow-ups without one come last."),
)


describe(
    FollowUpAction,
    "What can be done with a follow-up (acciones).",
    EDIT=label("Editar", "Edit"),
    ASSIGN=label("Asignar colaborador", "Assign collaborator"),
    COMPLETE=label("Marcar como realizado", "Mark as done"),
    CANCEL=label("Cancelar", "Cancel"),
    REOPEN=label("Reabrir", "Reopen"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


@strawberry.type(description="A task planned with the client (seguimiento).")
class FollowUp(Node):
    key: str = column("Key (clave), sequential in the company, as `SEG-000123`.")
    name: str = column("Name (nombre).")
    description: str | None = column("Description.")
    type: FollowUpType = column("Kind (tipo).")
    starts_at: datetime.datetime = column("Start (fecha inicio).")
    ends_at: datetime.datetime = column("End (fecha fin); not before the start, but it may be the same instant.")
    priority: Priority = column("Priority (prioridad).")
    state: FollowUpState = column("State (estado).")
    is_overdue: bool = column("Whether its end has passed and it is still open (vencido).")
    completed_at: datetime.datetime | None = column("When it was done.")
    deal: ClientDeal | None = related("The deal it is for (trato relacionado).")
    assignee: Collaborator | None = related("The assigned collaborator (colaborador asignado).")
    created_by: Collaborator | None = related("Who created it.")
    viewer_can_update: bool = can(FollowUpAction.EDIT, "Whether the viewer can edit it now.")
    viewer_can_finish: bool = can(FollowUpAction.COMPLETE, "Whether the viewer can complete or cancel it now.")
    viewer_can_reopen: bool = can(FollowUpAction.REOPEN, "Whether the viewer can reopen it now.")
    viewer_can_delete: bool = can(FollowUpAction.DELETE, "Whether the viewer can delete it now.")
    viewer_can_restore: bool = can(FollowUpAction.RESTORE, "Whether the viewer can restore it now.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    actions: list[ActionState] = states(FollowUpAction, "a follow-up")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A follow-up; not a type of the schema itself.")
class FollowUpInput:
    name: str | None = value("Name.")
    description: str | None = value("Description.")
    type: FollowUpType | None = value("Kind; `OTHER` by default.")
    starts_at: datetime.datetime | None = value("Start.")
    ends_at: datetime.datetime | None = value("End, not before the start; the start by default.")
    priority: Priority | None = value("Priority; medium by default.")
    assignee_id: Ref["Collaborator"] | None = value(
        "The assigned collaborator; by default the one in charge of the deal or the client."
    )
    deal_id: Ref["ClientDeal"] | None = value("The deal it is for, one of the client's.")


@strawberry.input(description="A new follow-up, of a client or of a deal of theirs.")
@demanding("name", "starts_at")
class CreateFollowUpInput(FollowUpInput, Command):
    client_id: Ref["Client"] | None = value("The client; by default the deal's.")


@strawberry.input(description="Changes to an open follow-up.")
class UpdateFollowUpInput(FollowUpInput, OnRecord):
    state: FollowUpState | None = value("`PENDING` or `IN_PROGRESS`; it is finished by other mutations.")


@strawberry.input(description="The collaborator to assign the follow-up to.")
class AssignFollowUpInput(OnRecord):
    assignee_id: Ref["Collaborator"] | None = required("The collaborator; null for nobody.")


MUTATIONS = (
    mutation(
        CreateFollowUpInput,
        commands.create_follow_up,
        FollowUp,
        "Plans a follow-up (agendar seguimiento).",
        needs=ClientAction.SCHEDULE_FOLLOW_UP,
        many="CreateFollowUps",
    ),
    mutation(
        UpdateFollowUpInput,
        commands.update_follow_up,
        FollowUp,
        "Edits an open follow-up.",
        needs=FollowUpAction.EDIT,
        many="UpdateFollowUps",
    ),
    mutation(
        AssignFollowUpInput,
        commands.update_follow_up,
        FollowUp,
        "Assigns the follow-up to a collaborator.",
        needs=FollowUpAction.ASSIGN,
        many="AssignFollowUps",
    ),
    mutation(
        about("CompleteFollowUpInput", "The follow-up to complete."),
        commands.complete_follow_up,
        FollowUp,
        "Marks the follow-up as done (realizado).",
        needs=FollowUpAction.COMPLETE,
    ),
    mutation(
        about("CancelFollowUpInput", "The follow-up to cancel."),
        commands.cancel_follow_up,
        FollowUp,
        "Cancels the follow-up (cancelado).",
        needs=FollowUpAction.CANCEL,
    ),
    mutation(
        about("ReopenFollowUpInput", "The follow-up to reopen."),
        commands.reopen_follow_up,
        FollowUp,
        "Reopens the follow-up: it is pending again.",
        needs=FollowUpAction.REOPEN,
    ),
    mutation(
        about("DeleteFollowUpInput", "The follow-up to be deleted."),
        commands.delete_follow_up,
        FollowUp,
        "Deletes a follow-up.",
        needs=FollowUpAction.DELETE,
        many="DeleteFollowUps",
    ),
    mutation(
        about("RestoreFollowUpInput", "The follow-up to be brought back."),
        commands.restore_follow_up,
        FollowUp,
        "Brings a deleted follow-up back.",
        needs=FollowUpAction.RESTORE,
    ),
)
