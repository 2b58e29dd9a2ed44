"""The access log: a line for each response, with nothing in it that a client wrote, signed or is.

`GET /files/{link} 200 3f0c…`: method, the template of the path, status, request id. Query strings, links, tokens and
addresses are left out; what a request did can be found by its id.
"""

import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.refusals import BEGINNINGS, request_id

log = logging.getLogger("ficha.access")

_PATHS: Final = frozenset(
    ("/graphql", "/graphiql", "/schema.graphql", "/health/live", "/health/ready", "/invitations/accept")
)
_TEMPLATES: Final = (
    ("/documents/", "/documents/{id}"),
    ("/files/", "/files/{link}"),
    ("/graphiql/assets/", "/graphiql/assets/{file}"),
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
    """Writes a line for each response of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        method = scope.get("method", "GET")  # a WebSocket's handshake
        method, path = method if method in _METHODS else "*", template(scope["path"])

        async def logged(message: Message) -> None:
            if message["type"] in BEGINNINGS:
                log.info("%s %s %d %s", method, path, message.get("status", 101), request_id(scope))
            await send(message)

        await self._app(scope, receive, logged)
