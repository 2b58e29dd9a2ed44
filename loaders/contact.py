"""Contacts of a client."""

import models
from loaders.entity import Entity, ToOne


class ContactEntity(Entity, model=models.Contact, prefix="con"):
    client = ToOne(models.Client, on="client_id")
