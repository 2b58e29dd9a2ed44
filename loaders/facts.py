"""What decides over the actions on a record, joined to as many records as are asked: see `models.facts`.

None asks for a permission: what is made of the facts tells no more than trying the action would.
"""

from loaders.entity import COMPANY, TODAY
from loaders.relation import Computed
from models.facts import (
    ADDRESS_FACTS,
    BANK_ACCOUNT_FACTS,
    CLIENT_FACTS,
    OF_CLIENT,
    SALES_DOCUMENT_FACTS,
    address_facts,
    bank_account_facts,
    client_facts,
    part_facts,
    sales_document_facts,
)


def facts_of_client() -> Computed:
    """Of a client."""
    return Computed("ClientFacts", CLIENT_FACTS, lambda parent, key: client_facts(COMPANY, key).correlate(parent))


def facts_of_part() -> Computed:
    """Of a part of a client's record that is decided over by itself and its client."""
    return Computed(
        "PartFacts", OF_CLIENT, lambda parent, key: part_facts(COMPANY, key).correlate(parent), on="client_id"
    )


def facts_of_address() -> Computed:
    """Of an address."""
    return Computed("AddressFacts", ADDRESS_FACTS, lambda parent, key: address_facts(COMPANY, key).correlate(parent))


def facts_of_bank_account() -> Computed:
    """Of a bank account."""
    return Computed(
        "BankAccountFacts", BANK_ACCOUNT_FACTS, lambda parent, key: bank_account_facts(COMPANY, key).correlate(parent)
    )


def facts_of_sales_document() -> Computed:
    """Of a sales document."""
    return Computed(
        "SalesDocumentFacts",
        SALES_DOCUMENT_FACTS,
        lambda parent, key: sales_document_facts(COMPANY, key, TODAY).correlate(parent),
    )
