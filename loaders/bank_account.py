"""Bank accounts of a client."""

import models
from loaders.entity import Entity
from loaders.facts import facts_of
from loaders.relation import ToOne
from models.facts import bank_account_facts
from models.viewer import Permission


class BankAccountEntity(Entity, model=models.BankAccount, prefix="bnk", type_name="ClientBankAccount"):
    permission = Permission.CLIENTS_READ

    company_account = ToOne(models.CompanyBankAccount, on="company_account_id", joined=True)
    facts = facts_of("BankAccountFacts", bank_account_facts)
