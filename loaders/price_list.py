"""Price lists."""

import models
from loaders.entity import Entity


class PriceListEntity(Entity, model=models.PriceList, prefix="prl"):
    pass
