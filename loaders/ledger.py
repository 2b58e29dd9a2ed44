"""The ledger of what clients owe and are owed."""

from sqlalchemy import Text, literal

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToOne
from loaders.sales_document import folio_words
from models.viewer import Permission


class LedgerEntryEntity(Entity, model=models.LedgerEntry, prefix="led"):
    permission = Permission.BILLING_READ
    orders = {"EFFECTIVE_ON": lambda c: c["effective_on"], "RECORDED_AT": lambda c: c["recorded_at"]}
    # It has no text of its own; people look for the folios of its documents.
    search = lambda _: literal("", Text())  # noqa: E731  # a declaration
    search_through = dict.fromkeys(("sales_document", "credit_note"), folio_words)

    created_at = Derived(lambda c: c["recorded_at"])
    updated_at = created_at

    client = ToOne(models.Client, on="client_id")
    sales_document = ToOne(models.SalesDocument, on="sales_document_id")
    payment = ToOne(models.Payment, on="payment_id")
    credit_note = ToOne(models.SalesDocument, on="credit_note_id")
    reverses = ToOne(models.LedgerEntry, on="reverses_id")
    actor = ToOne(models.Collaborator, on="actor_id", joined=True)
