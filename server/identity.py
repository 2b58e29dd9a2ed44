"""From the credentials of a request to its viewer. Nothing here says whether it was the signature, the company or the
collaborator that was wrong."""

import time
from typing import Any
from uuid import UUID

import jwt

from domain.months import time_zone
from errors import Unauthenticated
from loaders.reader import Pool
from models.collaborator import Role
from models.viewer import BUNDLES, Viewer
from server import tokens
from server.settings import Settings

REMEMBERED_SECONDS = 10
"""How long a viewer is remembered by their token: a change of role or a dismissal takes hold after that."""

_FIND = """
select collaborator.id, collaborator.role, company.time_zone
from collaborator join company on company.id = collaborator.company_id
where collaborator.company_id = %s and lower(collaborator.email) = lower(%s) and collaborator.active
"""


class Identity:
    """Tells who asks."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._key = tokens.verification_key(settings.data_dir)
        self._known: dict[str, tuple[float, Viewer]] = {}

    async def viewer(self, authorization: str | None) -> Viewer:
        """The viewer that the Authorization header stands for; Unauthenticated where it stands for nobody."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Falta el encabezado Authorization: Bearer <token>.")
        token = token.strip()
        known = self._known.get(token)
        if known and known[0] > time.monotonic():
            return known[1]
        viewer = await self._find(self._claims(token))
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[token] = (time.monotonic() + REMEMBERED_SECONDS, viewer)
        return viewer

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=[tokens.ALGORITHM],
                issuer=tokens.ISSUER,
                audience=tokens.AUDIENCE,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("El token venció.") from None
        except jwt.InvalidTokenError:
            raise Unauthenticated("El token no es válido.") from None

    async def _find(self, claims: dict[str, Any]) -> Viewer:
        nobody = Unauthenticated("El token no corresponde a ningún colaborador activo.")
        email = claims.get(self._settings.jwt_collaborator_claim)
        try:
            company = UUID(str(claims.get(self._settings.jwt_company_claim)))
        except ValueError:
            raise nobody from None
        if not isinstance(email, str):
            raise nobody
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("select set_config('ficha.company_id', %s, true)", (str(company),))
            found = await (await connection.execute(_FIND, (company, email))).fetchone()
        if found is None:
            raise nobody
        collaborator, role, zone = found
        return Viewer(company, collaborator, Role(role), time_zone(zone), BUNDLES[Role(role)])
