"""What a person sees who opens the API's own addresses in a browser: the schema as text, and at `/graphql` GraphiQL, or
where that is not served a page that says what the address is for."""

import hashlib
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from schema import sdl
from server.http.error_page import Said, Text, page
from server.http.negotiation import prefers_page
from server.http.requests import headers_of

_GRAPHQL: Final = Said(
    Text(
        "Esta es una API de GraphQL",
        "En esta dirección consultan programas, con POST y un token. Un navegador solo no tiene qué enviar.",
        "Si usted usa el sistema, ábralo en la dirección que le dio quien lo administra.",
    ),
    Text(
        "This is a GraphQL API",
        "Programs send their queries to this address, with POST and a token. A browser alone has nothing to send.",
        "If you use the system, open it at the address that its administrator gave you.",
    ),
)


class Welcome:
    """In front of the endpoint: answers browsers that open `/graphql` without a query, and leaves the rest to it."""

    def __init__(self, endpoint: ASGIApp, *, graphiql: bool) -> None:
        self._endpoint = endpoint
        self._graphiql = graphiql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" or scope["query_string"] or not prefers_page(headers_of(scope).get("accept", "")):
            await self._endpoint(scope, receive, send)
            return
        vary = {"Vary": "Accept"}
        if self._graphiql:
            response: Response = RedirectResponse(f"{scope.get('root_path', '')}/graphiql", 303, vary)
        else:
            response = page(Request(scope), _GRAPHQL, 200)
        await response(scope, receive, send)


@cache
def _schema() -> tuple[bytes, str]:
    """The schema's text, and its ETag."""
    text = f"{sdl().rstrip()}\n".encode()
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


# Not `async`, and so in a thread: the first time the schema is printed.
def _answer_schema(request: Request) -> Response:
    text, etag = _schema()
    headers = {"ETag": etag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="text/plain")  # that a browser shows, and does not download


SCHEMA = Route("/schema.graphql", _answer_schema)
"""The schema of this version, as `ficha schema` prints it: for code generators, and for whoever reads it."""
