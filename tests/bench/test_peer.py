"""The peers that Ficha is measured against answer as Ficha does, byte for byte, also where the demo is not regular."""

import json
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from bench import contenders
from bench.contenders import Contender, data_of, running
from bench.operations import FOLDER, LEFT_OUT, document, without
from demo.companies import demo
from graphiql.build import BuildError
from tests.fixtures import Ficha


@pytest.fixture(scope="module", params=contenders.SERVERS)
def peer(
    request: pytest.FixtureRequest, live_server: Ficha, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Contender]:
    """One of them on the worker's database, for the demo company."""
    folder: Path = tmp_path_factory.mktemp("peer")
    try:
        command, env = contenders.peer(request.param, live_server.settings, folder, demo().company)
    except BuildError as error:
        pytest.skip(str(error))
    with running("peer", command, env, folder / "peer.log", set()) as started:
        yield started


@pytest.mark.parametrize("name", ["client_detail", "clients_list", "client_history", "clients_search"])
def test_the_peer_answers_with_the_same_bytes(peer: Contender, live_server: Ficha, name: str) -> None:
    variables = json.loads((FOLDER / f"{name}.variables.json").read_text("utf-8"))
    if name == "client_history":
        variables["order"] = "DESC"
    body = {"query": without(document(name), LEFT_OUT), "variables": variables}
    headers = {"Authorization": f"Bearer {live_server.token('admin@demo.mx')}"}
    ours = live_server.http.post("/graphql", json=body, headers=headers).content
    assert b'"errors"' not in ours
    with httpx.Client(base_url=peer.url, trust_env=False, timeout=60) as http:
        # It compiles an operation when it is asked the second time.
        theirs = {http.post("/graphql", json=body).content for _ in range(3)}
    assert set(map(data_of, theirs)) == {data_of(ours)}
    assert len(ours) > 500
