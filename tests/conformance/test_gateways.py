"""Ficha and the support desk of examples/federation as one graph, behind @apollo/gateway and @graphql-hive/gateway."""

import datetime
import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from conformance.federation import COMPOSERS, FOLDER, Example
from models import Client, SalesDocument
from models.collaborator import Role
from server.http import endpoint
from tests.conformance.conftest import ADMIN, NODE, ROOT
from tests.fixtures import Company, Ficha, global_id
from tests.http.test_subscriptions import UPDATE, Socket, listening

NONE = "cli_00000000-0000-7000-8000-000000000000"
OPEN = """
mutation ($client: ID!, $document: ID, $subject: String = "No abre") {
  openTicket(clientId: $client, documentId: $document, subject: $subject) { id client { legalName } }
}
"""
SUPPORT = "{ clients(first: 100) { nodes { legalName supportLevel tickets { subject client { legalName } } } } }"
CHANGED = """
subscription ($id: ID!) { clientChanged(id: $id) { tradeName supportLevel tickets { subject } } }
"""
LAST_YEAR = datetime.date(2025, 3, 10)


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


@pytest.fixture
def admin(mine: Company) -> str:
    return mine.email(Role.ADMIN)


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def debtor(mine: Company, **values: Any) -> str:
    """The id of a client with an invoice that it should have paid last year."""
    client = mine.client(**values)
    mine.add(SalesDocument, client_id=client, issued_at=LAST_YEAR, due_on=LAST_YEAR, subtotal=500, total=500)
    return global_id(Client, client)


@pytest.mark.claims(
    "docs/federation.md",
    "the desk's subgraph: tickets, and what it adds to Ficha's types",
    "its server",
)
def test_the_example_of_the_guide(gateway: str, through: Callable[..., Any]) -> None:
    guide = (ROOT / "docs" / "federation.md").read_text(encoding="utf-8")
    [body] = re.findall(r"-d '(.*)'$", guide, re.MULTILINE)
    [answer] = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert through(gateway, ADMIN, json.loads(body)["query"]) == json.loads(answer)


@pytest.mark.claims(
    "docs/federation.md",
    "`Client.tickets` needs only the client's key.",
    "needs `kind` and `receivables { overdueBalance }` of Ficha",
    "| references, `@requires`, mutations | yes | yes |",
)
def test_fields_of_the_other_subgraph_that_require_ours(
    gateway: str, through: Callable[..., Any], mine: Company, admin: str
) -> None:
    debtor(mine, legal_name="ABARROTES UNO")
    paying = global_id(Client, mine.client(legal_name="BODEGAS DOS"))
    mine.client(legal_name="CASA TRES", kind="PROSPECT")
    for subject in ("No abre", "No cierra"):
        through(gateway, admin, OPEN, client=paying, subject=subject)
    assert through(gateway, admin, SUPPORT)["data"]["clients"]["nodes"] == [
        {"legalName": "ABARROTES UNO", "supportLevel": "LIMITED", "tickets": []},
        {
            "legalName": "BODEGAS DOS",
            "supportLevel": "FULL",
            "tickets": [
                {"subject": "No cierra", "client": {"legalName": "BODEGAS DOS"}},
                {"subject": "No abre", "client": {"legalName": "BODEGAS DOS"}},
            ],
        },
        {"legalName": "CASA TRES", "supportLevel": "TRIAL", "tickets": []},
    ]


@pytest.mark.claims(
    "docs/federation.md",
    "| the supergraph of the other's composer | yes | yes |",
    "Ficha's `@cost` and `@listSize` are in the supergraph, for gateways that count.",
    "composes the supergraph, by Apollo's composer or by The Guild's",
    "serves it by `@apollo/gateway`",
    "serves it by Hive Gateway",
)
@pytest.mark.parametrize("name", COMPOSERS)
def test_a_gateway_takes_the_supergraph_of_the_other_composer(
    name: str, example: Example, through: Callable[..., Any], mine: Company, admin: str
) -> None:
    debtor(mine, legal_name="ABARROTES UNO")
    [other] = {"apollo", "guild"} - {COMPOSERS[name]}
    with example.gateway(name, other) as gateway:
        answer = through(gateway, admin, SUPPORT)
    assert {"@cost(", "@listSize("} <= set(re.findall(r"@\w+\(", example.supergraph(other).read_text("utf-8")))
    assert answer["data"]["clients"]["nodes"] == [
        {"legalName": "ABARROTES UNO", "supportLevel": "LIMITED", "tickets": []}
    ]


@pytest.mark.claims(
    "docs/federation.md",
    "`Ticket.client` leads back with a key alone, and the gateway asks Ficha for the rest.",
)
def test_the_other_subgraph_leads_to_a_client(
    gateway: str, through: Callable[..., Any], mine: Company, admin: str
) -> None:
    client = global_id(Client, mine.client(legal_name="ABARROTES UNO"))
    ticket = through(gateway, admin, OPEN, client=client)["data"]["openTicket"]
    assert ticket["client"] == {"legalName": "ABARROTES UNO"}
    query = "query ($id: ID!) { ticket(id: $id) { subject client { legalName supportLevel } } }"
    expected = {"subject": "No abre", "client": {"legalName": "ABARROTES UNO", "supportLevel": "FULL"}}
    assert through(gateway, admin, query, id=ticket["id"]) == {"data": {"ticket": expected}}


def test_a_client_that_is_not_there_is_null(
    gateway: str, through: Callable[..., Any], company: Callable[..., Company], admin: str
) -> None:
    for client in (NONE, global_id(Client, company().client())):
        answer = through(gateway, admin, OPEN, client=client)
        assert (answer["data"]["openTicket"]["client"], codes(answer)) == (None, [])


def test_a_wrong_reference_is_an_error_of_its_own(gateway: str, through: Callable[..., Any], admin: str) -> None:
    answer = through(gateway, admin, OPEN, client="junk")
    assert (answer["data"]["openTicket"]["client"], codes(answer)) == (None, ["BAD_ID"])


@pytest.mark.claims(
    "docs/federation.md",
    "`SalesDocument.tickets` is in every type that implements Ficha's interface (`@interfaceObject`).",
    "| fields added by `@interfaceObject` | yes | with `@graphql-hive/router-runtime`; else they are null |",
)
def test_fields_of_all_our_sales_documents(
    gateway: str, through: Callable[..., Any], mine: Company, admin: str
) -> None:
    client = mine.client()
    for type in ("INVOICE", "QUOTE"):
        document = mine.add(SalesDocument, client_id=client, type=type, series=type[0], number=7)
        sent = {"client": global_id(Client, client), "document": global_id(SalesDocument, document)}
        through(gateway, admin, OPEN, **sent, subject=f"No veo {type}")
    query = """{
      salesDocuments(first: 5) { nodes { __typename folio tickets { subject document { __typename folio } } } }
    }"""
    nodes = through(gateway, admin, query)["data"]["salesDocuments"]["nodes"]
    assert sorted(nodes, key=lambda node: node["folio"]) == [
        {
            "__typename": typename,
            "folio": folio,
            "tickets": [{"subject": f"No veo {type}", "document": {"__typename": typename, "folio": folio}}],
        }
        for typename, folio, type in (("SalesInvoice", "I-7", "INVOICE"), ("SalesQuote", "Q-7", "QUOTE"))
    ]


@pytest.mark.claims(
    "docs/federation.md",
    "Where Ficha hides what the client owes, the desk gets null, and so does who asked.",
)
@pytest.mark.claims(
    "docs/protocol.md",
    "Forward the `Authorization` header to Ficha, which decides who sees what.",
)
def test_what_the_viewer_may_not_see_is_hidden_behind_a_gateway_as_well(
    gateway: str, through: Callable[..., Any], mine: Company
) -> None:
    debtor(mine, legal_name="ABARROTES UNO")
    answer = through(gateway, mine.email(Role.READ_ONLY), SUPPORT)
    [client] = answer["data"]["clients"]["nodes"]
    assert client == {"legalName": "ABARROTES UNO", "supportLevel": None, "tickets": []}
    assert codes(answer) == ["FORBIDDEN"]


@pytest.mark.claims(
    "docs/federation.md",
    "Errors arrive with Ficha's codes and paths.",
)
def test_errors_have_our_codes(gateway: str, through: Callable[..., Any], mine: Company, admin: str) -> None:
    client = global_id(Client, mine.client())
    answer = through(gateway, admin, '{ client(rfc: "EKU9003") { legalName } }')
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"], error["extensions"]["field"]) == (
        ["client"],
        "RFC_FORMAT",
        "rfc",
    )
    answer = through(gateway, admin, UPDATE, input={"id": client, "tradeName": "x" * 301})
    assert [each["code"] for each in answer["data"]["updateClient"]["userErrors"]] == ["TEXT_TOO_LONG"]
    many = "{ clients(first: 100) { nodes { deals(first: 100) { nodes { title } } } } }"
    assert codes(through(gateway, admin, many)) == ["LIMIT_EXCEEDED"]


@pytest.mark.claims(
    "docs/federation.md",
    "| `Authorization` | every answer is `UNAUTHENTICATED` |",
    "`@apollo/gateway` replaces those that have an HTTP status of their own (401, 429, 503), and `errorFromResponse` in"
    " `apollo.ts` puts them back.",
)
def test_whoever_is_not_signed_in_is_told_so_by_our_code(gateway: str, through: Callable[..., Any], admin: str) -> None:
    for query in ("{ clients { nodes { legalName } } }", '{ ticket(id: "tkt_1") { subject } }'):
        for credentials in ("Bearer junk", ""):
            answer = through(gateway, admin, query, headers={"Authorization": credentials})
            assert (codes(answer), any((answer.get("data") or {}).values())) == (["UNAUTHENTICATED"], False)


@pytest.mark.claims(
    "docs/federation.md",
    "| `X-Ficha-Company` |",
    "| `Accept-Language` |",
    "| `traceparent`, `tracestate` |",
    "lists them, and both gateways hand them on.",
    "The desk finds out whose tickets it may show by asking Ficha for the viewer's company, with the credentials of the"
    " request.",
)
def test_what_ficha_reads_of_a_request_is_handed_on(
    gateway: str, through: Callable[..., Any], mine: Company, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = global_id(Client, mine.client())
    received: list[Any] = []

    def headers_of(scope: Any) -> Any:
        received.append(read(scope))
        return received[-1]

    read = endpoint.headers_of
    monkeypatch.setattr(endpoint, "headers_of", headers_of)
    sent = {
        "accept-language": "en",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "desk=1",
        "x-ficha-company": f"com_{mine.id}",
    }
    # A gateway that sends hashes first sends the document, too, the first time.
    through(gateway, admin, OPEN, client=client)
    received.clear()
    answer = through(gateway, admin, OPEN, headers=sent, client=client)
    assert answer["data"]["openTicket"]["client"] == {"legalName": "CLIENTE DE PRUEBA"}
    # The desk's question who the viewer is, and the gateway's for the client.
    assert [{name: headers.get(name) for name in sent} for headers in received] == [sent, sent]


@pytest.mark.claims(
    "docs/federation.md",
    "| `Idempotency-Key` | a mutation that is sent again is done again |",
)
def test_a_mutation_that_is_sent_twice_is_done_once(gateway: str, through: Callable[..., Any], admin: str) -> None:
    query = 'mutation { createClient(input: { kind: CLIENT, legalName: "UNO" }) { client { id supportLevel } } }'
    first, second = (through(gateway, admin, query, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first["data"]["createClient"]["client"]["supportLevel"] == "FULL"
    assert second == first


@pytest.mark.claims(
    "docs/federation.md",
    "A request with an `Idempotency-Key` should have one mutation of Ficha: a gateway may send two as two requests, and"
    " the second is refused.",
)
def test_a_key_is_for_one_mutation_of_ficha(
    gateway: str, through: Callable[..., Any], mine: Company, admin: str
) -> None:
    create = "createClient(input: { kind: PROSPECT, legalName: $name }) { client { legalName } }"
    client = global_id(Client, mine.client())
    query = f"""
    mutation ($name: String = "UNO", $client: ID!) {{
      a: {create} b: openTicket(clientId: $client, subject: "No abre") {{ subject }} c: {create}
    }}
    """
    answer = through(gateway, admin, query, headers={"Idempotency-Key": "k-2"}, client=client)
    assert codes(answer) == ["IDEMPOTENCY_KEY_REUSED"]


@pytest.mark.claims(
    "docs/federation.md",
    "Ficha reads a hundred clients, their tickets' clients and documents, and who is asking in at most one statement a"
    " type.",
    "that one takes three or four.",
    "One operation at the gateway is several requests of the viewer's `FICHA_RATE_LIMIT`",
)
def test_a_hundred_clients_are_one_statement_a_type(
    gateway: str,
    gateways: dict[str, str],
    through: Callable[..., Any],
    mine: Company,
    admin: str,
    statements: Callable[[], list[int]],
) -> None:
    ids = [mine.client(legal_name=f"CLIENTE {number:02}") for number in range(100)]
    documents = [mine.add(SalesDocument, client_id=id, number=number) for number, id in enumerate(ids, 1)]
    opened = "\n".join(
        f'a{number}: openTicket(subject: "No abre", clientId: "{global_id(Client, client)}",'
        f' documentId: "{global_id(SalesDocument, document)}") {{ id }}'
        for number, (client, document) in enumerate(zip(ids, documents, strict=True))
    )
    through(gateway, admin, f"mutation {{ {opened} }}")
    statements()
    query = """{
      clients(first: 100) {
        nodes { legalName supportLevel tickets { subject client { legalName } document { folio } } }
      }
    }"""
    nodes = through(gateway, admin, query)["data"]["clients"]["nodes"]
    assert nodes == [
        {
            "legalName": f"CLIENTE {number:02}",
            "supportLevel": "FULL",
            "tickets": [
                {
                    "subject": "No abre",
                    "client": {"legalName": f"CLIENTE {number:02}"},
                    "document": {"folio": f"F-{number + 1}"},
                }
            ],
        }
        for number in range(100)
    ]
    # The list; the desk asks who the viewer is; the tickets' clients and their documents, by two operations or by one.
    assert statements() == [1] * (4 if gateway == gateways["apollo"] else 3)


@pytest.mark.claims(
    "docs/federation.md",
    "costs 1,100 of 10,000 as references, and 1,101 as a list; 909 clients are the most.",
    "`_entities` costs the number of references times what is selected of each.",
)
def test_a_gateway_s_batches_are_within_the_limit_of_cost(mine: Company) -> None:
    needed = "kind receivables { overdueBalance }"
    references = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Client {{ {needed} }} }} }}"
    of = [{"__typename": "Client", "id": global_id(Client, mine.client())}] * 910
    costs = [mine.ask(references, of=of[:number]).body["extensions"]["cost"] for number in (100, 909)]
    costs.append(mine.ask(f"{{ clients(first: 100) {{ nodes {{ {needed} }} }} }}").body["extensions"]["cost"])
    assert [cost["requested"] for cost in costs] == [1_100, 9_999, 1_101]
    assert {cost["limit"] for cost in costs} == {10_000}
    assert mine.ask(references, of=of).errors == [("LIMIT_EXCEEDED",)]


@contextmanager
def changing(owner: Any, mine: Company, id: str) -> Iterator[None]:
    """Changes the client's name once somebody listens."""

    def change() -> None:
        listening(owner)
        mine.ask(UPDATE, input={"id": id, "tradeName": "El Águila"})

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        thread.join()


EVENT = {"data": {"clientChanged": {"tradeName": "El Águila", "supportLevel": "FULL", "tickets": [{"subject": "Ñ"}]}}}


@pytest.fixture
def id(gateways: dict[str, str], through: Callable[..., Any], mine: Company, admin: str) -> str:
    """A client with a ticket."""
    id = global_id(Client, mine.client())
    through(gateways["hive"], admin, OPEN, client=id, subject="Ñ")
    return id


@pytest.mark.claims(
    "docs/federation.md",
    "Hive Gateway subscribes at Ficha over a WebSocket, whatever its clients use, and adds the other subgraphs' fields"
    " to each event.",
)
def test_a_subscription_by_server_sent_events(
    gateways: dict[str, str], live_server: Ficha, owner: Any, mine: Company, admin: str, id: str
) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {live_server.token(admin)}"}
    body = {"query": CHANGED, "variables": {"id": id}}
    options: Any = {"json": body, "headers": headers, "timeout": 60}
    with (
        httpx.Client(trust_env=False) as http,
        http.stream("POST", gateways["hive"], **options) as events,
        changing(owner, mine, id),
    ):
        event = next(line for line in events.iter_lines() if line.startswith("data: {"))
    assert json.loads(event.removeprefix("data: ")) == EVENT


@pytest.mark.claims(
    "docs/federation.md",
    "Its clients name the credentials `authorization`, in lower case, in the payload of `connection_init`.",
)
def test_a_subscription_over_a_websocket(
    gateways: dict[str, str], live_server: Ficha, owner: Any, mine: Company, admin: str, id: str
) -> None:
    url = gateways["hive"].replace("http", "ws", 1)
    options: Any = {"subprotocols": ["graphql-transport-ws"], "proxy": None, "open_timeout": 60}
    with connect(url, **options) as connection, changing(owner, mine, id):
        socket = Socket(connection)
        socket.send("connection_init", payload={"authorization": f"Bearer {live_server.token(admin)}"})
        assert socket.receive() == {"type": "connection_ack"}
        socket.subscribe("1", CHANGED, id=id)
        assert socket.receive() == {"type": "next", "id": "1", "payload": EVENT}


@pytest.mark.claims(
    "docs/federation.md",
    "| subscriptions | no | by server-sent events and WebSockets |",
)
def test_apollo_s_gateway_has_no_subscriptions(gateways: dict[str, str], through: Callable[..., Any]) -> None:
    answer = through(gateways["apollo"], ADMIN, CHANGED, id=NONE)
    assert [error["message"] for error in answer["errors"]] == ["Execution of subscriptions not supported by gateway"]


def test_the_example_s_types_are_right() -> None:
    command = [*NODE, "node_modules/typescript/bin/tsc", "--project", "."]
    assert subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.claims(
    "docs/federation.md",
    "unless `APOLLO_TELEMETRY_DISABLED=1`; the example sets it.",
    "What is left asks nothing of another machine.",
)
def test_nothing_is_asked_of_another_machine(
    example: Example, gateways: dict[str, str], through: Callable[..., Any]
) -> None:
    for gateway in gateways.values():
        through(gateway, ADMIN, SUPPORT)
    assert example.outside == []
