"""`python -m bench.hunt [--clients N] [--only WORD] [--keep FILE]`: the hunt for slow shapes. Every shape of reading
that the schema offers is asked over HTTP, and PostgreSQL's CPU of it is measured, on a company of a thousand clients
and on one of N (100,000). Prints medians, shares, the ten worst, and how shapes grow.
"""

import argparse
import json
import os
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil
from graphql import build_client_schema, get_introspection_query

from bench import contenders
from bench.__main__ import Cores, Data, data, say
from bench.contenders import running
from bench.shapes import Shape, shapes

SMALL, LARGE = 1_000, 100_000
EVENTS = 20
"""Of each client."""
RUNS = 3
"""Of each shape; the least counts, as other work and the first planning only add to it."""
SLOW, TOO_SLOW = 10, 50
"""Milliseconds of PostgreSQL's CPU."""
LEAST = 0.5
"""Milliseconds below which nobody asks how much more one is than another."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A shape's milliseconds of PostgreSQL's CPU; or the code of the error with which it was refused."""

    shape: str
    counts: bool
    cpu: float
    refused: str = ""


class Hunter:
    """Asks one server, whose database this is."""

    def __init__(self, on: Data, url: str) -> None:
        self._on = on
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": on.authorization}, timeout=60, trust_env=False
        )
        self._client = self._id_of_a_client()

    def shapes(self) -> Iterator[Shape]:
        """What the server offers."""
        return shapes(build_client_schema(self._ask(get_introspection_query())["data"]))

    def measure(self, shape: Shape) -> Measured:
        """The least CPU of some requests."""
        after = self._cursor(shape) if shape.deep else ""
        query = shape.query(self._client, after)
        least = float("inf")
        for _ in range(RUNS):
            before = self._cpu()
            answer = self._ask(query)
            least = min(least, self._cpu() - before)
            if errors := answer.get("errors"):
                code = errors[0].get("extensions", {}).get("code", errors[0]["message"])
                return Measured(str(shape), shape.counts, least * 1000, code)
        return Measured(str(shape), shape.counts, least * 1000)

    def _cursor(self, shape: Shape) -> str:
        answer = self._ask(shape.end().query(self._client))["data"]
        connection = (answer or {}).get("client", answer) if shape.of else answer
        return ((connection or {}).get(shape.name) or {}).get("pageInfo", {}).get("startCursor") or ""

    def _id_of_a_client(self) -> str:
        return self._ask("{clients(first:1){nodes{id}}}")["data"]["clients"]["nodes"][0]["id"]

    def _ask(self, query: str) -> dict[str, object]:
        return json.loads(self._http.post("/graphql", json={"query": query}).content)

    def _cpu(self) -> float:
        """Seconds that the backends of clients have used."""
        return sum(map(_used, _backends(self._on.postmaster)))


_OF_A_CLIENT = re.compile(r"^postgres: .*(\(\d+\)|\[local\])")


def _backends(postmaster: psutil.Process) -> Iterator[psutil.Process]:
    for process in postmaster.children():
        with suppress(psutil.NoSuchProcess):
            if _OF_A_CLIENT.match(" ".join(process.cmdline())):
                yield process


def _used(process: psutil.Process) -> float:
    """To the nanosecond where Linux tells, otherwise to a hundredth of a second."""
    with suppress(OSError):
        return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9
    times = process.cpu_times()
    return times.user + times.system


def hunt(directory: Path, clients: int, only: str) -> list[Measured]:
    """All shapes, on a company of so many clients."""
    cores = Cores.of_machine()
    with (
        data(directory / f"hunt-{clients}", (clients, EVENTS), cores) as on,
        running("hunted", *contenders.ficha(on.settings), on.folder / "hunted.log", cores.server) as server,
    ):
        hunter = Hunter(on, server.url)
        hunted = [shape for shape in hunter.shapes() if only in str(shape)]
        say(f"{len(hunted):,} shapes on {clients:,} clients")
        return [hunter.measure(shape) for shape in hunted]


def told(measured: Sequence[Measured], small: Mapping[str, Measured]) -> Iterator[str]:
    """Lines for a person."""
    answered = [one for one in measured if not one.refused]
    pages = [one for one in answered if not one.counts]
    yield f"{len(measured):,} shapes, {len(measured) - len(answered)} refused; ms of PostgreSQL's CPU"
    for name, group in (("all", answered), ("pages", pages), ("counts", [one for one in answered if one.counts])):
        if group:
            times = [one.cpu for one in group]
            over = {limit: sum(time > limit for time in times) for limit in (SLOW, TOO_SLOW)}
            shares = ", ".join(f"{count} over {limit} ({count / len(times):.1%})" for limit, count in over.items())
            yield f"{name}: {len(group):,}, median {statistics.median(times):.2f}, {shares}"
    yield "the ten worst:"
    yield from (f"  {one.cpu:8.1f}  {one.shape}" for one in sorted(answered, key=lambda one: -one.cpu)[:10])
    if growth := sorted(
        (max(one.cpu, LEAST) / max(small[one.shape].cpu, LEAST), one.shape)
        for one in pages
        if one.shape in small and not small[one.shape].refused
    ):
        at = [growth[int(part * (len(growth) - 1))][0] for part in (0.5, 0.95)]
        yield f"growth of pages: median ×{at[0]:.1f}, 95th percentile ×{at[1]:.1f}, most ×{growth[-1][0]:.1f}"
    for one in measured:
        if one.refused:
            yield f"refused: {one.refused}  {one.shape}"


def main() -> None:
    """Hunts twice, and tells."""
    parser = argparse.ArgumentParser(prog="python -m bench.hunt", description=__doc__)
    parser.add_argument("--clients", type=int, default=LARGE, help="of the large company")
    parser.add_argument("--only", default="", help="only shapes in whose text this is")
    parser.add_argument("--keep", type=Path, help="a file for the figures of all shapes, as JSON")
    options = parser.parse_args()
    directory = Path(os.environ.get("FICHA_BENCH_DIR") or ".ficha-bench").absolute()
    small = {one.shape: one for one in hunt(directory, SMALL, options.only)}
    large = hunt(directory, options.clients, options.only)
    if options.keep:
        kept = [asdict(one) | {"small": small[one.shape].cpu if one.shape in small else None} for one in large]
        options.keep.write_text(json.dumps(kept, indent=0, ensure_ascii=False), "utf-8")
    print("\n".join(told(large, small)))  # noqa: T201  # a command


if __name__ == "__main__":
    main()
