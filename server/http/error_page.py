"""What a person reads whose browser opened a link that did not work: a page without scripts, in their language, where a
program gets JSON. It says what happened, what to do, and the id by which it can be reported.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from errors import FichaError
from models.collaborator import Locale
from server.http.negotiation import language, prefers_page
from server.http.refusals import Refusal, refuse, request_id


class Text(NamedTuple):
    """What stands on the page: the heading, what happened, and what to do."""

    title: str
    happened: str
    help: str


class Said(NamedTuple):
    """A text in both languages."""

    es: Text
    en: Text


_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;box-sizing:border-box;"
    "font:1.125rem/1.6 system-ui,sans-serif}"
    "main{max-width:34rem}h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}"
    "p{margin:0 0 1rem}.id{font-size:.875rem;overflow-wrap:anywhere}"
)
_PAGE: Final = Template(
    '<!doctype html><html lang="$language"><head><meta charset="utf-8"><title>$title</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
    f"<style>{_STYLE}</style></head><body><main><h1>$title</h1><p>$happened</p><p>$help</p>"
    '<p class="id">$reference: <code>$id</code></p></main></body></html>\n'
)
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    # In a frame too: a page of the company may show a file in one.
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_VARY: Final = {"Vary": "Accept, Accept-Language"}

_LATER: Final = Said(
    Text(
        "Por ahora no se puede abrir",
        "El servidor está ocupado, o algo que necesita no responde.",
        "Espere un minuto y vuelva a cargar esta página. Si sigue igual, avise a quien administra el sistema.",
    ),
    Text(
        "It cannot be opened right now",
        "The server is busy, or something that it needs does not answer.",
        "Wait a minute and reload this page. If nothing changes, tell whoever runs the system.",
    ),
)

TEXTS: Final[Mapping[str, Said]] = {
    "LINK_INVALID": Said(
        Text(
            "Esta liga no es válida",
            "La dirección está incompleta o fue modificada, por ejemplo al copiarla.",
            "Ábrala de nuevo desde la aplicación, o pida otra a quien se la dio.",
        ),
        Text(
            "This link is not valid",
            "The address is incomplete or was changed, for example when it was copied.",
            "Open it again from the application, or ask whoever gave it to you for another one.",
        ),
    ),
    "LINK_EXPIRED": Said(
        Text(
            "Esta liga venció",
            "Por seguridad, las ligas sirven solo por un tiempo.",
            "Ábrala de nuevo desde la aplicación, o pida otra a quien se la dio.",
        ),
        Text(
            "This link has expired",
            "For security, links work for a limited time only.",
            "Open it again from the application, or ask whoever gave it to you for another one.",
        ),
    ),
    "FILE_GONE": Said(
        Text(
            "Este archivo no está disponible",
            "Fue eliminado o retirado, o usted ya no tiene permiso de verlo.",
            "Si lo necesita, pídalo a quien se lo compartió o a quien atiende al cliente.",
        ),
        Text(
            "This file is not available",
            "It was deleted or withdrawn, or you may no longer see it.",
            "If you need it, ask whoever shared it with you, or whoever is in charge of the client.",
        ),
    ),
    "UNAUTHENTICATED": Said(
        Text(
            "Inicie sesión para abrir este archivo",
            "Esta dirección solo abre con una sesión iniciada en la aplicación, y aquí no hay ninguna.",
            "Entre a la aplicación y abra el archivo desde ahí.",
        ),
        Text(
            "Sign in to open this file",
            "This address opens only for somebody who is signed in to the application, and nobody is here.",
            "Sign in to the application and open the file from there.",
        ),
    ),
    "COMPANY_SUSPENDED": Said(
        Text(
            "La empresa está suspendida",
            "Nadie puede entrar hasta que se reactive; no se ha perdido nada.",
            "Hable con quien administra la cuenta de su empresa.",
        ),
        Text(
            "The company is suspended",
            "Nobody can sign in until it is reactivated; nothing has been lost.",
            "Talk to whoever manages your company's account.",
        ),
    ),
    "FORBIDDEN": Said(
        Text(
            "No tiene permiso de ver este archivo",
            "Su rol no incluye ver los documentos de los clientes.",
            "Si lo necesita para su trabajo, pídalo a quien administra su empresa.",
        ),
        Text(
            "You may not see this file",
            "Your role does not include seeing clients' documents.",
            "If you need it for your work, ask your company's administrator.",
        ),
    ),
    "RATE_LIMITED": Said(
        Text(
            "Demasiados intentos",
            "Desde aquí se abrieron demasiadas ligas en poco tiempo.",
            "Espere unos minutos y vuelva a cargar esta página.",
        ),
        Text(
            "Too many attempts",
            "Too many links were opened from here in a short time.",
            "Wait a few minutes and reload this page.",
        ),
    ),
    "STATEMENT_TOO_LONG": Said(
        Text(
            "El estado de cuenta es demasiado largo",
            "Tiene más de 2,000 movimientos, que son los que caben en un archivo.",
            "Pida el estado de cuenta de un periodo más corto.",
        ),
        Text(
            "The statement of account is too long",
            "It has more than 2,000 lines, which is what a file holds.",
            "Ask for a statement of a shorter period.",
        ),
    ),
    "FILES_UNAVAILABLE": _LATER,
    "UNAVAILABLE": _LATER,
    "OVERLOADED": _LATER,
    "STORAGE_FULL": _LATER,
    "TIMEOUT": _LATER,
}
"""By the error's code."""

_OTHER: Final = Said(
    Text(
        "No se pudo abrir",
        "La solicitud no se pudo atender.",
        "Ábralo de nuevo desde la aplicación. Si sigue igual, avise a quien administra el sistema.",
    ),
    Text(
        "It could not be opened",
        "The request could not be answered.",
        "Open it again from the application. If nothing changes, tell whoever runs the system.",
    ),
)
_REFERENCE: Final = {"es": "Referencia", "en": "Reference"}


def refuse_link(
    request: Request,
    error: FichaError,
    status: int,
    headers: Mapping[str, str] | None = None,
    locale: Locale = Locale.ES_MX,
) -> Response:
    """The response to a link that does not work: a page for a browser, in the language that it prefers or else that of
    the `locale`; for others the error as JSON."""
    accept = request.headers.get("accept", "")
    if not prefers_page(accept):
        return refuse(error, status, {**(headers or {}), **_VARY})
    shown = page(request, TEXTS.get(error.code, _OTHER), status, headers, locale)
    return Refusal(error.code, bytes(shown.body), status, shown.headers, "text/html")


def page(
    request: Request,
    said: Said,
    status: int,
    headers: Mapping[str, str] | None = None,
    locale: Locale = Locale.ES_MX,
) -> Response:
    """The text as a page, in the language that the browser prefers or else that of the `locale`."""
    chosen = language(request.headers.get("accept-language", ""), locale)
    text = said.en if chosen == "en" else said.es
    values = {**text._asdict(), "language": "en" if chosen == "en" else "es-MX", "reference": _REFERENCE[chosen]}
    html = _PAGE.substitute({name: escape(value) for name, value in values.items()}, id=request_id(request.scope))
    own = {**(headers or {}), **_HEADERS, **_VARY, "Content-Language": values["language"]}
    return Response(html, status, own, "text/html")
