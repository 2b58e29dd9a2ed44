"""The addresses behind `downloadUrl` and `viewUrl`, and `GET /files/…`, which most of them lead to.

The store can sign links of its own, but lets no link set `X-Content-Type-Options` or a Content-Security-Policy; see
docs/adr/0027. A file is sent in pieces, each a request to the store: a slow or stalled client holds no thread and no
connection to the store, only a place of its own company. Access is checked when a link is opened, and again while
the file is being sent.
"""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Generator, Hashable, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from errors import FichaError, Retryable, TimedOut
from models.collaborator import Locale
from models.viewer import Viewer
from server.access.files import FileAccess, OpenedFile
from server.access.limits import address_block
from server.http import web
from server.http.error_page import refuse_link
from server.http.headers import INERT, PDF
from server.http.refusals import REFUSED, HttpRefused, refuse
from server.settings import Settings
from storage import ObjectNotFoundError, ObjectStore, StorageError
from storage.disposition import content_disposition
from storage.links import Link, LinkedFile, LinkError, LinkExpiredError, Signer

log = logging.getLogger("ficha.links")

LIFE_AT_STORE: Final = timedelta(seconds=30)
"""Longest lifetime of a link to the store, which cannot check whether the file may still be read."""
PIECE: Final = 1 << 19
"""Bytes that one request to the store brings. A file that is being sent has two of them in memory."""
MOST_AT_ONCE: Final = 128
"""Files that one process sends at the same time; a company has at most half of what the others leave of them."""
MOST_OF_A_FILE: Final = 6
"""The same file to the same viewer: as many connections as a browser opens."""
MOST_TO_AN_ADDRESS: Final = 24
"""Of one company's files."""
PATIENCE_SECONDS = 30
"""How long a reader may take for a piece: some 17 kB a second at least."""
ASK_AGAIN_SECONDS = 10
"""How long a file is sent without asking again whether it may be read."""
_ASK_SECONDS = 5

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class LinkRefused(FichaError):
    """The link opens nothing here, and never will. `locale` is of whom it was made for, where that is known."""

    code = "LINK_INVALID"
    status = 403
    headers: Mapping[str, str] = {}

    def __init__(self, message: str, locale: Locale = Locale.ES_MX) -> None:
        super().__init__(message)
        self.locale = locale


class LinkExpired(LinkRefused):
    """The link's time is over."""

    code = "LINK_EXPIRED"
    status = 410


class FileGone(LinkRefused):
    """The document was purged since the link was made."""

    code = "FILE_GONE"
    status = 404


class FilesUnavailable(LinkRefused):
    """The store is down or overloaded."""

    code = "FILES_UNAVAILABLE"
    status = 503
    headers = {"Retry-After": "1"}


class Places:
    """How many files are being sent: of a file, to an address, of a company, altogether."""

    def __init__(self) -> None:
        self._all = 0
        self._of: Counter[Hashable] = Counter()

    @contextmanager
    def place(self, link: Link, address: str) -> Generator[None]:
        """A place while a file is sent. Raises FilesUnavailable where there is none."""
        company = link.company_id
        file = company, link.document_id, link.collaborator_id, link.api_key_id
        reader = company, address_block(address)
        others = self._all - self._of[company]
        if (
            self._of[file] >= MOST_OF_A_FILE
            or self._of[reader] >= MOST_TO_AN_ADDRESS
            or self._of[company] >= (MOST_AT_ONCE - others) / 2
        ):
            raise FilesUnavailable("Hay demasiadas descargas a la vez: intente de nuevo.")
        held = (company, file, reader)
        self._all += 1
        self._of.update(held)
        try:
            yield
        finally:
            self._all -= 1
            for each in held:
                self._of[each] -= 1
                if not self._of[each]:
                    del self._of[each]


class Links:
    """Makes links, and as an ASGI application answers those that lead here."""

    def __init__(self, settings: Settings, store: ObjectStore, access: FileAccess) -> None:
        self._base = settings.public_url
        self._direct = settings.downloads == "store"
        self.life = timedelta(seconds=settings.link_seconds)
        """Of a link that needs no credentials."""
        self._invitation_page = settings.invitation_url
        pages = ((web.PATH, settings.web), ("/graphiql", settings.graphiql))
        self._own_page = next((path for path, is_served in pages if is_served), "")
        # Without secrets of their own: the store's already gives access to every file.
        self._signer = Signer(*settings.sealing)
        self._store = store
        self._access = access
        self._places = Places()

    def link(self, request: HTTPConnection, viewer: Viewer, file: LinkedFile) -> str:
        """An absolute URL that opens the file for `life` while the viewer may read it; on the request's host
        where no setting names one."""
        if self._direct:
            return self._at_store(file, "GET")
        opened = viewer.company_id, file.document_id, viewer.collaborator_id, viewer.api_key_id
        link = Link(*opened, file.inline, file.thumbnail)
        return self._here(request, link)

    async def location(self, request: Request, link: Link) -> str:
        """Where the file is now, for those who may read it: a link of `life`, which takes the request's method. Raises
        LinkRefused."""
        file = await self._open(link)
        if not self._direct:
            return self._here(request, link)
        linked = LinkedFile(link.document_id, file.key, file.name, file.content_type, file.inline, link.thumbnail)
        return self._at_store(linked, request.method)

    def _here(self, request: HTTPConnection, link: Link) -> str:
        expires_at = int(time.time() + self.life.total_seconds())
        return f"{self.here(request)}/files/{self._signer.sign(link, expires_at)}"

    def _at_store(self, file: LinkedFile, method: str) -> str:
        return self._store.presign_get(
            file.key,
            filename=file.name,
            content_type=file.content_type,
            inline=file.inline,
            expires=min(self.life, LIFE_AT_STORE),
            method=method,
        )

    def here(self, request: HTTPConnection) -> str:
        """Where this server is reached: as the settings say, or on the request's host."""
        return self._base or _base(request)

    def invitation(self, request: HTTPConnection, secret: str) -> str | None:
        """The page where a person presents the secret of an invitation; None if there is none. Browsers never send
        what follows the `#` to a server, so it is in no log."""
        page = self._invitation_page
        if not page and self._own_page:
            page = self.here(request) + self._own_page
        return f"{page}#invitation={secret}" if page else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        try:
            link = self._read(request.path_params["link"])
            with self._places.place(link, request.client.host if request.client else ""):
                response = await self._response(request, link)
                await response(scope, receive, _patient(send))
        except LinkRefused as error:
            await refuse_link(request, error, error.status, {**INERT, **error.headers})(scope, receive, send)
        except (StorageError, TimeoutError) as error:
            # The server closes the connection: the reader sees that the file is not whole.
            scope[REFUSED] = FilesUnavailable.code
            log.warning(
                "a file was not sent to its end: %s", str(error) or f"no piece was taken in {PATIENCE_SECONDS} s"
            )

    def _read(self, link: str) -> Link:
        try:
            return self._signer.read(link, time.time())
        except LinkExpiredError:
            raise LinkExpired("La liga venció: pida otra.") from None
        except LinkError:
            raise LinkRefused("La liga no es válida.") from None

    async def _open(self, link: Link) -> OpenedFile:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                file = await self._access.open(link)
        except (TimeoutError, Retryable, TimedOut) as error:
            log.warning("nobody could be asked whether a file may be read: %s", type(error).__name__)
            raise FilesUnavailable("No se pudo consultar el documento: intente de nuevo.") from None
        if file is None:
            raise FileGone("El archivo ya no existe o ya no puede verlo.")
        return file

    async def _still_open(self, link: Link) -> None:
        try:
            await self._open(link)
        except LinkRefused as error:
            raise StorageError(f"{error.code} while it was sent") from None  # too late for another status

    async def _response(self, request: Request, link: Link) -> Response:
        file = await self._open(link)
        tag = f'"{file.tag}"'
        headers = _headers(file) | {"ETag": tag}
        if request.headers.get("if-none-match") and _names(request.headers["if-none-match"], tag):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers | {"Content-Length": str(file.size)})
        requested = None
        if request.headers.get("if-range", tag) == tag:
            requested = _range(request.headers.get("range", ""), file.size)
        if requested is not None and not requested:
            unsatisfiable = HttpRefused(f"El archivo tiene {file.size} bytes: ninguno está en el rango que pidió.")
            return refuse(unsatisfiable, 416, {**INERT, "Content-Range": f"bytes */{file.size}", "ETag": tag})
        whole = range(file.size)
        span = requested or whole
        headers["Content-Length"] = str(len(span))
        if requested:
            headers["Content-Range"] = f"bytes {requested.start}-{requested.stop - 1}/{file.size}"
        try:
            first = await self._piece(file, span)
        except ObjectNotFoundError:
            raise FileGone("El archivo ya no existe.") from None
        except StorageError as error:
            log.warning("the store failed: %s", error)
            raise FilesUnavailable("El almacén de archivos no responde: intente de nuevo.") from None
        return StreamingResponse(self._pieces(link, file, span, first), 206 if requested else 200, headers)

    async def _piece(self, file: OpenedFile, span: range) -> bytes:
        length = min(len(span), PIECE)
        piece = await self._store.get(file.key, span.start, length)
        if len(piece) != length:
            raise StorageError(f"{file.key} has not the size that is on record")
        return piece

    async def _pieces(self, link: Link, file: OpenedFile, span: range, piece: bytes) -> AsyncIterator[bytes]:
        checked_at = time.monotonic()
        yield piece
        while span := span[len(piece) :]:
            if time.monotonic() - checked_at >= ASK_AGAIN_SECONDS:
                await self._still_open(link)
                checked_at = time.monotonic()
            piece = await self._piece(file, span)
            yield piece


def _base(request: HTTPConnection) -> str:
    """As `base_url`, which takes longer than all else that a request needs before it is executed."""
    scope = request.scope
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
    return f"{scheme}://{host.decode('latin-1')}{scope.get('root_path', '')}"


def _headers(file: OpenedFile) -> dict[str, str]:
    return {
        **INERT,
        **(PDF if file.content_type == "application/pdf" else {}),
        "Content-Type": file.content_type,
        "Content-Disposition": content_disposition(file.name, file.content_type, inline=file.inline),
        "Accept-Ranges": "bytes",
        # Kept by the reader's browser, and shown again only while the link is good.
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "no-referrer",
    }


def _names(tags: str, tag: str) -> bool:
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in tags.split(","))


def _range(header: str, size: int) -> range | None:
    """The requested bytes; empty if the range is beyond the end, None for the whole file, as for several ranges or
    an invalid header (RFC 9110, 14.2)."""
    match = _RANGE.fullmatch(header.strip())
    if not match or match[0].endswith("=-"):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _patient(send: Send) -> Send:
    """Sends, but not to those who take nothing."""

    async def sent(message: Message) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await send(message)

    return sent
