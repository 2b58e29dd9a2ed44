"""Sales over GraphQL: the detail of a document with its chain, receivables by age and line by line, price lists, CFDI.

Every query is asked of the planner and of the resolvers, which must agree.
"""

import datetime
from typing import Any

import pytest

from domain.cfdi import MOST_BYTES
from models import Client, Document, PriceList, PriceListItem, ReceivableTerms, SalesDocument, SalesDocumentLine
from models.collaborator import Role
from tests.cfdi import cfdi
from tests.fixtures import NOON, global_id
from tests.uploading import prepare, upload

DETAIL = """
query ($id: ID!) {
  salesDocument(id: $id) {
    __typename folio state subtotal discount tax withheld total currency availableActions
    taxTotals { kind tax factor rate base amount }
    lines {
      description sku quantity unitPrice amount discount tax remaining converted taxObject
      taxes { kind tax factor rate base amount }
      originLine { description }
    }
    origin { folio origin { folio } }
    descendants { folio __typename }
    client { legalName }
    priceList { name }
    history(order: ASC) { totalCount nodes { kind ... on SalesDocumentPaymentRegisteredEvent { amount folio } } }
    ... on SalesInvoice { paid credited balance dueOn payments { amount paymentForm { name } salesDocument { folio } } }
    ... on SalesQuote { expiresOn }
  }
}
"""
CREATE = """
mutation ($input: CreateSalesDocumentInput!) {
  createSalesDocument(input: $input) { salesDocument { id folio total } userErrors { code path message } }
}
"""
SEND = "mutation ($id: ID!) { sendSalesDocument(input: {id: $id}) { userErrors { code path } warnings { code } } }"
CONVERT = """
mutation ($input: ConvertSalesDocumentInput!) {
  convertSalesDocument(input: $input) { salesDocument { id folio } userErrors { code path } }
}
"""
PAY = """
mutation ($input: RegisterPaymentInput!) {
  registerPayment(input: $input) {
    payment { id amount salesDocument { state } } client { legalName } userErrors { code path }
  }
}
"""
LINE = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "2", "unitPrice": "500"}


def done(company: Any, mutation: str, role: Role = Role.ADMIN, **variables: Any) -> Any:
    [answer] = company.ask(mutation, role, **variables).data.values()
    assert answer["userErrors"] == []
    return answer


@pytest.mark.claims(
    "docs/sales.md",
    "Both lead to each other (`origin`, `descendants`, and line by line `originLine`).",
)
def test_a_chain_of_documents_with_everything_on_it(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.billable(legal_name="PAPELERIA"))
    line = LINE | {
        "discount": "100",
        "taxes": [{"tax": "002", "rate": "0.16"}, {"tax": "001", "kind": "WITHHELD", "rate": "0.1"}],
    }
    quote = done(mine, CREATE, input={"clientId": client, "type": "QUOTE", "lines": [line, LINE]})["salesDocument"]
    done(mine, SEND, id=quote["id"])
    invoice = done(mine, CONVERT, input={"id": quote["id"], "to": "INVOICE"})["salesDocument"]
    done(mine, SEND, id=invoice["id"])
    paid = done(mine, PAY, input={"salesDocumentId": invoice["id"], "amount": "1000", "paymentForm": "03"})
    assert paid["payment"]["salesDocument"] == {"state": "PARTIALLY_PAID"}
    assert paid["client"] == {"legalName": "PAPELERIA"}

    shown = mine.ask(DETAIL, id=invoice["id"]).data["salesDocument"]
    # 1,000 - 100 + 144 - 90, and 1,000 + 160.
    assert (shown["subtotal"], shown["discount"], shown["tax"], shown["withheld"], shown["total"]) == (
        "2000.00", "100.00", "304.00", "90.00", "2114.00",
    )  # fmt: skip
    assert (shown["__typename"], shown["state"], shown["paid"], shown["balance"]) == (
        "SalesInvoice", "PARTIALLY_PAID", "1000.00", "1114.00",
    )  # fmt: skip
    assert shown["taxTotals"] == [
        {"kind": "TRANSFERRED", "tax": "002", "factor": "RATE", "rate": "0.160000", "base": "1900.00",
         "amount": "304.00"},
        {"kind": "WITHHELD", "tax": "001", "factor": "RATE", "rate": "0.100000", "base": "900.00", "amount": "90.00"},
    ]  # fmt: skip
    assert [(one["amount"], one["discount"], one["tax"], len(one["taxes"])) for one in shown["lines"]] == [
        ("1000.000000", "100.000000", "144.000000", 2),
        ("1000.000000", "0.000000", "160.000000", 1),
    ]
    assert shown["origin"] == {"folio": "COT-1", "origin": None}
    assert shown["lines"][0]["originLine"] == {"description": "Silla"}
    assert shown["payments"] == [
        {"amount": "1000.00", "paymentForm": {"name": "Transferencia electrónica de fondos"},
         "salesDocument": {"folio": "F-1"}}
    ]  # fmt: skip
    assert shown["availableActions"] == [
        "REGISTER_PAYMENT",
        "CREDIT",
        "REGISTER_STAMP",
    ]  # with a payment it is not cancelled
    assert [event["kind"] for event in shown["history"]["nodes"]] == [
        "SALES_DOCUMENT_CONVERTED", "SALES_DOCUMENT_STATE_CHANGED",
        "SALES_DOCUMENT_PAYMENT_REGISTERED", "SALES_DOCUMENT_STATE_CHANGED",
    ]  # fmt: skip

    shown = mine.ask(DETAIL, id=quote["id"]).data["salesDocument"]
    assert (shown["state"], shown["descendants"]) == ("CONVERTED", [{"folio": "F-1", "__typename": "SalesInvoice"}])
    assert [one["remaining"] for one in shown["lines"]] == ["0.000000", "0.000000"]
    assert mine.ask(DETAIL, Role.READ_ONLY, id=invoice["id"]).data["salesDocument"]["availableActions"] == []


def test_what_is_wrong_with_an_input_leads_into_it(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    given = {"clientId": client, "type": "INVOICE", "lines": [LINE, LINE | {"productCode": "1", "taxObject": "01"}]}
    answer = mine.ask(CREATE, input=given).data["createSalesDocument"]
    assert [(error["code"], error["path"]) for error in answer["userErrors"]] == [
        ("CODE_UNKNOWN", ["lines", "1", "productCode"]),
    ]


RECEIVABLES = """
query ($id: ID!) {
  client(id: $id) {
    receivables {
      terms creditDays creditLimit balance overdueBalance creditUsed creditAvailable
      ageing { current upTo30 upTo60 upTo90 over90 }
      exposure { amount counts reason document { __typename folio ... on SalesInvoice { balance isOverdue } } }
    }
  }
}
"""


@pytest.mark.claims(
    "docs/sales.md",
    "`Client.receivables` has the balance, by age (`ageing`), and the credit used and available.",
)
@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (None, "current"), (-1, "current"), (0, "current"), (1, "upTo30"), (30, "upTo30"), (31, "upTo60"),
        (60, "upTo60"), (61, "upTo90"), (90, "upTo90"), (91, "over90"), (4000, "over90"),
    ],
)  # fmt: skip
def test_what_is_owed_is_as_old_as_the_days_since_it_fell_due(company: Any, days: Any, bucket: str) -> None:
    mine = company()
    client = mine.client()
    zone = datetime.timezone(datetime.timedelta(hours=-6))
    today = datetime.datetime.now(zone).date()
    due = None if days is None else today - datetime.timedelta(days=days)
    mine.add(SalesDocument, client_id=client, subtotal=100, total=100, due_on=due)
    found = mine.ask(RECEIVABLES, id=global_id(Client, client)).data["client"]["receivables"]
    assert found["ageing"] == dict.fromkeys(("current", "upTo30", "upTo60", "upTo90", "over90"), "0.00") | {
        bucket: "100.00"
    }
    assert found["overdueBalance"] == ("0.00" if bucket == "current" else "100.00")


@pytest.mark.claims(
    "docs/sales.md",
    "`exposure` lists every document that is owed, what is owed on it in the company's currency, whether "
    "it counts against the limit and why: invoices and sales notes on credit do, sales notes in cash do "
    "not, quotes are never owed.",
)
def test_credit_is_explained_line_by_line(company: Any) -> None:
    mine = company()
    client = mine.client()
    mine.add(ReceivableTerms, client_id=client, credit_days=30, credit_limit=5000)
    day = datetime.date(2026, 1, 1)

    def owed(type_: str, total: int, number: int, **values: Any) -> None:
        given = {"type": type_, "series": "X", "number": number, "subtotal": total, "total": total, "due_on": day}
        mine.add(SalesDocument, client_id=client, **given | values)

    owed("INVOICE", 1000, 1, paid=100, credited=200, state="PARTIALLY_PAID")
    owed("INVOICE", 100, 2, currency="USD", exchange_rate=18.5, due_on=datetime.date(2026, 1, 2))
    owed("SALES_NOTE", 300, 3, on_credit=True, due_on=datetime.date(2026, 1, 3))
    owed("SALES_NOTE", 50, 4, due_on=datetime.date(2026, 1, 4))
    owed("QUOTE", 7000, 5)
    owed("INVOICE", 7000, 6, state="DRAFT")
    owed("INVOICE", 7000, 7, state="CANCELLED")
    owed("CREDIT_NOTE", 7000, 8)
    found = mine.ask(RECEIVABLES, id=global_id(Client, client)).data["client"]["receivables"]
    assert [
        (line["document"]["folio"], line["amount"], line["counts"], line["reason"]) for line in found["exposure"]
    ] == [
        ("X-1", "700.00", True, "INVOICE"),
        ("X-2", "1850.00", True, "INVOICE"),
        ("X-3", "300.00", True, "CREDIT_SALES_NOTE"),
        ("X-4", "50.00", False, "CASH_SALES_NOTE"),
    ]
    assert (found["balance"], found["creditUsed"], found["creditAvailable"]) == ("2900.00", "2850.00", "2150.00")
    assert mine.ask(RECEIVABLES, Role.SALES, id=global_id(Client, client)).data["client"] is None
    answer = mine.ask(RECEIVABLES, Role.READ_ONLY, id=global_id(Client, client))
    assert answer.errors == [("FORBIDDEN", "client", "receivables")]


def test_a_price_list_shows_its_items(company: Any) -> None:
    mine = company()
    prices = mine.add(PriceList, name="Mayoreo")
    taxes = [{"kind": "TRANSFERRED", "tax": "002", "factor": "RATE", "rate": "0.160000"}]
    for sku in ("B", "A", "C"):
        mine.add(
            PriceListItem, price_list_id=prices, sku=sku, description=f"Artículo {sku}", product_code="56101504",
            unit_code="H87", unit_price=10, taxes=taxes,
        )  # fmt: skip
    client = mine.client(price_list_id=prices)
    query = """
    query ($id: ID!) {
      client(id: $id) {
        priceList {
          name
          items(first: 2, search: "articulo") { totalCount nodes { sku unitPrice taxes { kind tax factor rate } } }
        }
      }
    }
    """
    shown = mine.ask(query, id=global_id(Client, client)).data["client"]["priceList"]
    items = shown["items"]
    assert (shown["name"], items["totalCount"]) == ("Mayoreo", 3)
    assert [item["sku"] for item in items["nodes"]] == ["A", "B"]
    assert items["nodes"][0]["taxes"] == taxes


IMPORT = """
mutation ($input: ImportCfdiInput!) {
  importCfdi(input: $input) {
    salesDocument { folio state uuid xml { name kind } }
    client { legalName documents { totalCount } }
    userErrors { code path message }
    warnings { code path message }
  }
}
"""


def test_a_cfdi_is_brought_in_from_its_text_and_from_an_upload(company: Any) -> None:
    mine = company()
    mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    text = "\ufeff" + cfdi(receptor={"UsoCFDI": None, "DomicilioFiscalReceptor": None, "RegimenFiscalReceptor": None})
    looked_at = mine.ask(IMPORT, input={"xml": text, "validateOnly": True}).data["importCfdi"]
    assert (looked_at["salesDocument"], looked_at["userErrors"]) == (None, [])
    found = mine.ask(IMPORT, input={"xml": text}).data["importCfdi"]
    assert (found["userErrors"], found["warnings"]) == ([], [])
    assert (found["salesDocument"]["folio"], found["salesDocument"]["state"]) == ("A-77", "STAMPED")
    assert found["salesDocument"]["xml"]["kind"] == "CFDI_XML"
    assert found["client"] == {"legalName": "ESCUELA KEMPER URGATE", "documents": {"totalCount": 1}}
    again = mine.ask(IMPORT, input={"xml": text}).data["importCfdi"]
    assert [warning["code"] for warning in again["warnings"]] == ["CFDI_ALREADY_IMPORTED"]
    assert again["client"]["documents"] == {"totalCount": 1}


def test_a_cfdi_is_brought_in_from_an_uploaded_document(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9"))
    document = upload(mine, cfdi().encode(), clientId=client, name="factura.xml", kind="CFDI_XML")["document"]
    found = mine.ask(IMPORT, input={"documentId": document["id"]}).data["importCfdi"]
    assert found["userErrors"] == []
    assert (found["salesDocument"]["folio"], found["salesDocument"]["state"]) == ("A-77", "STAMPED")
    # It is the file that it was brought in from, and no second one.
    assert found["salesDocument"]["xml"] == {"name": "factura.xml", "kind": "CFDI_XML"}
    assert found["client"]["documents"] == {"totalCount": 1}


def test_an_upload_that_is_no_cfdi_of_ones_own_is_not_brought_in(company: Any) -> None:
    mine, other = company(), company()
    client = global_id(Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9"))
    theirs = global_id(Client, other.client())

    def refused(id: str) -> list[tuple[str, list[str]]]:
        answer = mine.ask(IMPORT, input={"documentId": id}).data["importCfdi"]
        assert answer["salesDocument"] is None
        return [(error["code"], error["path"]) for error in answer["userErrors"]]

    text = upload(mine, b"hola", clientId=client)["document"]
    assert refused(text["id"]) == [("CFDI_NOT_XML", ["documentId"])]
    # What makes it a CFDI is its bytes, whatever kind its sender gave it.
    assert refused(upload(mine, b"<a/>", clientId=client, kind="CFDI_XML")["document"]["id"]) == [
        ("CFDI_NOT_CFDI", ["documentId"])
    ]
    # So is what the record says of it, at the field that was sent.
    for content, code in (
        (cfdi(issuer="URE180429TM6"), "CFDI_ISSUER_OTHER"),
        (cfdi(receptor={"Rfc": "OÑO120726RX3"}), "CFDI_CLIENT_UNKNOWN"),
    ):
        document = upload(mine, content.encode(), clientId=client)["document"]
        assert refused(document["id"]) == [(code, ["documentId"])]
    large = upload(mine, b"<a>" + b" " * MOST_BYTES + b"</a>", clientId=client)["document"]
    assert refused(large["id"]) == [("CFDI_TOO_LARGE", ["documentId"])]
    foreign = upload(other, cfdi().encode(), clientId=theirs)["document"]
    assert refused(foreign["id"]) == [("NOT_FOUND", ["documentId"])]
    # One that has not been completed is no document yet.
    pending = prepare(mine, cfdi().encode(), clientId=client)["documentUpload"]
    assert refused(pending["id"]) == [("BAD_ID", ["documentId"])]


STAMP = """
mutation ($input: RegisterStampInput!) {
  registerStamp(input: $input) {
    salesDocument { folio state uuid stampStatus stampedAt version xml { name kind } }
    client { documents { totalCount } }
    userErrors { code path message }
  }
}
"""
UUID_OF_STAMP = "5d1f2a90-6c1b-4e57-9b1c-2f0c6a7e00aa"


def test_a_stamp_is_registered_with_its_xml_which_is_kept_once(company: Any) -> None:
    mine = company()
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    invoice = global_id(SalesDocument, mine.add(SalesDocument, client_id=client, subtotal=1000, tax=160, total=1160))
    pending = "{ salesDocuments(filter: {stampStatus: {eq: PENDING}}) { nodes { id stampStatus uuid } } }"
    assert mine.ask(pending).data["salesDocuments"]["nodes"] == [
        {"id": invoice, "stampStatus": "PENDING", "uuid": None}
    ]
    stamp = {"id": invoice, "uuid": UUID_OF_STAMP.upper(), "stampedAt": "2026-03-10T12:00:00-06:00"}
    for xml, code in (
        (cfdi(), "STAMP_DIFFERS"), ("<a/>", "CFDI_NOT_CFDI"), ("", "CFDI_NOT_XML"),
        (cfdi(uuid=None), "CFDI_NOT_STAMPED"),
    ):  # fmt: skip
        refused = mine.ask(STAMP, input=stamp | {"xml": xml}).data["registerStamp"]
        assert {(error["code"], *error["path"]) for error in refused["userErrors"]} == {(code, "xml")}
    right = stamp | {"xml": cfdi(uuid=UUID_OF_STAMP)}
    looked_at = mine.ask(STAMP, input=right | {"validateOnly": True}).data["registerStamp"]
    assert (looked_at["salesDocument"], looked_at["userErrors"]) == (None, [])
    answers = [mine.ask(STAMP, input=right).data["registerStamp"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0] == {
        "salesDocument": {
            "folio": "F-1", "state": "SENT", "uuid": UUID_OF_STAMP, "stampStatus": "STAMPED",
            "stampedAt": "2026-03-10T18:00:00.000Z", "version": 2,
            "xml": {"name": f"{UUID_OF_STAMP.upper()}.xml", "kind": "CFDI_XML"},
        },
        "client": {"documents": {"totalCount": 1}},
        "userErrors": [],
    }  # fmt: skip
    assert mine.ask(pending).data["salesDocuments"]["nodes"] == []
    assert mine.ask(STAMP, Role.SALES, input=stamp).errors == [("FORBIDDEN", "registerStamp")]


CAN = """
query ($id: ID!) {
  salesDocument(id: $id) {
    viewerCanUpdate viewerCanSend viewerCanConvert viewerCanRegisterPayment viewerCanCancel availableActions
  }
}
"""
WITH_A_FIELD = ("EDIT", "SEND", "CONVERT", "REGISTER_PAYMENT", "CANCEL")
CAN_FILE = "query ($id: ID!) { document(id: $id) { viewerCanUpdate viewerCanRestore } }"


@pytest.mark.claims(
    "docs/sales.md",
    "`domain/policy.py` says what may be done in which state; `SalesDocument.actions` shows it, with the reasons where "
    "it cannot.",
)
@pytest.mark.parametrize(
    ("type", "state", "expected"),
    [
        ("QUOTE", "DRAFT", ["Update", "Send", "Cancel"]),
        ("QUOTE", "ACCEPTED", ["Convert", "Cancel"]),
        ("INVOICE", "SENT", ["RegisterPayment", "Cancel"]),
        ("INVOICE", "CANCELLED", []),
    ],
)
def test_what_the_viewer_can_do_with_a_sales_document(company: Any, type: str, state: str, expected: list[str]) -> None:
    mine = company()
    client = mine.client()
    document = mine.add(SalesDocument, client_id=client, type=type, state=state, subtotal=1, total=1)
    mine.add(
        SalesDocumentLine, client_id=client, sales_document_id=document, position=1, quantity=1, unit_price=1, amount=1,
        description="Silla", product_code="56101504", unit_code="H87",
    )  # fmt: skip
    id = global_id(SalesDocument, document)

    def can(role: Role) -> list[str]:
        shown = mine.ask(CAN, role, id=id).data["salesDocument"]
        actions = [action for action in shown.pop("availableActions") if action in WITH_A_FIELD]
        found = [name.removeprefix("viewerCan") for name, may in shown.items() if may]
        assert actions == [
            {"Update": "EDIT", "RegisterPayment": "REGISTER_PAYMENT"}.get(name, name.upper()) for name in found
        ]
        return found

    assert can(Role.ADMIN) == expected
    assert can(Role.READ_ONLY) == []
    mine.change(Client, client, deleted_at=NOON)
    assert can(Role.ADMIN) == []


def test_what_the_viewer_can_do_with_a_document(company: Any) -> None:
    mine = company()
    client = mine.client()
    kept, replaced, deleted = (
        global_id(Document, mine.add(Document, client_id=client, **values))
        for values in ({}, {"replaced_at": NOON}, {"deleted_at": NOON})
    )

    def can(id: str, role: Role = Role.ADMIN) -> tuple[bool, bool]:
        shown = mine.ask(CAN_FILE, role, id=id).data["document"]
        return shown["viewerCanUpdate"], shown["viewerCanRestore"]

    assert [can(id) for id in (kept, replaced, deleted)] == [(True, False), (False, False), (False, True)]
    assert [can(id, Role.READ_ONLY) for id in (kept, deleted)] == [(False, False), (False, False)]
    mine.change(Client, client, deleted_at=NOON)
    assert [can(id) for id in (kept, deleted)] == [(False, False), (False, False)]


def test_what_is_no_cfdi_is_refused_with_its_reason(company: Any) -> None:
    mine = company()
    for given, expected in (
        ({"xml": "<a/>"}, ("CFDI_NOT_CFDI", ["xml"])),
        ({"xml": "<!DOCTYPE a><a/>"}, ("CFDI_DOCTYPE", ["xml"])),
        ({"xml": cfdi()}, ("CFDI_CLIENT_UNKNOWN", ["xml"])),
        ({"xml": cfdi(issuer="URE180429TM6")}, ("CFDI_ISSUER_OTHER", ["xml"])),
        ({"xml": cfdi(issuer="EKU9002303C9")}, ("CFDI_INCOMPLETE", ["xml"])),
        ({"xml": cfdi(receptor={"Rfc": "EKU9002303C9"})}, ("CFDI_INCOMPLETE", ["xml"])),
        ({}, ("TEXT_REQUIRED", ["xml"])),
    ):
        [error] = mine.ask(IMPORT, input=given).data["importCfdi"]["userErrors"]
        assert (error["code"], error["path"]) == expected
