"""What a client owes is told to nobody who may not read it: neither by a message, nor by an order of clients."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.inputs import Input
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment
from domain.problem import Rejected
from domain.receivables import update_receivable_terms
from domain.sales_document import create_sales_document, send_sales_document
from models import Client
from models.collaborator import Role
from models.viewer import Permission
from tests.cfdi import cfdi, credit, payment
from tests.fixtures import global_id
from tests.writing import Writer

D = Decimal
INVOICE = "d9b4f2a0-3a55-4a6e-9a52-000000000001"
READS = frozenset({Permission.SALES_READ, Permission.BILLING_READ})


class Told:
    """Two writers in a client's books, of whom the blind one may not read what the client owes."""

    def __init__(self, company: Any) -> None:
        self.client = company.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")
        self.admin, self.blind = Writer(company), Writer(company)
        self.blind.viewer = replace(self.blind.viewer, permissions=self.blind.viewer.permissions - READS)
        self.invoice = self.admin.do(import_cfdi, {"cfdi": read_cfdi(cfdi(uuid=INVOICE, Total="1160.00"))})
        over = {"sales_document_id": self.invoice.id, "amount": D("1161.73"), "payment_form": "03"}
        self.paid = self.admin.do(register_payment, over)
        self.other = self.admin.do(import_cfdi, {"cfdi": read_cfdi(cfdi(Folio="2"))})

    def part(self) -> None:
        self.admin.do(refund_credit, {"payment_id": self.paid.id, "amount": D("0.52")})

    @property
    def ways(self) -> Any:
        """Each way that a message can speak of an amount: command, input, and the amount."""
        of_other = {"sales_document_id": self.other.id}
        source = {"payment_id": self.paid.id}
        applied = [{**of_other, "amount": D(5000)}]
        by_hand = {"client_id": self.client, "amount": D(6000), "payment_form": "03", "applications": applied}
        yield "PAYMENT_OVER_BALANCE", register_payment, by_hand, "1160.00"
        yield "PAYMENT_LEFT", register_payment, {**of_other, "amount": D(2000), "payment_form": "03"}, "840.00"
        yield "CREDIT_OVER_LEFT", apply_credit, {**source, **of_other, "amount": D(900)}, "1.73"
        yield "CREDIT_OVER_LEFT", refund_credit, {**source, "amount": D(900)}, "1.73"
        terms = {"client_id": self.client, "terms": "CREDIT", "credit_days": 30, "credit_limit": D(7)}
        yield "CREDIT_LIMIT_BELOW_USED", update_receivable_terms, terms, "1160.00"
        yield "CFDI_CREDITED_PARTLY", import_cfdi, {"cfdi": read_cfdi(credit(INVOICE))}, "(0.00)"
        of_document = 'MonedaDR="MXN" ImpSaldoAnt="500.00" ImpSaldoInsoluto="0.00"'
        stated = payment((str(self.other.uuid), "500.00"), of_document=of_document)
        yield "CFDI_BALANCE_DIFFERS", import_cfdi, {"cfdi": read_cfdi(stated)}, "660.00"


def messages(writer: Writer, command: Any, values: Any) -> dict[str, str]:
    """What is said in both languages, by code; nothing stays written."""

    async def alone(work: Any, input: Input) -> Any:
        work.discard()
        try:
            await command(work, input)
        except Rejected as rejected:
            return rejected.problems
        return tuple(work.warnings)

    return {each.code.name: f"{each.message_es} {each.message_en}" for each in writer.do(alone, values)}


@pytest.fixture
def told(company: Any) -> Told:
    return Told(company())


def test_a_message_tells_amounts_to_who_may_read_them(told: Told) -> None:
    for code, command, values, amount in told.ways:
        assert messages(told.admin, command, values)[code].count(amount) == 2, code
        silent = messages(told.blind, command, values)[code]
        assert amount not in silent, code
        assert "{" not in silent, code


def test_what_was_refunded_is_told_to_who_may_read_it(told: Told) -> None:
    told.part()
    of_payment = {"id": told.paid.id}
    assert "0.52" in messages(told.admin, reverse_payment, of_payment)["PAYMENT_REFUNDED"]
    assert "0.52" not in messages(told.blind, reverse_payment, of_payment)["PAYMENT_REFUNDED"]


def test_a_credit_note_that_no_longer_fits_tells_no_balance(told: Told) -> None:
    line = {"description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(1)}
    note = told.admin.do(
        create_sales_document,
        {
            "client_id": told.client,
            "type": "CREDIT_NOTE",
            "invoice_id": told.invoice.id,
            "lines": [line | {"unit_price": D(2000)}],
            "payment_form": "03",
            "payment_method": "PUE",
        },
    )
    said = messages(told.admin, send_sales_document, {"id": note.id})
    assert "CREDIT_OVER_BALANCE" in said
    assert "1160.00" in said["CREDIT_OVER_BALANCE"]
    assert "1160.00" not in messages(told.blind, send_sales_document, {"id": note.id})["CREDIT_OVER_BALANCE"]


def test_for_how_long_something_is_overdue_is_told_to_who_may_read_it(told: Told) -> None:
    terms = {"client_id": told.client, "terms": "CREDIT", "credit_days": 30, "overdue_days": 15}
    told.admin.do(update_receivable_terms, terms)
    line = {"description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(1)}
    draft = {"client_id": told.client, "type": "SALES_NOTE", "lines": [line | {"unit_price": D(1)}]}
    note = {"id": told.admin.do(create_sales_document, draft).id}
    for permissions, code in ((set(), "CREDIT_OVERDUE_OVERRIDDEN"), ({Permission.CREDIT_OVERRIDE}, "CREDIT_OVERDUE")):
        for writer, digits in ((told.admin, True), (told.blind, False)):
            writer.viewer = replace(writer.viewer, permissions=writer.viewer.permissions - permissions)
            message = messages(writer, send_sales_document, note)[code]
            assert (re.search(r"\d", message) is not None) is digits
            assert "{" not in message


ORDERED = """
query ($order: [ClientOrder!]) { clients(orderBy: $order) { nodes { id } } }
"""


@pytest.mark.parametrize("field", ["BALANCE", "OVERDUE_BALANCE"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_an_order_by_balance_needs_the_permission_to_read_it(company: Any, field: str, direction: str) -> None:
    mine = company(role_permissions={"SALES": ["clients:read", "clients:read_all"]})
    other = mine.client(legal_name="Otra")
    told = Told(mine)
    order = [{"field": field, "direction": direction}]
    ids = [global_id(Client, id) for id in (other, told.client)]
    shown = mine.ask(ORDERED, order=order).data["clients"]["nodes"]
    assert [each["id"] for each in shown] == (ids if direction == "ASC" else ids[::-1])
    for terms in (order, [{"field": "LEGAL_NAME", "direction": "ASC"}, *order]):
        answer = mine.ask(ORDERED, Role.SALES, order=terms).body
        [error] = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["permission"]) == ("FORBIDDEN", "billing:read")
    by_name = [{"field": "LEGAL_NAME", "direction": "ASC"}]
    assert len(mine.ask(ORDERED, Role.SALES, order=by_name).data["clients"]["nodes"]) == 2
