"""The series of the company's sales documents."""

from sqlalchemy import func

import models
from loaders.entity import Derived, Entity
from models.folio_series import LAST_FOLIO
from models.viewer import Permission


class FolioSeriesEntity(Entity, model=models.FolioSeries, prefix="ser"):
    permission = Permission.SALES_READ

    next_number = Derived(lambda c: func.nullif(c["last_number"] + 1, LAST_FOLIO + 1))
