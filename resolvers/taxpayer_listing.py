"""Whether the SAT lists a client under art. 69-B of the CFF."""

import datetime
from typing import Annotated, Any

from strawberry import Info, argument

from resolvers.context import context, operation, viewer


async def listing_on(
    root: Any,
    info: Info,
    on: Annotated[
        datetime.date | None, argument(description="The day; today in the company's time zone by default.")
    ] = None,
) -> Any:
    """The newest publication up to the day."""
    day = on or viewer(info).today(context(info).now)
    listings = await operation(info).load(root, "taxpayer_listings")
    return next((listing for listing in listings if listing.published_on <= day), None)
