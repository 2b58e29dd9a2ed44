"""The one form in which a request is refused outside of GraphQL, and the id by which every response can be reported."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from errors import FichaError
from server.access.admission import refusal
from server.execution.errors import fault_of_system
from server.http.negotiation import JSON
from server.telemetry.traceparent import trace_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KNOWN: Final = "ficha.request_id"
REFUSED: Final = "ficha.refused"
"""The key of an ASGI scope under which the code is with which a request was refused outside of GraphQL."""


class HttpRefused(FichaError):
    """The request is not answered because of what HTTP says of it."""

    code = "BAD_REQUEST"


class NotFound(HttpRefused):
    """There is nothing at this address."""

    code = "NOT_FOUND"


class MethodNotAllowed(HttpRefused):
    """The address does not take this method."""

    code = "METHOD_NOT_ALLOWED"


class OriginRefused(HttpRefused):
    """A page of an origin that may not ask."""

    def __init__(self) -> None:
        super().__init__("Las páginas de este origen no pueden preguntar aquí.")


class RequestTimeout(HttpRefused):
    """The request did not come in time."""

    code = "REQUEST_TIMEOUT"


class Fault(HttpRefused):
    """A fault on our side; the log has it under the request's id."""

    code = "INTERNAL"

    def __init__(self, request_id: str) -> None:
        super().__init__("Ocurrió un error interno: repórtelo con este requestId.")
        self.request_id = request_id

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | {"requestId": self.request_id}


def shown(error: FichaError) -> Mapping[str, Any]:
    """The error as responses have it."""
    return {"message": error.message, "extensions": error.extensions}


def error_body(error: FichaError) -> bytes:
    """The body of a response that is nothing but the error."""
    return orjson.dumps({"errors": [shown(error)]})


class Refusal(Response):
    """The response to a request that is refused; its `code` is counted with the response."""

    def __init__(self, code: str, content: str | bytes, status: int, headers: Mapping[str, str], kind: str) -> None:
        super().__init__(content, status, headers, kind)
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[REFUSED] = self._code
        await super().__call__(scope, receive, send)


def refuse(error: FichaError, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A response that is nothing but the error."""
    return Refusal(error.code, error_body(error), status, {"Cache-Control": "no-store", **(headers or {})}, JSON)


def request_id(scope: Scope) -> str:
    """The client's own `X-Request-Id` where that is 1 to 64 letters, digits, dots, dashes or underscores, else the id
    of the trace in its `traceparent`, else a new one; repeated calls return the same."""
    known = scope.get(_KNOWN)
    if known is None:
        stated, traces = "", list[str]()
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                stated = value.decode("latin-1")
            elif name == b"traceparent":
                traces.append(value.decode("latin-1"))
        known = stated if _REQUEST_ID.fullmatch(stated) else trace_id(traces) or secrets.token_hex(16)
        scope[_KNOWN] = known
    return known


BEGINNINGS: Final = frozenset(("http.response.start", "websocket.accept", "websocket.http.response.start"))
"""The ASGI messages that carry the headers of a response; a WebSocket's handshake is answered by one too."""


class Identified:
    """Puts `X-Request-Id` on every response, those to the handshakes of WebSockets included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        header = (b"x-request-id", request_id(scope).encode())

        async def identified(message: Message) -> None:
            if message["type"] in BEGINNINGS:
                headers = list(message.get("headers", ()))
                message["headers"] = headers if header in headers else [*headers, header]
            await send(message)

        await self._app(scope, receive, identified)


async def no_socket(socket: WebSocket) -> None:
    """Answers a WebSocket's handshake at an address that has none."""
    await socket.send_denial_response(refuse(NotFound("No hay nada en esta dirección."), 404))


async def _http(_: Request, error: Exception) -> Response:
    """What Starlette's routes refuse."""
    assert isinstance(error, HTTPException)  # noqa: S101  # what the handler is registered for
    headers = dict(error.headers or {})
    match error.status_code:
        case 404:
            return refuse(NotFound("No hay nada en esta dirección."), 404, headers)
        case 405:
            allowed = ", ".join(sorted(headers.pop("Allow", "").replace(",", " ").split()))
            refused = MethodNotAllowed(f"Esta dirección no acepta el método; acepta {allowed}.")
            return refuse(refused, 405, {**headers, "Allow": allowed})
        case status:
            return refuse(HttpRefused("La solicitud no es válida."), status, headers)


async def _lacking(_: Request, error: Exception) -> Response:
    """What the system lacks for this process."""
    if fault := fault_of_system(error):
        return refuse(fault, *refusal(fault))
    raise error


async def _fault(request: Request, _: Exception) -> Response:
    """Any other exception; Starlette's outermost layer logs it."""
    return refuse(Fault(request_id(request.scope)), 500)


HANDLERS: Final[Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]]] = {
    HTTPException: _http,
    OSError: _lacking,
    Exception: _fault,
}
"""Starlette's handlers of errors."""
