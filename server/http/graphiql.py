"""The GraphiQL page: it opens on the canonical operations and loads nothing from any other machine."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TypedDict
from urllib.parse import urlsplit

from graphql import get_operation_ast, parse
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from errors import Unavailable
from server.access.tokens import Persona
from server.http.refusals import refuse


def content_security_policy(issuers: Iterable[str]) -> str:
    """The page's policy. It asks this server, and the issuers, which must have their endpoints where they are."""
    origins = (f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, issuers))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            " ".join(("connect-src 'self'", *origins)),
            "style-src 'self' 'unsafe-inline'",  # Monaco writes its theme and its line positions into style elements
            "font-src data:",  # GraphiQL's stylesheet carries its fonts
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class SignIn(TypedDict):
    """Where GraphiQL signs in: an issuer, and the public client that it is there."""

    issuer: str
    client: str


class Operation(TypedDict):
    """One starting tab: `name` is its file's stem, `title` its operation's name, `kind` `query`, `mutation` or
    `subscription`, `purpose` the comment that it begins with, `variables` JSON text or empty."""

    name: str
    title: str
    kind: str
    purpose: str
    query: str
    variables: str


SCREEN: Final = (
    "client_detail", "client_header", "client_actions", "client_history", "history_months", "client_follow_ups",
    "client_billing", "client_ledger", "client_statement", "client_documents", "sales_document_detail",
    "client_taxpayer_listing", "clients_list", "clients_search", "clients_summary", "search_everywhere", "deals_board",
    "deals_summary", "follow_ups_calendar", "receivables_summary",
)  # fmt: skip
"""The tabs that come first, in the order of the screen; the others follow by name."""
TRIED: Final = ("update_client", "create_contact", "create_deal", "create_sales_document")
"""The mutations that have a tab, with `validateOnly: true`."""
CLIENT_PAGE: Final = "/app/clients/"
"""Where the page of a client is, before the id."""


_PORT = re.compile(r":[0-9]{1,5}\Z")
_PROXIED = ("forwarded", "via", "x-forwarded-", "x-real-ip")
"""What the names of headers begin with that proxies add."""


def is_own(request: Request, own: str | None) -> bool:
    """Whether the request's `Host` is the server's `own` name, or it came from this machine to a loopback address.

    A page of another site can have its name resolve to this machine and then read what it asks for, but the browser
    still sends that name. A proxy may send a loopback address for whatever name it was asked by. A script of another
    origin that may ask the API names its `Origin`; whoever opens the page does not.
    """
    headers = request.headers
    if "origin" in headers:
        return False
    host = headers.get("host", "").lower()
    if own and re.fullmatch(re.escape(own.lower()) + r"(?::[0-9]{1,5})?", host):
        return True
    proxied = any(name.startswith(_PROXIED) for name in headers)
    peer = request.client.host if request.client else ""
    return not proxied and _is_loopback(peer) and _is_loopback(_PORT.sub("", host))


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return host == "localhost"
    # As Python has it since 3.13: who listens to both kinds of addresses is told those of IPv4 as ones of IPv6.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def graphiql_routes(
    *,
    dist: Path,
    operations: Path,
    token: Callable[[], str | None],
    personas: Callable[[], Sequence[Persona]] = tuple,
    host: str | None = None,
    client_page: str = "",
    graphql_path: str = "/graphql",
    issuers: Sequence[SignIn] = (),
) -> list[BaseRoute]:
    """The routes `GET /graphiql` and `GET /graphiql/assets/…`.

    `dist` is what `graphiql/build.py` made; while it is missing the page answers 503. `operations` holds the starting
    tabs, `<name>.graphql` with, where it has variables, `<name>.variables.json`; they are read at each request.
    `token` gives the bearer token to fill in. It is shown to whoever asks for the page on a loopback address or on
    `host`: give one in the demo only, and so `personas`, as whom one may see it. `issuers` are those at which one can
    sign in. `client_page` is where the page of a client is, before the id; empty: nowhere.
    """
    policy = content_security_policy(each["issuer"] for each in issuers)

    # Not `async`, and so in a thread: it reads files and asks the database for the token.
    def page(request: Request) -> Response:
        try:
            template = (dist / "index.html").read_text(encoding="utf-8")
        except FileNotFoundError:
            return refuse(Unavailable("GraphiQL no está construido: ejecute make graphiql."), 503, {"Retry-After": "1"})
        own = is_own(request, host)
        bearer = token() if own else None
        root = request.scope.get("root_path", "")
        start = {
            "url": root + graphql_path,
            "accept": f"{root}/invitations/accept",
            "issuers": list(issuers),
            "headers": {"Authorization": f"Bearer {bearer}"} if bearer else None,
            "personas": list(personas()) if own else [],
            "clientPage": client_page and root + client_page,
            "operations": [*read_operations(operations), *read_trials(operations)],
        }
        headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",  # the page holds the token
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(template.replace("{{ficha}}", json_for_html(start)), headers=headers)

    return [Route("/graphiql", page), Mount("/graphiql/assets", Assets(directory=dist / "assets", check_dir=False))]


def read_operations(folder: Path) -> Iterator[Operation]:
    """The queries in `folder`, in the order of `SCREEN`, the others by name."""
    places = {name: place for place, name in enumerate(SCREEN)}
    for file in sorted(folder.glob("*.graphql"), key=lambda file: (places.get(file.stem, len(SCREEN)), file.stem)):
        yield _read_operation(file)


def read_trials(folder: Path) -> Iterator[Operation]:
    """Mutations that save nothing, and the subscriptions."""
    for name in TRIED:
        file = folder / "mutations" / f"{name}.graphql"
        if file.exists():
            operation = _read_operation(file)
            variables = json.loads(operation["variables"] or "{}")
            variables["input"] = {"validateOnly": True, **variables.get("input", {})}
            yield {**operation, "variables": json.dumps(variables, ensure_ascii=False, indent=2)}
    for file in sorted((folder / "subscriptions").glob("*.graphql")):
        yield _read_operation(file)


def _read_operation(file: Path) -> Operation:
    query = file.read_text(encoding="utf-8")
    operation = get_operation_ast(parse(query))
    variables = file.with_suffix(".variables.json")
    return Operation(
        name=file.stem,
        title=operation.name.value if operation and operation.name else file.stem,
        kind=operation.operation.value if operation else "query",
        purpose=query.partition("\n")[0].removeprefix("#").strip() if query.startswith("#") else "",
        query=query,
        variables=variables.read_text(encoding="utf-8") if variables.exists() else "",
    )


class Assets(StaticFiles):
    """Files whose names hold their content's hash: they never change, a browser need not ask again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def check_config(self) -> None:
        """Before the first build there is no directory: answer 404, as for any other file that is not there."""


def json_for_html(value: object) -> str:
    """JSON that cannot end the script element it stands in: https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements."""
    return json.dumps(value, ensure_ascii=False).replace("<", r"\u003c")
