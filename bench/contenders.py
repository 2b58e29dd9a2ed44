"""Those that answer: Ficha with and without its planner, the peers, the floor; each a process on a port of its own."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from graphiql import build
from models import Company, catalogs
from server.settings import BESIDE, Settings

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers" / "node"
SERVERS = {"peer": "mercurius.mjs", "yoga": "yoga.mjs"}
"""The programs of the peers, which have their resolvers in common."""
POOL = 16
"""Connections to the database, for each contender."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One that answers at `url`."""

    name: str
    url: str
    process: psutil.Process = field(repr=False)

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        times = self.process.cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> float:
        """Resident, in MB."""
        return self.process.memory_info().rss / 1e6


def data_of(answer: bytes) -> bytes:
    """An answer's data as they were sent, without the extensions that only Ficha has."""
    end = answer.rfind(b',"extensions":{')
    return answer[:end] if end > 0 else answer[:-1]


def environment(settings: Settings) -> dict[str, str]:
    """The settings of `ficha serve`: those of production, but for limits that let a load through."""
    return {
        "PORT": "0",
        "FICHA_DATA_DIR": str(settings.data_dir),
        "FICHA_DATABASE_URL": settings.database_url,
        "FICHA_DEMO": "on",
        "FICHA_DATABASE_POOL_SIZE": str(POOL + BESIDE),
        "FICHA_S3_ENDPOINT": settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": settings.s3_secret_key,
        "FICHA_GRAPHIQL": "off",
        "FICHA_RATE_LIMIT": "999999999/minute",
        "FICHA_LOG_LEVEL": "warning",
    }


OBSERVED = {"FICHA_METRICS_PORT": "0", "FICHA_LOG_LEVEL": "info", "FICHA_LOG_FORMAT": "json", "FICHA_SLOW_MS": "10000"}
"""The settings of a Ficha that is watched: metrics, a line of JSON for each request, slow operations."""


def ficha(settings: Settings, *, planner: bool = True, observed: bool = False) -> tuple[list[str], dict[str, str]]:
    """Command and environment of Ficha itself."""
    env = environment(settings) | {"FICHA_PLANNER": "on" if planner else "off"} | (OBSERVED if observed else {})
    return [sys.executable, "-m", "server.command.cli", "serve"], env


def floor(settings: Settings, files: Sequence[Path]) -> tuple[list[str], dict[str, str]]:
    """Command and environment of the floor."""
    return [sys.executable, "-m", "bench.floor", *map(str, files)], environment(settings)


def write_floor(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """Command and environment of the floor of writing."""
    return [sys.executable, "-m", "bench.write_floor"], environment(settings)


def peer(name: str, settings: Settings, folder: Path, company: Company) -> tuple[list[str], dict[str, str]]:
    """Command and environment of one of the peers for one company, its packages installed; the folder takes a file for
    it.

    build.BuildError where there is no Node.js.
    """
    node, npm = build.node_and_npm()  # the one place that knows where Node.js may be
    lock = hashlib.sha256((PEERS / "package-lock.json").read_bytes()).hexdigest()
    mark = PEERS / "node_modules" / ".made-from"
    if not mark.is_file() or mark.read_text() != lock:
        subprocess.run([*npm, "ci", "--silent"], cwd=PEERS, check=True)
        mark.write_text(lock)
    codes = folder / "catalogs.json"
    codes.write_text(json.dumps({name: _entries(catalog) for name, catalog in CATALOGS.items()}, ensure_ascii=False))
    return [*node, str(PEERS / SERVERS[name])], {
        "NODE_ENV": "production",
        "DATABASE_URL": settings.database_url,
        "COMPANY_ID": str(company.id),
        "TIME_ZONE": company.time_zone,
        "POOL_SIZE": str(POOL),
        "CATALOGS": str(codes),
    }


CATALOGS = {
    "banks": catalogs.BANKS,
    "cfdiUses": catalogs.CFDI_USES,
    "countries": catalogs.COUNTRIES,
    "currencies": catalogs.CURRENCIES,
    "paymentForms": catalogs.PAYMENT_FORMS,
    "paymentMethods": catalogs.PAYMENT_METHODS,
    "states": catalogs.STATES,
    "taxRegimes": catalogs.TAX_REGIMES,
}


def _entries(catalog: catalogs.Catalog[catalogs.Entry]) -> dict[str, dict[str, str]]:
    return {entry.code: {"code": entry.code, "name": entry.name} for entry in catalog}


class NotStarted(Exception):
    """A contender did not come up."""


@contextmanager
def running(
    name: str, command: Sequence[str], env: Mapping[str, str], log: Path, cores: set[int]
) -> Generator[Contender]:
    """Runs a contender for the time of the block, on those cores if any are given."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout  # noqa: S101  # it is a pipe
            for line in process.stdout:
                if match := re.search(r"http://[\d.]+:\d+", line):
                    break
            else:
                raise NotStarted(f"{name} did not start: see {log.name}")
            watched = psutil.Process(process.pid)
            if cores:
                watched.cpu_affinity(sorted(cores))
            yield Contender(name, match[0], watched)
        finally:
            process.terminate()
