"""The client page: the screen of one client, built by `web/build.py`, that loads nothing from any other machine."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from errors import Unavailable
from server.access.tokens import Persona
from server.http.graphiql import Assets, SignIn, is_own, json_for_html
from server.http.refusals import refuse

PATH = "/app"
"""Where the page is; what stands behind it in an address is the page's own."""


def content_security_policy(nonce: str, requested: Iterable[str], shown: Iterable[str]) -> str:
    """The page's policy. Beyond this server it sends requests to the origins `requested`: the store that takes uploads,
    and the issuers. It shows files of the origins `shown`: where links to files lead, if not to this server."""
    files = sorted(set(shown))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            " ".join(("connect-src 'self'", *sorted(set(requested)))),
            f"style-src 'self' 'nonce-{nonce}'",  # React Aria adds one style element
            " ".join(("img-src 'self' data: blob:", *files)),
            " ".join(("frame-src 'self'", *files)),  # previews of PDF and text
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def web_routes(
    *,
    dist: Path,
    store: str,
    files: Iterable[str] = (),
    personas: Callable[[], Sequence[Persona]],
    host: str | None = None,
    issuers: Sequence[SignIn] = (),
    graphiql: bool = False,
) -> list[BaseRoute]:
    """The routes `/`, which leads to the page, `GET /app` and all below it, and `GET /app/assets/…`.

    `dist` is what `web/build.py` made; while it is missing the page answers 503. `store` is the address that uploads
    are sent to, `files` are those that links to files begin with, beside this server's. `personas` are shown to whoever
    asks for the page on a loopback address or on `host`: give them in the demo only. `issuers` are those at which one
    can sign in.
    """
    requested = [_origin(url) for url in (store, *(each["issuer"] for each in issuers))]
    shown = [_origin(url) for url in files]

    # Not `async`, and so in a thread: it reads a file and asks the database for the tokens.
    def page(request: Request) -> Response:
        try:
            template = (dist / "index.html").read_text(encoding="utf-8")
        except FileNotFoundError:
            return refuse(Unavailable("La página no está construida: ejecute make web."), 503, {"Retry-After": "1"})
        root = request.scope.get("root_path", "")
        nonce = secrets.token_urlsafe(16)
        start = {
            "base": root + PATH,
            "graphql": f"{root}/graphql",
            "graphiql": f"{root}/graphiql" if graphiql else "",
            "accept": f"{root}/invitations/accept",
            "issuers": list(issuers),
            "personas": list(personas()) if is_own(request, host) else [],
        }
        filled = (
            template.replace("./assets/", f"{root}{PATH}/assets/")
            .replace("{{nonce}}", nonce)
            .replace("{{ficha}}", json_for_html(start))
        )
        headers = {
            "Content-Security-Policy": content_security_policy(nonce, requested, shown),
            "Cache-Control": "no-store",  # the page holds the tokens
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(filled, headers=headers)

    def home(request: Request) -> Response:
        return RedirectResponse(request.scope.get("root_path", "") + PATH, 307)

    return [
        Route("/", home),
        Mount(f"{PATH}/assets", Assets(directory=dist / "assets", check_dir=False)),
        Route(PATH, page),
        Route(f"{PATH}/{{path:path}}", page),
    ]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
