"""GraphQL over HTTP, and graphql-transport-ws, as the packages that define them speak them."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

from models import Client
from models.collaborator import Role
from tests.conformance.conftest import ADMIN, FOLDER, NODE, run
from tests.fixtures import Ficha, global_id
from tests.http.test_subscriptions import CHANGED, UPDATE, listening


def test_all_audits_of_graphql_http_pass(live_server: Ficha) -> None:
    told = json.loads(run("audits.mjs", f"{live_server.url}/graphql", live_server.token(ADMIN)))
    assert told == {"count": 61, "failed": {}}


def test_graphql_ws_subscribes(live_server: Ficha, owner: Any, company: Callable[..., Any]) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    url = live_server.url.replace("http", "ws") + "/graphql"
    token = live_server.token(mine.email(Role.ADMIN))
    command = [*NODE, "subscribe.mjs", url, token, CHANGED, json.dumps({"id": id})]
    with subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdin
        assert client.stdout
        assert json.loads(client.stdout.readline()) == {"connected": None}
        listening(owner)
        mine.ask(UPDATE, input={"id": id, "tradeName": "El Águila"})
        told = json.loads(client.stdout.readline())["next"]["data"]["clientChanged"]
        assert told == {"tradeName": "El Águila", "version": 2, "viewerCanDelete": True}
        client.stdin.close()
        assert json.loads(client.stdout.readline()) == {"closed": 1000}
