"""`python -m bench.cold [--quick]`: what a document costs that the server has not seen, and what others notice of it.

New documents are asked one after the other, each the operation with a comment of its own: the server's and PostgreSQL's
CPU beside the same operation's when it is known. Then a thousand new ones are sent, as after a release of an app, while
another client goes on to ask what is known: its longest wait. `make bench` runs it.
"""

import argparse
import itertools
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import orjson

from bench import contenders
from bench.__main__ import Cores, Data, Differ, own_data, say
from bench.contenders import Contender, running
from bench.operations import Operation, operations
from server import embedded

NEW, QUICKLY = 20, 5
"""Documents of each operation that are measured."""
DEPLOYED, FEW = 1_000, 50
COLD = ("ClientDetailWhole", "ClientHistory", "ClientsList", "ClientsSearch")
KNOWN = "ClientHistory"
"""What goes on to be asked."""
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of a request in ms, of the server and of PostgreSQL."""

    server: float
    database: float


@dataclass(frozen=True, slots=True)
class Deployed:
    """How long it took until all new documents were answered, in seconds, and how long the other client's requests
    took meanwhile, in ms."""

    seconds: float
    requests: int
    median: float
    p99: float
    longest: float


def renewed(body: bytes) -> bytes:
    """The request with a document that nobody has sent."""
    request = orjson.loads(body)
    return orjson.dumps(request | {"query": f"{request['query']}\n# {next(_numbers)}"})


class Asked:
    """A client of the server's."""

    def __init__(self, on: Data, contender: Contender) -> None:
        headers = {"Authorization": on.authorization, "Content-Type": "application/json"}
        self._http = httpx.Client(base_url=contender.url, headers=headers, timeout=60, trust_env=False)

    def ask(self, body: bytes) -> None:
        """Differ, unless it is answered without errors."""
        answer = self._http.post("/graphql", content=body)
        if b'"errors"' in answer.content:
            raise Differ(f"{answer.text[:400]}")


def cost(on: Data, contender: Contender, bodies: Iterator[bytes], number: int) -> Cost:
    """Of each of the next so many."""
    client = Asked(on, contender)
    client.ask(next(bodies))
    server, database = contender.cpu, on.cpu()
    for body in itertools.islice(bodies, number):
        client.ask(body)
    return Cost((contender.cpu - server) * 1000 / number, (on.cpu() - database) * 1000 / number)


def deployed(on: Data, contender: Contender, measured: list[Operation], number: int) -> Deployed:
    """What another client notices of so many new documents."""
    known = next(operation for operation in measured if operation.name == KNOWN)
    release, other = Asked(on, contender), Asked(on, contender)
    other.ask(known.bodies[0])
    news = [renewed(measured[place % len(measured)].bodies[0]) for place in range(number)]
    began = time.perf_counter()
    sending = threading.Thread(target=lambda: [release.ask(body) for body in news])
    sending.start()
    waits: list[float] = []
    for body in itertools.cycle(known.bodies):
        asked = time.perf_counter()
        other.ask(body)
        waits.append((time.perf_counter() - asked) * 1000)
        if not sending.is_alive():
            break
    sending.join()
    p99 = statistics.quantiles(waits, n=100)[-1]
    return Deployed(time.perf_counter() - began, len(waits), statistics.median(waits), p99, max(waits))


def main() -> None:
    """Measures both."""
    parser = argparse.ArgumentParser(prog="bench.cold", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="with few documents")
    quick: bool = parser.parse_args().quick
    cores = Cores.of_machine()
    lines = ["| a document | | CPU ms, server | CPU ms, PostgreSQL |", "|---|---|--:|--:|"]
    with own_data(cores) as on:
        measured = [operation for operation in operations(on.settings.database_url) if operation.name in COLD]
        with running("ficha", *contenders.ficha(on.settings), on.folder / "cold.log", cores.server) as ficha:
            for operation in measured:
                body, number = operation.bodies[0], QUICKLY if quick else NEW
                for state, bodies in (
                    ("new", iter(lambda body=body: renewed(body), b"")),
                    ("known", itertools.repeat(body)),
                ):
                    one = cost(on, ficha, bodies, number)
                    lines.append(f"| {operation.name} | {state} | {one.server:.1f} | {one.database:.1f} |")
            number = FEW if quick else DEPLOYED
            told = deployed(on, ficha, measured, number)
    lines += [
        "",
        f"{number:,} new documents in {told.seconds:.1f} s; meanwhile {told.requests:,} requests of another client:"
        f" median {told.median:.1f} ms, p99 {told.p99:.1f} ms, longest {told.longest:.1f} ms.",
    ]
    print("\n".join(lines))  # noqa: T201  # a command


if __name__ == "__main__":
    try:
        main()
    except (Differ, contenders.NotStarted, embedded.EmbeddedError) as problem:
        say(f"bench: {problem}")
        sys.exit(1)
