"""Which pages may ask: those of this server, and of the origins in the settings."""

import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Message, Send

from server.http.refusals import OriginRefused, refuse

EXPOSED = (
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Ficha-Position",
    "X-Request-Id",
)
"""What a script may read of the headers, beside what the Fetch standard lets it read anyway."""


class Cors(CORSMiddleware):
    """Starlette's middleware, except that pages of other origins do not learn what would be allowed."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to `OPTIONS`."""
        if self.is_allowed_origin(request_headers["origin"]):
            return super().preflight_response(request_headers)
        return refuse(OriginRefused(), 400, {"Vary": "Origin"})

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Sends a part of the answer to anything else."""
        known = self.is_allowed_origin(request_headers.get("origin", ""))
        await super().send(message, send, request_headers if known else Headers())


def origins_pattern(origins: Sequence[str]) -> re.Pattern[str]:
    """Matches the origins; one that ends in `:*` has any port."""
    return re.compile("|".join(re.escape(each).replace(r":\*", ":[0-9]{1,5}") for each in origins) or "(?!)")


def cors(origins: Sequence[str]) -> Sequence[Middleware]:
    """Allows pages of the origins to send requests with a bearer token, never with cookies. Nothing without origins."""
    if not origins:
        return ()
    return (
        Middleware(
            Cors,
            allow_origin_regex=origins_pattern(origins).pattern,
            allow_methods=("GET", "POST"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
            max_age=86400,
        ),
    )
