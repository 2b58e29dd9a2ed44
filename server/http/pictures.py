"""The pictures behind `avatarUrl` and `logoUrl`: an uploaded picture, re-encoded, or initials on a coloured background.
Each URL contains a hash of its picture, so it cannot be guessed and browsers may cache it for ever. Misses are counted
like refused credentials.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from database.wire import Pool, rows
from errors import FichaError
from server.access.admission import refusal
from server.access.limits import Limit, RateLimited, address_block
from server.http.headers import INERT
from server.http.refusals import refuse

_LETTERS: Final = re.compile(r"[a-z]{1,40}")
_OWNER: Final = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")
_PICTURE: Final = re.compile(r"([0-9a-f]{32})(-64)?")
_HEX: Final = re.compile(r"[0-9a-f]{32}")

_AVATAR: Final = """
select case when $4 then thumbnail else picture end
from avatar
where company_id = $1 and collaborator_id = $2 and digest = $3
"""
_LOGO: Final = "select picture from company_logo where company_id = $1 and digest = $2"


def draw(letters: str) -> str:
    """Initials as SVG, the same for the same letters; of a longer name its first."""
    hue = hashlib.sha256(letters.encode()).digest()[0] * 360 // 256
    shown = letters if len(letters) <= 2 else letters[0]
    size = 32 if len(shown) == 1 else 26
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<circle cx="32" cy="32" r="32" fill="hsl({hue} 45% 40%)"/>'
        f'<text x="32" y="{32 + size * 0.34:g}" font-family="sans-serif" font-size="{size}" fill="white"'
        f' text-anchor="middle">{shown.upper()}</text></svg>'
    )


async def _initials(request: Request) -> Response:
    letters = request.path_params["letters"]
    if not _LETTERS.fullmatch(letters):
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=86400", **INERT}
    return Response(draw(letters), media_type="image/svg+xml", headers=headers)


class Pictures:
    """Shows the pictures that people sent. `misses` counts addresses of none."""

    def __init__(self, pool: Pool, misses: Limit) -> None:
        self._pool = pool
        self._misses = misses

    @property
    def routes(self) -> list[BaseRoute]:
        """Those of the pictures and of the initials."""
        return [
            Route("/avatars/{letters}.svg", _initials),
            Route("/avatars/{owner}/{picture}.webp", self._avatar),
            Route("/logos/{company}/{digest}.png", self._logo),
        ]

    async def _avatar(self, request: Request) -> Response:
        owner = _OWNER.fullmatch(request.path_params["owner"])
        picture = _PICTURE.fullmatch(request.path_params["picture"])
        if owner is None or picture is None:
            raise HTTPException(404)
        company_id, collaborator_id = (UUID(part) for part in owner.groups())
        values = (company_id, collaborator_id, picture[1], picture[2] is not None)
        return await self._answer(request, company_id, _AVATAR, values, "image/webp")

    async def _logo(self, request: Request) -> Response:
        company, digest = (_HEX.fullmatch(request.path_params[name]) for name in ("company", "digest"))
        if company is None or digest is None:
            raise HTTPException(404)
        company_id = UUID(company[0])
        return await self._answer(request, company_id, _LOGO, (company_id, digest[0]), "image/png")

    async def _answer(
        self, request: Request, company_id: UUID, query: str, values: Sequence[Any], media_type: str
    ) -> Response:
        block = address_block(request.client.host if request.client else "")
        try:
            if spent := await self._misses.spent(block):
                raise RateLimited(spent)
            [result] = await self._pool.within(company_id, [(query, values)], read_only=True)
            row = next(iter(rows(result)), None)
            if row is None:
                await self._misses.spend(block)
                raise HTTPException(404)
        except FichaError as error:
            return refuse(error, *refusal(error))
        headers = {"Cache-Control": "public, max-age=31536000, immutable", **INERT}
        return Response(bytes(row[0]), media_type=media_type, headers=headers)
