"""Deals."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain import board
from domain import deal as commands
from domain.policy import ClientAction, DealAction
from models.catalogs import CURRENCIES
from models.deal import DealState, Priority
from models.viewer import Permission
from schema.actions import ActionState, can, states
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.enums import describe, label, name_fields
from schema.fields import column, connection, related
from schema.filters import (
    FichaDateFilter,
    FichaDateTimeFilter,
    FichaDecimalFilter,
    FichaIdFilter,
    FichaIntFilter,
    FichaStringFilter,
    Filter,
    filter_input,
    ordering,
)
from schema.inputs import OnClient, OnRecord, Ref, about, changes, new, required, value
from schema.mutations import mutation
from schema.node import Connection, Node

if TYPE_CHECKING:
    from schema.client import Client, ClientFilter
    from schema.follow_up import FollowUp, FollowUpFilter, FollowUpOrder
    from schema.sales_document import SalesDocument, SalesDocumentFilter, SalesDocumentOrder


name_fields(
    models.Deal,
    title=label("Título", "Title"),
    description=label("Descripción", "Description"),
    estimated_value=label("Valor estimado", "Estimated value"),
    currency=label("Moneda", "Currency", catalog=CURRENCIES),
    priority=label("Prioridad", "Priority"),
    stage_id=label("Etapa", "Stage"),
    assignee_id=label("Responsable", "Assignee"),
    expected_close_on=label("Cierre esperado", "Expected close"),
    closed_on=label("Fecha de cierre", "Close date"),
    final_value=label("Valor final", "Final value"),
    loss_reason_id=label("Motivo de pérdida", "Loss reason"),
)


describe(
    Priority,
    "How urgent something is (prioridad).",
    name="FollowUpPriority",
    LOW=label("Baja", "Low"),
    MEDIUM=label("Media", "Medium"),
    HIGH=label("Alta", "High"),
    URGENT=label("Urgente", "Urgent"),
)

describe(
    DealState,
    "State of a deal (estado del trato). A reopened deal is open; `reopenedAt` says when it was reopened.",
    name="ClientDealState",
    OPEN=label("Abierto", "Open"),
    WON=label("Ganado", "Won"),
    LOST=label("No ganado", "Lost", "it was lost for a reason."),
    CLOSED=label("Cerrado", "Closed", "neither won nor lost."),
)


@filter_input("Conditions on a stage of the sales funnel.")
class FunnelStageFilter:
    id: FichaIdFilter | None = value("Id.")
    name: FichaStringFilter | None = value("Name.")
    position: FichaIntFilter | None = value("Place in the funnel.")


@filter_input("Conditions on a deal.")
class ClientDealFilter:
    id: FichaIdFilter | None = value("Id.")
    title: FichaStringFilter | None = value("Title.")
    estimated_value: FichaDecimalFilter | None = value("Estimated value.")
    currency: FichaStringFilter | None = value("Currency.")
    priority: Filter[Priority] | None = value("Priority.")
    state: Filter[DealState] | None = value("State.")
    expected_close_on: FichaDateFilter | None = value("The day it should close.")
    closed_on: FichaDateFilter | None = value("The day it was won, lost or closed.")
    final_value: FichaDecimalFilter | None = value("Final value.")
    created_at: FichaDateTimeFilter | None = value("When it was created.")
    stage: FunnelStageFilter | None = value("Its stage.")
    assignee: CollaboratorFilter | None = value("Who is in charge of it.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.client")] | None = value("Its client.")


ClientDealOrder = ordering(
    "ClientDealOrder",
    "A term of an order of deals.",
    "What deals can be ordered by.",
    CREATED_AT=label("Fecha de creación", "Created", "when the deal was created."),
    EXPECTED_CLOSE_ON=label(
        "Cierre esperado", "Expected close", "the day it should close; deals without one come last."
    ),
    ESTIMATED_VALUE=label("Valor estimado", "Estimated value"),
    PRIORITY=label("Prioridad", "Priority", "from low to urgent."),
    TITLE=label("Título", "Title"),
    POSITION=label("Posición", "Position", "in its stage, from the top, as on a board; for the deals of one stage."),
)


@strawberry.type(description="A stage of the sales funnel (etapa del embudo de ventas).")
class FunnelStage(Node):
    name: str = column("Name, unique in the company.")
    position: int = column("Its place in the funnel, from the first on.")
    active: bool = column("Whether deals can still be moved to it.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="Why a deal was lost (motivo de pérdida).")
class LossReason(Node):
    name: str = column("The reason, unique in the company.")
    active: bool = column("Whether it can still be chosen.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


describe(
    DealAction,
    "What can be done with a deal (acciones).",
    name="ClientDealAction",
    EDIT=label("Editar", "Edit"),
    ASSIGN=label("Asignar responsable", "Assign owner"),
    MOVE=label("Mover de etapa", "Move to another stage"),
    WIN=label("Marcar como ganado", "Mark as won"),
    LOSE=label("Marcar como no ganado", "Mark as lost"),
    CLOSE=label("Marcar como cerrado", "Mark as closed"),
    REOPEN=label("Reabrir", "Reopen"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


@strawberry.type(description="A business opportunity with the client (trato).")
class ClientDeal(Node):
    title: str = column("Title.")
    description: str | None = column("Description.")
    estimated_value: Decimal = column("Estimated value (valor estimado), 2 decimals.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    priority: Priority = column("Priority (prioridad).")
    state: DealState = column("Where it stands.")
    stage: FunnelStage = related("Its stage in the funnel (etapa).")
    assignee: Collaborator | None = related("Who is in charge of it (responsable).")
    expected_close_on: datetime.date | None = column("The day it should close.")
    closed_on: datetime.date | None = column("The day it was won, lost or closed (fecha de cierre).")
    final_value: Decimal | None = column("The value it was won at (valor final).")
    loss_reason: LossReason | None = related("Why it was lost.")
    reopened_at: datetime.datetime | None = column("When it was last reopened.")
    created_by: Collaborator | None = related("Who created it.")
    viewer_can_update: bool = can(DealAction.EDIT, "Whether the viewer can edit it now.")
    viewer_can_finish: bool = can(DealAction.CLOSE, "Whether the viewer can win, lose or close it now.")
    viewer_can_reopen: bool = can(DealAction.REOPEN, "Whether the viewer can reopen it now.")
    viewer_can_delete: bool = can(DealAction.DELETE, "Whether the viewer can delete it now.")
    viewer_can_restore: bool = can(DealAction.RESTORE, "Whether the viewer can restore it now.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    follow_ups: Connection[Annotated["FollowUp", strawberry.lazy("schema.follow_up")]] | None = connection(
        "The follow-ups planned for it.",
        Annotated["FollowUpFilter", strawberry.lazy("schema.follow_up")],
        Annotated["FollowUpOrder", strawberry.lazy("schema.follow_up")],
        deletable=True,
    )
    sales_documents: Connection[Annotated["SalesDocument", strawberry.lazy("schema.sales_document")]] | None = (
        connection(
            "The sales documents that came of it.",
            Annotated["SalesDocumentFilter", strawberry.lazy("schema.sales_document")],
            Annotated["SalesDocumentOrder", strawberry.lazy("schema.sales_document")],
        )
    )
    actions: list[ActionState] = states(DealAction, "a deal")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A deal; not a type of the schema itself.")
class DealInput:
    title: str | None = value("Title.")
    description: str | None = value("Description.")
    estimated_value: Decimal | None = value("Estimated value, 0 by default.")
    currency: str | None = value("Its currency, SAT's c_Moneda; `MXN` by default.")
    priority: Priority | None = value("Priority; medium by default.")
    assignee_id: Ref["Collaborator"] | None = value("Who is in charge of it; the client's owner by default.")
    stage_id: Ref["FunnelStage"] | None = value(
        "The stage that it is added to, at the top; by default the funnel's first."
    )
    expected_close_on: datetime.date | None = value("The day it should close.")


@strawberry.input(description="The collaborator to put in charge of the deal.")
class AssignDealInput(OnRecord):
    assignee_id: Ref["Collaborator"] | None = required("The collaborator; null for nobody.")


@strawberry.input(description="Where an open deal moves to.")
class MoveDealInput(OnRecord):
    stage_id: Ref["FunnelStage"] | None = value(
        "The stage that it moves to, at the top; by default it stays in its stage."
    )
    before: Ref["ClientDeal"] | None = value(
        "The deal that it is placed directly before, in that stage. Not together with `after`."
    )
    after: Ref["ClientDeal"] | None = value("The deal that it is placed directly after, in that stage.")


@strawberry.input(description="A deal was won.")
class WinDealInput(OnRecord):
    closed_on: datetime.date = required("Close date, not in the future (fecha de cierre).")
    final_value: Decimal = required("The value it was won at (valor final).")


@strawberry.input(description="A deal was lost.")
class LoseDealInput(OnRecord):
    closed_on: datetime.date = required("Close date, not in the future (fecha de cierre).")
    loss_reason_id: Ref["LossReason"] = required("Why.")


@strawberry.input(description="A deal was closed, neither won nor lost.")
class CloseDealInput(OnRecord):
    closed_on: datetime.date = required("Close date, not in the future (fecha de cierre).")


@strawberry.input(description="A stage of the company's sales funnel; not a type of the schema itself.")
class FunnelStageInput:
    name: str | None = value("Name, unique.")
    position: int | None = value("Its place in the funnel; the last by default.")
    active: bool | None = value("Whether deals can be moved to it.")


@strawberry.input(description="A reason for losing deals; not a type of the schema itself.")
class LossReasonInput:
    name: str | None = value("The reason, unique; it cannot be empty.")
    active: bool | None = value("Whether it can be chosen.")


MUTATIONS = (
    mutation(
        new("CreateDealInput", DealInput, "A new deal.", needed=("title",), base=OnClient),
        commands.create_deal,
        ClientDeal,
        "A new deal (nuevo trato).",
        needs=ClientAction.CREATE_DEAL,
        many="CreateDeals",
        ahead=board.lock_all,
    ),
    mutation(
        changes("UpdateDealInput", DealInput, "Changes to an open deal."),
        commands.update_deal,
        ClientDeal,
        "Edits an open deal.",
        needs=DealAction.EDIT,
        many="UpdateDeals",
        ahead=board.lock_all,
    ),
    mutation(
        AssignDealInput,
        commands.update_deal,
        ClientDeal,
        "Puts somebody in charge of the deal.",
        needs=DealAction.ASSIGN,
        many="AssignDeals",
    ),
    mutation(
        MoveDealInput,
        commands.move_deal,
        ClientDeal,
        "Moves an open deal to another stage, or before or after another deal. Without any of these it does not move.",
        needs=DealAction.MOVE,
    ),
    mutation(WinDealInput, commands.win_deal, ClientDeal, "Marks the deal as won (ganado).", needs=DealAction.WIN),
    mutation(
        LoseDealInput, commands.lose_deal, ClientDeal, "Marks the deal as lost (no ganado).", needs=DealAction.LOSE
    ),
    mutation(
        CloseDealInput,
        commands.close_deal,
        ClientDeal,
        "Closes the deal, neither won nor lost (cerrado).",
        needs=DealAction.CLOSE,
    ),
    mutation(
        about("ReopenDealInput", "The deal to reopen."),
        commands.reopen_deal,
        ClientDeal,
        "Reopens the deal; its close date and reason remain only in the history.",
        needs=DealAction.REOPEN,
    ),
    mutation(
        about("DeleteDealInput", "The deal to be deleted."),
        commands.delete_deal,
        ClientDeal,
        "Deletes a deal. Follow-ups and documents keep their reference to it.",
        needs=DealAction.DELETE,
        many="DeleteDeals",
    ),
    mutation(
        about("RestoreDealInput", "The deal to restore."),
        commands.restore_deal,
        ClientDeal,
        "Restores a deleted deal to its place in its stage.",
        needs=DealAction.RESTORE,
    ),
    mutation(
        new("CreateFunnelStageInput", FunnelStageInput, "A new stage of the funnel.", needed=("name",)),
        commands.STAGES.create,
        FunnelStage,
        "A new stage of the funnel.",
        needs=Permission.ADMIN,
    ),
    mutation(
        changes("UpdateFunnelStageInput", FunnelStageInput, "Changes to a stage of the funnel."),
        commands.STAGES.update,
        FunnelStage,
        "Edits a stage.",
        needs=Permission.ADMIN,
    ),
    mutation(
        about("DeleteFunnelStageInput", "The stage to be deleted."),
        commands.STAGES.delete,
        FunnelStage,
        "Deletes a stage that no deal is in; one that is in use can be made inactive.",
        needs=Permission.ADMIN,
    ),
    mutation(
        new("CreateLossReasonInput", LossReasonInput, "A new reason for losing deals.", needed=("name",)),
        commands.REASONS.create,
        LossReason,
        "A new reason for losing deals.",
        needs=Permission.ADMIN,
    ),
    mutation(
        changes("UpdateLossReasonInput", LossReasonInput, "Changes to a reason for losing deals."),
        commands.REASONS.update,
        LossReason,
        "Edits a reason.",
        needs=Permission.ADMIN,
    ),
    mutation(
        about("DeleteLossReasonInput", "The reason to be deleted."),
        commands.REASONS.delete,
        LossReason,
        "Deletes a reason that no deal was lost for; one that is in use can be made inactive.",
        needs=Permission.ADMIN,
    ),
)
