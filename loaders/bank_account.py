"""Bank accounts of a client."""

import models
from loaders.entity import Entity
from loaders.facts import facts_of_part
from models.viewer import Permission


class BankAccountEntity(Entity, model=models.BankAccount, prefix="bnk"):
    permission = Permission.CLIENTS_READ
    facts = facts_of_part()
