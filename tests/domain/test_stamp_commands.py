"""A fiscal folio is registered once; the pending document of a CFDI that is brought in is recognised."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.cancellation import cancel_sales_document, report_cancellation
from domain.cfdi import read_cfdi
from domain.problem import Rejected
from domain.sales_document import create_sales_document, send_sales_document
from domain.stamp import register_stamp
from errors import Forbidden
from models import Cancellation, CfdiProfile, CfdiRelation, Client, Document, Payment, SalesDocument
from models.collaborator import Role
from models.sales_document import stamp_status
from models.viewer import Permission
from server.checks.people import findings
from tests.cfdi import LINE, cfdi, credit
from tests.fixtures import NOON
from tests.importing import Importer
from tests.writing import Writer, events, rows

D = Decimal
CHAIR = {
    "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2), "unit_price": D("500"),
}  # fmt: skip
KEMPER = {
    "rfc": "EKU9003173C9", "name": "ESCUELA KEMPER URGATE", "tax_regime": "601", "cfdi_use": "G03",
    "postal_code": "42501", "payment_form": "99", "payment_method": "PPD",
}  # fmt: skip


def kemper(mine: Any) -> UUID:
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    mine.add(CfdiProfile, client_id=client, **KEMPER)
    return client


def pending(writer: Writer, client: Any, type_: str = "INVOICE", **values: Any) -> Any:
    """A document that was issued: of 1,160.00."""
    stated = {"client_id": client, "type": type_, "lines": [CHAIR]} | values
    return writer.do(send_sales_document, {"id": writer.do(create_sales_document, stated).id})


def stamp(document: Any, uuid: UUID | None = None, **values: Any) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.UTC)
    return {"id": document.id, "uuid": uuid or uuid4(), "stamped_at": now} | values


def statuses(owner: Any, mine: Any) -> list[str | None]:
    table = SalesDocument.__table__
    query = select(stamp_status(table.c)).where(table.c.company_id == mine.id).order_by(table.c.id)
    return list(owner.scalars(query))


HALF = '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>'


def half() -> str:
    return LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace('"2"', '"1"')


def here(**values: Any) -> str:
    """A CFDI of today, as one of our own documents."""
    return cfdi(Fecha=f"{datetime.datetime.now():%Y-%m-%dT%H:%M:%S}", **values)  # noqa: DTZ005  # it has no zone


# Registering


@pytest.mark.claims(
    "docs/sales.md",
    "An invoice or a credit note that was issued and has no fiscal folio is pending: `stampStatus` is `PENDING` "
    "until the folio comes, whatever its state, and lists are filtered by it.",
)
def test_a_folio_is_registered_once(mine: Any, writer: Writer, owner: Any) -> None:
    document = pending(writer, mine.billable())
    assert statuses(owner, mine) == ["PENDING"]
    fields = stamp(document)
    first = writer.do(register_stamp, fields)
    assert (first.uuid, first.state) == (fields["uuid"], "SENT")
    assert statuses(owner, mine) == ["STAMPED"]
    again = writer.do(register_stamp, fields | {"expected_version": 1})
    assert again.version == first.version
    stamped = [details for kind, details in events(owner, mine) if kind == "SALES_DOCUMENT_STAMPED"]
    assert stamped == [{"type": "INVOICE", "folio": "F-1", "uuid": str(fields["uuid"])}]
    assert writer.refused(register_stamp, stamp(document)) == [("ALREADY_STAMPED", ("id",))]


def test_what_was_not_issued_is_not_stamped(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    drafted = writer.do(create_sales_document, {"client_id": client, "type": "INVOICE", "lines": [CHAIR]})
    documents = (drafted, pending(writer, client, "QUOTE"), pending(writer, client, "SALES_NOTE"))
    for document in documents:
        assert writer.refused(register_stamp, stamp(document)) == [("DOCUMENT_STATE", ("id",))]
    assert statuses(owner, mine) == [None] * 3


@pytest.mark.claims(
    "docs/cancelling.md",
    "An invoice that was cancelled while it was pending can be stamped all the same, when the CFDI had been sent",
    "`registerStamp` and `importCfdi` then record the fiscal folio, with the warning `STAMPED_AFTER_CANCELLING`.",
    "In Ficha it stays cancelled and is not owed; at the SAT it is in force until it is cancelled there, too.",
    "It then has neither reason nor state until one is reported, and `ficha check` lists it.",
)
@pytest.mark.parametrize("imported", [False, True])
def test_a_stamp_that_comes_after_cancelling(mine: Any, writer: Writer, owner: Any, imported: bool) -> None:
    document = pending(writer, kemper(mine))
    writer.do(cancel_sales_document, {"id": document.id})
    uuid = uuid4()
    if imported:
        _, warnings = Importer(mine).bring(here(uuid=str(uuid), Serie="F", Folio="1"))
    else:
        warnings = writer.warned(register_stamp, stamp(document, uuid))
    assert ("STAMPED_AFTER_CANCELLING", ()) in warnings
    assert rows(owner, mine, SalesDocument, "state", "uuid") == [("CANCELLED", uuid)]
    assert rows(owner, mine, Cancellation, "sales_document_id", "reason", "sat_state") == [(document.id, None, None)]
    assert any("were cancelled before the SAT's answer" in line for line in findings(mine.ficha.settings))
    report = {"id": document.id, "reason": "OPERATION_NOT_CARRIED_OUT", "sat_state": "ACCEPTED"}
    assert writer.do(report_cancellation, report).state == "CANCELLED"
    assert rows(owner, mine, Cancellation, "sat_state") == ["ACCEPTED"]


@pytest.mark.claims(
    "docs/sales.md",
    "The same folio again changes nothing and returns the document; a different folio is `ALREADY_STAMPED`, and "
    "the folio of another document `CFDI_UUID_TAKEN`.",
)
def test_a_folio_is_of_one_document(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    one, other = pending(writer, client), pending(writer, client)
    fields = stamp(one)
    writer.do(register_stamp, fields)
    assert writer.refused(register_stamp, stamp(other, fields["uuid"])) == [("CFDI_UUID_TAKEN", ("uuid",))]
    paid = uuid4()
    mine.add(
        Payment, client_id=client, sales_document_id=one.id, amount=1, currency="MXN", payment_form="03", paid_at=NOON,
        uuid=paid,
    )  # fmt: skip
    assert writer.refused(register_stamp, stamp(other, paid)) == [("CFDI_UUID_TAKEN", ("uuid",))]


@pytest.mark.parametrize("day", [datetime.datetime(2004, 12, 31, tzinfo=datetime.UTC), None])
def test_a_stamp_is_of_the_past(mine: Any, writer: Writer, day: Any) -> None:
    document = pending(writer, mine.billable())
    wrong = stamp(document, stamped_at=day or writer.now + datetime.timedelta(days=2))
    assert writer.refused(register_stamp, wrong) == [("OUT_OF_RANGE", ("stamped_at",))]


@pytest.mark.claims(
    "docs/sales.md",
    "It needs `cfdi:stamp` and no other permission; a key of an integration also needs `clients:read_all`, to "
    "reach every client's documents.",
)
def test_it_needs_its_own_permission_and_no_other(mine: Any, writer: Writer) -> None:
    document = pending(writer, mine.billable())
    with pytest.raises(Forbidden, match="cfdi:stamp"):
        Writer(mine, Role.SALES).do(register_stamp, stamp(document))
    integration = Writer(mine)
    integration.viewer = replace(integration.viewer, permissions=frozenset({Permission.CFDI_STAMP}))
    assert integration.refused(register_stamp, stamp(document)) == [("NOT_FOUND", ("id",))]
    both = frozenset({Permission.CFDI_STAMP, Permission.CLIENTS_READ_ALL})
    integration.viewer = replace(integration.viewer, permissions=both)
    assert integration.do(register_stamp, stamp(document)).uuid


def test_a_deleted_client_takes_no_stamp(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    document = pending(writer, client)
    mine.change(Client, client, deleted_at=NOON)
    assert writer.refused(register_stamp, stamp(document)) == [("CLIENT_DELETED", ("id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "`registerStamp` takes the folio, the day and, if at hand, the XML, whose folio, RFCs, type, currency and "
    "total have to be the document's (`STAMP_DIFFERS`).",
)
def test_the_xml_has_to_be_the_documents(mine: Any, writer: Writer) -> None:
    document = pending(writer, kemper(mine))
    uuid = uuid4()
    right = read_cfdi(here(uuid=str(uuid)))

    def refused(text: str, folio: UUID = uuid) -> list[Any]:
        fields = stamp(document, folio, cfdi=read_cfdi(text))
        with pytest.raises(Rejected) as rejected:
            writer.do(register_stamp, fields)
        assert {problem.code.name for problem in rejected.value.problems} == {"STAMP_DIFFERS"}
        return [problem.values["name"] for problem in rejected.value.problems]

    assert refused(here(uuid=str(uuid)), uuid4()) == ["UUID"]
    assert refused(here(uuid=str(uuid), issuer="URE180429TM6")) == ["Emisor.Rfc"]
    assert refused(here(uuid=str(uuid), receptor={"Rfc": "URE180429TM6"})) == ["Receptor.Rfc"]
    assert refused(here(uuid=str(uuid), TipoDeComprobante="E")) == ["TipoDeComprobante"]
    assert refused(here(uuid=str(uuid), Moneda="USD", TipoCambio="18")) == ["Moneda"]
    assert refused(here(uuid=str(uuid), lines=half(), taxes=HALF, SubTotal="500.00", Total="580.00")) == ["Total"]
    assert writer.do(register_stamp, stamp(document, uuid, cfdi=right)).uuid == uuid


# Bringing in


@pytest.mark.claims(
    "docs/sales.md",
    "`importCfdi` recognises the pending document of the CFDI's series and folio.",
)
def test_the_pending_invoice_of_its_folio_is_recognised(mine: Any, writer: Writer, owner: Any) -> None:
    document = pending(writer, kemper(mine))
    uuid = uuid4()
    stamped, warnings = Importer(mine).bring(here(uuid=str(uuid), Serie="F", Folio="1", stamped="2026-03-10T23:31:05"))
    assert (stamped.id, warnings) == (document.id, [])
    stamped_at = datetime.datetime(2026, 3, 11, 5, 31, 5, tzinfo=datetime.UTC)
    assert rows(owner, mine, SalesDocument, "state", "uuid", "stamped_at") == [("SENT", uuid, stamped_at)]
    assert rows(owner, mine, SalesDocument, "xml_document_id") == rows(owner, mine, Document, "id")
    assert [kind for kind, _ in events(owner, mine)][-1] == "SALES_DOCUMENT_STAMPED"


def test_without_a_folio_the_only_one_of_its_total_is_recognised(mine: Any, writer: Writer, owner: Any) -> None:
    client = kemper(mine)
    document = pending(writer, client)
    pending(writer, client, lines=[CHAIR | {"quantity": D(1)}])
    assert Importer(mine).bring(here(Serie=None, Folio=None))[0].id == document.id
    assert statuses(owner, mine) == ["STAMPED", "PENDING"]


@pytest.mark.claims(
    "docs/sales.md",
    "If that fails, the object is removed.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "A CFDI without series and folio matches the only pending document of its client, type, currency and total "
    "that was drawn up within three days of it; if there are several, it is refused as `CFDI_PENDING_AMBIGUOUS`.",
)
def test_several_of_its_total_are_not_guessed_among(mine: Any, writer: Writer, owner: Any) -> None:
    client = kemper(mine)
    for _ in range(2):
        pending(writer, client)
    importer = Importer(mine)
    with pytest.raises(Rejected) as rejected:
        importer.bring(here(Serie=None, Folio=None))
    [problem] = rejected.value.problems
    assert (problem.code.name, problem.values) == ("CFDI_PENDING_AMBIGUOUS", {"folios": " (F-2, F-1)"})
    assert statuses(owner, mine) == ["PENDING", "PENDING"]
    assert importer.objects() == []


def test_under_another_folio_it_is_another_document_and_warned_of(mine: Any, writer: Writer, owner: Any) -> None:
    pending(writer, kemper(mine))
    document, warnings = Importer(mine).bring(here(Serie="Z", Folio="9"))
    assert (document.folio, [code for code, _ in warnings]) == ("Z-9", ["CFDI_PENDING_SIMILAR"])
    assert statuses(owner, mine) == ["PENDING", "STAMPED"]


def test_one_of_long_ago_is_not_taken_for_it(mine: Any, writer: Writer, owner: Any) -> None:
    writer.now -= datetime.timedelta(days=30)
    pending(writer, kemper(mine))
    _, warnings = Importer(mine).bring(here(Serie=None, Folio=None))
    assert [code for code, _ in warnings] == ["CFDI_PENDING_SIMILAR"]
    assert len(rows(owner, mine, SalesDocument, "id")) == 2


@pytest.mark.claims(
    "docs/sales.md",
    "If the folio was registered without its XML, the XML is added.",
)
def test_a_folio_that_was_registered_gets_its_xml(mine: Any, writer: Writer, owner: Any) -> None:
    client = kemper(mine)
    document, other = pending(writer, client), pending(writer, client, lines=[CHAIR | {"quantity": D(1)}])
    uuid, wrong = uuid4(), uuid4()
    writer.do(register_stamp, stamp(document, uuid))
    writer.do(register_stamp, stamp(other, wrong))
    importer = Importer(mine)
    for _ in range(2):
        stamped, warnings = importer.bring(here(uuid=str(uuid)))
        assert (stamped.id, warnings) == (document.id, [("CFDI_ALREADY_IMPORTED", ())])
    assert len(importer.objects()) == 1
    assert importer.refused(here(uuid=str(wrong))) == "STAMP_DIFFERS"
    assert [kind for kind, _ in events(owner, mine)].count("SALES_DOCUMENT_STAMPED") == 2


def test_a_drafted_credit_note_that_was_stamped_reduces_its_invoice(mine: Any, writer: Writer, owner: Any) -> None:
    invoice = pending(writer, kemper(mine))
    fields = {"client_id": invoice.client_id, "type": "CREDIT_NOTE", "invoice_id": invoice.id}
    line = CHAIR | {"quantity": D(1)}
    writer.do(create_sales_document, fields | {"lines": [line]})
    sums = {"lines": half(), "taxes": HALF, "SubTotal": "500.00", "Total": "580.00"}
    Importer(mine).bring(credit(str(uuid4()), Serie="NC", Folio="1", **sums))
    assert rows(owner, mine, SalesDocument, "state", "credited") == [("SENT", D(580)), ("STAMPED", D(580))]


def _stamped(way: str, mine: Any, writer: Writer, document: Any, text: str) -> None:
    """Stamps the document by the XML: registered with it, brought in, or brought in after the folio alone."""
    read = read_cfdi(text)
    if way == "registered":
        writer.do(register_stamp, stamp(document, read.uuid, cfdi=read))
        return
    if way == "completed":
        writer.do(register_stamp, stamp(document, read.uuid))
    Importer(mine).bring(text)


WAYS = pytest.mark.parametrize("way", ["registered", "imported", "completed"])


@pytest.mark.claims(
    "docs/sales.md",
    "In each case the CFDI that the XML refers to are recorded, and take effect as those of an imported CFDI do.",
)
@WAYS
def test_an_xml_that_stamps_ours_tells_what_it_refers_to(mine: Any, writer: Writer, owner: Any, way: str) -> None:
    """Relations 01 to 07, of what is on record and of what is not yet."""
    client = kemper(mine)
    for number, relation in enumerate(("01", "02", "03", "04", "05", "06", "07"), start=1):
        uuids = [uuid4(), uuid4()]
        document = pending(writer, client)
        _, folio = document.folio.split("-")
        text = here(uuid=str(uuid4()), Serie="F", Folio=folio, related=[str(uuid) for uuid in uuids], relation=relation)
        _stamped(way, mine, writer, document, text)
        told = rows(owner, mine, CfdiRelation, "sales_document_id", "type", "uuid", "related_id")
        assert {row for row in told if row[0] == document.id} == {(document.id, relation, uuid, None) for uuid in uuids}
        assert len(told) == 2 * number


@WAYS
def test_ours_that_replaces_an_invoice_takes_its_debt(mine: Any, writer: Writer, owner: Any, way: str) -> None:
    replaced = pending(writer, kemper(mine))
    first = uuid4()
    writer.do(register_stamp, stamp(replaced, first))
    by = pending(writer, replaced.client_id)
    text = here(uuid=str(uuid4()), Serie="F", Folio="2", related=[str(first)], relation="04")
    _stamped(way, mine, writer, by, text)
    assert rows(owner, mine, SalesDocument, "state") == ["CANCELLED", "SENT"]
    assert rows(owner, mine, Client, "balance") == [D(1160)]
    assert rows(owner, mine, CfdiRelation, "type", "related_id") == [("04", replaced.id)]


def test_what_was_cancelled_before_it_was_stamped_replaces_nothing(mine: Any, writer: Writer, owner: Any) -> None:
    replaced = pending(writer, kemper(mine))
    first = uuid4()
    writer.do(register_stamp, stamp(replaced, first))
    by = pending(writer, replaced.client_id)
    writer.do(cancel_sales_document, {"id": by.id})
    read = read_cfdi(here(uuid=str(uuid4()), related=[str(first)], relation="04"))
    writer.do(register_stamp, stamp(by, read.uuid, cfdi=read))
    assert rows(owner, mine, SalesDocument, "state") == ["SENT", "CANCELLED"]
    assert rows(owner, mine, CfdiRelation, "type", "related_id") == [("04", replaced.id)]


@pytest.mark.parametrize("both", [True, False])
def test_twenty_stamps_at_once_leave_one(mine: Any, writer: Writer, owner: Any, both: bool) -> None:
    """By `registerStamp` alone; by both ways: see `tests/hostile/test_invoices.py`."""
    client = mine.billable()
    document, other = pending(writer, client), pending(writer, mine.billable())
    uuid = uuid4()
    fields = [stamp(other if both and place % 2 else document, uuid if both else None) for place in range(20)]
    answers = writer.together(register_stamp, fields)
    assert {type(answer).__name__ for answer in answers} == {"SalesDocument", "Rejected"}
    stamped = [each for each in rows(owner, mine, SalesDocument, "uuid") if each]
    assert len(stamped) == 1
    assert [kind for kind, _ in events(owner, mine)].count("SALES_DOCUMENT_STAMPED") == 1


def test_the_record_tells_pending_from_stamped_in_the_database(mine: Any) -> None:
    with pytest.raises(IntegrityError, match="ck_sales_document_stamped"):
        mine.add(SalesDocument, client_id=mine.client(), state="STAMPED", uuid=None)
