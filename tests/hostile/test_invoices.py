"""An invoice is an invoice, whichever way it goes: no issued one lacks a fiscal folio without being shown as pending,
and none was issued against its readiness without a name in the history. And twenty stamps at once leave one.
"""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select

from domain.cancellation import cancel_sales_document, report_cancellation
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.conversion import convert_sales_document
from domain.payment import register_payment
from domain.problem import Rejected
from domain.sales_document import (
    accept_quote,
    create_sales_document,
    send_sales_document,
)
from domain.stamp import register_stamp
from errors import Forbidden
from models import CfdiProfile, HistoryEvent, SalesDocument
from models.collaborator import Role
from models.sales_document import FISCAL, UNISSUED
from tests.cancelling import STATES, broken
from tests.cfdi import LINE, cfdi
from tests.fixtures import Company, global_id
from tests.ways import Walk, walk
from tests.writing import Writer

D = Decimal
KEMPER = {
    "rfc": "EKU9003173C9", "name": "ESCUELA KEMPER URGATE", "tax_regime": "601", "cfdi_use": "G03",
    "postal_code": "42501", "payment_form": "99", "payment_method": "PPD",
}  # fmt: skip
RFCS = {True: "EKU9003173C9", False: "URE180429TM6"}
"""Of the client that can be invoiced, and of the one that cannot."""
SUMS: dict[int, dict[str, Any]] = {
    2: {},
    1: {
        "lines": LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace('"2"', '"1"'),
        "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>',
        "SubTotal": "500.00",
        "Total": "580.00",
    },
}
"""What a CFDI of so many chairs states."""
TERMS: tuple[dict[str, Any], ...] = (
    {}, {"payment_form": "03", "payment_method": "PUE"}, {"payment_form": "99", "payment_method": "PUE"},
    {"payment_form": None},
)  # fmt: skip
REASON = "Lo pidió dirección"


def chairs(number: int) -> dict[str, Any]:
    return {
        "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(number),
        "unit_price": D(500),
    }  # fmt: skip


def xml(number: int, rfc: str, uuid: UUID, **values: Any) -> str:
    """A CFDI of today of so many chairs."""
    day = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%S}"
    return cfdi(uuid=str(uuid), Fecha=day, receptor={"Rfc": rfc}, **SUMS[number] | values)


class Invoices(Walk):
    """One company with two clients, of whom one can be invoiced, and people who may override and who may not."""

    def __init__(self) -> None:
        super().__init__()
        self.company = type(self).make()
        self.admin = Writer(self.company)
        self.people = {True: self.admin, False: Writer(self.company, Role.BILLING)}
        self.clients = {ready: self.company.client(legal_name="C", rfc=rfc) for ready, rfc in RFCS.items()}
        self.company.add(CfdiProfile, client_id=self.clients[True], **KEMPER)
        self.folios: dict[UUID, UUID] = {}
        """The fiscal folio of each document that has one."""
        self.issued: dict[UUID, bool] = {}
        """Of what was issued here: whether anything was missing for its CFDI."""

    def attempt(self, who: Writer, command: Any, values: dict[str, Any]) -> Any:
        """The record; None where it is refused, as anything may be."""
        try:
            return type(self).run(who, command, values)
        except (Rejected, Forbidden):
            return None

    def row(self, place: int, *states: str) -> Any:
        """One of the documents, as it is now: one in these states, unless there is none or the place says otherwise."""
        rows = self.rows()
        fitting = [row for row in rows if row.state in states]
        return (fitting or rows)[place % len(fitting or rows)] if place % 5 else rows[place % len(rows)]

    def lacks(self, row: Any) -> bool:
        """Whether something is missing for its CFDI, by what this test knows of the two clients."""
        paid_later = row.payment_form == "99"
        stated = bool(row.payment_form and row.payment_method)
        return row.client_id != self.clients[True] or not stated or paid_later is not (row.payment_method == "PPD")

    # Ways

    @rule(
        type_=st.sampled_from(["QUOTE", "SALES_NOTE", "INVOICE"]),
        ready=st.booleans(),
        number=st.sampled_from(list(SUMS)),
        terms=st.sampled_from(TERMS),
    )
    def draw_up(self, type_: str, ready: bool, number: int, terms: dict[str, Any]) -> None:
        fields = {"client_id": self.clients[ready], "type": type_, "lines": [chairs(number)]}
        self.attempt(self.admin, create_sales_document, fields | terms)

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99))
    def credit(self, place: int) -> None:
        row = self.row(place, "SENT")
        fields = {"client_id": row.client_id, "type": "CREDIT_NOTE", "invoice_id": row.id, "lines": [chairs(1)]}
        self.attempt(self.admin, create_sales_document, fields)

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), may=st.booleans(), reason=st.sampled_from([None, REASON]))
    def send(self, place: int, may: bool, reason: str | None) -> None:
        before = self.row(place, "DRAFT")
        done = self.attempt(self.people[may], send_sales_document, {"id": before.id, "override_reason": reason})
        if done and before.type in FISCAL and before.state == "DRAFT":
            self.issued[before.id] = self.lacks(before)

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99))
    def accept(self, place: int) -> None:
        self.attempt(self.admin, accept_quote, {"id": self.row(place, "SENT").id})

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), may=st.booleans(), reason=st.sampled_from([None, REASON]), whole=st.booleans())
    def convert(self, place: int, may: bool, reason: str | None, whole: bool) -> None:
        before = self.row(place, "SENT", "ACCEPTED")
        to = "SALES_NOTE" if before.type == "QUOTE" and whole else "INVOICE"
        fields = {"id": before.id, "to": to, "override_reason": reason}
        record = self.attempt(self.people[may], convert_sales_document, fields)
        if record and record.state != "DRAFT":
            self.issued[record.id] = self.lacks(record)

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), used=st.booleans())
    def stamp(self, place: int, used: bool) -> None:
        row = self.row(place, "SENT", "PAID")
        uuid = next(iter(self.folios.values()), uuid4()) if used else uuid4()
        fields = {"id": row.id, "uuid": uuid, "stamped_at": self.admin.now}
        record = self.attempt(self.admin, register_stamp, fields)
        assert record is None or record.uuid == uuid
        assert record is None or row.uuid in (None, uuid), "a fiscal folio was replaced"

    @rule(place=st.integers(0, 99), ready=st.booleans(), number=st.sampled_from(list(SUMS)), folio=st.booleans())
    def bring_in(self, place: int, ready: bool, number: int, folio: bool) -> None:
        named: dict[str, Any] = {"Serie": None, "Folio": None}
        if folio and self.rows():
            row = self.row(place, "SENT", "DRAFT")
            named = {"Serie": row.series, "Folio": str(row.number)}
        self.attempt(self.admin, import_cfdi, {"cfdi": read_cfdi(xml(number, RFCS[ready], uuid4(), **named))})

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), amount=st.sampled_from(["1", "580", "1160"]))
    def pay(self, place: int, amount: str) -> None:
        fields = {"sales_document_id": self.row(place, "SENT").id, "amount": D(amount), "payment_form": "03"}
        self.attempt(self.admin, register_payment, fields)

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), data=st.data())
    def cancel(self, place: int, data: st.DataObject) -> None:
        row = self.row(place)
        self.attempt(self.admin, cancel_sales_document, {"id": row.id} | self.cancelling(row, data))

    @precondition(lambda self: self.rows())
    @rule(place=st.integers(0, 99), state=st.sampled_from(STATES))
    def report(self, place: int, state: str) -> None:
        self.attempt(self.admin, report_cancellation, {"id": self.row(place).id, "sat_state": state})

    def cancelling(self, row: Any, data: st.DataObject) -> dict[str, Any]:
        """What cancelling a document states beside its id: whatever its rules come to ask for is drawn here."""
        if row.uuid is None:
            return {}
        return {"reason": data.draw(st.sampled_from([None, "ERRORS_WITHOUT_RELATION", "OPERATION_NOT_CARRIED_OUT"]))}

    # What holds on all of them

    @invariant()
    def a_folio_stays_and_is_of_one_document(self) -> None:
        folios = {row.id: row.uuid for row in self.rows() if row.uuid}
        assert len(set(folios.values())) == len(folios)
        assert folios.items() >= self.folios.items()
        self.folios = folios

    @invariant()
    def what_the_sat_cancelled_is_cancelled(self) -> None:
        assert not broken(self.company.owner, self.company)

    @invariant()
    def what_was_overridden_is_told_by_name(self) -> None:
        events = self.company.owner.execute(
            select(HistoryEvent.sales_document_id, HistoryEvent.actor_id, HistoryEvent.details).where(
                HistoryEvent.company_id == self.company.id, HistoryEvent.kind == "SALES_DOCUMENT_READINESS_OVERRIDDEN"
            )
        ).all()
        assert {id for id, *_ in events} == {id for id, lacked in self.issued.items() if lacked}
        for _, actor, details in events:
            assert actor == self.admin.viewer.collaborator_id
            assert details["problems"]
            assert details["reason"] == REASON

    @invariant()
    def whatever_is_issued_was_issued_here_or_has_its_folio(self) -> None:
        for row in self.rows():
            if row.type in FISCAL and row.state not in UNISSUED:
                assert row.id in self.issued or row.uuid

    def rows(self) -> Any:
        query = select(SalesDocument.__table__).where(SalesDocument.company_id == self.company.id)
        return self.company.owner.execute(query.order_by(SalesDocument.id)).all()

    def teardown(self) -> None:
        """What is pending is shown so, by both executors, one by one and in the list that is filtered by it."""
        pending = {
            global_id(SalesDocument, row.id)
            for row in self.rows()
            if row.type in FISCAL and row.state not in UNISSUED and row.uuid is None
        }
        query = "{ all: salesDocuments(first: 100) { nodes { id stampStatus } } pending: salesDocuments(first: 100,"
        answer = self.company.ask(query + " filter: {stampStatus: {eq: PENDING}}) { nodes { id } } }").data
        assert {node["id"] for node in answer["pending"]["nodes"]} == pending
        assert {node["id"] for node in answer["all"]["nodes"] if node["stampStatus"] == "PENDING"} == pending


def test_no_way_leads_to_an_issued_invoice_that_is_neither_stamped_nor_pending(
    company: Callable[..., Company], demo_settings: Any
) -> None:
    walk(Invoices, company, demo_settings, ways=25, steps=30, derandomize=True)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_a_thousand_ways(company: Callable[..., Company], demo_settings: Any) -> None:
    walk(Invoices, company, demo_settings, ways=1000, steps=30, derandomize=False)


STAMP = """
mutation ($input: RegisterStampInput!) {
  registerStamp(input: $input) { salesDocument { uuid stampStatus } userErrors { code path } }
}
"""
IMPORT = """
mutation ($input: ImportCfdiInput!) {
  importCfdi(input: $input) { salesDocument { uuid folio } userErrors { code path } warnings { code } }
}
"""


def test_twenty_stamps_at_once_by_both_ways_are_one_folio(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=RFCS[True])
    invoice = mine.add(SalesDocument, client_id=client, subtotal=1000, tax=160, total=1160)
    number = owner.scalar(select(SalesDocument.number).where(SalesDocument.id == invoice))
    id = global_id(SalesDocument, invoice)
    at = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def one(place: int) -> tuple[str, Any]:
        uuid = uuid4()
        if place % 2:
            text = xml(2, RFCS[True], uuid, Serie="F", Folio=str(number))
            return str(uuid), mine.insist(IMPORT, input={"xml": text})
        return str(uuid), mine.insist(STAMP, input={"id": id, "uuid": str(uuid), "stampedAt": at})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    assert {answer.status for _, answer in answers} == {200}
    payloads = [(uuid, payload) for uuid, answer in answers for payload in answer.data.values()]
    [(uuid, winner)] = [(uuid, payload) for uuid, payload in payloads if not payload["userErrors"]]
    assert winner["salesDocument"]["uuid"] == uuid
    codes = {error["code"] for _, payload in payloads for error in payload["userErrors"]}
    assert codes <= {"ALREADY_STAMPED", "CFDI_FOLIO_TAKEN"}
    documents = select(SalesDocument.uuid).where(SalesDocument.company_id == mine.id)
    assert [str(each) for each in owner.scalars(documents)] == [uuid]
