"""The floor of writing: each mutation's rows by hand, in two pipelined round trips, behind Starlette and uvicorn.

The first locks the client and reads, the second writes what Ficha writes (the record, its event, the client's revision,
the news), commits, and reads the record back. No authentication, limits, parsing or rules. Usage:
python -m bench.write_floor, with the settings of `ficha serve`.
"""

import contextlib
import datetime
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.floor import Server, administrator
from database.mapped import mapped
from database.opening import open_pool
from database.wire import PgConnection, Sent
from models import Address, Contact, HistoryEvent
from models.ids import uuid7
from models.viewer import Viewer
from server.settings import Settings

LOCK: Final = (
    "select kind, owner_id, deleted_at, version from client where company_id = $1 and id = $2 for no key update"
)
LOCK_OF_PART: Final = """select client_id, name, job_title, version from contact where company_id = $1 and id = $2"""
CLIENT_OF_PART: Final = """select id from client
where company_id = $1 and id in (select client_id from contact where company_id = $1 and id = $2) for no key update"""
LOCK_ALL: Final = "select id from client where company_id = $1 and id = any($2) order by id for no key update"
COUNT: Final = (
    """select count(*), max(position) from {} where company_id = $1 and client_id = $2 and deleted_at is null"""
)
COUNT_ALL: Final = """select client_id, count(*), max(position) from contact
where company_id = $1 and client_id = any($2) and deleted_at is null group by client_id"""
MOVE: Final = "update client set updated_at = $3 where company_id = $1 and id = $2"
MOVE_ALL: Final = "update client set updated_at = $3 where company_id = $1 and id = any($2)"
NOTIFY: Final = "select pg_notify('ficha_changes', news) from unnest($1::text[]) news"


class Work:
    """One request: what is asked in the first round trip, and what is written in the second."""

    def __init__(self, viewer: Viewer, input: Mapping[str, Any]) -> None:
        self.viewer, self.input = viewer, input
        self.company = viewer.company_id
        self.now = datetime.datetime.now(datetime.UTC)

    def row(self, client: UUID, **values: Any) -> dict[str, Any]:
        """A new part of the client."""
        stamps = {"version": 1, "created_at": self.now, "updated_at": self.now}
        return {"company_id": self.company, "id": uuid7(), "client_id": client, **values, **stamps}

    def event(self, client: UUID, kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """An event of the client's history."""
        who = {"actor_id": self.viewer.collaborator_id, "api_key_id": None, "as_prospect": False}
        at = {"occurred_at": self.now, "recorded_at": self.now}
        return (
            {"company_id": self.company, "id": uuid7(), "client_id": client, "kind": kind, "details": details}
            | who
            | at
        )

    def add(self, model: type[Any], *rows: Mapping[str, Any]) -> list[Sent]:
        """Writes new rows."""
        return mapped(model).insert(tuple(rows[0]), rows)

    def news(self, *clients: UUID) -> Sent:
        """Announces that the clients changed."""
        texts = [orjson.dumps({"company": self.company, "client": client, "events": []}).decode() for client in clients]
        return NOTIFY, [texts]


def uuid_of(id: str) -> UUID:
    """That of a global id."""
    return UUID(id.partition("_")[2])


def changed(change: str, label: str, *changes: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an event."""
    return {"change": change, "label": label, "changes": [*changes]}


def place(count: Any) -> int:
    """Behind the last one."""
    return int(count.get_value(0, 1) or -1) + 1


async def create_contact(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """A contact at the end."""
    client = uuid_of(work.input["clientId"])
    key = [work.company, client]
    *_, count = await connection.ask([*begin, (LOCK, key), (COUNT.format("contact"), key)])
    name, email = work.input["name"], work.input.get("email")
    row = work.row(client, name=name, email=email, is_primary=False, receives_reminders=False, position=place(count))
    back = "select json_build_object('name', name, 'email', email) from contact where company_id = $1 and id = $2"
    written = await connection.ask(
        [
            (MOVE, [*key, work.now]),
            *work.add(Contact, row),
            *work.add(HistoryEvent, work.event(client, "CONTACT_CHANGED", changed("CREATED", name))),
            work.news(client),
            (back, [work.company, row["id"]]),
            ("commit", ()),
        ]
    )
    return b'{"contact":%b,"userErrors":[]}' % _compact(written[-2])


async def create_address(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """A branch at the end."""
    client = uuid_of(work.input["clientId"])
    key = [work.company, client]
    *_, count = await connection.ask([*begin, (LOCK, key), (COUNT.format("address"), key)])
    stated = {name: work.input[name] for name in ("label", "street")}
    row = work.row(client, kind="BRANCH", **stated, position=place(count))
    back = "select json_build_object('label', label, 'street', street) from address where company_id = $1 and id = $2"
    written = await connection.ask(
        [
            (MOVE, [*key, work.now]),
            *work.add(Address, row),
            *work.add(HistoryEvent, work.event(client, "ADDRESS_CHANGED", changed("CREATED", stated["label"]))),
            work.news(client),
            (back, [work.company, row["id"]]),
            ("commit", ()),
        ]
    )
    return b'{"address":%b,"userErrors":[]}' % _compact(written[-2])


async def update_client(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """Another note."""
    client, note = uuid_of(work.input["id"]), work.input["internalNote"]
    key = [work.company, client]
    lock = LOCK.replace("select ", "select legal_name, internal_note, ")
    *_, locked = await connection.ask([*begin, (lock, key)])
    name, former = (value and value.decode() for value in (locked.get_value(0, 0), locked.get_value(0, 1)))
    details = changed("UPDATED", name, {"field": "internal_note", "from": former, "to": note})
    update = (
        "update client set internal_note = $4, version = version + 1, updated_at = $3 where company_id = $1 and id = $2"
    )
    back = "select json_build_object('internalNote', internal_note) from client where company_id = $1 and id = $2"
    written = await connection.ask(
        [
            (update, [*key, work.now, note]),
            *work.add(HistoryEvent, work.event(client, "CLIENT_CHANGED", details)),
            work.news(client),
            (back, key),
            ("commit", ()),
        ]
    )
    return b'{"client":%b,"userErrors":[]}' % _compact(written[-2])


async def update_contact(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """Another job title."""
    id, title = uuid_of(work.input["id"]), work.input["jobTitle"]
    key = [work.company, id]
    *_, part = await connection.ask([*begin, (CLIENT_OF_PART, key), (LOCK_OF_PART, key)])
    client, name, former = (value and value.decode() for value in (part.get_value(0, place) for place in range(3)))
    details = changed("UPDATED", name, {"field": "job_title", "from": former, "to": title})
    update = (
        "update contact set job_title = $4, version = version + 1, updated_at = $3 where company_id = $1 and id = $2"
    )
    back = (
        "select json_build_object('name', name, 'jobTitle', job_title) from contact where company_id = $1 and id = $2"
    )
    written = await connection.ask(
        [
            (MOVE, [work.company, UUID(client), work.now]),
            (update, [*key, work.now, title]),
            *work.add(HistoryEvent, work.event(UUID(client), "CONTACT_CHANGED", details)),
            work.news(UUID(client)),
            (back, key),
            ("commit", ()),
        ]
    )
    return b'{"contact":%b,"userErrors":[]}' % _compact(written[-2])


async def record_external_event(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """A telephone call."""
    client, input = uuid_of(work.input["clientId"]), work.input
    key = [work.company, client]
    first = """select id from history_event where company_id = $1
        and details ->> 'source' = $2 and details ->> 'external_id' = $3"""
    await connection.ask([*begin, (LOCK, key), (first, [work.company, input["source"], input["externalId"]])])
    details = {"direction": input["direction"], "source": input["source"], "external_id": input["externalId"]}
    event = work.event(client, "EXTERNAL_CALL", {**details, "title": input["title"]})
    back = "select json_build_object('asProspect', as_prospect) from history_event where company_id = $1 and id = $2"
    written = await connection.ask(
        [
            (MOVE, [*key, work.now]),
            *work.add(HistoryEvent, event),
            work.news(client),
            (back, [work.company, event["id"]]),
            ("commit", ()),
        ]
    )
    return b'{"historyEvent":%b,"userErrors":[]}' % _compact(written[-2])


async def create_contacts(work: Work, connection: PgConnection, begin: list[Sent]) -> bytes:
    """Contacts of many clients."""
    rows: Sequence[Any] = work.input["rows"]
    clients = [uuid_of(row["clientId"]) for row in rows]
    *_, counted = await connection.ask(
        [*begin, (LOCK_ALL, [work.company, clients]), (COUNT_ALL, [work.company, clients])]
    )
    last = {UUID(_text(counted, n, 0)): int(_text(counted, n, 2)) for n in range(counted.ntuples)}
    contacts, events = list[Any](), list[Any]()
    for row, client in zip(rows, clients, strict=True):
        last[client] = last.get(client, -1) + 1
        flags = {"is_primary": False, "receives_reminders": False}
        contacts.append(work.row(client, name=row["name"], email=row.get("email"), **flags, position=last[client]))
        events.append(work.event(client, "CONTACT_CHANGED", changed("CREATED", row["name"])))
    back = """select json_build_object('contact', json_build_object('name', name, 'email', email),
        'userErrors', '[]'::json) from unnest($2::uuid[]) with ordinality s (id, n)
        join contact c on c.company_id = $1 and c.id = s.id order by n"""
    written = await connection.ask(
        [
            (MOVE_ALL, [work.company, clients, work.now]),
            *work.add(Contact, *contacts),
            *work.add(HistoryEvent, *events),
            work.news(*dict.fromkeys(clients)),
            (back, [work.company, [row["id"] for row in contacts]]),
            ("commit", ()),
        ]
    )
    results = [orjson.loads(_text(written[-2], n, 0)) for n in range(len(rows))]
    return b'{"results":%b}' % orjson.dumps(results)


def _text(result: Any, row: int, column: int) -> str:
    return result.get_value(row, column).decode()


def _compact(result: Any) -> bytes:
    return orjson.dumps(orjson.loads(result.get_value(0, 0)))


MUTATIONS: Final = {
    "createContact": create_contact,
    "updateContact": update_contact,
    "updateClient": update_client,
    "createAddress": create_address,
    "recordExternalEvent": record_external_event,
    "createContacts": create_contacts,
}


def create_app(settings: Settings) -> Starlette:
    """Answers these mutations."""
    pool = open_pool(settings.database_url, settings.places)
    viewer = administrator(settings.database_url)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with pool:
            yield

    async def answer(request: Request) -> Response:
        body = orjson.loads(await request.body())
        name = body["operationName"]
        async with pool.connection() as connection:
            begin = connection.entering(viewer.company_id, viewer.collaborator_id)
            try:
                data = await MUTATIONS[name](Work(viewer, body["variables"]["input"]), connection, begin)
            except BaseException:
                connection.finish()  # with its transaction
                raise
        return Response(b'{"data":{"%b":%b}}' % (name.encode(), data), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    Server(uvicorn.Config(create_app(Settings.from_env(os.environ)), port=0, log_level="warning")).run()
