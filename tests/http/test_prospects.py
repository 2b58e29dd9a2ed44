"""Prospects over HTTP: their state in lists, the form that converts them, and the client that they become part of."""

from collections.abc import Callable
from typing import Any

import pytest

from models import Client, Contact, HistoryEvent, ProspectState
from models.collaborator import Role
from tests.fixtures import NOON, Company, global_id
from tests.http.test_subscriptions import listening, signed_in
from tests.writing import rows

LIST = """
query (
  $filter: ClientFilter, $orderBy: [ClientOrder!], $deleted: DeletedRecords! = EXCLUDE, $first: Int = 50, $after: String
) {
  clients(filter: $filter, orderBy: $orderBy, deleted: $deleted, first: $first, after: $after) {
    totalCount
    nodes { legalName prospectState { name position } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ONE = """
query ($id: ID!) {
  client(id: $id) {
    kind deletedAt convertedAt convertedBy { name } prospectState { name } convertedInto { id legalName }
    history(order: ASC) {
      nodes {
        __typename asProspect
        ... on ProspectConvertedEvent { prospectState prospect }
        ... on ProspectStateChangedEvent { fromProspectState toProspectState }
      }
    }
  }
}
"""
CONVERT = """
mutation ($input: ConvertProspectInput!) {
  convertProspect(input: $input) { client { id kind legalName } userErrors { code path } warnings { code } }
}
"""
SET = """
mutation ($input: SetProspectStateInput!) {
  setProspectState(input: $input) { client { prospectState { name } } userErrors { code path } }
}
"""


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def listed(mine: Company, **variables: Any) -> list[str]:
    """Names, page by page."""
    names: list[str] = []
    after = None
    while True:
        page = mine.ask(LIST, first=2, after=after, **variables).data["clients"]
        names += [node["legalName"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(names)
            return names
        after = page["pageInfo"]["endCursor"]


@pytest.fixture
def some(mine: Company) -> Company:
    """Prospects in states whose places are not the order of their names or their making, and a client."""
    late = mine.add(ProspectState, name="A", position=10)
    early = mine.add(ProspectState, name="B", position=2)
    same = mine.add(ProspectState, name="C", position=2)
    for number, state in enumerate((late, early, same, None, early, late, same)):
        mine.client(kind="PROSPECT", legal_name=f"P{number}", prospect_state_id=state)
    mine.client(legal_name="CLIENTE")
    return mine


def test_prospects_are_listed_in_the_order_of_their_states(some: Company) -> None:
    order = [{"field": "PROSPECT_STATE"}, {"field": "LEGAL_NAME"}]
    assert listed(some, orderBy=order) == ["P1", "P4", "P2", "P6", "P0", "P5", "CLIENTE", "P3"]
    order = [{"field": "PROSPECT_STATE", "direction": "DESC"}, {"field": "LEGAL_NAME", "direction": "DESC"}]
    assert listed(some, orderBy=order) == ["P5", "P0", "P6", "P2", "P4", "P1", "P3", "CLIENTE"]


def test_prospects_are_filtered_by_state(some: Company) -> None:
    by_name = [{"field": "LEGAL_NAME"}]
    in_b: dict[str, Any] = {"prospectState": {"name": {"eq": "B"}}}
    assert listed(some, filter=in_b, orderBy=by_name) == ["P1", "P4"]
    prospects = {"kind": {"eq": "PROSPECT"}}
    without = {"and": [prospects, {"not": {"prospectState": {"position": {"gte": 0}}}}]}
    assert listed(some, filter=without, orderBy=by_name) == ["P3"]
    assert listed(some, filter={"prospectState": {"position": {"gt": 2}}}, orderBy=by_name) == ["P0", "P5"]


def test_a_state_is_set_told_and_shown(mine: Company) -> None:
    state = global_id(ProspectState, mine.add(ProspectState, name="Contactado", position=0))
    prospect = global_id(Client, mine.client(kind="PROSPECT"))
    done = mine.ask(SET, input={"id": prospect, "prospectStateId": state}).data["setProspectState"]
    assert done == {"client": {"prospectState": {"name": "Contactado"}}, "userErrors": []}
    assert mine.ask(ONE, id=prospect).data["client"]["history"]["nodes"] == [
        {
            "__typename": "ProspectStateChangedEvent",
            "asProspect": True,
            "fromProspectState": None,
            "toProspectState": "Contactado",
        }
    ]
    of_another = mine.ask(SET, input={"id": prospect, "prospectStateId": prospect}).data["setProspectState"]
    assert [(error["code"], error["path"]) for error in of_another["userErrors"]] == [("BAD_ID", ["prospectStateId"])]


def test_what_is_wrong_with_a_form_is_told_at_its_field(mine: Company) -> None:
    prospect = global_id(Client, mine.client(kind="PROSPECT"))
    form = {
        "id": prospect,
        "rfc": "EKU9003173C9",
        "contacts": [{"name": "A"}, {"name": "B", "phone": "123"}],
        "addresses": [{"street": "A", "postalCode": "1"}],
        "cfdiProfile": {"taxRegime": "605"},
        "receivableTerms": {"terms": "CASH", "creditDays": 3},
    }
    done = mine.ask(CONVERT, input=form).data["convertProspect"]
    assert done["client"] is None
    assert [error["path"] for error in done["userErrors"]] == [
        ["contacts", "1", "phone"],
        ["addresses", "0", "postalCode"],
        ["receivableTerms", "terms"],
        ["cfdiProfile", "taxRegime"],
    ]
    assert mine.ask(ONE, id=prospect).data["client"]["kind"] == "PROSPECT"


def test_one_key_converts_once_with_the_whole_form(mine: Company, owner: Any) -> None:
    prospect = global_id(Client, mine.client(kind="PROSPECT"))
    variables = {"input": {"id": prospect, "contacts": [{"name": "Ana"}]}}
    headers = {"Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}", "Idempotency-Key": "una-vez"}
    answers = [
        mine.ficha.http.post("/graphql", json={"query": CONVERT, "variables": variables}, headers=headers)
        for _ in range(3)
    ]
    assert [answer.json()["data"]["convertProspect"]["userErrors"] for answer in answers] == [[], [], []]
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
    assert rows(owner, mine, Contact, "name") == ["Ana"]


def test_old_links_lead_on_where_the_viewer_sees_the_client(mine: Company) -> None:
    sales = mine.people[Role.SALES]
    prospect = mine.client(kind="PROSPECT", legal_name="Kemper", owner_id=sales)
    client = mine.client(legal_name="Escuela Kemper", owner_id=sales)
    mine.add(HistoryEvent, client_id=prospect, as_prospect=True)
    ids = global_id(Client, prospect), global_id(Client, client)
    done = mine.ask(CONVERT, Role.SALES, input={"id": ids[0], "intoClientId": ids[1]}).data["convertProspect"]
    assert done["client"] == {"id": ids[1], "kind": "CLIENT", "legalName": "Escuela Kemper"}

    left = mine.ask(ONE, Role.SALES, id=ids[0]).data["client"]
    assert left["convertedInto"] == {"id": ids[1], "legalName": "Escuela Kemper"}
    assert (left["kind"], left["deletedAt"] is None, left["convertedBy"]) == ("PROSPECT", False, {"name": "Sales"})
    assert [node["__typename"] for node in left["history"]["nodes"]] == ["ProspectConvertedEvent"]
    whole = mine.ask(ONE, Role.SALES, id=ids[1]).data["client"]
    assert whole["convertedInto"] is None
    assert whole["history"]["nodes"] == [
        {"__typename": "ClientCreatedEvent", "asProspect": True},
        {"__typename": "ProspectConvertedEvent", "asProspect": False, "prospectState": None, "prospect": "Kemper"},
    ]

    # The client is another's from now on: its name and id are nobody else's business.
    mine.change(Client, client, owner_id=mine.people[Role.ADMIN])
    assert mine.ask(ONE, Role.SALES, id=ids[0]).data["client"]["convertedInto"] is None
    assert mine.ask(ONE, id=ids[0]).data["client"]["convertedInto"] is not None
    assert str(client) not in str(mine.ask(ONE, Role.SALES, id=ids[0]).body)


def test_what_became_part_of_a_client_is_in_no_list_of_what_can_be_restored(mine: Company) -> None:
    prospect, client = mine.client(kind="PROSPECT", legal_name="Parte"), mine.client(legal_name="Todo")
    mine.client(legal_name="Eliminado", deleted_at=NOON)
    mine.ask(CONVERT, input={"id": global_id(Client, prospect), "intoClientId": global_id(Client, client)})
    assert listed(mine) == ["Todo"]
    assert listed(mine, deleted="ONLY") == ["Eliminado"]
    assert listed(mine, deleted="INCLUDE") == ["Eliminado", "Parte", "Todo"]


def test_the_panel_of_what_became_part_of_a_client_says_so(mine: Company) -> None:
    prospect, client = (global_id(Client, mine.client(kind=kind)) for kind in ("PROSPECT", "CLIENT"))
    mine.ask(CONVERT, input={"id": prospect, "intoClientId": client})
    query = "query ($id: ID!) { client(id: $id) { actions { action reasons { code help } } } }"
    actions = mine.ask(query, id=prospect).data["client"]["actions"]
    reason = {"code": "CONVERTED_INTO_CLIENT", "help": "Abra el cliente del que es parte."}
    for each in actions:
        assert each["reasons"] == ([] if each["action"] == "ERASE" else [reason]), each


@pytest.mark.parametrize("into", [False, True])
def test_subscribers_of_either_client_hear_of_it(mine: Company, owner: Any, into: bool) -> None:
    prospect, client = mine.client(kind="PROSPECT"), mine.client()
    ids = global_id(Client, prospect), global_id(Client, client)
    query = "subscription ($id: ID!) { clientChanged(id: $id) { id convertedInto { id } prospectState { name } } }"
    watched = ids[1] if into else ids[0]
    with signed_in(mine.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("1", query, id=watched)
        socket.settle()
        listening(owner)
        mine.ask(CONVERT, input={"id": ids[0], "intoClientId": ids[1]})
        event = socket.receive()["payload"]["data"]["clientChanged"]
    expected = None if into else {"id": ids[1]}
    assert event == {"id": watched, "convertedInto": expected, "prospectState": None}
