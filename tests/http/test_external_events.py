"""What other systems put on a client's history: once, seen by every reader of the history, and nothing else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models import Client, Contact, Deal, FollowUp, HistoryEvent, SalesDocument
from models.collaborator import Role
from models.external_event import ExternalEventKind
from tests.fixtures import Company, Ficha, global_id
from tests.hostile.test_keys_that_may_not_read import key
from tests.http.test_subscriptions import listening, signed_in
from tests.writing import rows

RECORD = """
mutation ($input: RecordExternalEventInput!) { recordExternalEvent(input: $input) {
  historyEvent { id } client { id revision } userErrors { code path } } }
"""
MANY = """
mutation ($input: RecordExternalEventsInput!) { recordExternalEvents(input: $input) {
  results { historyEvent { id } userErrors { code path } } userErrors { code path } } }
"""
HISTORY = """
query ($id: ID!, $kinds: [HistoryEventKind!], $search: String) { client(id: $id) { revision lastActivityAt
  history(first: 50, kinds: $kinds, search: $search) { totalCount nodes {
    __typename id kind kindLabel summary occurredAt asProspect actor { name } apiKey { name }
    subject { __typename id } subjectDeleted
    ... on ExternalEvent { direction directionLabel source externalId title body url } } }
  historyMonths { month byKind { kind count } } } }
"""
CALL = {
    "kind": "CALL",
    "direction": "INBOUND",
    "source": "Conmutador",
    "externalId": "c-1",
    "occurredAt": "2026-03-10T12:00:00-06:00",
    "title": "Pregunta por su factura",
}


@pytest.fixture
def mine(live_server: Ficha, owner: Any) -> Company:
    return Company(live_server, owner)


def record(company: Company, role: Role = Role.ADMIN, **input: Any) -> Any:
    return company.ask(RECORD, role, input=CALL | input).data["recordExternalEvent"]


def problems(payload: Any) -> list[tuple[str, str]]:
    return [(problem["code"], ".".join(map(str, problem["path"]))) for problem in payload["userErrors"]]


@pytest.mark.claims(
    "docs/writing.md",
    "The event stands where it happened (`occurredAt`), beside `recordedAt`.",
)
def test_every_reader_of_the_history_sees_it(mine: Company) -> None:
    client = global_id(Client, mine.client())
    before = mine.ask(HISTORY, id=client).data["client"]["revision"]
    payload = record(mine, clientId=client, body="Uno\n\ndos", url="https://pbx.example.mx/c/1?a=b#c")
    assert payload["userErrors"] == []
    shown = mine.ask(HISTORY, id=client, kinds=["EXTERNAL_CALL"], search="pregunta").data["client"]
    assert shown["history"]["nodes"] == [
        {
            "__typename": "ExternalCallEvent", "id": payload["historyEvent"]["id"], "kind": "EXTERNAL_CALL",
            "kindLabel": "Llamada", "summary": "Llamada entrante (Conmutador): Pregunta por su factura",
            "occurredAt": "2026-03-10T18:00:00.000Z", "asProspect": False, "actor": {"name": "Admin"}, "apiKey": None,
            "subject": {"__typename": "Client", "id": client}, "subjectDeleted": False, "direction": "INBOUND",
            "directionLabel": "Entrante", "source": "Conmutador", "externalId": "c-1",
            "title": "Pregunta por su factura", "body": "Uno\n\ndos", "url": "https://pbx.example.mx/c/1?a=b#c",
        }
    ]  # fmt: skip
    assert shown["revision"] == payload["client"]["revision"] == before + 1
    assert shown["lastActivityAt"] == "2026-03-10T18:00:00.000Z"
    months = {month["month"]: month["byKind"] for month in shown["historyMonths"]}
    assert months["2026-03"] == [{"kind": "EXTERNAL_CALL", "count": 1}]
    assert mine.ask(HISTORY, id=client, kinds=["EXTERNAL_ORDER"]).data["client"]["history"]["totalCount"] == 0


SENTENCES = {
    "CALL": ("Llamada saliente (Tienda): T", "Outbound call (Tienda): T"),
    "MESSAGE": ("Mensaje saliente (Tienda): T", "Outbound message (Tienda): T"),
    "EMAIL": ("Correo electrónico saliente (Tienda): T", "Outbound e-mail (Tienda): T"),
    "MEETING": ("Reunión (Tienda): T", "Meeting (Tienda): T"),
    "VISIT": ("Visita (Tienda): T", "Visit (Tienda): T"),
    "ORDER": ("Pedido (Tienda): T", "Order (Tienda): T"),
    "TICKET": ("Solicitud de soporte (Tienda): T", "Support ticket (Tienda): T"),
    "OTHER": ("Evento externo (Tienda): T", "External event (Tienda): T"),
}


@pytest.mark.parametrize("kind", ExternalEventKind)
def test_each_kind_is_a_sentence_in_both_languages(mine: Company, kind: str) -> None:
    client = global_id(Client, mine.client())
    own = {"clientId": client, "kind": kind, "source": "Tienda", "title": "T", "direction": "OUTBOUND"}
    assert record(mine, **own)["userErrors"] == []
    query = "query ($id: ID!) { client(id: $id) { history { nodes { kind summary } } } }"
    for language, sentence in zip(("es-MX", "en"), SENTENCES[kind], strict=True):
        sent = mine.ficha.http.post(
            "/graphql",
            json={"query": query, "variables": {"id": client}},
            headers={
                "Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}", "Accept-Language": language,
            },
        )  # fmt: skip
        [node] = sent.json()["data"]["client"]["history"]["nodes"]
        assert node == {"kind": f"EXTERNAL_{kind}", "summary": sentence}


def test_without_a_direction_the_sentence_has_none(mine: Company) -> None:
    client = global_id(Client, mine.client())
    record(mine, clientId=client, direction=None)
    [event] = mine.ask(HISTORY, id=client).data["client"]["history"]["nodes"]
    assert (event["summary"], event["directionLabel"]) == ("Llamada (Conmutador): Pregunta por su factura", None)


@pytest.mark.claims(
    "docs/writing.md",
    "`dealId`, `salesDocumentId`, `contactId` or `followUpId` names a record of the client that it is about.",
)
def test_it_is_about_one_record_of_the_client(mine: Company) -> None:
    client, other = mine.client(), mine.client()
    subjects = {
        "dealId": (Deal, "ClientDeal"),
        "salesDocumentId": (SalesDocument, "SalesInvoice"),
        "contactId": (Contact, "ClientContact"),
        "followUpId": (FollowUp, "FollowUp"),
    }
    of_client = {"clientId": global_id(Client, client)}
    for name, (model, type_name) in subjects.items():
        id = mine.add(model, client_id=client)
        subject = {name: global_id(model, id), "externalId": name}
        assert problems(record(mine, **of_client, **subject)) == []
        assert problems(record(mine, **of_client, **subject)) == []
        assert problems(record(mine, **of_client, externalId=name)) == [("EXTERNAL_EVENT_DIFFERS", name)]
        of_other = {name: global_id(model, mine.add(model, client_id=other)), "externalId": f"{name} ajeno"}
        assert problems(record(mine, **of_client, **of_other)) == [("NOT_FOUND", name)]
        if model is not SalesDocument:
            mine.change(model, id, deleted_at="2026-03-11T12:00:00Z")
        shown = mine.ask(HISTORY, id=of_client["clientId"], search=name).data["client"]["history"]["nodes"]
        assert [(node["subject"], node["subjectDeleted"]) for node in shown] == [
            ({"__typename": type_name, "id": subject[name]}, model is not SalesDocument)
        ]
    two = {name: global_id(model, mine.add(model, client_id=client)) for name, (model, _) in subjects.items()}
    assert problems(record(mine, **of_client, **two)) == [
        ("ONE_SUBJECT", name) for name in ("salesDocumentId", "contactId", "followUpId")
    ]


def test_a_record_that_the_viewer_may_not_read_is_refused_where_it_is_the_subject(mine: Company) -> None:
    client = mine.client()
    of_client = {"clientId": global_id(Client, client)}
    record(mine, **of_client, dealId=global_id(Deal, mine.add(Deal, client_id=client)))
    record(mine, **of_client, externalId="c-2")
    scopes = ("history:read", "clients:read", "clients:read_all")
    for company in (mine, Company.__new__(Company)):
        if company is not mine:
            vars(company).update(vars(mine) | {"ficha": mine.ficha.twin})
        body = key(company, *scopes)(HISTORY, id=of_client["clientId"])
        assert [error["path"] for error in body["errors"]] == [["client", "history", "nodes", 1, "subject"]]
        nodes = body["data"]["client"]["history"]["nodes"]
        assert [node["subject"] and node["subject"]["__typename"] for node in nodes] == ["Client", None]


@pytest.mark.claims(
    "docs/writing.md",
    "`source` and `externalId` tell the event from all others of the company: what is sent aga"
    "in is answered with the first event, without an `Idempotency-Key` and however much later, of a deleted client"
    " too.",
)
@pytest.mark.claims(
    "docs/writing.md",
    "Other values are `EXTERNAL_EVENT_DIFFERS` at each field that differs, for the history does not change; those of"
    " another client's event at `clientId` alone.",
)
def test_what_is_sent_again_is_not_doubled(mine: Company, owner: Any) -> None:
    client, other = (global_id(Client, mine.client()) for _ in range(2))
    first = record(mine, clientId=client)
    again = record(mine, clientId=client)
    assert again == first
    changes = {
        "kind": "OTHER", "direction": "OUTBOUND", "occurredAt": "2026-03-10T12:00:00.001-06:00", "title": "Otra",
        "body": "Algo", "url": "https://example.mx", "clientId": other,
    }  # fmt: skip
    for name, value in changes.items():
        payload = record(mine, **{"clientId": client, name: value})
        assert problems(payload) == [("EXTERNAL_EVENT_DIFFERS", name)]
    payload = record(mine, **{"clientId": client, **changes})
    assert problems(payload) == [("EXTERNAL_EVENT_DIFFERS", "clientId")]
    payload = record(mine, **{**changes, "clientId": client})
    assert {*problems(payload)} == {("EXTERNAL_EVENT_DIFFERS", name) for name in changes.keys() - {"clientId"}}
    assert problems(record(mine, clientId=other, source="Otro conmutador")) == []
    assert len(rows(owner, mine, HistoryEvent, "id")) == 2
    # The same id is another one in another company.
    elsewhere = Company(mine.ficha, owner)
    assert problems(record(elsewhere, clientId=global_id(Client, elsewhere.client()))) == []


DELETE = "mutation ($id: ID!) { deleteClient(input: {id: $id}) { userErrors { code } } }"
CONVERT = """mutation ($id: ID!, $into: ID!) { convertProspect(input: {id: $id, intoClientId: $into}) {
    userErrors { code } } }"""


def test_what_is_sent_again_later_is_the_first_event_whatever_became_of_the_client(mine: Company) -> None:
    deleted, into = (global_id(Client, mine.client()) for _ in range(2))
    prospect = global_id(Client, mine.client(kind="PROSPECT"))
    firsts = {id: record(mine, clientId=id, externalId=id)["historyEvent"] for id in (deleted, prospect)}
    mine.insist(DELETE, id=deleted)
    assert mine.insist(CONVERT, id=prospect, into=into).data["convertProspect"]["userErrors"] == []
    for id, code in ((deleted, "CLIENT_DELETED"), (prospect, "CONVERTED_INTO_CLIENT")):
        again = record(mine, clientId=id, externalId=id)
        assert (again["historyEvent"], again["userErrors"]) == (firsts[id], [])
        other = record(mine, clientId=id, externalId=id, title="Otro")
        assert problems(other) == [("EXTERNAL_EVENT_DIFFERS", "title")]
        assert problems(record(mine, clientId=id, externalId="Otro")) == [(code, "clientId")]
    moved = record(mine, clientId=into, externalId=prospect)
    assert (moved["historyEvent"], moved["userErrors"]) == (firsts[prospect], [])
    assert problems(record(mine, clientId=into, externalId=deleted)) == [("EXTERNAL_EVENT_DIFFERS", "clientId")]


@pytest.mark.parametrize("clients", [1, 20])
def test_twenty_at_once_are_one_event(mine: Company, owner: Any, clients: int) -> None:
    ids = [global_id(Client, mine.client()) for _ in range(clients)] * (20 // clients)

    def send(client: str) -> Any:
        return mine.insist(RECORD, input=CALL | {"clientId": client}).data["recordExternalEvent"]

    with ThreadPoolExecutor(20) as pool:
        payloads = list(pool.map(send, ids))
    assert len(rows(owner, mine, HistoryEvent, "id")) == 1
    done = {payload["historyEvent"]["id"] for payload in payloads if payload["historyEvent"]}
    assert len(done) == 1
    refused = [problems(payload) for payload in payloads if payload["userErrors"]]
    assert len(refused) == (0 if clients == 1 else 19)
    for [(code, path)] in refused:
        assert code == "EXTERNAL_EVENT_DIFFERS"
        assert path == "clientId"


@pytest.mark.claims(
    "docs/writing.md",
    "A telephone exchange, a WhatsApp gateway, a mail archive or a web shop puts what happened there"
    " on a client's history: `recordExternalEvent`, or `recordExternalEvents` for up to 200 at once.",
)
def test_a_batch_is_one_transaction_and_tells_all_problems(mine: Company, owner: Any) -> None:
    client = global_id(Client, mine.client())
    sent = [CALL | {"clientId": client, "externalId": f"c-{number}"} for number in range(4)]
    wrong = sent[3] | {"occurredAt": "2999-01-01T00:00:00Z", "title": " ", "url": "http://example.mx", "dealId": "x"}
    payload = mine.ask(MANY, input={"rows": [*sent[:3], wrong]}).data["recordExternalEvents"]
    assert [sorted(problems(result)) for result in payload["results"]] == [
        *[[("BULK_REJECTED", "")]] * 3,
        [("BAD_ID", "dealId"), ("OCCURRED_IN_FUTURE", "occurredAt"), ("TEXT_REQUIRED", "title"), ("URL_FORMAT", "url")],
    ]
    assert rows(owner, mine, HistoryEvent, "id") == []
    payload = mine.ask(MANY, input={"rows": [*sent, sent[0]]}).data["recordExternalEvents"]
    ids = [result["historyEvent"]["id"] for result in payload["results"]]
    assert ids[4] == ids[0]
    assert len(rows(owner, mine, HistoryEvent, "id")) == len({*ids}) == 4
    too_many = mine.ask(MANY, input={"rows": sent[:1] * 201}).data["recordExternalEvents"]
    assert problems(too_many) == [("TOO_MANY", "rows")]


@pytest.mark.parametrize(
    ("input", "problem"),
    [
        ({"title": "a" * 201}, ("TEXT_TOO_LONG", "title")),
        ({"title": "\u202e\u0000\u200b"}, ("TEXT_REQUIRED", "title")),
        ({"body": "a" * 900_000}, ("TEXT_TOO_LONG", "body")),
        ({"source": "a" * 101}, ("TEXT_TOO_LONG", "source")),
        ({"source": "\u0007"}, ("TEXT_REQUIRED", "source")),
        ({"externalId": ""}, ("TEXT_REQUIRED", "externalId")),
        ({"externalId": "a" * 201}, ("TEXT_TOO_LONG", "externalId")),
        ({"occurredAt": "1999-12-31T23:59:59Z"}, ("OUT_OF_RANGE", "occurredAt")),
        ({"occurredAt": "1900-01-01T00:00:00Z"}, ("OUT_OF_RANGE", "occurredAt")),
        ({"occurredAt": "2999-12-31T23:59:59Z"}, ("OCCURRED_IN_FUTURE", "occurredAt")),
        ({"occurredAt": "ayer"}, ("DATE_TIME_FORMAT", "occurredAt")),
        ({"url": "http://example.mx"}, ("URL_FORMAT", "url")),
        ({"url": "/c/1"}, ("URL_FORMAT", "url")),
        ({"url": "javascript:alert(1)"}, ("URL_FORMAT", "url")),
        ({"url": "https://ana:clave@example.mx"}, ("URL_FORMAT", "url")),
        ({"url": "https://example.mx/a b"}, ("URL_FORMAT", "url")),
        ({"url": "https://example.mx/<b>"}, ("URL_FORMAT", "url")),
        ({"url": "https://" + "a" * 2_000}, ("TEXT_TOO_LONG", "url")),
        ({"url": "https://"}, ("URL_FORMAT", "url")),
        ({"url": 3}, ("TEXT_EXPECTED", "url")),
        ({"contactId": "con_x"}, ("BAD_ID", "contactId")),
    ],
)
def test_what_cannot_be_is_a_problem_of_its_field(mine: Company, input: Any, problem: tuple[str, str]) -> None:
    assert problems(record(mine, clientId=global_id(Client, mine.client()), **input)) == [problem]


def test_a_dry_run_saves_nothing(mine: Company, owner: Any) -> None:
    client = global_id(Client, mine.client())
    payload = record(mine, clientId=client, validateOnly=True)
    assert payload == {"historyEvent": None, "client": None, "userErrors": []}
    assert rows(owner, mine, HistoryEvent, "id") == []


def test_a_client_that_takes_nothing_new_takes_no_event(mine: Company) -> None:
    deleted = global_id(Client, mine.client(deleted_at="2026-03-01T12:00:00Z"))
    assert problems(record(mine, clientId=deleted, title="")) == [
        ("CLIENT_DELETED", "clientId"), ("TEXT_REQUIRED", "title"),
    ]  # fmt: skip


def test_an_event_from_before_the_conversion_is_the_prospects(mine: Company) -> None:
    client = global_id(Client, mine.client(converted_at="2026-03-10T18:00:01Z"))
    record(mine, clientId=client)
    record(mine, clientId=client, externalId="c-2", occurredAt="2026-03-10T18:00:01Z")
    nodes = mine.ask(HISTORY, id=client).data["client"]["history"]["nodes"]
    assert [node["asProspect"] for node in nodes] == [False, True]


@pytest.mark.claims(
    "docs/security.md",
    "`history:write` puts events of other systems on a client's history (`recordExternalEvent`) and reads nothing; "
    "only administrators have it, unless a company says otherwise.",
)
@pytest.mark.claims(
    "docs/writing.md",
    "Its key needs `history:write`, and `clients:read_all` where it"
    " writes on clients that are not assigned to the key's creator.",
)
def test_a_key_of_this_scope_alone_writes_and_reads_nothing(mine: Company, owner: Any) -> None:
    client = global_id(Client, mine.client(owner_id=mine.people[Role.ADMIN]))
    unassigned = global_id(Client, mine.client())
    gateway = key(mine, "history:write")
    body = gateway(RECORD, input=CALL | {"clientId": client})
    assert body["data"]["recordExternalEvent"] == {"historyEvent": None, "client": None, "userErrors": []}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"FORBIDDEN"}
    body = gateway(RECORD, input=CALL | {"clientId": unassigned, "externalId": "c-2"})
    assert problems(body["data"]["recordExternalEvent"]) == [("NOT_FOUND", "clientId")]
    everywhere = key(mine, "history:write", "clients:read_all")
    bare = "mutation ($input: RecordExternalEventInput!) { recordExternalEvent(input: $input) { userErrors { code } } }"
    body = everywhere(bare, input=CALL | {"clientId": unassigned, "externalId": "c-2"})
    assert body == {"data": {"recordExternalEvent": {"userErrors": []}}, "extensions": body["extensions"]}
    [event] = mine.ask(HISTORY, id=unassigned).data["client"]["history"]["nodes"]
    assert (event["actor"]["name"], event["apiKey"]["name"]) == ("Admin", "Tienda")
    for role in (Role.SALES_MANAGER, Role.BILLING, Role.READ_ONLY):
        answer = mine.ask(RECORD, role, input=CALL | {"clientId": client, "externalId": role})
        assert answer.errors == [("FORBIDDEN", "recordExternalEvent")]
    # Who does not see the client is not told what they may not do with it.
    assert problems(record(mine, Role.SALES, clientId=client)) == [("NOT_FOUND", "clientId")]
    elsewhere = Company(mine.ficha, owner)
    assert problems(record(elsewhere, clientId=client)) == [("NOT_FOUND", "clientId")]


@pytest.mark.claims(
    "docs/writing.md",
    "All kinds are `ExternalEvent`s, and an app that knows none of them shows `summary`.",
)
def test_subscriptions_get_it(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    query = """subscription ($id: ID!) { historyEventAdded(clientId: $id) { __typename summary
        ... on ExternalEvent { source } } }"""
    with signed_in(mine.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("history", query, id=client)
        socket.settle()
        listening(owner, 1)
        record(mine, clientId=client)
        assert socket.receive()["payload"]["data"]["historyEventAdded"] == {
            "__typename": "ExternalCallEvent", "source": "Conmutador",
            "summary": "Llamada entrante (Conmutador): Pregunta por su factura",
        }  # fmt: skip


def test_erasing_the_client_erases_it_and_frees_its_id(mine: Company, owner: Any) -> None:
    client = global_id(Client, mine.client())
    record(mine, clientId=client)
    erase = "mutation ($input: EraseClientInput!) { eraseClient(input: $input) { userErrors { code } } }"
    assert mine.ask(erase, input={"id": client}).data["eraseClient"]["userErrors"] == []
    assert rows(owner, mine, HistoryEvent, "id") == []
    assert problems(record(mine, clientId=global_id(Client, mine.client()))) == []
