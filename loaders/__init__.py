"""How rows are fetched, many at once: what each kind of record is made of and how it relates to the others.

The entities and their relations are declared once, one module a noun. From a declaration come its dataloader and the
statement that the dataloader sends; nobody writes either by hand.
"""

from loaders import (
    address,
    api_key,
    audit,
    bank_account,
    cfdi_profile,
    client,
    collaborator,
    company,
    contact,
    deal,
    document,
    document_upload,
    follow_up,
    history,
    invitation,
    payment,
    payment_reminders,
    price_list,
    receivables,
    root,
    sales_document,
)

__all__ = [
    "address",
    "api_key",
    "audit",
    "bank_account",
    "cfdi_profile",
    "client",
    "collaborator",
    "company",
    "contact",
    "deal",
    "document",
    "document_upload",
    "follow_up",
    "history",
    "invitation",
    "payment",
    "payment_reminders",
    "price_list",
    "receivables",
    "root",
    "sales_document",
]
