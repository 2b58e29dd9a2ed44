"""What the conformance tests share: Node, and examples/federation as it runs: another team's subgraph beside Ficha, the
supergraph of both, and the gateways in front of it."""

import json
import re
import subprocess
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.federation import COMPOSERS, Example
from graphiql import build
from tests.fixtures import Ficha

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "conformance"
ADMIN = "admin@demo.mx"

NODE = build.node_and_npm()[0]  # the same Node as the packages were installed with


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.conformance)


def run(*command: str) -> str:
    """What a program of `conformance/` prints; it must end well and warn of nothing."""
    done = subprocess.run(
        [*NODE, *command], cwd=FOLDER, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"\bwarn(ing)?\b", done.stdout + done.stderr, re.IGNORECASE), done.stdout + done.stderr
    return done.stdout


def without_policies(sdl: str) -> str:
    """As Cosmo's composer takes it, which does not know `@policy`."""
    return re.sub(r" @policy\(.*?\]\]\)", "", sdl).replace(', "@policy"', "")


def tool(name: str, *arguments: str) -> str:
    """What a tool of npm's prints; it must end well."""
    package = FOLDER / "node_modules" / name
    commands = json.loads((package / "package.json").read_text(encoding="utf-8"))["bin"]
    return run(str(package / (commands if isinstance(commands, str) else next(iter(commands.values())))), *arguments)


@pytest.fixture(scope="session", autouse=True)
def generated_folders() -> None:
    """Relay and Apollo write into folders that exist."""
    for name in (".generated", ".relay", ".relay-artifacts"):
        (FOLDER / "node_modules" / name).mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def example(live_server: Ficha, tmp_path_factory: pytest.TempPathFactory) -> Generator[Example]:
    """The support desk, which serves beside the worker's Ficha."""
    example = Example(f"{live_server.url}/graphql", tmp_path_factory.mktemp("federation"))
    with example.tickets():
        yield example


@pytest.fixture(scope="session")
def gateways(example: Example) -> Generator[dict[str, str]]:
    """The address of each gateway, before the supergraph of its maker's composer."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(example.gateway(name, composer)) for name, composer in COMPOSERS.items()}


@pytest.fixture(params=["apollo", "hive"])
def gateway(request: pytest.FixtureRequest, gateways: dict[str, str]) -> str:
    """The address of each of the gateways in turn."""
    return gateways[request.param]


@pytest.fixture
def through(live_server: Ficha) -> Generator[Callable[..., Any]]:
    """Asks a gateway as the collaborator of an e-mail address: `through(gateway, "admin@demo.mx", "{ … }", id=…)`."""
    with httpx.Client(timeout=60, trust_env=False) as http:

        def ask(
            gateway: str, email: str, query: str, /, headers: dict[str, str] | None = None, **variables: Any
        ) -> Any:
            sent = {"Authorization": f"Bearer {live_server.token(email)}"} | (headers or {})
            return http.post(gateway, json={"query": query, "variables": variables}, headers=sent).json()

        yield ask
