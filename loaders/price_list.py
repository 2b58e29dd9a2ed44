"""Price lists."""

import models
from loaders.entity import Entity


class price_list(Entity, model=models.PriceList, prefix="prl"):
    pass
