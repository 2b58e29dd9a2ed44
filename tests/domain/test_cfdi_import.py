"""CFDIs from elsewhere: matched to their client, brought in once, kept as files, told of where they differ."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from domain.sales_document import create_sales_document
from errors import Forbidden
from models import CfdiProfile, Document, Payment, ReceivableTerms, SalesDocument, SalesDocumentTax
from models.collaborator import Role
from tests.cfdi import LINE, cfdi, credit, payment
from tests.importing import Importer
from tests.writing import events, rows

D = Decimal
NAME = "ESCUELA KEMPER URGATE"


@pytest.fixture
def importer(mine: Any) -> Importer:
    return Importer(mine)


def kemper(mine: Any, **profile: Any) -> Any:
    client = mine.client(legal_name=NAME, rfc="EKU9003173C9")
    stated = {"rfc": "EKU9003173C9", "name": NAME, "tax_regime": "601", "cfdi_use": "G03", "postal_code": "42501"}
    mine.add(CfdiProfile, client_id=client, **stated | profile)
    return client


@pytest.mark.claims(
    "docs/sales.md",
    "`Fecha` is local to `LugarExpedicion`.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "A UUID is brought in once: again, it is a warning and the record that is there.",
)
def test_an_invoice_is_brought_in_once_with_its_xml(mine: Any, importer: Importer, owner: Any) -> None:
    client = kemper(mine)
    mine.add(ReceivableTerms, client_id=client, credit_days=30)
    uuid = str(uuid4())
    text = cfdi(uuid=uuid.upper(), LugarExpedicion="22000")
    document, warnings = importer.bring(text)
    assert warnings == []
    issued_at = datetime.datetime(2026, 3, 11, 6, 30, tzinfo=datetime.UTC)
    # 23:30 in Tijuana, which keeps daylight saving since 8 March, is the next day in Mexico City.
    assert rows(owner, mine, SalesDocument, "folio", "state", "issued_at", "due_on", "on_credit") == [
        (
            "A-77",
            "STAMPED",
            issued_at,
            datetime.date(2026, 4, 10),
            True,
        )
    ]
    assert rows(owner, mine, SalesDocument, "subtotal", "tax", "total", "payment_method") == [
        (D(1000), D(160), D(1160), "PPD")
    ]
    assert rows(owner, mine, SalesDocumentTax, "tax", "rate", "base", "amount") == [("002", D("0.16"), D(1000), D(160))]
    [(name, size, key, kind)] = rows(owner, mine, Document, "name", "size", "object_key", "kind")
    assert (name, size, kind) == (f"{uuid.upper()}.xml", len(text.encode()), "CFDI_XML")
    assert importer.objects() == [key]
    assert [kind for kind, _ in events(owner, mine)] == ["SALES_DOCUMENT_ISSUED"]

    again, warnings = importer.bring(text)
    assert (again.id, warnings) == (document.id, [("CFDI_ALREADY_IMPORTED", ())])
    assert importer.objects() == [key]
    assert len(rows(owner, mine, SalesDocument, "id")) == 1


def test_the_same_at_once_is_one(mine: Any, importer: Importer, owner: Any) -> None:
    kemper(mine)
    done = importer.together(*[cfdi(uuid=str(uuid4()))] * 5)
    assert [one for one in done if isinstance(one, BaseException)] == []
    assert len(rows(owner, mine, SalesDocument, "id")) == 1
    assert len(importer.objects()) == 1


@pytest.mark.claims(
    "docs/sales.md",
    "What the CFDI says of the receptor and the record does not is warned of: name, postal code, tax regime, use.",
)
def test_every_difference_is_told(mine: Any, importer: Importer) -> None:
    kemper(mine, name="ESCUELA KEMPER", tax_regime="603", cfdi_use=None, postal_code="06000")
    _, warnings = importer.bring(cfdi(LugarExpedicion="00001"))
    assert warnings == [
        ("CFDI_RECEPTOR_DIFFERS", ("name",)),
        ("CFDI_RECEPTOR_DIFFERS", ("postal_code",)),
        ("CFDI_RECEPTOR_DIFFERS", ("tax_regime",)),
        ("CFDI_RECEPTOR_DIFFERS", ("cfdi_use",)),
        ("CFDI_PLACE_UNKNOWN", ("xml",)),
    ]


@pytest.mark.claims(
    "docs/sales.md",
    "The receptor is matched by RFC; of a generic RFC by name, capital regime, case and accents aside.",
    "None and several are told, not guessed.",
)
def test_the_client_is_matched_and_never_guessed(mine: Any, importer: Importer, owner: Any) -> None:
    assert importer.refused(cfdi()) == "CFDI_CLIENT_UNKNOWN"
    public = {"Rfc": "XAXX010101000", "Nombre": "PUBLICO EN GENERAL", "UsoCFDI": "S01"}
    for name in ("Público en general", "Ana Paz", "Ana Paz", "Luis Sol SA de CV"):
        mine.client(legal_name=name, rfc="XAXX010101000")
    document, warnings = importer.bring(cfdi(receptor=public))
    assert rows(owner, mine, SalesDocument, "client_id") == [document.client_id]
    assert [path for _, path in warnings] == [("name",), ("cfdi_use",)]
    assert importer.refused(cfdi(receptor=public | {"Nombre": "ANA PAZ"})) == "CFDI_CLIENT_AMBIGUOUS"
    assert importer.refused(cfdi(receptor=public | {"Nombre": "EVA LUZ"})) == "CFDI_CLIENT_UNKNOWN"
    assert importer.bring(cfdi(Folio="78", receptor=public | {"Nombre": "LUIS SOL"}))[0].folio == "A-78"
    assert len(importer.objects()) == 2


def test_others_invoices_prospects_and_the_deleted(mine: Any, importer: Importer) -> None:
    assert importer.refused(cfdi(issuer="URE180429TM6")) == "CFDI_ISSUER_OTHER"
    mine.client(legal_name=NAME, rfc="EKU9003173C9", kind="PROSPECT")
    assert importer.refused(cfdi()) == "CLIENT_IS_PROSPECT"
    mine.client(legal_name="UNIVERSIDAD", rfc="URE180429TM6", deleted_at=importer.writer.now)
    assert importer.refused(cfdi(receptor={"Rfc": "URE180429TM6"})) == "CLIENT_DELETED"
    assert importer.objects() == []


@pytest.mark.claims(
    "docs/sales.md",
    "A folio that could be ours keeps its series and number, and the series goes on after it; under any "
    "other folio the document is numbered in a series of its own and shows the folio that it had.",
)
@pytest.mark.parametrize(
    ("series", "folio", "shown"),
    [("A", "77", "A-77"), ("A", "0077", "A-0077"), ("A", "77B", "A-77B"), (None, "77", "77"), ("A", None, "A")],
)
def test_folios_stay_what_they_were(mine: Any, importer: Importer, series: Any, folio: Any, shown: str) -> None:
    kemper(mine)
    assert importer.bring(cfdi(Serie=series, Folio=folio))[0].folio == shown


@pytest.mark.claims(
    "docs/sales.md",
    "A draft of ours with the same folio, client, currency and total is stamped instead of doubled.",
)
def test_a_series_goes_on_after_what_was_numbered_elsewhere(mine: Any, importer: Importer) -> None:
    client = kemper(mine)
    importer.bring(cfdi(Serie="F", Folio="500"))
    importer.bring(cfdi(Serie="F", Folio="20"))
    given = {
        "client_id": client, "type": "INVOICE", "lines": [{
            "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2),
            "unit_price": D(500),
        }],
    }  # fmt: skip
    drafted = importer.writer.do(create_sales_document, given)
    assert drafted.folio == "F-501"
    # A draft that was stamped elsewhere under its folio stays one document.
    stamped, _ = importer.bring(cfdi(Serie="F", Folio="501"))
    assert (stamped.id, stamped.state) == (drafted.id, "STAMPED")
    assert importer.refused(cfdi(Serie="F", Folio="501")) == "CFDI_FOLIO_TAKEN"


@pytest.mark.claims(
    "docs/sales.md",
    "Credit notes reduce the first invoice that they refer to and that is on record, as far as its balance goes.",
)
def test_a_credit_note_reduces_the_invoice_that_it_names(mine: Any, importer: Importer, owner: Any) -> None:
    kemper(mine)
    uuid = str(uuid4())
    importer.bring(cfdi(uuid=uuid))
    line = LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace('"2"', '"1"')
    half = {"lines": line, "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>', "SubTotal": "500.00"}
    note, warnings = importer.bring(credit(uuid, Total="580.00", **half))
    assert (note.type, note.folio, warnings) == ("CREDIT_NOTE", "NC-1", [])
    assert rows(owner, mine, SalesDocument, "state", "credited") == [("STAMPED", D(580)), ("STAMPED", D(580))]
    _, warnings = importer.bring(credit(uuid, Folio="2"))
    assert warnings == [("CFDI_CREDITED_PARTLY", ("xml",))]
    assert rows(owner, mine, SalesDocument, "state", "credited")[0] == ("PAID", D(1160))
    _, warnings = importer.bring(credit(str(uuid4()), Folio="3"))
    assert warnings == [("CFDI_RELATED_WAITS", ("xml",))]


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_a_payment_pays_the_invoices_that_it_names(mine: Any, importer: Importer, owner: Any, version: str) -> None:
    kemper(mine)
    one, other = str(uuid4()), str(uuid4())
    for folio, uuid in (("1", one), ("2", other)):
        importer.bring(cfdi(uuid=uuid, Folio=folio))
    text = payment((one, "1160.00"), (other, "60.00"), version=version)
    assert importer.bring(text)[0].folio == "A-1"
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PAID", D(1160)), ("PARTIALLY_PAID", D(60))]
    paid_at = datetime.datetime(2026, 3, 12, 16, tzinfo=datetime.UTC)
    assert rows(owner, mine, Payment, "amount", "payment_form", "paid_at", "reference") == [
        (D(1220), "03", paid_at, "SPEI 1"),
    ]
    assert importer.bring(text)[1] == [("CFDI_ALREADY_IMPORTED", ())]
    assert len(rows(owner, mine, Payment, "id")) == 1


def test_permissions(mine: Any) -> None:
    kemper(mine)
    with pytest.raises(Forbidden, match="sales:write"):
        Importer(mine, Role.READ_ONLY).bring(cfdi())
    with pytest.raises(Forbidden, match="billing:write"):
        Importer(mine, Role.SALES_MANAGER).bring(payment((str(uuid4()), "1.00")))
    assert Importer(mine, Role.SALES).refused(cfdi()) == "NOT_FOUND"
