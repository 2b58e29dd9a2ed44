"""`python -m bench [--quick] [OPERATION …]`: seeds once, starts the contenders, checks that they say the same, measures
and writes RESULTS.md. FICHA_BENCH_DIR (.ficha-bench) keeps the data: 7 GB. It ends by itself, with all it started."""

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg

from bench import contenders, load, report
from bench.contenders import Contender, data_of, running
from bench.operations import Operation, operations
from bench.report import Figures, Growth, Memory, Run
from demo import scale, seed
from graphiql.build import BuildError
from server import embedded, migrate
from server.access import tokens
from server.settings import Settings
from storage import MinioStore

LARGE, SMALL = (100_000, 100), (100, 100)
"""Clients, and events of each."""
ADMINISTRATOR = "admin@escala.mx"
POSTGRES_OPTIONS = {"shared_preload_libraries": "pg_stat_statements"}
LONGEST = 60
"""Seconds of a run."""
ONCE = ("observed", "levels", "yoga")
"""Those that are measured with 16 connections alone: Ficha as it is watched or without its planner is here to be
compared with itself, and the second peer with the first."""
SENT = """
select coalesce(sum(calls), 0) from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database()) and toplevel
    and query ~* '^\\s*(select|with)' and query !~ 'set_config|pg_stat_statements'
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    connections: tuple[int, ...]
    seconds: float
    rounds: int
    lasting: int
    """Requests after which the memory is looked at."""


FULL = Plan((1, 16, 64), 3, 3, 100_000)
QUICK = Plan((16,), 3, 1, 2_000)


@dataclass(frozen=True, slots=True)
class Data:
    """A seeded database, and how to query it."""

    settings: Settings
    postmaster: psutil.Process
    authorization: str
    folder: Path

    def cpu(self) -> float:
        """Seconds of CPU that PostgreSQL's processes have used, those that have ended included."""
        own = self.postmaster.cpu_times()
        used = sum(own[:4])  # its own, user and system, and its ended children's
        for process in self.postmaster.children():
            with contextlib.suppress(psutil.NoSuchProcess):  # one that vacuums ends as it likes
                used += sum(process.cpu_times()[:2])
        return used


@dataclass(frozen=True, slots=True)
class Cores:
    """Who runs where; empty sets where processes cannot be bound to cores, or there is one."""

    server: set[int]
    database: set[int]
    load: set[int]

    @classmethod
    def of_machine(cls) -> "Cores":
        """One for the server; the load shares the database's where there are but two."""
        cores = psutil.Process().cpu_affinity() if hasattr(psutil.Process, "cpu_affinity") else []
        if len(cores) < 2:
            return cls(set(), set(), set())
        first, *others = cores
        return cls({first}, set(others[:-1] or others), {others[-1]})


def data_directory() -> Path:
    """Where the databases are, which Git does not see."""
    directory = Path(os.environ.get("FICHA_BENCH_DIR") or ".ficha-bench").absolute()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / ".gitignore").write_text("*\n")
    return directory


@contextmanager
def own_data(cores: Cores) -> Generator[Data]:
    """A small database for the time of the block: what is written into it is for nobody else."""
    with (
        tempfile.TemporaryDirectory(prefix="own-", dir=data_directory()) as folder,
        data(Path(folder), SMALL, cores) as on,
    ):
        yield on


@contextmanager
def data(directory: Path, size: tuple[int, int], cores: Cores) -> Generator[Data]:
    """The database of that size, seeded the first time."""
    directory.mkdir(parents=True, exist_ok=True)
    base = Settings.from_env({"FICHA_DATA_DIR": str(directory)})
    with embedded.services(base, "bench", postgres_options=POSTGRES_OPTIONS) as services:
        settings = base.with_services(services)
        migrate.upgrade(settings.database_url)
        with MinioStore(
            settings.s3_endpoint,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            bucket=settings.s3_bucket,
        ) as store:
            for line in seed(settings.database_url, store, clients=size[0], events=size[1]):
                say(line)
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("create extension if not exists pg_stat_statements")
            backend = psutil.Process(connection.info.backend_pid)
            postmaster = backend.parent()
            assert postmaster  # noqa: S101  # it is ours
            if cores.database:
                for process in (postmaster, *postmaster.children()):
                    process.cpu_affinity(sorted(cores.database))
        yield Data(settings, postmaster, f"Bearer {tokens.issue(settings, ADMINISTRATOR, 1)}", directory)


def say(line: str) -> None:
    """One line on the way."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # a command


def ask(client: httpx.Client, contender: Contender, body: bytes) -> bytes:
    """The data of an answer, as they were sent."""
    answer = client.post(f"{contender.url}/graphql", content=body, headers={"Content-Type": "application/json"}).content
    if not answer.startswith(b'{"data":{') or b'"errors"' in answer:
        said = answer[max(0, answer.find(b'"errors"')) :][:400]
        raise Differ(f"{contender.name} answered {said.decode(errors='replace')}")
    return data_of(answer)


class Differ(Exception):
    """Two contenders do not answer the same."""


def compare(started: Mapping[str, Contender], operation: Operation, authorization: str) -> None:
    """Differ, unless all but the floor answer every body with the same bytes. The floor only has to answer."""
    with httpx.Client(headers={"Authorization": authorization}, timeout=60, trust_env=False) as client:
        first, *others = [started[name] for name in operation.contenders if name in started]
        for body in operation.bodies:
            expected = ask(client, first, body)
            for other in others:
                answer = ask(client, other, body)
                # Links to files name the server that was asked, and hold the second at which they were signed.
                if other.name != "floor" and answer != expected and b"/files/" not in expected:
                    at = next((i for i, (a, b) in enumerate(zip(answer, expected, strict=False)) if a != b), -1)
                    theirs, ours = (
                        text[max(0, at - 80) : at + 80].decode(errors="replace") for text in (answer, expected)
                    )
                    raise Differ(f"{operation.name}: {first.name} says …{ours}…, {other.name} says …{theirs}…")


def statements(on: Data, contender: Contender, operation: Operation) -> float:
    """How many statements a request sends, on average; the transaction's own are not counted."""
    bodies = operation.bodies[:20]
    with (
        psycopg.connect(on.settings.database_url, autocommit=True) as database,
        httpx.Client(headers={"Authorization": on.authorization}, timeout=60, trust_env=False) as client,
    ):
        ask(client, contender, bodies[0])  # who asks is looked up, once in a while
        database.execute("select pg_stat_statements_reset()")
        for body in bodies:
            ask(client, contender, body)
        counted = database.execute(SENT).fetchone()
    assert counted  # noqa: S101  # an aggregate is one row
    return float(counted[0]) / len(bodies)


def measure(on: Data, contender: Contender, file: Path, connections: int, seconds: float, cores: Cores) -> Figures:
    """One run; a longer one where nothing was answered in time."""
    cpu, database = contender.cpu, on.cpu()
    put = load.put(contender.url, file, on.authorization, connections, seconds, cores.load)
    while not put.requests and seconds < LONGEST:
        seconds *= 2
        put = load.put(contender.url, file, on.authorization, connections, seconds, cores.load)
    if put.failed or not put.requests:
        raise Differ(f"{contender.name} failed {put.failed} of {put.requests} requests")
    each = 1000 / put.requests
    return Figures(
        rate=put.requests / put.seconds,
        median=put.median * 1000,
        p99=put.p99 * 1000,
        cpu=(contender.cpu - cpu) * each,
        database=(on.cpu() - database) * each,
        memory=contender.memory,
    )


def middle(figures: list[Figures]) -> Figures:
    """The median of several runs, for each figure; the highest memory."""
    names = ("rate", "median", "p99", "cpu", "database")
    return Figures(
        **{name: statistics.median(getattr(f, name) for f in figures) for name in names},
        memory=max(f.memory for f in figures),
    )


def contest(on: Data, plan: Plan, cores: Cores, only: Sequence[str]) -> tuple[list[Run], Memory]:
    """All operations by all contenders, in turn within each round."""
    measurable = operations(on.settings.database_url)
    files = {operation.name: operation.write(on.folder) for operation in measurable}
    with ExitStack() as stack:
        started: dict[str, Contender] = {}

        def start(name: str, command: list[str], env: dict[str, str]) -> None:
            log = on.folder / f"{name}.log"
            started[name] = stack.enter_context(running(name, command, env, log, cores.server))

        start("planner", *contenders.ficha(on.settings))
        start("observed", *contenders.ficha(on.settings, observed=True))
        start("levels", *contenders.ficha(on.settings, planner=False))
        start("floor", *contenders.floor(on.settings, [files[o.name] for o in measurable if "floor" in o.contenders]))
        try:
            for name in contenders.SERVERS:
                start(name, *contenders.peer(name, on.settings, on.folder, scale.book(1).company))
        except BuildError as error:
            say(f"peers: skipped, {error}")
        runs: list[Run] = []
        for operation in (o for o in measurable if not only or o.name in only):
            say(f"{operation.name}: comparing {len(operation.bodies)} answers")
            compare(started, operation, on.authorization)
            present = [started[name] for name in operation.contenders if name in started]
            sent = {contender.name: statements(on, contender, operation) for contender in present}
            for contender in present:
                load.put(contender.url, files[operation.name], on.authorization, 16, 2, cores.load)
            for connections in plan.connections:
                measured = [contender for contender in present if contender.name not in ONCE or connections == 16]
                figures_of: dict[str, list[Figures]] = {contender.name: [] for contender in measured}
                for _ in range(plan.rounds):
                    for contender in measured:
                        figures = measure(on, contender, files[operation.name], connections, plan.seconds, cores)
                        figures_of[contender.name].append(figures)
                for name, all_of in figures_of.items():
                    runs.append(Run(operation.name, name, connections, sent[name], middle(all_of)))
                    say(f"  {runs[-1]}")
        return runs, lasting(on, started["planner"], files, plan, cores)


def lasting(on: Data, contender: Contender, files: Mapping[str, Path], plan: Plan, cores: Cores) -> Memory:
    """The memory of a worker over many requests, with the operations that clients send most."""
    say(f"memory over {plan.lasting:,} requests")
    requests, marks = 0, [contender.memory]
    while requests < plan.lasting:
        for name in ("ClientDetailWhole", "ClientHistory", "ClientsSearch"):
            put = load.put(contender.url, files[name], on.authorization, 16, 5 if plan is FULL else 1, cores.load)
            requests += put.requests
        marks.append(contender.memory)
    return Memory(requests, marks[0], marks[len(marks) // 2], marks[-1])


def grown(small: Data, large: Data, plan: Plan, cores: Cores) -> Growth:
    """The medians of Ficha's answers on one connection, on little and on much data in turn: a machine is not always as
    fast as it was some minutes ago."""
    with ExitStack() as stack:

        def started(on: Data) -> tuple[Data, Contender, Mapping[str, Path]]:
            server = running("planner", *contenders.ficha(on.settings), on.folder / "alone.log", cores.server)
            files = {each.name: each.write(on.folder) for each in operations(on.settings.database_url)}
            return on, stack.enter_context(server), files

        both = started(small), started(large)
        medians: tuple[dict[str, float], dict[str, float]] = {}, {}
        for name in ("ClientDetail", "ClientHistory"):
            times = [
                [measure(on, server, files[name], 1, plan.seconds, cores).median for on, server, files in both]
                for _ in range(plan.rounds + 1)
            ][1:]  # the first warms up
            for of_size, column in zip(medians, zip(*times, strict=True), strict=True):
                of_size[name] = statistics.median(column)
        return Growth(*medians)


def main() -> None:
    """Runs it all."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="on a small dataset, one short run of each")
    parser.add_argument("operation", nargs="*", help="only these, as in --quick ClientDetail")
    options = parser.parse_args()
    quick: bool = options.quick or bool(options.operation)
    plan, cores = (QUICK if quick else FULL), Cores.of_machine()
    directory = data_directory()
    growth = None
    with data(directory / "small" if quick else directory / "large", SMALL if quick else LARGE, cores) as on:
        with psycopg.connect(on.settings.database_url) as connection:
            version = connection.info.parameter_status("server_version") or ""
        runs, memory = contest(on, plan, cores, options.operation)
        if not quick:
            with data(directory / "small", SMALL, cores) as small:
                growth = grown(small, on, plan, cores)
    text = report.write(
        runs, memory, growth, report.facts(version, cores.server, cores.database, plan.seconds, plan.rounds)
    )
    if quick:
        print(text)  # noqa: T201  # a command; RESULTS.md is for full runs
    else:
        report.FILE.write_text(text, "utf-8")
        say(f"written to {report.FILE.relative_to(contenders.ROOT)}")


if __name__ == "__main__":
    try:
        main()
    except (Differ, contenders.NotStarted, embedded.EmbeddedError) as problem:
        say(f"bench: {problem}")
        sys.exit(1)
