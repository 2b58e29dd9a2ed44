"""The addresses behind `downloadUrl` and `viewUrl`, and `GET /files/…`, which most of them lead to.

The store can sign links of its own, but lets no link set `X-Content-Type-Options` or a Content-Security-Policy; see
docs/adr/0056. A file passes through in pieces, each a request to the store: whoever reads slowly, or stops, holds no
thread and no connection to the store meanwhile.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from errors import FichaError
from server.http.headers import INERT
from server.settings import Settings
from storage import ObjectNotFoundError, ObjectStore, StorageError
from storage.disposition import content_disposition
from storage.links import LinkedFile, LinkError, LinkExpiredError, Signer

log = logging.getLogger("ficha.links")

LIFE: Final = timedelta(minutes=5)
PIECE: Final = 1 << 19
"""Bytes that one request to the store brings. A file that is being sent has two of them in memory."""
MOST_AT_ONCE: Final = 100
"""Files that one process sends at the same time."""
PATIENCE_SECONDS: Final = 120
"""How long a reader may take for a piece."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
# Some browsers' viewers of PDF do not start in a sandbox; they run nothing of the file's in our origin.
_PDF: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"}


class LinkRefused(FichaError):
    """The link opens nothing here, and never will."""

    code = "LINK_INVALID"
    status = 403


class LinkExpired(LinkRefused):
    """The link's time is over."""

    code = "LINK_EXPIRED"
    status = 410


class FileGone(LinkRefused):
    """The document was purged since the link was made."""

    code = "FILE_GONE"
    status = 404


class FilesUnavailable(LinkRefused):
    """The store is away, or too much is asked of it at once."""

    code = "FILES_UNAVAILABLE"
    status = 503


class Links:
    """Makes links, and as an ASGI application answers those that lead here."""

    def __init__(self, settings: Settings, store: ObjectStore) -> None:
        self._base = settings.public_url
        self._direct = settings.downloads == "store"
        # Whoever knows the store's secret can read every file already: links need no other.
        self._signer = Signer(settings.s3_secret_key)
        self._store = store
        self._sending = 0

    def link(self, asked: HTTPConnection, file: LinkedFile) -> str:
        """An absolute URL that opens the file for `LIFE`; on the host that was `asked` where no setting names one."""
        if self._direct:
            return self._store.presign_get(
                file.key, filename=file.name, content_type=file.content_type, inline=file.inline, expires=LIFE
            )
        expires_at = int(time.time() + LIFE.total_seconds())
        return f"{self._base or _base(asked)}/files/{self._signer.sign(file, expires_at)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        try:
            file = self._read(request.path_params["link"])
            if self._sending >= MOST_AT_ONCE:
                raise FilesUnavailable("Hay demasiadas descargas a la vez: intente de nuevo.")
            self._sending += 1
            try:
                response = await self._response(request, file)
                await response(scope, receive, _patient(send))
            finally:
                self._sending -= 1
        except LinkRefused as error:
            await _refusal(error)(scope, receive, send)
        except (StorageError, TimeoutError) as error:
            # The server closes the connection: the reader sees that the file is not whole.
            log.warning("a file was not sent to its end: %s", error or f"no piece was taken in {PATIENCE_SECONDS} s")

    def _read(self, link: str) -> LinkedFile:
        try:
            return self._signer.read(link, time.time())
        except LinkExpiredError:
            raise LinkExpired("La liga venció: pida otra.") from None
        except LinkError:
            raise LinkRefused("La liga no es válida.") from None

    async def _response(self, request: Request, file: LinkedFile) -> Response:
        tag = f'"{file.sha256}"'
        headers = _headers(file) | {"ETag": tag}
        if request.headers.get("if-none-match") and _names(request.headers["if-none-match"], tag):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers | {"Content-Length": str(file.size)})
        asked = None
        if request.headers.get("if-range", tag) == tag:
            asked = _range(request.headers.get("range", ""), file.size)
        if asked is not None and not asked:
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{file.size}"})
        whole = range(file.size)
        wanted = asked or whole
        headers["Content-Length"] = str(len(wanted))
        if asked:
            headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{file.size}"
        try:
            first = await self._piece(file, wanted)
        except ObjectNotFoundError:
            raise FileGone("El archivo ya no existe.") from None
        except StorageError as error:
            log.warning("the store failed: %s", error)
            raise FilesUnavailable("El almacén de archivos no responde: intente de nuevo.") from None
        return StreamingResponse(self._pieces(file, wanted, first), 206 if asked else 200, headers)

    async def _piece(self, file: LinkedFile, wanted: range) -> bytes:
        length = min(len(wanted), PIECE)
        piece = await self._store.get(file.key, wanted.start, length)
        if len(piece) != length:
            raise StorageError(f"{file.key} has not the size that is on record")
        return piece

    async def _pieces(self, file: LinkedFile, wanted: range, piece: bytes) -> AsyncIterator[bytes]:
        yield piece
        while wanted := wanted[len(piece) :]:
            piece = await self._piece(file, wanted)
            yield piece


def _base(asked: HTTPConnection) -> str:
    base = str(asked.base_url).rstrip("/")
    return base.replace("ws", "http", 1) if base.startswith("ws") else base


def _headers(file: LinkedFile) -> dict[str, str]:
    return {
        **INERT,
        **(_PDF if file.content_type == "application/pdf" else {}),
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
    """The bytes that are asked for, none where there are none such; None where all are, as of several ranges or of what
    is no range (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(header.strip())
    if not found or found[0].endswith("=-"):
        return None
    first, last = found.groups()
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


def _refusal(error: LinkRefused) -> Response:
    headers: Mapping[str, str] = {"Retry-After": "1"} if isinstance(error, FilesUnavailable) else {}
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return JSONResponse(body, error.status, {**INERT, "Cache-Control": "no-store", **headers})
