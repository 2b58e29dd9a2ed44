"""The viewer's company."""

import models
from loaders.entity import Entity


class CompanyEntity(Entity, model=models.Company, prefix="com"):
    pass
