"""What caches read, over HTTP: ids that lead back, times of what has none of its own, currencies, absolute URLs."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from graphql import get_named_type

from models import Address, BankAccount, Client, Contact, PaymentReminders, ReminderRule
from models import Company as CompanyRow
from models.collaborator import Role
from schema import SCHEMA
from tests.fixtures import NOON, Company, global_id
from tests.uploading import prepare, upload

GRAPH: Any = SCHEMA._schema


def test_the_id_of_reminders_leads_back_to_them(company: Any) -> None:
    mine: Company = company()
    client = mine.client()
    mine.add(PaymentReminders, client_id=client, enabled=True)
    rule = {"position": 0, "moment": "ON", "days": 0, "hour": 9}
    mine.add(ReminderRule, client_id=client, **rule)
    query = (
        "query ($id: ID!) { client(id: $id) { paymentReminders { __typename id version updatedAt"
        " rules { createdAt updatedAt } } receivables { id currency createdAt updatedAt } } }"
    )
    shown = mine.ask(query, id=global_id(Client, client)).data["client"]
    reminders = shown["paymentReminders"]
    assert reminders["id"] == f"rem_{client}"
    assert {*reminders["rules"][0].values()} == {reminders["updatedAt"]}
    query = (
        "query ($id: ID!) { node(id: $id) { ... on PaymentReminders { __typename id version updatedAt"
        " rules { createdAt updatedAt } } } nodes(ids: [$id]) { id __typename } }"
    )
    answer = mine.ask(query, id=reminders["id"])
    assert answer.data == {
        "node": reminders, "nodes": [{"id": reminders["id"], "__typename": "PaymentReminders"}],
    }  # fmt: skip
    assert shown["receivables"] == {"id": f"rec_{client}", "currency": "MXN", "createdAt": None, "updatedAt": None}
    assert mine.ask(query, Role.READ_ONLY, id=reminders["id"]).errors[0][0] == "FORBIDDEN"
    other: Company = company()
    assert other.ask(query, id=reminders["id"]).data == {"node": None, "nodes": [None]}


URLS = {
    "ClientDocument.downloadUrl",
    "ClientDocument.signedInDownloadUrl",
    "ClientDocument.signedInViewUrl",
    "ClientDocument.viewUrl",
    "ClientDocumentThumbnail.signedInUrl",
    "ClientDocumentThumbnail.url",
    "ClientDocumentUploadPart.url",
    "ClientDocumentUploadPut.url",
    "Collaborator.avatarThumbnailUrl",
    "Collaborator.avatarUrl",
    "CreateStatementLinkPayload.url",
    "ExternalCallEvent.url",
    "ExternalEmailEvent.url",
    "ExternalEvent.url",
    "ExternalMeetingEvent.url",
    "ExternalMessageEvent.url",
    "ExternalOrderEvent.url",
    "ExternalOtherEvent.url",
    "ExternalTicketEvent.url",
    "ExternalVisitEvent.url",
    "FichaCompany.logoUrl",
    "InviteCollaboratorPayload.link",
    "RecordExternalEventInput.url",
    "ResendInvitationPayload.link",
    "StatementFileLink.url",
}


@pytest.mark.claims("docs/reading.md", "A `URL` is absolute.")
def test_every_url_is_absolute(company: Any) -> None:
    fields = {
        f"{kind.name}.{name}"
        for kind in GRAPH.type_map.values()
        for name, field in getattr(kind, "fields", {}).items()
        if get_named_type(field.type).name == "URL"
    }
    assert fields == URLS
    mine: Company = company()
    client = global_id(Client, mine.client())
    table = CompanyRow.__table__
    mine.owner.execute(table.update().where(table.c.id == mine.id).values(logo_path="/logos/x.png"))
    part = prepare(mine, b"hola", clientId=client)["documentUpload"]["parts"][0]["url"]
    document = upload(mine, b"hola", clientId=client)["document"]["id"]
    day = NOON.date().isoformat()
    shown = mine.ask(
        "query ($id: ID!, $document: ID!, $day: Date!) {"
        " document(id: $document) { downloadUrl viewUrl signedInDownloadUrl signedInViewUrl }"
        " collaborators { nodes { avatarUrl avatarThumbnailUrl } } viewer { company { logoUrl } }"
        " client(id: $id) { statement(from: $day, to: $day) { pdf { url } xlsx { url } } } }",
        id=client, document=document, day=day,
    ).data  # fmt: skip
    link = mine.ask(
        "mutation ($input: CreateStatementLinkInput!) { createStatementLink(input: $input)"
        " { url statementLink { createdAt updatedAt } userErrors { code } } }",
        input={"clientId": client, "from": day, "to": day},
    ).data["createStatementLink"]
    invited = mine.ask(
        "mutation ($input: InviteCollaboratorInput!) { inviteCollaborator(input: $input)"
        " { link invitation { collaborator { id } } userErrors { code } } }",
        input={"name": "Eva", "email": "eva@ejemplo.mx", "role": "SALES"},
    ).data["inviteCollaborator"]
    again = mine.ask(
        "mutation ($input: ResendInvitationInput!) { resendInvitation(input: $input) { link userErrors { code } } }",
        input={"id": invited["invitation"]["collaborator"]["id"]},
    ).data["resendInvitation"]
    urls = [
        part,
        *shown["document"].values(),
        *(url for each in shown["collaborators"]["nodes"] for url in each.values()),
        shown["viewer"]["company"]["logoUrl"],
        *(file["url"] for file in shown["client"]["statement"].values()),
        link["url"],
        invited["link"],
        again["link"],
    ]
    assert link["statementLink"]["createdAt"] == link["statementLink"]["updatedAt"]
    for url in urls:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.netloc


FORMATTED = """
query ($id: ID!) {
  client(id: $id) {
    contacts { formattedPhone { text national international uri isMasked } }
    addresses: branchAddresses { formatted { text lines isMasked } }
    bankAccounts { accountNumber formattedAccount { text isMasked } }
  }
}
"""


@pytest.mark.claims(
    "docs/reading.md",
    "Addresses, telephones and account numbers are also written as people read them (`formatted`, `formattedPhone`,"
    " `formattedAccount`), and say whether they are masked.",
)
def test_what_is_formatted_says_whether_it_is_masked(company: Any) -> None:
    mine: Company = company()
    client = mine.client()
    mine.add(Contact, client_id=client, phone="+525512345678", phone_extension="12")
    mine.add(Contact, client_id=client, position=1)
    mine.add(Address, client_id=client, exterior_number="5", postal_code="64000", state="NLE")
    mine.add(BankAccount, client_id=client, account_number="002010077777777771")
    mine.add(BankAccount, client_id=client, position=1)
    phone = {
        "text": "55 1234 5678 ext. 12", "national": "55 1234 5678 ext. 12",
        "international": "+52 55 1234 5678 ext. 12", "uri": "tel:+525512345678;ext=12", "isMasked": False,
    }  # fmt: skip
    address = {"text": "Calle 5, 64000 Nuevo León", "lines": ["Calle 5", "64000 Nuevo León"], "isMasked": False}
    accounts = {
        Role.ADMIN: ("002010077777777771", "002 010 07777777777 1", False),
        Role.READ_ONLY: ("••••7771", "•••• 7771", True),
    }
    for role, (number, text, masked) in accounts.items():
        shown = mine.ask(FORMATTED, role, id=global_id(Client, client)).data["client"]
        assert shown["contacts"] == [{"formattedPhone": phone}, {"formattedPhone": None}]
        assert shown["addresses"] == [{"formatted": address}]
        assert shown["bankAccounts"] == [
            {"accountNumber": number, "formattedAccount": {"text": text, "isMasked": masked}},
            {"accountNumber": None, "formattedAccount": None},
        ]
