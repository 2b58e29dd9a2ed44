"""What writing leaves to be read: edits in the history, the CFDI data of a day, reminders to come, choices."""

from typing import Any

from models import (
    CfdiProfile,
    Client,
    Collaborator,
    Contact,
    Deal,
    LossReason,
    PaymentReminders,
    ReminderRule,
    SalesDocument,
)
from models.collaborator import Role
from tests.fixtures import NOON, Company, global_id

CHANGES = """
query ($id: ID!) {
  client(id: $id) {
    history(order: ASC) {
      nodes {
        __typename kind
        ... on RecordChangedEvent { change label changes { field from to } }
      }
      hiddenCount
    }
  }
}
"""
EDITS = """
mutation ($id: ID!, $owner: ID!, $deal: ID!) {
  assignClient(input: {id: $id, ownerId: $owner}) { userErrors { code } }
  updateReceivableTerms(
    input: {clientId: $id, terms: CREDIT, creditDays: 30, creditLimit: "1000"}
  ) { userErrors { code } }
  createBankAccount(
    input: {clientId: $id, paymentForm: "03", accountNumber: "012660015490725198"}
  ) { userErrors { code } }
  updateDeal(input: {id: $deal, priority: URGENT}) { userErrors { code } }
}
"""


def history(company: Company, client: Any, role: Role = Role.ADMIN) -> Any:
    return company.ask(CHANGES, role, id=global_id(Client, client)).data["client"]["history"]


def test_edits_are_read_as_what_changed_from_and_to(company: Any) -> None:
    mine = company()
    client = mine.client()
    deal = mine.add(Deal, client_id=client)
    owner = mine.people[Role.SALES]
    ids = {"id": global_id(Client, client), "deal": global_id(Deal, deal)}
    answer = mine.ask(EDITS, owner=global_id(Collaborator, owner), **ids)
    assert [payload["userErrors"] for payload in answer.data.values()] == [[], [], [], []]
    nodes = history(mine, client)["nodes"]
    assert [(node["__typename"], node["change"], node["label"]) for node in nodes] == [
        ("ClientChangedEvent", "UPDATED", "CLIENTE DE PRUEBA"),
        ("ReceivableTermsChangedEvent", "CREATED", "CREDIT"),
        ("BankAccountChangedEvent", "CREATED", "BBVA México ••••5198"),
        ("DealChangedEvent", "UPDATED", "Trato"),
    ]
    assert nodes[0]["changes"] == [{"field": "owner", "from": None, "to": "Sales"}]
    assert nodes[1]["changes"] == [
        {"field": "terms", "from": None, "to": "CREDIT"},
        {"field": "creditDays", "from": None, "to": "30"},
        {"field": "creditLimit", "from": None, "to": "1000.00"},
    ]
    assert nodes[3]["changes"] == [{"field": "priority", "from": "MEDIUM", "to": "URGENT"}]


def test_edits_of_what_one_may_not_see_are_hidden(company: Any) -> None:
    mine = company()
    client = mine.client()
    terms = "mutation ($id: ID!) { updateReceivableTerms(input: {clientId: $id}) { userErrors { code } } }"
    mine.ask(terms, id=global_id(Client, client))
    assert history(mine, client, Role.READ_ONLY) == {"nodes": [], "hiddenCount": 1}


def test_what_was_it_on_a_day(company: Any) -> None:
    mine = company(time_zone="America/Tijuana")
    client = mine.client()
    # Midnight of 4 May 2026 in Tijuana.
    midnight = NOON.replace(month=5, day=4, hour=7)
    mine.add(CfdiProfile, client_id=client, name="ANTES", valid_from=NOON, valid_to=midnight)
    mine.add(CfdiProfile, client_id=client, name="DESPUES", valid_from=midnight, version=2)
    query = """
    query ($id: ID!) {
      client(id: $id) {
        before: cfdiProfileOn(on: "2026-03-09") { name }
        first: cfdiProfileOn(on: "2026-03-10") { name }
        third: cfdiProfileOn(on: "2026-05-03") { name }
        fourth: cfdiProfileOn(on: "2026-05-04") { name }
        cfdiProfile { name }
        cfdiProfiles { name validTo }
      }
    }
    """
    assert mine.ask(query, id=global_id(Client, client)).data["client"] == {
        "before": None,
        "first": {"name": "ANTES"},
        "third": {"name": "ANTES"},
        "fourth": {"name": "DESPUES"},
        "cfdiProfile": {"name": "DESPUES"},
        "cfdiProfiles": [
            {"name": "ANTES", "validTo": "2026-05-04T07:00:00.000Z"},
            {"name": "DESPUES", "validTo": None},
        ],
    }


PREVIEW = """
query ($client: ID!) {
  reminderPreview(client: $client) {
    document { folio } rule { moment } sendsAt to { name } cc obstacles
  }
}
"""


def test_the_reminders_to_come(company: Any) -> None:
    mine = company()
    client = mine.client()
    mine.add(Contact, client_id=client, name="Ana", email="ana@example.com", receives_reminders=True)
    mine.add(PaymentReminders, client_id=client, enabled=True, cc=["jefe@example.com"])
    mine.add(ReminderRule, client_id=client, position=0, moment="BEFORE", days=1, hour=9)
    due = NOON.date().replace(year=2999)
    mine.add(SalesDocument, client_id=client, due_on=due, subtotal=10, total=10, number=7)
    mine.add(SalesDocument, client_id=client, due_on=due, subtotal=10, total=10, paid=10, state="PAID", number=8)
    assert mine.ask(PREVIEW, client=global_id(Client, client)).data["reminderPreview"] == [
        {
            "document": {"folio": "F-7"},
            "rule": {"moment": "BEFORE"},
            # The eve, 9 March 2999, is a Saturday: the working day before it is Friday the 8th.
            "sendsAt": "2999-03-08T15:00:00.000Z",
            "to": [{"name": "Ana"}],
            "cc": ["jefe@example.com"],
            "obstacles": [],
        }
    ]


def test_the_preview_asks_for_its_permission_and_sight(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    assert mine.ask(PREVIEW, Role.READ_ONLY, client=client).errors == [("FORBIDDEN", "reminderPreview")]
    assert company().ask(PREVIEW, client=client).data["reminderPreview"] is None
    assert mine.ask(PREVIEW, client=client).data["reminderPreview"] == []


def test_what_the_company_offers_to_choose_from(company: Any) -> None:
    mine = company()
    mine.add(LossReason, name="Precio")
    query = """
    { viewer { company {
      funnelStages { name position active version } lossReasons { name active } priceLists { name }
      collaborators { name }
    } } }
    """
    chosen = mine.ask(query).data["viewer"]["company"]
    assert chosen["funnelStages"] == [{"name": "Contacto", "position": 0, "active": True, "version": 1}]
    assert chosen["lossReasons"] == [{"name": "Precio", "active": True}]
    assert chosen["priceLists"] == []
    assert len(chosen["collaborators"]) == len(Role)
