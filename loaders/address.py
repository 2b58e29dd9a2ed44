"""Addresses of a client."""

import models
from loaders.entity import Entity
from loaders.facts import facts_of
from models.facts import address_facts
from models.viewer import Permission


class AddressEntity(Entity, model=models.Address, prefix="adr", type_name="ClientAddress"):
    permission = Permission.CLIENTS_READ
    facts = facts_of("AddressFacts", address_facts)
