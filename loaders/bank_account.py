"""Bank accounts of a client."""

import models
from loaders.entity import Entity
from models.viewer import Permission


class BankAccountEntity(Entity, model=models.BankAccount, prefix="bnk"):
    permission = Permission.CLIENTS_READ
