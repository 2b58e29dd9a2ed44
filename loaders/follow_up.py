"""Follow-ups, overdue when their end has passed and they are still open."""

from sqlalchemy import and_, func

import models
from loaders.entity import NOW, Derived, Entity, sort_key
from loaders.facts import facts_of_part
from loaders.ordering import ByRow, rank
from loaders.relation import ToOne
from loaders.span import Span
from models.deal import Priority
from models.follow_up import LONG, FollowUpState
from models.viewer import Permission

OPEN = (FollowUpState.PENDING, FollowUpState.IN_PROGRESS)


class FollowUpEntity(Entity, model=models.FollowUp, prefix="seg"):
    permission = Permission.FOLLOW_UPS_READ
    searched = "follow_up"
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    search_through = {
        "assignee": lambda c: c["search_text"],
        "deal": lambda c: func.ficha_fold(c["title"]),
    }
    orders = {
        "STARTS_AT": lambda c: c["starts_at"],
        "ENDS_AT": lambda c: c["ends_at"],
        "PRIORITY": rank("priority", Priority),
        "KEY": lambda c: c["number"],
        "NAME": lambda c: sort_key(c["name"]),
        "STATE": rank("state", FollowUpState),
        "ASSIGNEE": ByRow("assignee_id", models.Collaborator, lambda c: sort_key(c["name"])),
        "DEAL": ByRow("deal_id", models.Deal, lambda c: sort_key(c["title"]), are_many=True),
    }
    needs = {"DEAL": Permission.DEALS_READ}
    orders_of_equals = {"STARTS_AT": ("state", "type")}
    orders_beyond = {"NAME": "follow_up_name"}
    places = dict.fromkeys(("key", "name"), "follow_up")
    rare = ("is_overdue",)
    spans = {"days": Span(models.FollowUp, "starts_at", "ends_at", long=LONG)}

    is_overdue = Derived(lambda c: and_(c["ends_at"] < NOW, c["state"].in_(OPEN)))

    client = ToOne(models.Client, on="client_id")
    deal = ToOne(models.Deal, on="deal_id", joined=True)
    assignee = ToOne(models.Collaborator, on="assignee_id", joined=True)
    created_by = ToOne(models.Collaborator, on="created_by_id")
    facts = facts_of_part()
