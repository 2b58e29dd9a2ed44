"""`POST /invitations/accept`: how a person with a token, but no collaborator yet, becomes the one who was invited.

It is not a mutation, because a mutation requires a viewer.
"""

from typing import Any, Final, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from domain.invitation import INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_USED
from domain.problem import Rejected
from domain.refusals import INVITATION_ACCOUNT
from errors import FichaError, OutcomeUnknown
from loaders.collaborator import CollaboratorEntity
from loaders.company import CompanyEntity
from loaders.ids import encode
from server.access.admission import authorization, refusal
from server.access.invitations import Accepted, Invitations
from server.execution.parameters import RequestRefused
from server.http.json_text import loads
from server.http.negotiation import JSON, language
from server.http.refusals import HttpRefused, refuse
from server.http.requests import demand_json

LONGEST_BODY: Final = 4_096
"""Bytes."""

_STATUS: Final = {
    INVITATION_EXPIRED: 410,
    INVITATION_REVOKED: 410,
    INVITATION_USED: 409,
    INVITATION_ACCOUNT: 409,
}
"""All others are 403."""


class AcceptInvitation:
    """Takes `{"invitation": "fi_…"}`, and answers who the sender is from now on, and in which company."""

    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    async def answer(self, request: Request) -> Response:
        """Starlette's endpoint."""
        try:
            headers = request.headers
            demand_json(headers.get("content-type", ""), headers.get("content-encoding", "identity"))
            text = await _invitation(request)
            address = request.client.host if request.client else ""
            accepted = await self._invitations.accept(authorization(request), text, address)
        except RequestRefused as error:
            return refuse(error, error.status, error.headers)
        except Rejected as rejected:
            return _refused(rejected, language(request.headers.get("accept-language", "")))
        except FichaError as error:
            return refuse(error, *refusal(error))
        except OutcomeUnknown as error:
            return refuse(_Unknown(error), 503)
        return Response(orjson.dumps(_shown(accepted)), 200, {"Cache-Control": "no-store"}, JSON)


class _Unknown(HttpRefused):
    """It may have been accepted: signing in tells."""

    code = OutcomeUnknown.code

    def __init__(self, error: OutcomeUnknown) -> None:
        super().__init__(error.message)


async def _invitation(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise RequestRefused(413, f"El cuerpo excede {LONGEST_BODY} bytes.", {"Connection": "close"})
    try:
        decoded: Any = loads(body)
    except orjson.JSONDecodeError:
        raise RequestRefused(400, "El cuerpo no es JSON válido en UTF-8.") from None
    text = cast("dict[str, Any]", decoded).get("invitation") if isinstance(decoded, dict) else None
    if not isinstance(text, str):
        raise RequestRefused(400, 'El cuerpo debe ser {"invitation": "fi_…"}.')
    return text


def _refused(rejected: Rejected, language: str) -> Response:
    problem = rejected.problems[0]
    message = problem.message_en if language == "en" else problem.message_es
    body = {"errors": [{"message": message, "extensions": {"code": problem.code.name}}]}
    return Response(orjson.dumps(body), _STATUS.get(problem.code, 403), {"Cache-Control": "no-store"}, JSON)


def _shown(accepted: Accepted) -> dict[str, Any]:
    return {
        "company": {"id": encode(CompanyEntity, accepted.company_id), "name": accepted.company},
        "collaborator": {"id": encode(CollaboratorEntity, accepted.collaborator_id), "name": accepted.name},
    }
