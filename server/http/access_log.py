"""The access log: a line for each response, with nothing in it that a client wrote, signed or is.

`GET /files/{link} 200 3f0c…`: method, the template of the path, status, request id. Query strings, links, tokens and
addresses are left out; what a request did can be found by its id. As JSON it also says what an operation did.
"""

import logging
import time
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.refusals import BEGINNINGS, REFUSED, request_id
from server.telemetry.logs import ACCESS
from server.telemetry.observed import OBSERVED, Observed, milliseconds
from server.telemetry.telemetry import Telemetry

CLIENT_LEFT: Final = 499
"""The status that is logged where the client was gone before a response began; nginx's."""

_PATHS: Final = frozenset(
    ("/", "/app", "/graphql", "/graphiql", "/schema.graphql", "/health/live", "/health/ready", "/invitations/accept")
)
_TEMPLATES: Final = (
    ("/documents/", "/documents/{id}"),
    ("/files/", "/files/{link}"),
    ("/graphiql/assets/", "/graphiql/assets/{file}"),
    ("/app/assets/", "/app/assets/{file}"),
    ("/app/", "/app/{path}"),
    ("/avatars/", "/avatars/{name}"),
    ("/logos/", "/logos/{name}"),
    ("/statements/", "/statements/{link}"),
)
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))


def template(path: str) -> str:
    """The path's template; `*` for an unknown path."""
    if path in _PATHS:
        return path
    return next((template for prefix, template in _TEMPLATES if path.startswith(prefix)), "*")


class AccessLog:
    """Logs and counts each response of the application, when it begins, and the code of its refusal."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self.telemetry = telemetry
        self._metrics = telemetry.metrics
        self._write = telemetry.line
        self._logs = ACCESS.isEnabledFor(logging.INFO)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        began, path, has_begun = time.perf_counter(), template(scope["path"]), False

        def respond(status: int) -> None:
            nonlocal has_begun
            has_begun = True
            self._metrics.responded(path, status)
            if self._logs:
                self._log(scope, path, status, time.perf_counter() - began)

        async def noted(message: Message) -> None:
            if message["type"] in BEGINNINGS:
                respond(message.get("status", 101))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            if code := scope.get(REFUSED):
                self._metrics.failed([code])
        if not has_begun and scope["type"] == "http":
            respond(CLIENT_LEFT)

    def _log(self, scope: Scope, path: str, status: int, seconds: float) -> None:
        method = scope.get("method", "GET")  # a WebSocket's handshake
        method = method if method in _METHODS else "*"
        if self._write is None:
            ACCESS.info("%s %s %d %s", method, path, status, request_id(scope))
            return
        line: dict[str, Any] = {"event": "response", "method": method, "path": path, "status": status}
        line["request_id"], line["ms"] = request_id(scope), milliseconds(seconds)
        observed: Observed | None = scope.get(OBSERVED)
        self._write(line | observed.fields() if observed else line)
