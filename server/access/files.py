"""Whether a link to a file may be opened: reads the document as the viewer for whom the link was made."""

import datetime
from dataclasses import dataclass

from database.wire import Pool, rows
from models.collaborator import Role
from models.viewer import Permission, bundle
from storage.content_type import WEBP
from storage.keys import thumbnail_key
from storage.links import Link

# Everything that a link can lose: the document, the collaborator, the key, the role's permissions, the sight of a
# client. One statement, each of its rows found by its primary key.
_FILE = """
select document.object_key, document.name, document.content_type, document.size, document.sha256,
    document.thumbnail_size, client.owner_id = collaborator.id, collaborator.role,
    company.role_permissions -> collaborator.role, api_key.id, api_key.scopes, api_key.expires_at, api_key.revoked_at
from document
    join company on company.id = document.company_id
    join client on client.company_id = $1 and client.id = document.client_id
    join collaborator on collaborator.company_id = $1 and collaborator.id = $3
    left join api_key on api_key.company_id = $1 and api_key.id = $4
        and api_key.created_by_id = collaborator.id
where document.company_id = $1 and document.id = $2 and document.deleted_at is null and collaborator.active
    and company.suspended_at is null
"""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file as it is sent; `size` in bytes. Files of the same `tag` have the same bytes."""

    key: str
    name: str
    content_type: str
    size: int
    tag: str
    inline: bool


class FileAccess:
    """Opens links, within the company's wall."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, link: Link) -> OpenedFile | None:
        """The file; None where it is gone, or where those for whom the link was made may not read it now."""
        values = (link.company_id, link.document_id, link.collaborator_id, link.api_key_id)
        [result] = await self._pool.within(link.company_id, [(_FILE, values)], read_only=True)
        row = next(iter(rows(result)), None)
        if row is None:
            return None
        *file, thumbnail_size, is_owner, role, changed, key_id, scopes, expires_at, revoked_at = row
        permissions = bundle(Role(role), changed)
        if link.api_key_id:
            if key_id is None or revoked_at or expires_at <= datetime.datetime.now(datetime.UTC):
                return None
            permissions = frozenset(permission for permission in permissions if permission.value in scopes)
        if Permission.DOCUMENTS_READ not in permissions:
            return None
        if not is_owner and Permission.CLIENTS_READ_ALL not in permissions:
            return None
        key, name, content_type, size, sha256 = file
        if not link.thumbnail:
            return OpenedFile(key, name, content_type, size, sha256, link.inline)
        if thumbnail_size is None:
            return None
        key = thumbnail_key(link.company_id, link.document_id)
        return OpenedFile(key, name, WEBP, thumbnail_size, f"{sha256}-thumbnail", link.inline)
