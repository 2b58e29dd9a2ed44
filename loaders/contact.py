"""Contacts of a client."""

import models
from loaders.entity import Entity
from loaders.facts import facts_of_part
from loaders.relation import ToOne
from models.viewer import Permission


class ContactEntity(Entity, model=models.Contact, prefix="con", type_name="ClientContact"):
    permission = Permission.CLIENTS_READ
    places = {**dict.fromkeys(("name", "email", "phone"), "contact"), "job_title": "contact_job"}

    client = ToOne(models.Client, on="client_id")
    facts = facts_of_part()
