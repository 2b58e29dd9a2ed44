"""Whose a CFDI is: a taxpayer by its RFCs, a foreigner by its registration, the chosen client, or a new one."""

from typing import Any
from uuid import UUID

import pytest

from domain.cfdi_profile import update_cfdi_profile
from domain.cfdi_receptor import bare_name
from domain.client import create_client
from errors import Forbidden
from models import CfdiProfile, Client, SalesDocument
from models.collaborator import Role
from tests.cfdi import cfdi
from tests.importing import Importer
from tests.writing import events, rows

PUBLIC, FOREIGN = "XAXX010101000", "XEXX010101000"
KEMPER = "EKU9003173C9"


@pytest.fixture
def importer(mine: Any) -> Importer:
    return Importer(mine)


def public(name: str = "PUBLICO EN GENERAL", **values: Any) -> str:
    return cfdi(receptor={"Rfc": PUBLIC, "Nombre": name, "UsoCFDI": "S01", **values})


def abroad(name: str = "ACME, LLC", tax_id: str | None = "987654321", residence: str | None = "USA") -> str:
    stated = {"Rfc": FOREIGN, "Nombre": name, "ResidenciaFiscal": residence, "NumRegIdTrib": tax_id, "UsoCFDI": "S01"}
    return cfdi(receptor=stated | {"RegimenFiscalReceptor": "616", "DomicilioFiscalReceptor": "06000"})


def foreigner(mine: Any, name: str, tax_id: str | None = None, residence: str | None = "USA") -> UUID:
    client = mine.client(legal_name=name, rfc=FOREIGN)
    mine.add(CfdiProfile, client_id=client, rfc=FOREIGN, tax_id=tax_id, tax_residence=residence)
    return client


def codes(warnings: list[Any]) -> set[str]:
    return {code for code, _ in warnings} - {"CFDI_RECEPTOR_DIFFERS"}


@pytest.mark.claims(
    "docs/sales.md",
    "`clientId` says whose it is where the receptor alone does not: the general public, a foreigner, one of several. A"
    " client that plainly is another taxpayer is refused (`CFDI_CLIENT_OTHER`).",
)
def test_the_client_of_the_general_public_is_chosen(mine: Any, importer: Importer) -> None:
    one, other = (mine.client(legal_name="PUBLICO EN GENERAL", rfc=PUBLIC) for _ in range(2))
    assert importer.refused(public()) == "CFDI_CLIENT_AMBIGUOUS"
    for client in (one, other):
        assert importer.bring(public(), client_id=client)[0].client_id == client
    named = mine.client(legal_name="ANA PAZ", rfc=None)
    assert importer.bring(public(), client_id=named)[0].client_id == named


def test_what_is_chosen_must_agree(mine: Any, importer: Importer) -> None:
    kemper = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=KEMPER)
    other = mine.client(legal_name="UNIVERSIDAD", rfc="URE180429TM6")
    nameless = mine.client(legal_name="ESCUELA", rfc=None)
    abroad_ = foreigner(mine, "ACME", "123456789")
    assert importer.refused(cfdi(), client_id=other) == "CFDI_CLIENT_OTHER"
    assert importer.refused(cfdi(), client_id=nameless) == "CFDI_CLIENT_OTHER"
    assert importer.refused(cfdi(), client_id=abroad_) == "CFDI_CLIENT_OTHER"
    assert importer.refused(abroad(), client_id=abroad_) == "CFDI_CLIENT_OTHER"
    assert importer.refused(abroad(), client_id=kemper) == "CFDI_CLIENT_OTHER"
    assert importer.refused(cfdi(), client_id=UUID(int=1)) == "NOT_FOUND"
    assert importer.bring(cfdi(), client_id=kemper)[0].client_id == kemper
    assert importer.objects()[1:] == []


def test_a_record_without_rfc_may_be_chosen_where_no_other_has_it(mine: Any, importer: Importer) -> None:
    nameless = mine.client(legal_name="ESCUELA", rfc=None)
    document, warnings = importer.bring(cfdi(), client_id=nameless)
    assert document.client_id == nameless
    assert ("CFDI_RECEPTOR_DIFFERS", ("rfc",)) in warnings


@pytest.mark.claims(
    "docs/sales.md",
    "A foreigner is found by `NumRegIdTrib` and `ResidenciaFiscal`, and by name where one of the two does not state"
    " them.",
)
def test_a_foreigner_is_known_by_its_registration(mine: Any, importer: Importer) -> None:
    same_name = foreigner(mine, "ACME LLC", "111222333")
    assert importer.refused(abroad()) == "CFDI_CLIENT_UNKNOWN"
    right = foreigner(mine, "Another Name Inc.", "98-7654321")
    assert importer.bring(abroad())[0].client_id == right
    canadian = foreigner(mine, "ACME LTD", "987654321", "CAN")
    assert importer.bring(abroad())[0].client_id == right
    assert importer.bring(abroad(residence="CAN"))[0].client_id == canadian
    assert importer.bring(abroad("acme", None, None), client_id=same_name)[0].client_id == same_name


@pytest.mark.parametrize("name", ["ACME, LLC", "Acme L.L.C.", "ACME INC", "Acme Inc.", "ACME GMBH & CO. KG", "ACME"])
def test_a_foreigner_without_registration_by_name_without_its_legal_form(
    mine: Any, importer: Importer, name: str
) -> None:
    client = foreigner(mine, "Acme, Inc.")
    assert importer.bring(abroad(name))[0].client_id == client


def test_names_are_bare_of_legal_forms() -> None:
    assert {bare_name(name) for name in ("Globex Corp.", "GLOBEX, S.A. DE C.V.", "Globex Co., Ltd.", "GLOBEX")} == {
        "globex"
    }
    assert bare_name("LLC") == "llc"
    assert bare_name("") == ""


@pytest.mark.claims(
    "docs/sales.md",
    "An RFC that a client had before finds that client, with a warning (`CFDI_FORMER_RFC`).",
)
@pytest.mark.parametrize("with_profile", [True, False])
def test_a_former_rfc_is_that_client(mine: Any, importer: Importer, with_profile: bool) -> None:
    fields: dict[str, Any] = {"legal_name": "ESCUELA KEMPER URGATE", "rfc": KEMPER}
    profile = {"cfdi_profile": {"name": "ESCUELA KEMPER URGATE"}} if with_profile else {}
    client = importer.writer.do(create_client, fields | profile)
    importer.writer.do(update_cfdi_profile, {"client_id": client.id, "rfc": "URE180429TM6"})
    document, warnings = importer.bring(cfdi())
    assert document.client_id == client.id
    assert codes(warnings) == {"CFDI_FORMER_RFC"}
    assert codes(importer.bring(cfdi(), client_id=client.id)[1]) == {"CFDI_FORMER_RFC", "CFDI_FOLIO_REPEATED"}
    # Whoever has it now comes first.
    now = mine.client(legal_name="OTRA", rfc=KEMPER)
    assert importer.bring(cfdi())[0].client_id == now


CREATE: dict[str, Any] = {"on_unknown_client": "CREATE"}


@pytest.mark.claims(
    "docs/sales.md",
    "With `onUnknownClient: CREATE` an unknown receptor becomes a client with the CFDI's data, or a prospect that"
    " plainly is it does; it takes `clients:write` and is told in the history and as a warning.",
)
def test_an_unknown_client_is_made_of_it(mine: Any, importer: Importer, owner: Any) -> None:
    assert importer.refused(cfdi()) == "CFDI_CLIENT_UNKNOWN"
    document, warnings = importer.bring(cfdi(), **CREATE)
    assert codes(warnings) == {"CFDI_CLIENT_CREATED"}
    assert rows(owner, mine, Client, "legal_name", "rfc", "kind") == [("ESCUELA KEMPER URGATE", KEMPER, "CLIENT")]
    assert rows(owner, mine, CfdiProfile, "name", "rfc", "postal_code", "tax_regime", "cfdi_use") == [
        ("ESCUELA KEMPER URGATE", KEMPER, "42501", "601", "G03")
    ]
    assert {kind for kind, _ in events(owner, mine)} == {"CLIENT_CREATED", "SALES_DOCUMENT_ISSUED"}
    again, warnings = importer.bring(cfdi(Folio="78"), **CREATE)
    assert (again.client_id, codes(warnings)) == (document.client_id, set())


def test_what_would_not_be_taken_today_is_left_out(mine: Any, importer: Importer, owner: Any) -> None:
    importer.bring(cfdi(version="3.3", receptor={"UsoCFDI": "P01", "RegimenFiscalReceptor": "999"}), **CREATE)
    assert rows(owner, mine, CfdiProfile, "rfc", "tax_regime", "cfdi_use") == [(KEMPER, None, None)]


def test_a_foreigner_is_made_with_its_registration(mine: Any, importer: Importer, owner: Any) -> None:
    foreigner(mine, "ACME LLC", "111222333")
    importer.bring(abroad(), **CREATE)
    assert ("USA", "987654321") in rows(owner, mine, CfdiProfile, "tax_residence", "tax_id")
    assert codes(importer.bring(abroad("Acme"), **CREATE)[1]) == {"CFDI_FOLIO_REPEATED"}
    assert len(rows(owner, mine, Client, "id")) == 2


@pytest.mark.parametrize("rfc", [KEMPER, None])
def test_a_prospect_that_plainly_is_it_becomes_the_client(
    mine: Any, importer: Importer, owner: Any, rfc: str | None
) -> None:
    prospect = mine.client(legal_name="Escuela Kemper Urgate SA de CV", rfc=rfc, kind="PROSPECT")
    assert importer.refused(cfdi()) in ("CLIENT_IS_PROSPECT", "CFDI_CLIENT_UNKNOWN")
    document, warnings = importer.bring(cfdi(), **CREATE)
    assert (document.client_id, codes(warnings)) == (prospect, {"CFDI_PROSPECT_CONVERTED"})
    assert rows(owner, mine, Client, "kind", "rfc") == [("CLIENT", KEMPER)]
    assert "PROSPECT_CONVERTED" in {kind for kind, _ in events(owner, mine)}


def test_what_is_not_plain_is_not_guessed(mine: Any, importer: Importer) -> None:
    for kind in ("PROSPECT", "PROSPECT"):
        mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=None, kind=kind)
    assert importer.refused(cfdi(), **CREATE) == "CFDI_CLIENT_AMBIGUOUS"


def test_a_client_without_rfc_of_its_name_is_told_and_may_be_chosen(mine: Any, importer: Importer) -> None:
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=None)
    assert importer.refused(cfdi(), **CREATE) == "CFDI_CLIENT_AMBIGUOUS"
    assert importer.bring(cfdi(), client_id=client, **CREATE)[0].client_id == client


def test_making_one_takes_its_permission(mine: Any) -> None:
    with pytest.raises(Forbidden, match="clients:write"):
        Importer(mine, Role.BILLING).bring(cfdi(), **CREATE)


def test_of_two_at_once_one_makes_the_client(mine: Any, importer: Importer, owner: Any) -> None:
    done = importer.together(*(cfdi(Folio=str(folio)) for folio in range(4)), **CREATE)
    assert [one for one in done if isinstance(one, BaseException)] == []
    assert len(rows(owner, mine, Client, "id")) == 1
    assert len(rows(owner, mine, SalesDocument, "id")) == 4
