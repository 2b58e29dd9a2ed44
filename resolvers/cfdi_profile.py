"""Whether the client's data would do for a CFDI."""

import datetime
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

from strawberry import Info, argument

from domain.cfdi_profile import Readiness, Receptor
from domain.cfdi_profile import readiness as judge
from domain.months import end_of_day
from resolvers.context import Context, operation, viewer
from resolvers.reading import filled

_FIELDS = tuple(field.name for field in fields(Receptor))


@filled(*(f"cfdi_profile.{name}" for name in _FIELDS))
def readiness(context: Context, client: Mapping[str, Any]) -> Readiness:
    """Judges the client's current profile; one that has none lacks everything."""
    receptor = Receptor(**{name: client[f"cfdi_profile.{name}"] for name in _FIELDS})
    return judge(receptor, context.viewer.today(context.now))


async def profile_on(
    root: Any, info: Info, on: Annotated[datetime.date, argument(description="The day, in the company's time zone.")]
) -> Any:
    """The version that held when the day ended where the company is."""
    end = end_of_day(on, viewer(info).time_zone)
    for version in await operation(info).load(root, "cfdi_profiles"):
        if version.valid_from < end and (version.valid_to is None or end <= version.valid_to):
            return version
    return None
