"""A collaborator's picture: an image of theirs drawn anew, or without one, their initials."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.audit import audit
from domain.inputs import Added, Maybe, OnRecord
from domain.picture import digest
from domain.work import UnitOfWork
from models import Avatar, Collaborator
from models.audit import AuditEventKind
from models.viewer import Permission, Viewer
from storage.reading import Reader

READER: Final = Reader("storage.picture:read_avatar", 1 << 19)


def demand(viewer: Viewer, collaborator_id: UUID) -> None:
    """Forbidden where it is neither the viewer's own picture nor theirs to administer."""
    if viewer.collaborator_id != collaborator_id or viewer.api_key_id:
        viewer.demand(Permission.ADMIN)


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
        values = {"digest": digest(pictures[0]), "picture": pictures[0], "thumbnail": pictures[1]}
        await work.session.merge(Avatar(company_id=work.company_id, collaborator_id=collaborator.id, **values))
        picture = f"/avatars/{work.company_id.hex}{collaborator.id.hex}/{values['digest']}.webp"
    if picture != collaborator.picture:
        collaborator.picture = picture
        work.touch(collaborator)
        change = {"field": "avatar", "from": None, "to": None}
        audit(work, AuditEventKind.COLLABORATOR_CHANGED, email=collaborator.email, changes=[change])
    return collaborator
