"""The company's own days off."""

import models
from loaders.entity import Derived, Entity


class HolidayEntity(Entity, model=models.Holiday, prefix="hol", type_name="CompanyHoliday"):
    updated_at = Derived(lambda c: c["created_at"])
