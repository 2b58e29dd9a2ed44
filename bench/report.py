"""What was measured, as Markdown."""

import datetime
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.load import generator

FILE = Path(__file__).resolve().parent / "RESULTS.md"
CONTENDERS = {
    "planner": "Ficha",
    "observed": "Ficha, watched",
    "levels": "Ficha, planner off",
    "peer": "Mercurius",
    "yoga": "Yoga",
    "floor": "floor",
}
TARGETS = {
    "planner": {"ClientDetail": 1.8, "ClientsList": 2.5, "ClientHistory": 1.5, "Entities": 1.5},
    "levels": {"ClientDetail": 1.4, "ClientsList": 1.6, "Entities": 1.0},
}
"""Requests per second of Ficha, with and without its planner, as a multiple of the peer's, at least."""
OF_FLOOR, OF_UNWATCHED, TAIL, GROWTH, MEMORY, MEMORY_RESOLVED = 0.75, 0.97, 5, 1.3, 200, 250


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: requests per second; median and 99th percentile in ms; CPU in ms per request, of the server and of
    PostgreSQL; resident memory in MB."""

    rate: float
    median: float
    p99: float
    cpu: float
    database: float
    memory: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a contender did on an operation."""

    operation: str
    contender: str
    connections: int
    statements: float
    figures: Figures

    def __str__(self) -> str:
        f = self.figures
        return (
            f"{self.contender} at {self.connections}: {f.rate:.0f}/s, median {f.median:.2f} ms, p99 {f.p99:.2f} ms,"
            f" CPU {f.cpu:.2f} + {f.database:.2f} ms, {self.statements:g} statements, {f.memory:.0f} MB"
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """Of a worker, in MB: before, after half, and after so many requests."""

    requests: int
    before: float
    half: float
    after: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Medians in ms by operation, on little and on much data."""

    small: Mapping[str, float]
    large: Mapping[str, float]


def facts(postgres: str, server: set[int], database: set[int], seconds: float, rounds: int) -> list[str]:
    """The circumstances."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("psycopg", "starlette", "uvicorn", "strawberry-graphql")
    )
    bound = (
        f"the servers bound to one core, PostgreSQL to {len(database)} other"
        if server
        else "no process bound to a core"
    )
    return [
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}; {os.cpu_count()} cores ({platform.machine()}),"
        f" {psutil.virtual_memory().total / 2**30:.0f} GB; {platform.system()}",
        f"Python {platform.python_version()}, PostgreSQL {postgres}, {packages}",
        f"{bound}; load by {generator()}; medians of {rounds} runs of {seconds:g} s, the contenders in turn",
    ]


def write(runs: Sequence[Run], memory: Memory, growth: Growth | None, circumstances: Sequence[str]) -> str:
    """The report."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`; [performance](../docs/performance.md) says what is measured.",
        "",
        *(f"- {fact}" for fact in circumstances),
        "",
        "## What was promised",
        "",
        "| promise | asked | found | kept |",
        "|---|--:|--:|---|",
        *(row for row in _promises(runs, memory, growth)),
    ]
    for operation in dict.fromkeys(run.operation for run in runs):
        lines += ["", f"## {operation}", "", *_table([run for run in runs if run.operation == operation])]
    return "\n".join(lines) + "\n"


def _promises(runs: Sequence[Run], memory: Memory, growth: Growth | None) -> list[str]:
    rates = {(run.operation, run.contender, run.connections): run.figures.rate for run in runs}
    rows: list[str] = []

    def row(promise: str, bound: str, found: float, kept: bool) -> None:
        rows.append(f"| {promise} | {bound} | {found:.2f} | {'yes' if kept else 'no'} |")

    for (operation, contender, connections), rate in rates.items():
        if connections != 16:
            continue
        peer, floor = (rates.get((operation, name, 16)) for name in ("peer", "floor"))
        if peer and (target := TARGETS.get(contender, {}).get(operation)):
            whose = "Ficha's rate" if contender == "planner" else "its rate with its planner off"
            row(f"{operation}: {whose} ÷ Mercurius's", f"≥ {target}", rate / peer, rate / peer >= target)
        if floor and contender == "planner":
            row(f"{operation}: Ficha's rate ÷ the floor's", f"≥ {OF_FLOOR}", rate / floor, rate / floor >= OF_FLOOR)
    watched = [rates[of, "observed", 16] / rates[of, "planner", 16] for of, who, _ in rates if who == "observed"]
    if watched:
        ratio = statistics.geometric_mean(watched)
        row("rate with logs and metrics ÷ without, mean of all", f"≥ {OF_UNWATCHED}", ratio, ratio >= OF_UNWATCHED)
    for run in runs:
        if run.contender == "planner" and run.connections == 64:
            ratio = run.figures.p99 / run.figures.median
            row(f"{run.operation}: p99 ÷ median at 64 connections", f"≤ {TAIL}", ratio, ratio <= TAIL)
    if growth:
        for operation, small in growth.small.items():
            ratio = growth.large[operation] / small
            row(f"{operation}: median on 10,000,000 events ÷ on 10,000", f"≤ {GROWTH}", ratio, ratio <= GROWTH)
    over = f"after {memory.requests:,} requests"
    row(f"memory of the worker {over}, MB", f"< {MEMORY}", memory.after, memory.after < MEMORY)
    grown = memory.after - memory.half
    row("its growth over the last half, MB", "≤ 2", grown, grown <= 2)
    resolved = max((run.figures.memory for run in runs if run.contender == "levels"), default=0.0)
    row(
        "memory of the worker with its planner off, the most, MB",
        f"< {MEMORY_RESOLVED}",
        resolved,
        resolved < MEMORY_RESOLVED,
    )
    return rows


def _table(runs: Sequence[Run]) -> list[str]:
    peers = {run.connections: run.figures.rate for run in runs if run.contender == "peer"}
    lines = [
        "| | connections | requests/s | × Mercurius | median ms | p99 ms | CPU ms, server | CPU ms, PostgreSQL |"
        " statements | MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for run in runs:
        f, peer = run.figures, peers.get(run.connections)
        times = f"{f.rate / peer:.2f}" if peer else ""
        lines.append(
            f"| {CONTENDERS[run.contender]} | {run.connections} | {f.rate:,.0f} | {times} | {f.median:.2f} |"
            f" {f.p99:.2f} | {f.cpu:.2f} | {f.database:.2f} | {run.statements:g} | {f.memory:.0f} |"
        )
    return lines
