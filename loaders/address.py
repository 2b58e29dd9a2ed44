"""Addresses of a client."""

import models
from loaders.entity import Entity
from models.viewer import Permission


class AddressEntity(Entity, model=models.Address, prefix="adr"):
    permission = Permission.CLIENTS_READ
