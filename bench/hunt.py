"""`python -m bench.hunt [--clients N] [--only WORD] [--keep FILE]`: the hunt for slow shapes. Every shape of reading
that the schema offers is asked over HTTP, and PostgreSQL's CPU of it is measured, on a company of a thousand clients
and on one of N (100,000). Writes medians, shares, the ten worst, how shapes grow, and a plot, to
`HUNT.md` and `docs/hunt.svg`.
"""

import argparse
import json
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
from bench.__main__ import LARGE as OF_BENCH
from bench.__main__ import Cores, Data, data, data_directory, say
from bench.contenders import running
from bench.plot import plot
from bench.shapes import Shape, shapes

SMALL, LARGE = 1_000, 100_000
EVENTS = 20
"""Of each client; the large company is that of the bench, with more."""
FILE, PLOT = contenders.ROOT / "bench" / "HUNT.md", contenders.ROOT / "docs" / "hunt.svg"
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
    place, size = ("large", OF_BENCH) if clients == LARGE else (f"hunt-{clients}", (clients, EVENTS))
    with (
        data(directory / place, size, cores) as on,
        running("hunted", *contenders.ficha(on.settings), on.folder / "hunted.log", cores.server) as server,
    ):
        hunter = Hunter(on, server.url)
        hunted = [shape for shape in hunter.shapes() if only in str(shape)]
        say(f"{len(hunted):,} shapes on {clients:,} clients")
        return [hunter.measure(shape) for shape in hunted]


def told(measured: Sequence[Measured], small: Mapping[str, Measured]) -> Iterator[str]:
    """Lines of Markdown."""
    refused = [one for one in measured if one.refused]
    answered = [one for one in measured if not one.refused]
    yield f"{len(measured):,} shapes, {len(refused)} of them refused; ms of PostgreSQL's CPU, the least of {RUNS} runs."
    yield ""
    yield f"| | shapes | median | longest | over {SLOW} | over {TOO_SLOW} | growth: median | 95th percentile | most |"
    yield "|---|---|---|---|---|---|---|---|---|"
    pages = [one for one in answered if not one.counts]
    searches = [one for one in pages if "search:" in one.shape]
    counts = [one for one in answered if one.counts]
    for name, group in (("pages", pages), ("of these, searches", searches), ("counts", counts), ("refused", refused)):
        if group:
            yield f"| {name} | {' | '.join(_figures(group, small))} |"
    yield from ("", "The ten that take longest:", "", "| ms | shape |", "|---|---|")
    worst = sorted(answered, key=lambda one: -one.cpu)[:10]
    yield from (f"| {one.cpu:.1f} | `{one.shape.replace('|', chr(92) + '|')}` |" for one in worst)
    yield from ("", "Refused:", "")
    yield from (f"- {one.refused}: `{one.shape}`" for one in refused)


def _figures(group: Sequence[Measured], small: Mapping[str, Measured]) -> Iterator[str]:
    times = [one.cpu for one in group]
    yield from (f"{len(group):,}", f"{statistics.median(times):.2f}", f"{max(times):.1f}")
    for limit in (SLOW, TOO_SLOW):
        count = sum(time > limit for time in times)
        yield f"{count} ({count / len(times):.1%})"
    growth = sorted(
        max(one.cpu, LEAST) / max(small[one.shape].cpu, LEAST)
        for one in group
        if one.shape in small and not small[one.shape].refused
    )
    for part in (0.5, 0.95, 1):
        yield f"×{growth[int(part * (len(growth) - 1))]:.1f}" if growth else ""


def _plotted(large: Sequence[Measured], small: Sequence[Measured]) -> str:
    series: dict[str, Sequence[float]] = {}
    for clients, measured in ((LARGE, large), (SMALL, small)):
        for kind in ("pages", "counts"):
            times = [one.cpu for one in measured if not one.refused and one.counts == (kind == "counts")]
            if times:
                series[f"{kind}, {clients:,} clients"] = times
    return plot("Shapes of reading that take PostgreSQL at most so long", series)


def main() -> None:
    """Hunts twice, and tells."""
    parser = argparse.ArgumentParser(prog="python -m bench.hunt", description=__doc__)
    parser.add_argument("--clients", type=int, default=LARGE, help="of the large company")
    parser.add_argument("--only", default="", help="only shapes in whose text this is")
    parser.add_argument("--keep", type=Path, help="a file for the figures of all shapes, as JSON")
    options = parser.parse_args()
    directory = data_directory()
    small = hunt(directory, SMALL, options.only)
    large = hunt(directory, options.clients, options.only)
    of_small = {one.shape: one for one in small}
    if options.keep:
        kept = [asdict(one) | {"small": of_small[one.shape].cpu if one.shape in of_small else None} for one in large]
        options.keep.write_text(json.dumps(kept, indent=0, ensure_ascii=False), "utf-8")
    text = "\n".join(told(large, of_small))
    if options.only or options.clients != LARGE:
        print(text)  # noqa: T201  # a command; the files are for whole hunts
    else:
        FILE.write_text(f"# The hunt for slow shapes\n\nWritten by `python -m bench.hunt`.\n\n{text}\n", "utf-8")
        PLOT.write_text(_plotted(large, small), "utf-8")
        say(f"written to {FILE.relative_to(contenders.ROOT)} and {PLOT.relative_to(contenders.ROOT)}")


if __name__ == "__main__":
    main()
