"""The company's own bank accounts."""

import models
from loaders.entity import Entity
from models.viewer import Permission


class CompanyBankAccountEntity(Entity, model=models.CompanyBankAccount, prefix="cba"):
    permission = Permission.CLIENTS_READ
