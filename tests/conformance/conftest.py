"""What the conformance tests share: Node, and the supergraph of Ficha and a tiny other subgraph behind two gateways."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.federation.loyalty import SCHEMA as LOYALTY
from tests.federation.loyalty import serving_loyalty
from tests.fixtures import Ficha

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "conformance"
ADMIN = "admin@demo.mx"

sys.path.insert(0, str(ROOT / "graphiql"))
from build import _node_and_npm  # noqa: E402  # the same Node as the packages were installed with

NODE = _node_and_npm()[0]


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
def supergraph(live_server: Ficha) -> Generator[Any]:
    """The URLs of the gateways, `apollo` and `hive`, and the `hints` of the composition."""
    told = live_server.ask(ADMIN, "{ _service { sdl } }").data["_service"]["sdl"]
    with serving_loyalty() as loyalty:
        process = subprocess.Popen(
            [*NODE, "gateways.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin
        assert process.stdout
        subgraphs = {
            "ficha": {"url": f"{live_server.url}/graphql", "sdl": told},
            "loyalty": {"url": loyalty, "sdl": LOYALTY.as_str()},
        }
        process.stdin.write(json.dumps({"subgraphs": subgraphs}) + "\n")
        process.stdin.flush()
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(20)
            process.stdout.close()


@pytest.fixture(params=["apollo", "hive"])
def gateway(request: pytest.FixtureRequest, supergraph: Any, live_server: Ficha) -> Generator[httpx.Client]:
    """Each of the gateways in turn, asked by the demo's administrator."""
    headers = {"Authorization": f"Bearer {live_server.token(ADMIN)}"}
    with httpx.Client(base_url=supergraph[request.param], headers=headers, timeout=60, trust_env=False) as client:
        yield client
