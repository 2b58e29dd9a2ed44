"""`python -m bench.fanout [--quick]`: what one change costs that very many wait for, and what waiting costs.

A thousand subscriptions to one client, on twenty sockets, hear of an update of it: how many statements were sent, and
when the first and the last heard of it. Then ten thousand sockets of five hundred collaborators are opened and wait,
one subscription each: what a worker takes for each, and whether all hear of a change. `make bench` runs it.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import psycopg
from websockets.asyncio.client import ClientConnection, connect

from bench import contenders
from bench.__main__ import ADMINISTRATOR, Cores, Data, Differ, own_data, say
from bench.contenders import Contender, running
from bench.operations import sample
from models.ids import uuid7
from server import embedded
from server.access import tokens

SOCKETS, EACH = 20, 50
"""As many as a caller may have, and as many subscriptions as each may."""
WAITING, QUICKLY = 10_000, 400
AT_ONCE = 100
"""Sockets that are opened at a time."""
ROUNDS = 5
STATEMENTS, SECONDS = 5, 0.3
"""What an update may send, and how long after it the last may hear of it."""
CHANGED = "subscription ClientChanged($id: ID!) { clientChanged(id: $id) { id version revision } }"
UPDATE = """
mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { id version } userErrors { code } } }
"""
SENT = """
select coalesce(sum(calls), 0) from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database()) and toplevel
    and query ~* '^\\s*(select|with|insert|update|delete)' and query !~ 'set_config|pg_stat_statements'
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one update: statements, those of the mutation left out; seconds from its being sent."""

    statements: int
    answered: float
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Waited:
    """Of idle sockets: how many, MB of the worker before and with them, seconds until the last heard of a change."""

    sockets: int
    before: float
    after: float
    last: float


class Subscriber:
    """A socket with subscriptions to one client."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def sign_in(self, authorization: str) -> None:
        """The first of all messages."""
        await self._send("connection_init", payload={"Authorization": authorization})
        if (answer := await self._receive())["type"] != "connection_ack":
            raise Differ(f"a socket was answered {answer}")

    async def subscribe(self, number: int, client: str) -> None:
        """So many times."""
        for place in range(number):
            await self._send("subscribe", id=str(place), payload={"query": CHANGED, "variables": {"id": client}})

    async def hear(self, number: int) -> tuple[float, float]:
        """When the first and the last of so many events came."""
        times: list[float] = []
        while len(times) < number:
            message = await self._receive()
            if message["type"] == "ping":
                await self._send("pong")
            elif message["type"] == "next" and "errors" not in message["payload"]:
                times.append(time.perf_counter())
            else:
                raise Differ(f"a subscription was answered {message}")
        return times[0], times[-1]

    async def _send(self, kind: str, **more: Any) -> None:
        await self._socket.send(orjson.dumps({"type": kind, **more}).decode())

    async def _receive(self) -> Mapping[str, Any]:
        return orjson.loads(await asyncio.wait_for(self._socket.recv(), 120))


class Audience:
    """Sockets to a worker, as those of so many callers."""

    def __init__(self, on: Data, contender: Contender, stack: AsyncExitStack, callers: Sequence[str]) -> None:
        self._on, self._contender, self._stack, self._callers = on, contender, stack, callers
        self._address = contender.url.replace("http", "ws") + "/graphql"

    async def open(self, number: int, each: int, client: str) -> list[Subscriber]:
        """So many sockets, with so many subscriptions each."""
        subscribers: list[Subscriber] = []
        for start in range(0, number, AT_ONCE):
            some = range(start, min(start + AT_ONCE, number))
            subscribers += await asyncio.gather(*(self._opened(place, each, client) for place in some))
        return subscribers

    async def _opened(self, place: int, each: int, client: str) -> Subscriber:
        socket = connect(
            self._address, subprotocols=["graphql-transport-ws"], proxy=None, compression=None, ping_interval=None,
            open_timeout=120,
        )  # fmt: skip
        subscriber = Subscriber(await self._stack.enter_async_context(socket))
        await subscriber.sign_in(self._callers[place // SOCKETS])
        await subscriber.subscribe(each, client)
        return subscriber

    async def update(self, subscribers: Sequence[Subscriber], each: int, client: str, number: int) -> Heard:
        """One update of the client, of which all of them hear."""
        body = {"query": UPDATE, "variables": {"input": {"id": client, "internalNote": f"Nota {number}"}}}
        async with httpx.AsyncClient(headers={"Authorization": self._on.authorization}, trust_env=False) as http:
            await http.post(f"{self._contender.url}/graphql", json={"query": "{ __typename }"})
            before, began = await self._sent(), time.perf_counter()
            hearing = [asyncio.create_task(subscriber.hear(each)) for subscriber in subscribers]
            answer = (await http.post(f"{self._contender.url}/graphql", json=body, timeout=120)).json()
            answered = time.perf_counter() - began
        if "errors" in answer or answer["data"]["updateClient"]["userErrors"]:
            raise Differ(f"the update was answered {answer}")
        times = await asyncio.gather(*hearing)
        first, last = (min(t[0] for t in times), max(t[1] for t in times)) if times else (began, began)
        return Heard(await self._sent() - before, answered, first - began, last - began)

    async def _sent(self) -> int:
        async with await psycopg.AsyncConnection.connect(self._on.settings.database_url, autocommit=True) as database:
            counted = await (await database.execute(SENT)).fetchone()
        return int(counted[0]) if counted else 0


async def storm(on: Data, contender: Contender, clients: Sequence[str]) -> list[Heard]:
    """A thousand subscriptions of one caller, and updates one after the other; the first one warms up."""
    async with AsyncExitStack() as stack:
        audience = Audience(on, contender, stack, [on.authorization])
        _, alone = [await audience.update([], 0, clients[1], number) for number in range(2)]
        subscribers = await audience.open(SOCKETS, EACH, clients[0])
        await asyncio.sleep(1)  # the server tells nobody that a subscription stands
        heard = [await audience.update(subscribers, EACH, clients[0], number) for number in range(ROUNDS + 1)]
    own = alone.statements
    return [Heard(one.statements - own, one.answered, one.first, one.last) for one in heard[1:]]


async def waiting(on: Data, contender: Contender, callers: Sequence[str], client: str, number: int) -> Waited:
    """So many sockets of many callers that wait for one client, and one update of it."""
    before = contender.memory
    async with AsyncExitStack() as stack:
        audience = Audience(on, contender, stack, callers)
        subscribers = await audience.open(number, 1, client)
        await asyncio.sleep(2)  # as above
        after = contender.memory
        heard = await audience.update(subscribers, 1, client, 1)
    return Waited(number, before, after, heard.last)


def collaborators(on: Data, number: int) -> list[str]:
    """So many more administrators of the company, and how each signs in."""
    addresses = [f"escucha{place}@escala.mx" for place in range(number)]
    with psycopg.connect(on.settings.database_url, autocommit=True) as database, database.cursor() as cursor:
        cursor.executemany(
            "insert into collaborator (company_id, id, name, email, role)"
            " select company_id, %s, %s, %s, role from collaborator where email = %s",
            [(uuid7(), f"Escucha {place}", address, ADMINISTRATOR) for place, address in enumerate(addresses)],
        )
    return [f"Bearer {tokens.issue(on.settings, address, 1)}" for address in addresses]


def main() -> None:
    """Measures both, and fails where an update costs more than is promised."""
    parser = argparse.ArgumentParser(prog="bench.fanout", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="with few sockets that wait")
    number = QUICKLY if parser.parse_args().quick else WAITING
    cores = Cores.of_machine()
    with own_data(cores) as on:
        command, env = contenders.ficha(on.settings)
        env |= {name: str(number + 1_000) for name in ("FICHA_MAX_CONNECTIONS", "FICHA_MAX_CONNECTIONS_PER_ADDRESS")}
        clients = [client.id for client in sample(on.settings.database_url)]
        callers = collaborators(on, number // SOCKETS)
        with running("ficha", command, env, on.folder / "fanout.log", cores.server) as ficha:
            heard = asyncio.run(storm(on, ficha, clients))
            waited = asyncio.run(waiting(on, ficha, callers, clients[2], number))
    print(_told(heard, waited))  # noqa: T201  # a command
    most, last = max(one.statements for one in heard), sorted(one.last for one in heard)[len(heard) // 2]
    if most > STATEMENTS or last > SECONDS:
        raise Differ(f"an update sent {most} statements, and the last heard of it after {last:.2f} s")


def _told(heard: Sequence[Heard], waited: Waited) -> str:
    each = (waited.after - waited.before) * 1000 / waited.sockets
    return "\n".join(
        [
            f"One update that {SOCKETS * EACH:,} subscriptions hear of:",
            "",
            "| statements | answered s | first event s | last event s |",
            "|--:|--:|--:|--:|",
            *(f"| {one.statements} | {one.answered:.3f} | {one.first:.3f} | {one.last:.3f} |" for one in heard),
            "",
            f"{waited.sockets:,} sockets that wait: {waited.before:.0f} MB of the worker before, {waited.after:.0f} MB"
            f" with them, {each:.1f} KB each; all heard of a change within {waited.last:.2f} s.",
        ]
    )


if __name__ == "__main__":
    try:
        main()
    except (Differ, contenders.NotStarted, embedded.EmbeddedError) as problem:
        say(f"bench: {problem}")
        sys.exit(1)
