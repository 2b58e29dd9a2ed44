"""`GET /statements/…`: statements of account as PDF and XLSX, written when they are asked for.

    /statements/<what, for whom>.<expiry>.<signature>    for the viewer who asked for its `url`, some minutes
    /statements/fs_…   and   /statements/fs_….xlsx        for whoever has the secret of a link that was handed out

Both ask the database what may be seen now. A secret is nowhere but in its address: it is hashed in the database, and
in no log of ours; the pages that it is opened from, and search engines, are told to keep it to themselves.
"""

import asyncio
import datetime
import time
from typing import Any, Final
from uuid import UUID

import orjson
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from database.wire import Pool
from domain.account_statement import Period
from domain.account_statement_file import CONTENT_TYPES, StatementFile, StatementFormat
from domain.secret import STATEMENT, Secret
from errors import BadInput, FichaError, Forbidden, Unavailable
from loaders.operation import Operation
from loaders.reader import Reader
from models.audit import AuditEventKind
from models.collaborator import Locale
from models.viewer import Viewer
from resolvers.account_statement import write_statement
from server.access.admission import refusal
from server.access.audit import Audit
from server.access.limits import Limit, RateLimited, address_block
from server.access.statements import handed_out, viewer_of
from server.execution.calendar import calendar
from server.http.error_page import refuse_link
from server.http.files import FileGone, LinkExpired, LinkRefused, Links
from server.http.headers import INERT, PDF
from server.settings import Settings
from storage.disposition import content_disposition
from storage.links import LinkError, LinkExpiredError, Seal
from storage.reading import Readers

SECONDS: Final = 20
"""How long a statement may take, waiting for its turn included."""

_PURPOSE: Final = b"ficha: links to statements of account"
_XLSX: Final = ".xlsx"
_LANGUAGES: Final = {Locale.ES_MX: "es", Locale.EN_US: "en"}
_PRIVATE: Final = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class Statements:
    """Makes the links to statements, and answers them. `downloads` counts statements, `misses` secrets of no link."""

    def __init__(
        self,
        settings: Settings,
        links: Links,
        pool: Pool,
        readers: Readers,
        audit: Audit,
        downloads: Limit,
        misses: Limit,
    ) -> None:
        # As of links to files.
        self._seal = Seal(settings.sealing, _PURPOSE)
        self._links = links
        self._pool = pool
        self._readers = readers
        self._audit = audit
        self._downloads = downloads
        self._misses = misses

    @property
    def routes(self) -> list[BaseRoute]:
        """The one address."""
        return [Route("/statements/{link}", self._answer)]

    def url(self, request: HTTPConnection, viewer: Viewer, file: StatementFile) -> tuple[str, datetime.datetime]:
        """Where the viewer downloads the file, and until when."""
        expires_at = int(time.time() + self._links.life.total_seconds())
        sealed = self._seal.seal(_packed(viewer, file), expires_at)
        until = datetime.datetime.fromtimestamp(expires_at, datetime.UTC)
        return f"{self._links.here(request)}/statements/{sealed}", until

    def page(self, request: HTTPConnection, secret: str) -> str:
        """Where whoever has the secret downloads its statement."""
        return f"{self._links.here(request)}/statements/{secret}"

    async def _answer(self, request: Request) -> Response:
        link = request.path_params["link"]
        address = request.client.host if request.client else ""
        now = datetime.datetime.now(datetime.UTC)
        try:
            async with asyncio.timeout(SECONDS):
                await self._downloads.spend(address_block(address))
                opened = self._by_secret(link, address, now) if link.startswith(STATEMENT) else self._by_seal(link, now)
                viewer, file = await opened
                return await self._written(viewer, file, now)
        except LinkRefused as error:
            return refuse_link(request, error, error.status, {**INERT, **_PRIVATE}, error.locale)
        except TimeoutError:
            late = Unavailable("El estado de cuenta tarda demasiado: intente de nuevo.")
            return refuse_link(request, late, *_refused(late))
        except BadInput as error:
            return refuse_link(request, error, 422, {**INERT, **_PRIVATE})
        except FichaError as error:
            return refuse_link(request, error, *_refused(error))

    async def _by_seal(self, link: str, now: datetime.datetime) -> tuple[Viewer, StatementFile]:
        """For whom a link of ours was made, and what it leads to."""
        try:
            company_id, collaborator_id, api_key_id, file = _unpacked(self._seal.open(link, now.timestamp()))
        except LinkExpiredError:
            raise LinkExpired("La liga venció: pida otra.") from None
        except LinkError:
            raise LinkRefused("La liga no es válida.") from None
        viewer = await viewer_of(self._pool, company_id, collaborator_id, api_key_id, now)
        if viewer is None:
            raise FileGone("El estado de cuenta ya no existe o ya no puede verlo.")
        return viewer, file

    async def _by_secret(self, link: str, address: str, now: datetime.datetime) -> tuple[Viewer, StatementFile]:
        """The statement of a link that was handed out. What became of it is told to who has the secret alone."""
        block = address_block(address)
        if spent := await self._misses.spent(block):
            raise RateLimited(spent)
        secret = Secret.parse(link.removesuffix(_XLSX), STATEMENT)
        opened = await handed_out(self._pool, secret) if secret else None
        if secret is None or opened is None:
            await self._misses.spend(block)
            raise LinkRefused("La liga no es válida: pida otra a quien se la dio.")
        if opened.revoked:
            raise FileGone("La liga fue retirada: pida otra a quien se la dio.", opened.locale)
        if opened.expires_on < opened.viewer.today(now):
            raise LinkExpired("La liga venció: pida otra a quien se la dio.", opened.locale)
        await self._downloads.spend(secret.id)
        kind = StatementFormat.XLSX if link.endswith(_XLSX) else StatementFormat.PDF
        details = {"statementLink": str(secret.id), "format": kind.value}
        self._audit.record(
            AuditEventKind.STATEMENT_LINK_OPENED, secret.company_id, address=address or None, details=details
        )
        file = StatementFile(opened.client_id, opened.period, opened.currency, _LANGUAGES[opened.locale], kind)
        return opened.viewer, file

    async def _written(self, viewer: Viewer, file: StatementFile, now: datetime.datetime) -> Response:
        reads = Operation(Reader(self._pool, viewer, now, calendar(viewer, now)), viewer, frozenset())
        try:
            name, content = await write_statement(reads, self._readers, file, viewer.today(now))
        except (Forbidden, LookupError):
            raise FileGone("El estado de cuenta ya no existe o ya no puede verlo.") from None
        return Response(content, headers=_headers(file.format, name))


def _refused(error: FichaError) -> tuple[int, dict[str, str]]:
    status, headers = refusal(error)
    return status, {**headers, **INERT, **_PRIVATE}


def _headers(kind: StatementFormat, name: str) -> dict[str, str]:
    content_type = CONTENT_TYPES[kind]
    return {
        **INERT,
        **(PDF if kind is StatementFormat.PDF else {}),
        **_PRIVATE,
        "Content-Type": content_type,
        "Content-Disposition": content_disposition(name, content_type, inline=True),
    }


def _packed(viewer: Viewer, file: StatementFile) -> bytes:
    ids = (viewer.company_id, viewer.collaborator_id, viewer.api_key_id, file.client_id)
    said = (file.period.first, file.period.last, file.currency, file.language, file.format.value)
    return orjson.dumps([*(id and id.hex for id in ids), *said])


def _unpacked(content: bytes) -> tuple[UUID, UUID, UUID | None, StatementFile]:
    values: list[Any] = orjson.loads(content)
    company, collaborator, key, client, first, last, currency, language, kind = values
    days = Period(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    file = StatementFile(UUID(client), days, currency, language, StatementFormat(kind))
    return UUID(company), UUID(collaborator), key and UUID(key), file
