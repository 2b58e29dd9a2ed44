"""The parameters of a GraphQL request over HTTP: read from a body or from a URL, each of its type and within bounds."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from errors import Overloaded
from server.execution.fairness import Party
from server.execution.parameters import Parameters, RequestRefused
from server.http.json_text import loads
from server.http.negotiation import JSON

LONGEST_BODY = 1_000_000
"""Bytes."""
_MOST_READ = 32_000_000
"""Bytes of a body that is too long are still read, and thrown away: a client that is writing does not read answers."""
MOST_HELD: Final = 64_000_000
MOST_HELD_OF_COMPANY: Final = 32_000_000
MOST_HELD_OF_VIEWER: Final = 16_000_000
"""Bytes of bodies that are still coming."""


def headers_of(scope: Scope) -> Mapping[str, str]:
    """A request's headers by their names in lower case; of one that is repeated, the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


class Bodies:
    """Reads the bodies of requests, and limits the memory for incomplete ones: per viewer, per company and per
    process. A body that arrives in one piece, as nearly all do, is not counted."""

    def __init__(self) -> None:
        self._held: Counter[UUID | None] = Counter()
        """Bytes by viewer and company, and altogether."""

    async def read(self, receive: Receive, party: Party) -> bytes:
        """The whole body. RequestRefused where it is too long, Overloaded where too much is held, ClientDisconnect."""
        # Not `Request.stream`, which does not mark the last part: a body of one part is not counted.
        parts: list[bytes] = []
        length, held, more = 0, 0, True
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                part, more = message.get("body", b""), message.get("more_body", False)
                length += len(part)
                if length > LONGEST_BODY:
                    parts.clear()
                    if length > _MOST_READ:
                        break
                    continue
                parts.append(part)
                if more:
                    self._hold(party, len(part))
                    held += len(part)
        finally:
            if held:
                self._let_go(party, held)
        if length > LONGEST_BODY:
            raise RequestRefused(413, f"El cuerpo excede {LONGEST_BODY} bytes.", {"Connection": "close"})
        return b"".join(parts)

    def _hold(self, party: Party, size: int) -> None:
        limits = (None, MOST_HELD), (party.company, MOST_HELD_OF_COMPANY), (party.viewer, MOST_HELD_OF_VIEWER)
        if any(self._held[who] + size > limit for who, limit in limits):
            raise Overloaded("Se están recibiendo demasiados datos a la vez: intente de nuevo en unos segundos.")
        for who, _ in limits:
            self._held[who] += size

    def _let_go(self, party: Party, size: int) -> None:
        for who in (None, *party):
            self._held[who] -= size
            if not self._held[who]:
                del self._held[who]


async def read_parameters(request: Request, headers: Mapping[str, str], bodies: Bodies, party: Party) -> Parameters:
    """The request's parameters. Raises RequestRefused if it is not a GraphQL request, BadInput for text that is not
    valid Unicode, and what `Bodies.read` raises."""
    if request.method != "POST":
        return _of_url(request)
    demand_json(headers.get("content-type", ""), headers.get("content-encoding", "identity"))
    body = await bodies.read(request.receive, party)
    try:
        return Parameters.of(loads(body))
    except orjson.JSONDecodeError:
        raise RequestRefused(400, "El cuerpo no es JSON válido en UTF-8.") from None


def _of_url(request: Request) -> Parameters:
    members: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in members:
            try:
                members[name] = loads(members[name])
            except orjson.JSONDecodeError:
                raise RequestRefused(400, f"{name} no es JSON válido.") from None
    return Parameters.of(members)


def demand_json(content_type: str, content_encoding: str) -> None:
    """RequestRefused where it is no JSON. No form can send this type, nor a script of another origin without asking
    first: see docs/adr/0022."""
    kind, *parameters = content_type.lower().split(";")
    named = (parameter.partition("=") for parameter in parameters)
    charsets = [value.strip('" ') for name, _, value in named if name.strip() == "charset"]
    if kind.strip() != JSON or not {"utf-8", "utf8"}.issuperset(charsets):
        raise RequestRefused(415, "El cuerpo debe ser application/json en UTF-8.")
    if content_encoding.strip().lower() != "identity":
        raise RequestRefused(415, "El cuerpo no debe venir comprimido.")
