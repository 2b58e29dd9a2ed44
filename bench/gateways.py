"""`python -m bench.gateways`: how long a hundred clients take through a gateway, beside Ficha itself.

The gateways and the other subgraph are those of examples/federation, whose packages `make conformance` installs, on a
small Escala. It prints a table in Markdown; docs/federation.md has the figures of one run.
"""

import json
import sys
from contextlib import ExitStack

import httpx

from bench import contenders, load
from bench.__main__ import SMALL, Cores, Data, Differ, data, data_directory, say
from bench.contenders import running
from conformance.federation import COMPOSERS, Example
from server import embedded

NAMES = {"apollo": "`@apollo/gateway`", "hive": "Hive Gateway"}
QUERIES = {
    "Ficha's fields": "{ clients(first: 100) { nodes { id legalName kind receivables { overdueBalance } } } }",
    "the desk's too": "{ clients(first: 100) { nodes { id legalName supportLevel tickets { subject } } } }",
}
CONNECTIONS = (1, 8)
SECONDS, ROUNDS = 5, 5
"""Of a run, and how many runs of which the one with the least p99 counts: what else the machine does is left out."""


def measure(on: Data, url: str, query: str) -> list[load.Load]:
    """The best run for each number of connections, after one that warms it up."""
    body = json.dumps({"query": query}).encode()
    headers = {"Authorization": on.authorization, "Content-Type": "application/json"}
    answer = httpx.post(f"{url}/graphql", content=body, headers=headers, timeout=60, trust_env=False).json()
    if "errors" in answer or len(answer["data"]["clients"]["nodes"]) != 100:
        raise Differ(f"{url} answered {json.dumps(answer)[:400]}")
    file = on.folder / "gateways.bodies"
    file.write_bytes(body)

    def run(connections: int) -> load.Load:
        return load.put(url, file, on.authorization, connections, SECONDS, set())

    run(max(CONNECTIONS))
    best = [min((run(number) for _ in range(ROUNDS)), key=lambda each: each.p99) for number in CONNECTIONS]
    if any(each.failed for each in best):
        raise Differ(f"{url} failed some requests")
    return best


def main() -> None:
    """Starts all of them, measures them one after the other."""
    directory = data_directory() / "small"
    rows = ["| | query | connections | requests/s | median ms | p99 ms |", "|---|---|--:|--:|--:|--:|"]
    with ExitStack() as stack:
        on = stack.enter_context(data(directory, SMALL, Cores(set(), set(), set())))
        log = on.folder / "ficha.log"
        ficha = stack.enter_context(running("Ficha", *contenders.ficha(on.settings), log, set()))
        example = Example(f"{ficha.url}/graphql", on.folder)
        stack.enter_context(example.tickets())
        urls = {"Ficha": ficha.url} | {
            NAMES[name]: stack.enter_context(example.gateway(name, composer)).removesuffix("/graphql")
            for name, composer in COMPOSERS.items()
        }
        for what, query in QUERIES.items():
            for name, url in urls.items():
                if name == "Ficha" and "tickets" in query:
                    continue
                say(f"{name}, {what}")
                rows += [
                    f"| {name} | {what} | {connections} | {put.requests / put.seconds:,.0f} | {put.median * 1000:.1f} |"
                    f" {put.p99 * 1000:.1f} |"
                    for connections, put in zip(CONNECTIONS, measure(on, url, query), strict=True)
                ]
    print("\n".join(rows))  # noqa: T201  # a command


if __name__ == "__main__":
    try:
        main()
    except (Differ, contenders.NotStarted, embedded.EmbeddedError) as problem:
        say(f"bench: {problem}")
        sys.exit(1)
