"""`GET /documents/<id>/file`, `/view` and `/thumbnail`: addresses of a document that last as long as somebody is signed
in. They are opened with the credentials of `/graphql`, hold no secret, and redirect to a link that lives for minutes.
"""

from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from errors import BadInput, FichaError, Forbidden
from loaders.document import DocumentEntity
from loaders.ids import decode_as, encode
from models.collaborator import Locale
from models.viewer import Permission, Viewer
from server.access.admission import Admission, refusal
from server.http.error_page import refuse_link
from server.http.files import FileGone, LinkRefused, Links
from server.http.headers import INERT
from storage.links import Link, LinkedFile

_FORMS: Final = {"file": (False, False), "view": (True, False), "thumbnail": (True, True)}
"""The last part of the address: whether it is shown, and whether it is the thumbnail."""
_OF: Final = {form: name for name, form in _FORMS.items()}
_VARY: Final = "Accept, Accept-Language, Authorization, X-Ficha-Company"


class DocumentAddresses:
    """Makes the addresses of documents, and answers them."""

    def __init__(self, links: Links, admission: Admission) -> None:
        self._links = links
        self._admission = admission

    @property
    def routes(self) -> list[BaseRoute]:
        """The one address; HEAD goes with GET."""
        return [Route("/documents/{id}/{form}", self._answer, methods=["GET"])]

    def address(self, request: HTTPConnection, file: LinkedFile) -> str:
        """The absolute URL; it says nothing but the document's id."""
        id = encode(DocumentEntity, file.document_id)
        return f"{self._links.here(request)}/documents/{id}/{_OF[file.inline, file.thumbnail]}"

    async def _answer(self, request: Request) -> Response:
        locale = Locale.ES_MX
        try:
            admitted = await self._admission.admit(request)
            viewer = admitted.caller.viewer
            locale = viewer.locale
            location = await self._links.location(request, _link(request, viewer))
        except LinkRefused as error:
            refused, status, headers = error, error.status, dict(error.headers)
        except FichaError as error:
            status, headers = refusal(error)
            refused, status = error, 403 if isinstance(error, Forbidden) else status
        else:
            headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
            return Response(status_code=302, headers={**INERT, **headers, "Vary": _VARY})
        response = refuse_link(request, refused, status, {**INERT, **headers}, locale)
        response.headers["Vary"] = _VARY
        return response


def _link(request: Request, viewer: Viewer) -> Link:
    """What the address opens for the viewer. Raises FileGone, where nothing can be there, and Forbidden."""
    viewer.demand(Permission.DOCUMENTS_READ)
    try:
        document_id = decode_as(DocumentEntity, request.path_params["id"], "id")
        inline, thumbnail = _FORMS[request.path_params["form"]]
    except (BadInput, KeyError):
        raise FileGone("El archivo no existe o no puede verlo.") from None
    return Link(viewer.company_id, document_id, viewer.collaborator_id, viewer.api_key_id, inline, thumbnail)
