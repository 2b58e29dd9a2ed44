"""A collaborator's picture: an image of theirs drawn anew, or without one, their initials."""

import base64
import binascii
import hashlib
import io
import logging
import tempfile
from collections.abc import Sequence
from typing import BinaryIO, Final, cast
from uuid import UUID

from domain.audit import audit
from domain.inputs import Added, Maybe, OnRecord
from domain.problem import FILE_TOO_LARGE, error, reject
from domain.work import UnitOfWork
from models import Avatar, Collaborator
from models.audit import AuditEventKind
from models.viewer import Permission, Viewer
from storage.reading import Reader, Readers, UnreadableError

IMAGE_REFUSED: Final = error(
    "No es una imagen PNG, JPEG o WebP que se pueda leer.", "It is not a readable PNG, JPEG or WebP image."
)


log = logging.getLogger("ficha.avatars")

MOST_BYTES: Final = 512 << 10
"""Of an image as it is sent; a body with more would be refused as a whole."""
_READER: Final = Reader("storage.avatar:read_picture", 1 << 19)


def demand(viewer: Viewer, collaborator_id: UUID) -> None:
    """Forbidden where it is neither the viewer's own picture nor theirs to administer."""
    if viewer.collaborator_id != collaborator_id or viewer.api_key_id:
        viewer.demand(Permission.ADMIN)


async def draw(readers: Readers, text: str, company_id: UUID) -> Sequence[bytes]:
    """The picture and the thumbnail of an image in base64. `Rejected` if it is not an image or too large."""
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise reject(FILE_TOO_LARGE, most=MOST_BYTES).at("image")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise reject(IMAGE_REFUSED).at("image") from None
    with tempfile.TemporaryFile() as opened:
        file = cast("BinaryIO", opened)
        file.write(content)
        file.flush()
        file.seek(0, io.SEEK_SET)
        try:
            answer = await readers.read(_READER, file, company_id)
        except UnreadableError as error:
            log.info("an avatar could not be read: %s", error)
            raise reject(IMAGE_REFUSED).at("image") from None
    if "refused" in answer:
        log.info("an avatar was refused: %s", answer["refused"])
        raise reject(IMAGE_REFUSED).at("image")
    return [base64.b64decode(picture) for picture in answer["pictures"]]


class SetAvatar(OnRecord):
    """The collaborator and the image; `pictures` are its re-encoded versions."""

    image: Maybe[str]
    pictures: Added[Sequence[bytes]]


async def set_collaborator_avatar(work: UnitOfWork, input: SetAvatar) -> Collaborator:
    """Gives the collaborator these `pictures`; none takes theirs away. Needs `admin`, or to be them."""
    demand(work.viewer, input.id)
    collaborator = await work.named(Collaborator, input)
    avatar = await work.session.get(Avatar, (work.company_id, collaborator.id))
    pictures = input.pictures
    if not pictures:
        if avatar:
            await work.session.delete(avatar)
        picture = None
    else:
        digest = hashlib.sha256(pictures[0]).hexdigest()[:32]
        values = {"digest": digest, "picture": pictures[0], "thumbnail": pictures[1]}
        await work.session.merge(Avatar(company_id=work.company_id, collaborator_id=collaborator.id, **values))
        picture = f"/avatars/{work.company_id.hex}{collaborator.id.hex}/{digest}.webp"
    if picture != collaborator.picture:
        collaborator.picture = picture
        work.touch(collaborator)
        change = {"field": "avatar", "from": None, "to": None}
        audit(work, AuditEventKind.COLLABORATOR_CHANGED, email=collaborator.email, changes=[change])
    return collaborator
