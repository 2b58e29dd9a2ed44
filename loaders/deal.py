"""Deals, the stages they move through and the reasons for losing one."""

from sqlalchemy import func

import models
from loaders.deleted import Deleted
from loaders.entity import Entity, sort_key
from loaders.facts import facts_of_part
from loaders.ordering import InParts, rank
from loaders.relation import Connection, ToOne
from models.deal import Priority
from models.viewer import Permission


class FunnelStageEntity(Entity, model=models.FunnelStage, prefix="stg"):
    is_small = True


class LossReasonEntity(Entity, model=models.LossReason, prefix="lsr"):
    is_small = True


class DealEntity(Entity, model=models.Deal, prefix="deal", type_name="ClientDeal"):
    permission = Permission.DEALS_READ
    hidden = Entity.hidden | {"position"}
    searched = "deal"
    search = lambda c: func.ficha_fold(c["title"] + " " + func.coalesce(c["description"], ""))  # noqa: E731  # a declaration
    orders = {
        "CREATED_AT": lambda c: c["created_at"],
        "EXPECTED_CLOSE_ON": InParts(lambda c: c["expected_close_on"]),
        "ESTIMATED_VALUE": lambda c: c["estimated_value"],
        "PRIORITY": rank("priority", Priority),
        "TITLE": lambda c: sort_key(c["title"]),
        "POSITION": lambda c: c["position"],
    }

    orders_of_equals = {"CREATED_AT": ("state",)}
    orders_beyond = {"TITLE": "deal_title", "ESTIMATED_VALUE": "deal_estimated", "POSITION": "deal_position"}
    places = {"title": "deal", "estimated_value": "deal_estimated", "final_value": "deal_final"}

    client = ToOne(models.Client, on="client_id")
    stage = ToOne(models.FunnelStage, on="stage_id", joined=True)
    loss_reason = ToOne(models.LossReason, on="loss_reason_id", joined=True)
    assignee = ToOne(models.Collaborator, on="assignee_id", joined=True)
    created_by = ToOne(models.Collaborator, on="created_by_id")

    facts = facts_of_part()

    follow_ups = Connection(models.FollowUp, key="deal_id", deleted=Deleted.EXCLUDE)
    sales_documents = Connection(models.SalesDocument, key="deal_id")
