"""What the SAT says of a client is a warning where a document is issued to it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

import models
from domain.sales_document import create_sales_document, send_sales_document
from tests.fixtures import BILLABLE, Company
from tests.writing import Writer

CHAIR = {
    "description": "Silla",
    "product_code": "56101504",
    "unit_code": "H87",
    "quantity": Decimal(1),
    "unit_price": Decimal(100),
}


@pytest.mark.parametrize(
    ("status", "warned"), [("SUSPENDED", True), ("CANCELLED", True), ("ACTIVE", False), (None, False)]
)
def test_a_taxpayer_who_is_suspended_or_cancelled(company: Callable[..., Company], status: str, warned: bool) -> None:
    mine = company()
    client = mine.client()
    mine.add(models.CfdiProfile, client_id=client, **BILLABLE, taxpayer_status=status)
    writer = Writer(mine)
    given = {"client_id": client, "type": "INVOICE", "lines": [CHAIR]}
    document = writer.do(create_sales_document, given)
    told = writer.warned(send_sales_document, {"id": document.id})
    assert ((f"TAXPAYER_{status}", ("id",)) in told) is warned
