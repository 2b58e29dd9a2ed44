"""Follow-ups."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import policy
from schema.collaborator import Collaborator
from schema.deal import Deal
from schema.enums import FollowUpState, FollowUpType, Priority
from schema.fields import answered, column, related
from schema.node import Node

if TYPE_CHECKING:
    from schema.client import Client


@strawberry.type(description="A task planned with the client (seguimiento).")
class FollowUp(Node):
    key: str = column("Key (clave), sequential in the company, as `SEG-000123`.")
    name: str = column("Name (nombre), at most 200 characters.")
    description: str | None = column("Description, at most 1,000 characters.")
    type: FollowUpType = column("What it consists of (tipo).")
    starts_at: datetime.datetime = column("Start (fecha inicio).")
    ends_at: datetime.datetime = column("End (fecha fin); not before the start, but it may be the same instant.")
    priority: Priority = column("Priority (prioridad).")
    state: FollowUpState = column("State (estado).")
    is_overdue: bool = column("Whether its end has passed and it is still open (vencido).")
    completed_at: datetime.datetime | None = column("When it was done.")
    deal: Deal | None = related("The deal it is for (trato relacionado).")
    assignee: Collaborator | None = related("Who is to do it (colaborador asignado).")
    created_by: Collaborator | None = related("Who created it.")
    viewer_can_update: bool = answered(policy.update_follow_up, "Whether the viewer can edit it now.")
    viewer_can_finish: bool = answered(policy.finish_follow_up, "Whether the viewer can complete or cancel it now.")
    viewer_can_reopen: bool = answered(policy.reopen_follow_up, "Whether the viewer can reopen it now.")
    viewer_can_delete: bool = answered(policy.delete_follow_up, "Whether the viewer can delete it now.")
    viewer_can_restore: bool = answered(policy.restore_follow_up, "Whether the viewer can restore it now.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")
