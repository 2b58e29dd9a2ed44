"""The states of the company's prospects."""

from sqlalchemy import ColumnElement, Text, cast, func

import models
from loaders.entity import Columns, Entity
from models.prospect_state import LAST_POSITION


class ProspectStateEntity(Entity, model=models.ProspectState, prefix="pst"):
    is_small = True


def position(c: Columns) -> ColumnElement[str]:
    """Orders the states as the company's list has them."""
    return func.lpad(cast(c["position"], Text()), len(str(LAST_POSITION)), "0", type_=Text())
