"""Bank accounts of a client."""

import models
from loaders.entity import Entity


class bank_account(Entity, model=models.BankAccount, prefix="bnk"):
    pass
