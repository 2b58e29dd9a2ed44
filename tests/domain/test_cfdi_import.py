"""CFDIs from elsewhere: matched to their client, brought in once, kept as files, told of where they differ."""

import datetime
from decimal import Decimal
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from domain.sales_document import create_sales_document
from errors import Forbidden
from models import CfdiProfile, Document, HistoryEvent, Payment, ReceivableTerms, SalesDocument, SalesDocumentTax
from models.collaborator import Role
from tests.cfdi import LINE, cfdi, credit, payment
from tests.domain.test_cfdi32 import cfdi32
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
    "The XML goes to the object store, then its document's row, the sales document and its event",
)
@pytest.mark.claims(
    "docs/sales.md",
    "`Fecha` is local to `LugarExpedicion`.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "A UUID is imported once; importing it again returns the existing record with a warning.",
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
    "Differences between the CFDI's receptor and the record are warnings: name, postal code, tax regime, use.",
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
    "If no client matches, or several do, the CFDI is refused and the message says so.",
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
    "It keeps its `folio`, and is numbered in a series of its own, so that imports never advance the company's series.",
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
    "A draft with the same folio, client, currency and total is stamped instead of being added a second time.",
)
def test_our_series_are_not_driven_from_outside(mine: Any, importer: Importer) -> None:
    client = kemper(mine)
    for folio in ("2147483647", "999999999", "500", "1"):
        assert importer.bring(cfdi(Serie="F", Folio=folio)) == (ANY, [])
    given = {
        "client_id": client, "type": "INVOICE", "lines": [{
            "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2),
            "unit_price": D(500),
        }],
    }  # fmt: skip
    drafted = importer.writer.do(create_sales_document, given)
    assert drafted.folio == "F-1"
    # A draft that was stamped elsewhere under its folio stays one document.
    stamped, _ = importer.bring(cfdi(Serie="F", Folio="1"))
    assert (stamped.id, stamped.state) == (drafted.id, "STAMPED")
    assert importer.refused(cfdi(Serie="F", Folio="1")) == "CFDI_FOLIO_TAKEN"
    replacing = cfdi(Serie="F", Folio="1", related=[str(stamped.uuid)]).replace('Relacion="01"', 'Relacion="04"')
    assert importer.bring(replacing)[0].folio == "F-1"
    mine.change(SalesDocument, drafted.id, state="CANCELLED")
    assert importer.bring(cfdi(Serie="F", Folio="1"))[0].id != drafted.id


@pytest.mark.claims(
    "docs/sales.md",
    "A folio is the issuer's own and may repeat: if another CFDI in force has it, that is a warning "
    "(`CFDI_FOLIO_REPEATED`); if a document numbered here has it, the CFDI is refused (`CFDI_FOLIO_TAKEN`).",
)
def test_one_folio_may_be_that_of_several(mine: Any, importer: Importer, owner: Any) -> None:
    kemper(mine)
    first, _ = importer.bring(cfdi())
    second, warnings = importer.bring(cfdi())
    assert warnings == [("CFDI_FOLIO_REPEATED", ("xml",))]
    assert (first.folio, second.folio, first.id == second.id) == ("A-77", "A-77", False)
    mine.change(SalesDocument, first.id, state="CANCELLED")
    mine.change(SalesDocument, second.id, state="CANCELLED")
    assert importer.bring(cfdi())[1] == []
    assert len(rows(owner, mine, SalesDocument, "id")) == 3


@pytest.mark.claims(
    "docs/sales.md",
    "Its event has the time of its `Fecha`; `recordedAt` says when it was imported.",
)
def test_the_event_of_what_is_brought_in_is_at_its_day(mine: Any, importer: Importer, owner: Any) -> None:
    kemper(mine)
    importer.bring(cfdi())
    [(occurred_at, recorded_at)] = rows(owner, mine, HistoryEvent, "occurred_at", "recorded_at")
    assert occurred_at == datetime.datetime(2026, 3, 11, 5, 30, tzinfo=datetime.UTC)
    assert importer.writer.now <= recorded_at <= datetime.datetime.now(datetime.UTC)


@pytest.mark.claims(
    "docs/sales.md",
    "`verification` says whether its seal and its stamp were verified, and `verificationFindings` why not; a "
    "CFDI that is not verified gives the warning `CFDI_UNVERIFIED`.",
)
@pytest.mark.parametrize(
    ("seal", "verification", "codes"),
    [(True, "VERIFIED", []), (False, "FAILED", [("CFDI_UNVERIFIED", ("xml",))])],
)
def test_what_verifying_it_found_is_kept_and_told(
    mine: Any, importer: Importer, owner: Any, seal: bool, verification: str, codes: list[Any]
) -> None:
    kemper(mine)
    _, warnings = importer.bring(cfdi(seal=seal))
    assert warnings == codes
    [(outcome, findings)] = rows(owner, mine, SalesDocument, "verification", "verification_findings")
    assert outcome == verification
    assert ("SEAL_MISSING" in findings) is not seal


def test_what_was_repaired_is_told(mine: Any, importer: Importer) -> None:
    kemper(mine)
    assert importer.bring("\n" + cfdi())[1] == [("CFDI_TEXT_OUTSIDE", ("xml",))]


def test_an_old_invoice_is_history(mine: Any, importer: Importer, owner: Any) -> None:
    kemper(mine)
    document, _ = importer.bring(cfdi32())
    assert (document.folio, document.total, document.verification) == ("A-7", D("954.00"), "VERIFIED")
    assert rows(owner, mine, SalesDocument, "tax", "withheld", "discount", "payment_method") == [
        (D(144), D(90), D("100.01"), "PUE")
    ]


@pytest.mark.claims(
    "docs/sales.md",
    "Credit notes, substitutes and payments take effect as [relations between CFDI](#relations-between-cfdi) says.",
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


@pytest.mark.parametrize(
    ("version", "name", "warned"),
    [
        ("3.3", f"{NAME}, S.A. DE C.V.", []),
        ("3.3", f"{NAME} SOCIEDAD ANONIMA DE CAPITAL VARIABLE", []),
        ("3.3", "OTRA ESCUELA SA DE CV", [("CFDI_RECEPTOR_DIFFERS", ("name",))]),
        ("4.0", f"{NAME}, S.A. DE C.V.", [("CFDI_RECEPTOR_DIFFERS", ("name",))]),
    ],
)
def test_the_capital_regime_in_a_name_of_3_3_is_no_difference(
    mine: Any, importer: Importer, version: str, name: str, warned: list[Any]
) -> None:
    """Case K08."""
    kemper(mine)
    receptor: dict[str, Any] = {"Rfc": "EKU9003173C9", "Nombre": name, "UsoCFDI": "G03"}
    if version == "3.3":
        receptor |= {"DomicilioFiscalReceptor": None, "RegimenFiscalReceptor": None}
    _, warnings = importer.bring(cfdi(version=version, receptor=receptor))
    assert [each for each in warnings if each[0] == "CFDI_RECEPTOR_DIFFERS"] == warned
