"""The canonical operations on the demo: every part of the screen is there, in so many statements and no more.

Each is asked twice, as `tests.fixtures` says: of the planner, who sends one statement, and of the resolvers.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import models
from models.collaborator import Role
from server.embedded import Services
from tests.fixtures import NOON, Answer, Company, Ficha

FOLDER = Path(__file__).resolve().parents[2] / "operations"
STATEMENTS = {
    "api_keys": 1,
    "audit_log": 1,
    "certificate_proposal": 2,
    "cfdi_catalogs": 0,
    "client_actions": 17,
    "client_billing": 11,
    "client_deals": 4,
    "client_detail": 12,
    "client_documents": 4,
    "client_follow_ups": 3,
    "client_header": 2,
    "client_history": 7,
    "client_ledger": 5,
    "client_profile": 7,
    "client_sales_documents": 3,
    "client_statement": 6,
    "client_trash": 7,
    "clients_list": 5,
    "clients_search": 2,
    "clients_summary": 3,
    "clients_table": 5,
    "company_settings": 8,
    "deals_board": 3,
    "deals_summary": 3,
    "document_revisions": 2,
    "enum_labels": 0,
    "follow_up_detail": 4,
    "follow_ups_calendar": 2,
    "form_choices": 8,
    "history_months": 2,
    "price_list_items": 3,
    "receivables_summary": 2,
    "reminder_preview": 7,
    "roles": 1,
    "sales_document_actions": 2,
    "sales_document_detail": 13,
    "sat_products": 2,
    "search_everywhere": 2,
    "viewer": 2,
}
"""By resolvers, by file. ClientDetail may send 12 at most."""
UNPLANNED = {
    "certificate_proposal", "client_statement", "clients_summary", "deals_summary", "receivables_summary",
    "reminder_preview", "sat_products", "search_everywhere",
}  # fmt: skip
"""What the resolvers alone can answer."""

Sent = Callable[[], list[int]]


def document(name: str) -> str:
    return (FOLDER / f"{name}.graphql").read_text("utf-8")


def variables(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.variables.json").read_text("utf-8"))


def run(ask: Callable[..., Answer], name: str, email: str = "admin@demo.mx") -> Any:
    return ask(email, document(name), **variables(name)).data


def empty(value: Any, path: str = "") -> list[str]:
    """The paths of the lists and objects in an answer in which there is nothing."""
    match value:
        case dict():
            return [found for name, part in value.items() for found in empty(part, f"{path}.{name}".lstrip("."))]
        case []:
            return [path]
        case list():
            return [found for part in value for found in empty(part, path)]
        case _:
            return []


@pytest.mark.claims(
    "operations/README.md",
    "Each `totalCount`, `unfilteredCount` and `hiddenCount` is one of them, sent only because the field is selected.",
)
@pytest.mark.claims(
    "README.md",
    "`totalCount` costs one statement, sent only when it is selected.",
)
@pytest.mark.claims(
    "operations/README.md",
    "*Statements* are the SQL statements that the operation sends for a viewer who may see all of it.",
)
@pytest.mark.claims(
    "docs/reading.md",
    "`Reader.statements` counts what was sent, and tests hold the count of every operation in `operations/`.",
)
@pytest.mark.parametrize("name", STATEMENTS)
def test_an_operation_sends_exactly_its_statements(ask: Callable[..., Answer], statements: Sent, name: str) -> None:
    run(ask, name)
    planned = STATEMENTS[name] if name in UNPLANNED else 1
    assert statements() == ([planned, STATEMENTS[name]] if STATEMENTS[name] else [])


@pytest.mark.claims(
    "operations/README.md",
    "| file | operation | what it serves | statements |",
)
def test_the_list_of_operations_states_them() -> None:
    rows = re.findall(r"^\| `(\w+)` .+\| (\d+) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {name: int(number) for name, number in rows if name in STATEMENTS} == STATEMENTS


@pytest.mark.claims(
    "README.md",
    "One query returns what the client detail screen shows: razón social, RFC and owner, contacts and "
    "addresses, the history by month, follow-ups, receivables, payment reminders, CFDI data with the "
    "problems that would stop an invoice, bank accounts and files.",
)
def test_client_detail_shows_every_section_of_the_complete_client(ask: Callable[..., Answer]) -> None:
    shown = run(ask, "client_detail")
    assert shown["header"]["rfc"] == "EKU9003173C9"
    # Of the CFDI's problems one is not about a short list of codes; what is allowed has no reasons why not.
    assert set(empty(shown)) <= {"billingCfdi.cfdiReadiness.problems.allowed", "administrativePanel.actions.reasons"}
    counts = {
        "contacts": len(shown["detailTab"]["contacts"]),
        "branches": len(shown["detailTab"]["branchAddresses"]),
        "history": len(shown["commercialHistory"]["history"]["nodes"]),
        "reminder rules": len(shown["billingReminders"]["paymentReminders"]["rules"]),
        "bank accounts": len(shown["billingBank"]["bankAccounts"]),
    }
    assert counts == {"contacts": 4, "branches": 2, "history": 20, "reminder rules": 3, "bank accounts": 2}
    for part in ("sidePanel.owner", "sidePanel.priceList", "detailTab.fiscalAddress", "billingReceivables.receivables"):
        one, other = part.split(".")
        assert shown[one][other], part
    assert shown["commercialNote"]["internalNote"]


LISTED = """
query ($first: Int!) {
  clients(first: $first) {
    nodes {
      contacts { name }
      deals(first: 5) { totalCount nodes { title assignee { name } } }
      followUps(first: 5) { nodes { name deal { title } } }
      salesDocuments(first: 5) { nodes { folio lines { description } ... on SalesInvoice { payments { amount } } } }
      history(first: 10) { unfilteredCount totalCount nodes { occurredAt actor { name } } }
      historyMonths { month eventCount }
      receivables { balance }
      owner { name }
    }
  }
}
"""


@pytest.mark.claims(
    "operations/README.md",
    "They do not grow with the number of parents: `ClientsList` sends 5 for one client and for fifty.",
)
@pytest.mark.claims(
    "docs/reading.md",
    "So a list of 50 clients with contacts, deals and history asks for the contacts of all 50 in one "
    "statement, and the statements for contacts, deals and history leave together.",
)
def test_fifty_clients_send_as_many_statements_as_one(company: Callable[..., Company], statements: Sent) -> None:
    own = company()
    sales = own.people[Role.SALES]
    for number in range(50):
        client = own.client(legal_name=f"CLIENTE {number:02}", owner_id=sales)
        own.add(models.Contact, client_id=client, name=f"Contacto {number:02}")
        deal = own.add(models.Deal, client_id=client, title=f"Trato {number:02}", assignee_id=sales)
        own.add(models.FollowUp, client_id=client, deal_id=deal)
        invoice = own.add(models.SalesDocument, client_id=client, subtotal=number + 1, total=number + 1)
        own.add(
            models.SalesDocumentLine, client_id=client, sales_document_id=invoice, position=1, description="Silla",
            product_code="56101504", unit_code="H87", quantity=1, unit_price=number + 1, amount=number + 1,
        )  # fmt: skip
        own.add(models.Payment, client_id=client, sales_document_id=invoice, amount=1, payment_form="03", paid_at=NOON)
        own.add(models.HistoryEvent, client_id=client, actor_id=sales)

    one = own.ask(LISTED, first=1).data["clients"]["nodes"]
    assert statements() == [1, 12]
    fifty = own.ask(LISTED, first=50).data["clients"]["nodes"]
    assert statements() == [1, 12]

    assert one == fifty[:1]
    assert [client["contacts"] for client in fifty] == [[{"name": f"Contacto {number:02}"}] for number in range(50)]
    assert [client["deals"]["nodes"][0]["title"] for client in fifty] == [f"Trato {number:02}" for number in range(50)]
    assert [client["receivables"]["balance"] for client in fifty] == [f"{number + 1}.00" for number in range(50)]
    assert {client["history"]["unfilteredCount"] for client in fifty} == {1}


SENT = """
select coalesce(sum(calls), 0) from pg_stat_statements
where dbid = (select oid from pg_database where datname = %s)
    and userid = 'ficha_app'::regrole and toplevel and query ~* '^\\s*(select|with)'
    and query !~ 'set_config|ficha_memberships|company\\.role_permissions'
"""
"""Those of operations. The last two find out who asks, which a slow machine may have to do again meanwhile."""


@pytest.mark.claims(
    "operations/README.md",
    "What the server asks to find out who the viewer is, once in ten seconds for a token, is not counted.",
)
def test_postgresql_counts_the_same_statements(live_server: Ficha, statements: Sent, services: Services) -> None:
    assert services.database_url
    live_server.ask("admin@demo.mx", "{ viewer { company { name } } }")  # their first sign-in is written down
    # The extension is none of Ficha's, so it is made beside its database.
    with psycopg.connect(services.database_url, autocommit=True) as owner:
        if "pg_stat_statements" not in str(owner.execute("show shared_preload_libraries").fetchone()):
            pytest.skip("this PostgreSQL does not count statements")
        owner.execute("create extension if not exists pg_stat_statements")
        owner.execute("select pg_stat_statements_reset()")
        statements()
        run(live_server.ask, "client_detail")
        assert statements() == [1, 12]
        database = urlsplit(live_server.settings.database_url).path.removeprefix("/")
        assert owner.execute(SENT, [database]).fetchone() == (13,)
