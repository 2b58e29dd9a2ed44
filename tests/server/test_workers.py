"""Several processes on one port, and rolling restarts behind a proxy that lose no request."""

import contextlib
import csv
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from models.collaborator import Role
from tests.fixtures import Company, demanded, own_process

ROOT = Path(__file__).resolve().parents[2]
PROXY = ROOT / "deploy" / "haproxy.cfg"
FEW, MANY = 1_000, 10_000
"""Requests of the short form, and of the whole."""


class Load:
    """Clients that send one request after the other, each on a connection that it keeps, while the test does things."""

    def __init__(self, url: str, token: str, number: int) -> None:
        self._host = urlsplit(url).netloc
        self._number = number
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._body = json.dumps({"query": "{ viewer { permissions } }"})
        self._lock = threading.Lock()
        self.outcomes = Counter[str]()
        self.has_ended = threading.Event()
        """Whether as many were answered, and the test has done what it does."""

    def _run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while not (self.has_ended.is_set() and sum(self.outcomes.values()) >= self._number):
            try:
                connection = connection or http.client.HTTPConnection(self._host, timeout=60)
                connection.request("POST", "/graphql", self._body, self._headers)
                response = connection.getresponse()
                body = response.read()
                outcome = f"{response.status} {b'permissions' in body}" + (f" {body}" if response.status != 200 else "")
                if response.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                outcome = repr(error)
                if connection:
                    connection.close()
                connection = None
            with self._lock:
                self.outcomes[outcome] += 1
        if connection:
            connection.close()

    @contextlib.contextmanager
    def running(self) -> Iterator["Load"]:
        """Sends while the block runs, and then until all were sent."""
        threads = [threading.Thread(target=self._run) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.has_ended.set()
            for thread in threads:
                thread.join()


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def until(true: Callable[[], Any]) -> None:
    waiting = threading.Event()
    for _ in range(3000):
        if true():
            return
        waiting.wait(0.1)
    raise AssertionError("it has not come about")


def workers(running: subprocess.Popen[str]) -> set[int]:
    """The processes that serve."""
    found = set[int]()
    for child in psutil.Process(running.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # or it has just ended
            if "forkserver" in " ".join(child.cmdline()):
                found |= {each.pid for each in child.children()}
    return found


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_WORKERS` several processes serve on one port.",
    "One that dies is started anew.",
    "`SIGTERM` ends all.",
    "With `FICHA_METRICS_PORT` the processes take that port and the next ones.",
    "An advisory lock decides which; where it dies, another one does so within 10 s.",
    "`SIGHUP` to the first process replaces them one after the other, a new one first, and loses no request.",
    "Of all processes on one database one keeps house:",
    "All are forked from one that has imported what they serve with: they begin in less than half of its CPU, and share"
    " more than half of their memory.",
)
@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.deep)])
def test_processes_share_a_port_and_are_replaced_without_a_loss(mine: Company, number: int) -> None:
    token = mine.ficha.token(mine.email(Role.ADMIN))
    first = free_ports(2)
    settings = {"FICHA_WORKERS": 2, "FICHA_METRICS_PORT": first, "FICHA_DRAIN_SECONDS": 2, "FICHA_SWEEP_MINUTES": 60}
    with own_process(mine.ficha.settings, **settings) as (running, url):
        before = workers(running)
        assert len(before) == 2
        for each in map(psutil.Process, before):
            memory, origin = each.memory_full_info(), each.parent()
            assert origin
            assert memory.uss < memory.rss / 2
            assert sum(each.cpu_times()[:2]) < sum(origin.cpu_times()[:2]) / 2
        with Load(url, token, number).running() as load:
            until(lambda: load.outcomes.total() > 200)
            running.send_signal(signal.SIGHUP)
            until(lambda: len(workers(running)) == 2 and not workers(running) & before)
        assert load.outcomes == {"200 True": load.outcomes.total()}
        assert load.outcomes.total() >= number
        [killed, left] = workers(running)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers(running)) == 2 and killed not in workers(running))
        assert left in workers(running)
        # A new one may take the port when the old one has ended.
        until(lambda: sum(leads(first + each) for each in range(2)) == 1)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    assert not any(map(psutil.pid_exists, before))


def leads(port: int) -> float:
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    except httpx.TransportError:
        return 0
    [number] = re.findall(r"^ficha_leads (\S+)$", text, re.MULTILINE)
    return float(number)


def free_ports(number: int) -> int:
    """The first of so many ports in a row that nobody uses."""
    while True:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for each in range(1, number):
                stack.enter_context(socket.create_server(("127.0.0.1", first + each)))
            return first


@pytest.mark.claims(
    "docs/operating.md",
    "A `SIGTERM` meanwhile ends all, those too that have just been replaced.",
)
def test_a_stop_does_not_wait_until_all_are_replaced(mine: Company) -> None:
    settings = {"FICHA_WORKERS": 2, "FICHA_DRAIN_SECONDS": 2}
    with own_process(mine.ficha.settings, **settings) as (running, _):
        before = workers(running)
        running.send_signal(signal.SIGHUP)
        until(lambda: workers(running) - before)
        running.send_signal(signal.SIGTERM)
        seen = set[int]()
        with contextlib.suppress(psutil.NoSuchProcess):
            while running.poll() is None:
                seen |= workers(running)
        assert running.wait(60) == 0
    assert len(seen - before) == 1
    assert not any(map(psutil.pid_exists, seen | before))


@pytest.mark.claims(
    "docs/operating.md",
    "So is one whose event loop has not turned for 30 s, or that says nothing for so long.",
)
@pytest.mark.parametrize("how", ["stuck", "stopped"])
def test_a_process_that_serves_nobody_is_replaced(how: str) -> None:
    command = [sys.executable, "-m", "tests.server.sticking"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            url = running.stdout.readline().strip()
            before = workers(running)
            assert len(before) == 2
            if how == "stuck":
                with pytest.raises(httpx.ReadTimeout):
                    httpx.get(f"{url}/stick", trust_env=False, timeout=1)
            else:
                os.kill(int(httpx.get(url, trust_env=False).text), signal.SIGSTOP)
            until(lambda: before - workers(running))
            until(lambda: len(workers(running)) == 2)
            assert int(httpx.get(url, trust_env=False, timeout=60).text) in workers(running)
        finally:
            last = workers(running)
            running.kill()
    until(lambda: not any(map(psutil.pid_exists, last)))


def test_processes_end_with_the_first_one(mine: Company) -> None:
    with own_process(mine.ficha.settings, FICHA_WORKERS=2) as (running, _):
        serving = workers(running)
        running.kill()
        until(lambda: not any(map(psutil.pid_exists, serving)))


def test_processes_that_cannot_begin_end_all(mine: Company, tmp_path: Path) -> None:
    with (
        (tmp_path / "log").open("w") as log,
        pytest.raises(AssertionError),  # it announces nothing
        own_process(mine.ficha.settings, log, FICHA_WORKERS=2, FICHA_TRUSTED_DOCUMENTS=tmp_path),
    ):
        pass
    assert "ficha: the server did not start: see its log above" in (tmp_path / "log").read_text()


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_DRAIN_SECONDS` a process that is told to stop first has `/health/ready` answer 503, serves what still"
    " comes and ends each connection with its response (`Connection: close`); then it ends.",
    "a restart of one process after the other then loses no request.",
)
@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.deep)])
def test_a_rolling_restart_behind_a_proxy_loses_nothing(mine: Company, tmp_path: Path, number: int) -> None:
    token = mine.ficha.token(mine.email(Role.ADMIN))
    ports = [free_ports(1), free_ports(1)]
    with contextlib.ExitStack() as stack:

        def start(port: int) -> tuple[contextlib.ExitStack, subprocess.Popen[str]]:
            own = stack.enter_context(contextlib.ExitStack())
            process = own_process(mine.ficha.settings, PORT=port, FICHA_DRAIN_SECONDS=3)
            return own, own.enter_context(process)[0]

        running = [start(port) for port in ports]
        url, statistics = stack.enter_context(balanced(tmp_path, ports))
        for port in ports:
            until(lambda: is_up(statistics, port))  # noqa: B023
        with Load(url, token, number).running() as load:
            for index, port in enumerate(ports):
                until(lambda: load.outcomes.total() > 200 * (index + 1))  # noqa: B023  # called before it changes
                own, process = running[index]
                process.send_signal(signal.SIGTERM)
                until(lambda: readiness(port) == (503, "stopping", "close"))  # noqa: B023
                assert process.wait(60) == 0
                own.close()
                running[index] = start(port)
                until(lambda: is_up(statistics, port))  # noqa: B023
        assert load.outcomes == {"200 True": load.outcomes.total()}
        assert load.outcomes.total() >= number


@contextlib.contextmanager
def balanced(folder: Path, ports: list[int]) -> Iterator[tuple[str, str]]:
    """An HAProxy as in the guide, in front of several processes, which it asks four times as often: its URL, and that
    of its statistics."""
    haproxy = demanded(shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"), "haproxy")
    text = PROXY.read_text("utf-8")
    [line] = [line for line in text.splitlines() if line.startswith("    server ficha1")]
    lines = [
        line.replace("ficha1", f"ficha{port}").replace('"${FICHA_BACK}"', f"127.0.0.1:{port}").replace("2s", "500ms")
        for port in ports
    ]
    text = text.replace(line, "\n".join(lines)).replace("gt 2000", "gt 2000000")
    front, statistics = free_ports(1), free_ports(1)
    text += f"\nfrontend statistics\n    bind 127.0.0.1:{statistics}\n    stats enable\n    stats uri /stats\n"
    file = folder / "haproxy.cfg"
    file.write_text(text, "utf-8")
    env = {"PATH": os.environ["PATH"], "FICHA_FRONT": f"127.0.0.1:{front}", "FICHA_BACK": "127.0.0.1:1"}
    with subprocess.Popen([haproxy, "-db", "-f", str(file)], env=env, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: is_open(front))
            yield f"http://127.0.0.1:{front}", f"http://127.0.0.1:{statistics}/stats;csv"
        finally:
            process.terminate()


def readiness(port: int) -> tuple[int, str | None, str | None]:
    response = httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False)
    return response.status_code, response.json()["checks"].get("process"), response.headers.get("connection")


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def is_up(statistics: str, port: int) -> bool:
    """Whether the proxy has noticed that the process is ready."""
    names, *rows = csv.reader(httpx.get(statistics, trust_env=False).text.removeprefix("# ").splitlines())
    return [row[names.index("status")] for row in rows if row[1:2] == [f"ficha{port}"]] == ["UP"]
