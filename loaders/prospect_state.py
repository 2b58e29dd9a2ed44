"""The states of the company's prospects."""

from sqlalchemy import ColumnElement, Text, cast, collate, func, select

import models
from loaders.entity import Columns, Entity
from models.base import alias_of
from models.prospect_state import LAST_POSITION


class ProspectStateEntity(Entity, model=models.ProspectState, prefix="pst"):
    pass


def place_of_state(c: Columns) -> ColumnElement[str]:
    """Orders prospects as the company's list has their states: by position, those of one position by id; null for who
    has none."""
    state = alias_of(models.ProspectState)
    position = func.lpad(cast(state.c.position, Text), len(str(LAST_POSITION)), "0", type_=Text())
    return (
        select(collate(position + cast(state.c.id, Text), "C"))
        .where(state.c.company_id == c["company_id"], state.c.id == c["prospect_state_id"])
        .scalar_subquery()
    )
