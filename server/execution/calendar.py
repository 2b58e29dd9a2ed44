"""The months that lists of history are cut into, in the viewer's time zone."""

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.months import YearMonth, month_of, month_starts
from loaders.arrays import Instants
from loaders.history import FIRST_YEAR
from models.viewer import Viewer


def calendar(viewer: Viewer, now: datetime.datetime) -> Instants:
    """The months up to the viewer's present one, as statements take them."""
    return _calendar(month_of(now, viewer.time_zone), viewer.time_zone)


@lru_cache(256)
def _calendar(last: YearMonth, zone: ZoneInfo) -> Instants:
    return Instants(month_starts(FIRST_YEAR, last, zone))
