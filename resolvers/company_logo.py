"""What surrounds the command that gives the company a logo: the image is read before the transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from domain import company_logo, picture
from domain.company_logo import SetCompanyLogo
from domain.inputs import known
from models.viewer import Permission
from resolvers.context import Context


@asynccontextmanager
async def drawing(context: Context, input: SetCompanyLogo) -> AsyncGenerator[Mapping[str, Any]]:
    """The picture of the image that was sent, or none."""
    context.viewer.demand(Permission.COMPANY_WRITE)
    if (image := known(input.image)) is None:
        yield {"pictures": []}
    else:
        drawn = await picture.draw(context.readers, company_logo.READER, image, context.viewer.company_id)
        yield {"pictures": drawn}
