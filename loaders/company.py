"""The viewer's company."""

import models
from loaders.entity import Entity


class company(Entity, model=models.Company, prefix="com"):
    pass
