"""Bank accounts of a client."""

import models
from loaders.entity import Entity


class BankAccountEntity(Entity, model=models.BankAccount, prefix="bnk"):
    pass
