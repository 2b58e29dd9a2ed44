"""Pictures for the demo's collaborators: an initial on a colour of its own, drawn on request."""

import hashlib
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.http.headers import INERT

_NAME = re.compile(r"[a-z]{1,40}")


def draw(name: str) -> str:
    """The picture as SVG, the same for the same name."""
    hue = hashlib.sha256(name.encode()).digest()[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<circle cx="32" cy="32" r="32" fill="hsl({hue} 45% 40%)"/>'
        '<text x="32" y="43" font-family="sans-serif" font-size="32" fill="white" text-anchor="middle">'
        f"{name[0].upper()}</text></svg>"
    )


async def _avatar(request: Request) -> Response:
    name = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=86400", **INERT}
    return Response(draw(name), media_type="image/svg+xml", headers=headers)


avatars = Route("/avatars/{name}.svg", _avatar)
