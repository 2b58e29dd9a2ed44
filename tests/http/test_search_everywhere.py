"""One search over all kinds: records are found however they are written, and only those that the viewer sees."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import models
from models.collaborator import Role
from tests.fixtures import NOON, Company

UUID_OF_CFDI = "5fc3f1b6-6c0e-4d0b-9a9a-0d7a3f3a9b11"
SEARCH = """
query ($query: String!, $kinds: [SearchKind!], $first: Int! = 20) {
  search(query: $query, kinds: $kinds, first: $first) { kind title matched node { __typename id } }
}
"""


def hits(own: Company, query: str, role: Role = Role.ADMIN, /, **arguments: Any) -> list[tuple[str, str, str]]:
    """Kind, title and what matched of each."""
    results = own.ask(SEARCH, role, query=query, **arguments).data["search"]
    assert [each["node"]["id"] for each in results] == list(dict.fromkeys(each["node"]["id"] for each in results))
    return [(each["kind"], each["title"], each["matched"]) for each in results]


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    """A company with a client that has one record of every kind, and another client beside it."""
    own = company()
    client = own.client(
        legal_name="PANIFICADORA ZENTRAL", trade_name="Pan Zeta", rfc="PZE180429TM6", external_id="ERP-00417",
        owner_id=own.people[Role.SALES],
    )  # fmt: skip
    own.add(
        models.Contact, client_id=client, name="Iñaki Güemes", email="iguemes@zeta.example.mx", phone="+525598765432"
    )
    own.add(models.Deal, client_id=client, title="Horno túnel", description="Con banda de acero")
    own.add(models.FollowUp, client_id=client, name="Llamar por el horno", number=417)
    own.add(
        models.SalesDocument, client_id=client, series="FX", number=90417, state="STAMPED", uuid=UUID_OF_CFDI,
        stamped_at=NOON,
    )  # fmt: skip
    own.add(models.Document, client_id=client, name="contrato_horno.pdf")
    own.client(legal_name="OTRA COSA")
    return own


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("panificadora", [("CLIENT", "PANIFICADORA ZENTRAL", "PANIFICADORA ZENTRAL")]),
        ("zentral panificadora", [("CLIENT", "PANIFICADORA ZENTRAL", "PANIFICADORA ZENTRAL")]),
        ("pan zeta", [("CLIENT", "PANIFICADORA ZENTRAL", "Pan Zeta")]),
        ("panificadroa zentral", [("CLIENT", "PANIFICADORA ZENTRAL", "PANIFICADORA ZENTRAL")]),
        ("pze-180429-tm6", [("CLIENT", "PANIFICADORA ZENTRAL", "PZE180429TM6")]),
        ("PZE 180429 TM6", [("CLIENT", "PANIFICADORA ZENTRAL", "PZE180429TM6")]),
        ("erp-00417", [("CLIENT", "PANIFICADORA ZENTRAL", "ERP-00417")]),
        ("ERP 00417", [("CLIENT", "PANIFICADORA ZENTRAL", "ERP-00417")]),
        ("güemes", [("CONTACT", "Iñaki Güemes", "Iñaki Güemes")]),
        ("IGUEMES@zeta.example.mx", [("CONTACT", "Iñaki Güemes", "iguemes@zeta.example.mx")]),
        ("(55) 9876-5432", [("CONTACT", "Iñaki Güemes", "+525598765432")]),
        ("+52 1 55 9876 5432", [("CONTACT", "Iñaki Güemes", "+525598765432")]),
        ("horno tunel", [("DEAL", "Horno túnel", "Horno túnel")]),
        ("banda de acero", [("DEAL", "Horno túnel", "Con banda de acero")]),
        ("SEG-000417", [("FOLLOW_UP", "Llamar por el horno", "SEG-000417")]),
        ("seg417", [("FOLLOW_UP", "Llamar por el horno", "SEG-000417")]),
        ("llamar", [("FOLLOW_UP", "Llamar por el horno", "Llamar por el horno")]),
        ("fx-90417", [("SALES_DOCUMENT", "FX-90417", "FX-90417")]),
        ("FX 90417", [("SALES_DOCUMENT", "FX-90417", "FX-90417")]),
        ("90417", [("SALES_DOCUMENT", "FX-90417", "FX-90417")]),
        (UUID_OF_CFDI, [("SALES_DOCUMENT", "FX-90417", UUID_OF_CFDI)]),
        (UUID_OF_CFDI.upper().replace("-", ""), [("SALES_DOCUMENT", "FX-90417", UUID_OF_CFDI)]),
        ("contrato_horno.pdf", [("DOCUMENT", "contrato_horno.pdf", "contrato_horno.pdf")]),
        ("ll", [("FOLLOW_UP", "Llamar por el horno", "Llamar por el horno")]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("zz%zz", []),
        ("", []),
        ("   ", []),
        ("no hay tal cosa", []),
    ],
)
def test_each_kind_is_found_however_it_is_written(
    own: Company, query: str, expected: list[tuple[str, str, str]]
) -> None:
    assert hits(own, query) == expected


def test_what_begins_with_the_words_comes_before_what_has_them_within(own: Company) -> None:
    assert [kind for kind, *_ in hits(own, "horno")] == ["DEAL", "FOLLOW_UP", "DOCUMENT"]


def test_an_exact_key_comes_first(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(legal_name="A17 A17 A17")
    own.add(models.SalesDocument, client_id=client, series="A", number=17)
    own.add(models.SalesDocument, client_id=client, series="A", number=171)
    assert [title for _, title, _ in hits(own, "A-17")] == ["A-17", "A-171"]


def test_only_the_kinds_that_are_asked_for(own: Company) -> None:
    assert {kind for kind, *_ in hits(own, "horno", kinds=["DEAL", "DOCUMENT"])} == {"DEAL", "DOCUMENT"}
    assert hits(own, "horno", kinds=[]) == []
    assert len(hits(own, "horno", first=2)) == 2
    assert hits(own, "horno", first=0) == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"first": 51}, ("PAGE_TOO_LONG", "search", "first")),
        ({"first": -1}, ("BAD_PAGE", "search", "first")),
        ({"query": "x" * 201}, ("SEARCH_TOO_LONG", "search", "query")),
        ({"query": "a\0b"}, ("BAD_TEXT", "search", "query")),
    ],
)
def test_what_cannot_be_searched_is_told(own: Company, arguments: dict[str, Any], error: tuple[str, ...]) -> None:
    assert own.ask(SEARCH, Role.ADMIN, **({"query": "horno"} | arguments)).errors == [error]


def test_deleted_records_and_those_of_deleted_clients_are_left_out(own: Company) -> None:
    own.owner.execute(text("update deal set deleted_at = now() where company_id = :id"), {"id": own.id})
    assert [kind for kind, *_ in hits(own, "horno")] == ["FOLLOW_UP", "DOCUMENT"]
    own.owner.execute(text("update client set deleted_at = now() where company_id = :id"), {"id": own.id})
    for query in ("horno", "panificadora", "güemes", UUID_OF_CFDI, "fx 90417", "erp 00417", "seg417", "panificadroa"):
        assert hits(own, query) == []


def test_nobody_finds_what_they_do_not_see(company: Callable[..., Company], own: Company) -> None:
    """A collaborator sees what is assigned to them, and no other company's."""
    words = ("panificadora", "panificadroa", "güemes", "horno", "seg417", "fx 90417", UUID_OF_CFDI, "erp 00417")
    assert all(hits(own, query, Role.SALES) for query in words)
    own.owner.execute(text("update client set owner_id = null where company_id = :id"), {"id": own.id})
    assert [hits(own, query, Role.SALES) for query in words] == [[]] * len(words)
    assert [hits(company(), query) for query in words] == [[]] * len(words)


def test_kinds_that_the_viewer_may_not_read_are_left_out_or_refused(company: Callable[..., Company]) -> None:
    own = company(role_permissions={"READ_ONLY": ["clients:read", "clients:read_all", "documents:read"]})
    client = own.client(legal_name="HORNOS")
    own.add(models.Deal, client_id=client, title="Horno")
    own.add(models.FollowUp, client_id=client, name="Horno")
    own.add(models.Document, client_id=client, name="horno.pdf")
    assert {kind for kind, *_ in hits(own, "horno", Role.READ_ONLY)} == {"CLIENT", "DOCUMENT"}
    assert own.ask(SEARCH, Role.READ_ONLY, query="horno", kinds=["CLIENT", "DEAL"]).errors == [("FORBIDDEN", "search")]


def test_it_sends_one_statement_and_one_for_each_kind(own: Company, statements: Callable[[], list[int]]) -> None:
    statements()
    own.ask(SEARCH, query="horno")
    assert set(statements()) == {4}
