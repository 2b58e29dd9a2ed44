"""What surrounds the command that gives a collaborator a picture: the image is read before the transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from domain import avatar, picture
from domain.avatar import SetAvatar
from resolvers.context import Context


@asynccontextmanager
async def drawing(context: Context, input: SetAvatar) -> AsyncGenerator[Mapping[str, Any]]:
    """The pictures of the image that was sent, or none."""
    avatar.demand(context.viewer, input.id)
    image = input.image
    company_id = context.viewer.company_id
    yield {"pictures": await picture.draw(context.readers, avatar.READER, image, company_id) if image else []}
