"""Deals."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import policy
from schema import inputs
from schema.collaborator import Collaborator
from schema.enums import DealState, Priority
from schema.fields import answered, column, connection, related
from schema.node import Connection, Node

if TYPE_CHECKING:
    from schema.client import Client
    from schema.follow_up import FollowUp
    from schema.sales_document import SalesDocument


LazySalesDocument = Annotated["SalesDocument", strawberry.lazy("schema.sales_document")]


@strawberry.type(description="A stage of the sales funnel (etapa del embudo de ventas).")
class FunnelStage(Node):
    name: str = column("Name, unique in the company.")
    position: int = column("Its place in the funnel, from the first on.")
    active: bool = column("Whether deals can still be moved to it.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")


@strawberry.type(description="Why a deal was lost (motivo de pérdida).")
class LossReason(Node):
    name: str = column("The reason, unique in the company.")
    active: bool = column("Whether it can still be chosen.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")


@strawberry.type(description="A business opportunity with the client (trato).")
class Deal(Node):
    title: str = column("Title, at most 200 characters.")
    description: str | None = column("Description, at most 1,000 characters.")
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
    viewer_can_update: bool = answered(policy.update_deal, "Whether the viewer can edit it now.")
    viewer_can_finish: bool = answered(policy.finish_deal, "Whether the viewer can win, lose or close it now.")
    viewer_can_reopen: bool = answered(policy.reopen_deal, "Whether the viewer can reopen it now.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    follow_ups: Connection[Annotated["FollowUp", strawberry.lazy("schema.follow_up")]] | None = connection(
        "The follow-ups planned for it.", inputs.FollowUpFilter, inputs.FollowUpOrder
    )
    sales_documents: Connection[Annotated["SalesDocument", strawberry.lazy("schema.sales_document")]] | None = (
        connection("The sales documents that it led to.", inputs.SalesDocumentFilter, inputs.SalesDocumentOrder)
    )
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")
