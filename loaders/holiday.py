"""The company's own days off."""

import models
from loaders.entity import Entity


class HolidayEntity(Entity, model=models.Holiday, prefix="hol", type_name="CompanyHoliday"):
    pass
