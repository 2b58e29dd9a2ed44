"""What a client's record says of its last activity and of what is planned next."""

import datetime

from sqlalchemy import ColumnElement, DateTime, FromClause, case, func, literal, select

import models
from loaders.entity import Columns, Hidden, Query, of_company
from loaders.follow_up import OPEN
from loaders.relation import Computed
from models.base import alias_of
from models.client import LAST_ACTIVITY
from models.history import ACTIVITIES, activity_permission
from models.viewer import Permission

_ONE_OF: dict[Permission | None, str] = {activity_permission(kind): kind.value for kind in ACTIVITIES}
"""A kind of activity for each permission: who may not see one may not see any of them."""


def is_open(c: Columns) -> ColumnElement[bool]:
    """A follow-up that is still to be done."""
    return c["state"].in_(OPEN)


def last_activity(c: Columns) -> ColumnElement[datetime.datetime]:
    """The instant of the newest activity of which the viewer may see the event; null where there is none."""
    seen = (case((~Hidden(literal(_ONE_OF[permission])), c[column])) for permission, column in LAST_ACTIVITY.items())
    return func.greatest(*seen, type_=DateTime(timezone=True))


def activity_of(parent: FromClause, client_id: ColumnElement[object]) -> Query:
    """One row, of what the client's row keeps."""
    client = alias_of(models.Client)
    of_client = of_company(client, client.c["id"] == client_id)
    return select(last_activity(client.c).label("last_activity_at")).where(*of_client).correlate(parent)


ACTIVITY = Computed(
    "ClientActivity",
    ("last_activity_at",),
    activity_of,
    permission=Permission.HISTORY_READ,
    of_row={"last_activity_at": last_activity},
)
