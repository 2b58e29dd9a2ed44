"""A constancia that is uploaded proposes CFDI data, with differences; one mutation takes them over."""

from typing import Any

import pytest

import models
from models import Address, CfdiProfile, Client
from tests.constancia import COMPANY, PERSON, QR, constancia, scan
from tests.fixtures import Company, global_id
from tests.uploading import codes, upload
from tests.writing import events, rows

PROPOSAL = """
query ($id: ID!) {
  document(id: $id) {
    cfdiProfileProposal {
      status issuedOn cifId asksTaxRegime
      values { field value current differs origin page }
      taxRegimes { name taxRegime { code } since until isCurrent page }
    }
  }
}
"""
APPLY = """
mutation ($input: ApplyCfdiProfileProposalInput!) {
  applyCfdiProfileProposal(input: $input) {
    cfdiProfile { rfc name postalCode taxRegime { code } version }
    client { rfc fiscalAddress { street exteriorNumber postalCode state { code } } }
    userErrors { code path allowed }
    warnings { code }
  }
}
"""


def attach(company: Company, client: Any, content: bytes, **given: Any) -> str:
    kind = {"kind": "TAX_STATUS_CERTIFICATE", "name": "Constancia.pdf"} | given
    return upload(company, content, clientId=global_id(Client, client), **kind)["document"]["id"]


def proposal(company: Company, document: str) -> Any:
    return company.ask(PROPOSAL, id=document).data["document"]["cfdiProfileProposal"]


def apply(company: Company, document: str, **given: Any) -> Any:
    return company.ask(APPLY, input={"documentId": document, **given}).data["applyCfdiProfileProposal"]


@pytest.mark.claims(
    "docs/documents.md",
    "`ClientDocument.cfdiProfileProposal` shows them beside what is on record, and `applyCfdiProfileProposal` applies "
    "them.",
)
def test_a_constancia_is_compared_with_the_record_and_taken_over(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client(rfc="EKU9003173C9", legal_name="KEMPER")
    mine.add(models.CfdiProfile, client_id=client, rfc="EKU9003173C9", name="KEMPER SA DE CV", tax_regime="603")
    mine.add(models.Address, client_id=client, kind="FISCAL", street="CALLE VIEJA", country="MEX", postal_code="42501")
    document = attach(mine, client, constancia(COMPANY, QR % "EKU9003173C9"))
    found = proposal(mine, document)
    assert (found["status"], found["issuedOn"], found["cifId"], found["asksTaxRegime"]) == (
        "READ", "2026-01-05", "14348545454", False,
    )  # fmt: skip
    assert [(each["field"], each["value"], each["current"], each["differs"]) for each in found["values"]] == [
        ("rfc", "EKU9003173C9", "EKU9003173C9", False),
        ("name", "ESCUELA KEMPER URGATE", "KEMPER SA DE CV", True),
        ("postalCode", "42501", None, True),
        ("fiscalAddress.street", "CALLE JUAREZ", "CALLE VIEJA", True),
        ("fiscalAddress.exteriorNumber", "12", None, True),
        ("fiscalAddress.neighborhood", "CENTRO", None, True),
        ("fiscalAddress.municipality", "ACTOPAN", None, True),
        ("fiscalAddress.state", "HID", None, True),
        ("fiscalAddress.postalCode", "42501", "42501", False),
        ("fiscalAddress.reference", "ENTRE HIDALGO Y MORELOS", None, True),
    ]
    assert {(each["origin"], each["page"]) for each in found["values"]} == {("TEXT", 1)}
    assert found["taxRegimes"] == [
        {
            "name": "Régimen General de Ley Personas Morales",
            "taxRegime": {"code": "601"},
            "since": "1990-03-17",
            "until": None,
            "isCurrent": False,
            "page": 1,
        }
    ]
    done = apply(mine, document)
    assert done["userErrors"] == []
    assert done["cfdiProfile"] == {
        "rfc": "EKU9003173C9",
        "name": "ESCUELA KEMPER URGATE",
        "postalCode": "42501",
        "taxRegime": {"code": "601"},
        "version": 2,
    }
    assert done["client"]["fiscalAddress"] == {
        "street": "CALLE JUAREZ", "exteriorNumber": "12", "postalCode": "42501", "state": {"code": "HID"},
    }  # fmt: skip
    assert [kind for kind, _ in events(owner, mine)] == ["DOCUMENT_CHANGED", "CFDI_PROFILE_CHANGED", "ADDRESS_CHANGED"]
    assert not any(each["differs"] for each in proposal(mine, document)["values"])


@pytest.mark.claims(
    "docs/documents.md",
    "If several regimes are in force, one has to be named.",
)
def test_of_several_regimes_one_has_to_be_chosen(company: Any) -> None:
    mine = company()
    client = mine.client()
    document = attach(mine, client, constancia(PERSON, QR % "CACX7605101P8"))
    assert proposal(mine, document)["asksTaxRegime"] is True
    for given, code in (({}, "TAX_REGIME_CHOICE"), ({"taxRegime": "621"}, "TAX_REGIME_NOT_LISTED")):
        [error] = apply(mine, document, **given)["userErrors"]
        assert error == {"code": code, "path": ["taxRegime"], "allowed": ["605", "626"]}
    done = apply(mine, document, taxRegime="626")
    assert (done["userErrors"], done["cfdiProfile"]["taxRegime"]) == ([], {"code": "626"})
    assert (done["client"]["rfc"], done["client"]["fiscalAddress"]) == ("CACX7605101P8", None)


def test_a_scan_proposes_what_its_code_says_and_is_not_taken_over(company: Any) -> None:
    mine = company()
    document = attach(mine, mine.client(), scan(QR % "EKU9003173C9"))
    found = proposal(mine, document)
    assert (found["status"], [(each["field"], each["origin"]) for each in found["values"]]) == (
        "NO_TEXT",
        [("rfc", "QR")],
    )
    assert codes(apply(mine, document)) == [("CERTIFICATE_UNREAD", "documentId")]


def test_other_documents_propose_nothing(company: Any) -> None:
    mine = company()
    document = attach(mine, mine.client(), constancia(COMPANY), kind="CONTRACT")
    assert proposal(mine, document) is None
    assert codes(apply(mine, document)) == [("CERTIFICATE_UNREAD", "documentId")]


def test_an_rfc_that_another_client_has_is_not_taken_over(company: Any, owner: Any) -> None:
    mine = company()
    mine.client(rfc="EKU9003173C9")
    document = attach(mine, mine.client(), constancia(COMPANY))
    assert codes(apply(mine, document)) == [("DUPLICATE", "rfc")]
    assert (rows(owner, mine, CfdiProfile, "rfc"), rows(owner, mine, Address, "street")) == ([], [])


def test_the_address_can_be_left_out(company: Any, owner: Any) -> None:
    mine = company()
    document = attach(mine, mine.client(), constancia(COMPANY))
    assert apply(mine, document, includeAddress=False)["userErrors"] == []
    assert rows(owner, mine, Address, "street") == []
