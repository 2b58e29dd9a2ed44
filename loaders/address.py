"""Addresses of a client."""

import models
from loaders.entity import Entity


class AddressEntity(Entity, model=models.Address, prefix="adr"):
    pass
