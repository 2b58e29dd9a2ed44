"""Cancelling over GraphQL: what is shown, found, and in the history; the key of an integration; acknowledgements."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from loaders.ids import read_id
from models import Cancellation, Client, Document, HistoryEvent, SalesDocument
from models.collaborator import Role
from tests.cancelling import acuse, enveloped
from tests.fixtures import NOON, Company, global_id
from tests.writing import rows

CANCEL = """
mutation ($input: CancelSalesDocumentInput!) {
  cancelSalesDocument(input: $input) { salesDocument { state ...Cancelling } userErrors { code path message } }
}
fragment Cancelling on SalesDocument {
  cancellation {
    reason satState substituteUuid answeredAt
    substitute { folio } requestedBy { name } requestedAt acuse { name }
  }
}
"""
REPORT = """
mutation ($input: ReportCancellationInput!) {
  reportCancellation(input: $input) {
    salesDocument { state cancellation { satState answeredAt acuse { name } } ... on SalesInvoice { balance } }
    client { receivables { balance } }
    userErrors { code path message }
  }
}
"""
SHOWN = """
query ($id: ID!) {
  salesDocument(id: $id) {
    state availableActions viewerCanCancel
    actions { action allowed reasons { code message help } }
    cancellation {
      reason satState substituteUuid substitute { folio cancellation { satState } } requestedBy { name } acuse { kind }
    }
    ... on SalesInvoice { balance }
    history(order: ASC) {
      nodes {
        kind actor { name } apiKey { name }
        ... on SalesDocumentCancellationRequestedEvent { documentType folio cancellationReason substituteUuid }
        ... on SalesDocumentCancellationReportedEvent { documentType folio fromSatState toSatState }
      }
    }
  }
}
"""
FOUND = """
query ($client: ID!, $filter: SalesDocumentFilter) {
  client(id: $client) { salesDocuments(filter: $filter) { nodes { folio cancellation { satState } } } }
}
"""


def invoice(company: Any, client: Any, **values: Any) -> str:
    sums = {"subtotal": 1000, "tax": 160, "total": 1160}
    return global_id(SalesDocument, company.add(SalesDocument, client_id=client, uuid=uuid4(), **sums | values))


@pytest.mark.claims(
    "docs/cancelling.md",
    "`SalesDocument.cancellation` shows the newest request: reason, substitute, who asked and when, the SAT's state and"
    " the acknowledgement.",
)
def test_from_the_request_to_the_end_of_the_debt(company: Any) -> None:
    mine = company()
    client = mine.client()
    first, second = invoice(mine, client, series="F"), invoice(mine, client, series="F")
    request = {"id": first, "reason": "ERRORS_WITH_RELATION", "substituteId": second}
    payload = mine.ask(CANCEL, Role.ADMIN, input=request).data["cancelSalesDocument"]
    assert payload["userErrors"] == []
    assert payload["salesDocument"]["state"] == "SENT"
    assert payload["salesDocument"]["cancellation"]["satState"] == "REQUESTED"
    shown = mine.ask(SHOWN, id=first).data["salesDocument"]
    assert (shown["balance"], shown["viewerCanCancel"]) == ("1160.00", False)
    [state] = [each for each in shown["actions"] if each["action"] == "CANCEL"]
    assert [reason["code"] for reason in state["reasons"]] == ["CANCELLATION_PENDING"]
    payload = mine.ask(REPORT, Role.BILLING, input={"id": first, "satState": "ACCEPTED"}).data["reportCancellation"]
    assert payload["userErrors"] == []
    assert payload["salesDocument"]["balance"] == "0.00"
    assert payload["client"]["receivables"]["balance"] == "1160.00"
    shown = mine.ask(SHOWN, id=first).data["salesDocument"]
    assert shown["cancellation"]["substitute"] == {"folio": "F-2", "cancellation": None}
    assert shown["cancellation"]["requestedBy"] is not None
    events_shown = [
        {name: value for name, value in node.items() if name != "actor"} for node in shown["history"]["nodes"]
    ]
    same = {"apiKey": None, "documentType": "INVOICE", "folio": "F-1"}
    [folio] = mine.owner.execute(folio_of(second)).one()
    assert events_shown[:2] == [
        {
            "kind": "SALES_DOCUMENT_CANCELLATION_REQUESTED",
            "cancellationReason": "ERRORS_WITH_RELATION",
            "substituteUuid": str(folio),
            **same,
        },
        {
            "kind": "SALES_DOCUMENT_CANCELLATION_REPORTED",
            "fromSatState": "REQUESTED",
            "toSatState": "ACCEPTED",
            **same,
        },
    ]


def folio_of(id: str) -> Any:
    return select(SalesDocument.uuid).where(SalesDocument.id == read_id(id, "id")[1])


@pytest.mark.claims("docs/cancelling.md", "Lists are filtered by it: `salesDocuments(filter: {cancellation: {satState:")
def test_documents_are_found_by_the_state_at_the_sat(company: Any) -> None:
    mine = company()
    client = mine.client()
    documents = [invoice(mine, client, series="F") for _ in range(3)]
    for document in documents[:2]:
        mine.ask(CANCEL, input={"id": document, "reason": "OPERATION_NOT_CARRIED_OUT"})
    mine.ask(REPORT, input={"id": documents[0], "satState": "IN_PROCESS"})

    def folios(**condition: Any) -> list[str]:
        variables = {"client": global_id(Client, client), "filter": {"cancellation": condition}}
        return sorted(each["folio"] for each in mine.ask(FOUND, **variables).data["client"]["salesDocuments"]["nodes"])

    assert folios(satState={"eq": "IN_PROCESS"}) == ["F-1"]
    assert folios(satState={"in": ["IN_PROCESS", "REQUESTED"]}) == ["F-1", "F-2"]
    assert folios(reason={"eq": "ERRORS_WITH_RELATION"}) == []


MAKE_KEY = """
mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret userErrors { code } } }
"""


@pytest.mark.claims(
    "docs/cancelling.md",
    "Earlier ones are in the history, each answer with who or which API key reported it.",
)
def test_the_key_of_an_integration_reports_and_does_no_more(company: Any) -> None:
    mine = company()
    client = mine.client()
    document = invoice(mine, client)
    scopes = ["clients:read", "clients:read_all", "sales:read", "documents:read", "cfdi:report"]
    key = {"name": "PAC", "scopes": scopes}
    payload = mine.ask(MAKE_KEY, input=key).data["createApiKey"]
    assert payload["userErrors"] == []

    def ask(query: str, values: Any) -> Any:
        headers = {"Authorization": f"Bearer {payload['secret']}", "Content-Type": "application/json"}
        return mine.ficha.post(json.dumps({"query": query, "variables": {"input": values}}).encode(), headers)

    refused = ask(CANCEL, {"id": document, "reason": "ERRORS_WITHOUT_RELATION"})
    assert refused.errors[0][0] == "FORBIDDEN"
    [folio] = mine.owner.execute(folio_of(document)).one()
    report = {"id": document, "acuse": acuse((folio, "201")), "reason": "ERRORS_WITHOUT_RELATION"}
    for _ in range(2):
        answer = ask(REPORT.replace("client { receivables { balance } }", ""), report)
        assert answer.data["reportCancellation"]["userErrors"] == []
        assert answer.data["reportCancellation"]["salesDocument"]["cancellation"] == {
            "satState": "IN_PROCESS",
            "answeredAt": "2026-03-12T16:00:00.123Z",
            "acuse": {"name": f"Acuse {str(folio).upper()}.xml"},
        }
    nodes = mine.ask(SHOWN, id=document).data["salesDocument"]["history"]["nodes"]
    assert [node["apiKey"] for node in nodes] == [{"name": "PAC"}] * 2


def test_what_is_refused_is_told_in_both_languages_by_the_field(company: Any) -> None:
    mine = company()
    document = invoice(mine, mine.client())
    payload = mine.ask(CANCEL, input={"id": document}).data["cancelSalesDocument"]
    assert payload["userErrors"] == [
        {
            "code": "CANCELLATION_REASON_REQUIRED",
            "path": ["reason"],
            "message": "Tiene folio fiscal: indique el motivo de cancelación, 01 a 04.",
        }
    ]
    mine.ask(CANCEL, input={"id": document, "reason": "ERRORS_WITHOUT_RELATION"})
    mine.ask(REPORT, input={"id": document, "satState": "REFUSED"})
    [error] = mine.ask(REPORT, input={"id": document, "satState": "ACCEPTED"}).data["reportCancellation"]["userErrors"]
    assert error["message"] == "La cancelación («Solicitud rechazada») no puede pasar a «Cancelado con aceptación»."


# Acknowledgements

ACUSE = """
mutation ($input: ReportCancellationInput!) {
  reportCancellation(input: $input) {
    salesDocument { state cancellation { satState acuse { name kind } } }
    userErrors { code path message }
  }
}
"""


def asked_for(company: Company, **values: Any) -> str:
    """A document whose cancelling was asked for."""
    client = company.client()
    document = company.add(SalesDocument, client_id=client, **{"uuid": uuid4(), "subtotal": 1, "total": 1, **values})
    request = {"reason": "OPERATION_NOT_CARRIED_OUT", "requested_at": NOON, "sat_state": "REQUESTED"}
    company.add(Cancellation, client_id=client, sales_document_id=document, **request)
    return global_id(SalesDocument, document)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (acuse((uuid4(), "201")), ["ACUSE_FOLIO"]),
        (acuse((uuid4(), "201"), rfc="EKU9003173C9"), ["CFDI_ISSUER_OTHER"]),
        ('<a xmlns="http://cancelacfd.sat.gob.mx"/>', ["ACUSE_NOT_ACUSE"]),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Acuse>&b;</Acuse>', ["CFDI_DOCTYPE"]),
        ("", ["CFDI_NOT_XML"]),
    ],
)
def test_of_another_cfdi_or_company_nothing_is_taken_over(company: Any, stored: Any, text: str, codes: Any) -> None:
    mine = company()
    document = asked_for(mine)
    for validate in (False, True):
        values = {"id": document, "acuse": text, "validateOnly": validate}
        payload = mine.ask(ACUSE, input=values).data["reportCancellation"]
        assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [(codes[0], ["acuse"])]
    assert rows(mine.owner, mine, Document, "id") == rows(mine.owner, mine, HistoryEvent, "id") == []
    assert rows(mine.owner, mine, Cancellation, "sat_state") == ["REQUESTED"]
    assert stored(mine) == []


@pytest.mark.claims("docs/cancelling.md", "The acknowledgement is filed with the client's documents.")
def test_twenty_acknowledgements_at_once_leave_one_file(company: Any, stored: Any) -> None:
    mine = company()
    uuid = uuid4()
    document = asked_for(mine, uuid=uuid)
    texts = [acuse((uuid4(), "205"), (uuid, "201")), enveloped(acuse((uuid, "201")))] * 10
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: mine.insist(ACUSE, input={"id": document, "acuse": text}), texts))
    for answer in answers:
        payload = answer.data["reportCancellation"]
        assert payload["userErrors"] == []
        assert payload["salesDocument"] == {
            "state": "SENT",
            "cancellation": {
                "satState": "IN_PROCESS",
                "acuse": {"name": f"Acuse {str(uuid).upper()}.xml", "kind": "CANCELLATION_ACUSE"},
            },
        }
    assert rows(mine.owner, mine, Document, "object_key") == stored(mine)
    assert len(stored(mine)) == 1
    assert rows(mine.owner, mine, HistoryEvent, "kind") == ["SALES_DOCUMENT_CANCELLATION_REPORTED"]
