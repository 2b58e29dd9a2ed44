"""What a client's record says of its last activity and of what is planned next."""

from sqlalchemy import ColumnElement, FromClause, select

import models
from loaders.entity import Columns, Query
from loaders.follow_up import OPEN
from loaders.history import HistoryEventEntity
from loaders.relation import Computed
from models.base import alias_of
from models.history import ACTIVITIES
from models.viewer import Permission


def is_open(c: Columns) -> ColumnElement[bool]:
    """A follow-up that is still to be done."""
    return c["state"].in_(OPEN)


def activity_of(parent: FromClause, client_id: ColumnElement[object]) -> Query:
    """One row: the instant of the newest activity of which the viewer may see the event; null where there is none."""
    event = alias_of(models.HistoryEvent)
    of_client = (event.c.client_id == client_id, event.c.kind.in_(ACTIVITIES))
    newest = (
        select(event.c.occurred_at)
        .where(*HistoryEventEntity.conditions(event, *of_client))
        .order_by(event.c.occurred_at.desc(), event.c.id.desc())
        .limit(1)
        .correlate(parent)
        .scalar_subquery()
    )
    return select(newest.label("last_activity_at")).correlate(parent)


ACTIVITY = Computed("ClientActivity", ("last_activity_at",), activity_of, permission=Permission.HISTORY_READ)
