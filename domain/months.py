"""Months of a company's own time zone: what `2026-11` is in UTC, the month of an instant, the months of a list.

Zones come from the pinned `tzdata` package, never from the system: a server that still believed in Mexico's summer
time (abolished on 2022-10-30) would cut the months of summer an hour early. For the same reason bounds are computed
here and handed to SQL as instants; the database's own zone tables are not asked.
"""

import functools
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.problem import error, reject

YEAR_MONTH_INVALID: Final = error(
    "El mes debe tener la forma AAAA-MM, entre 1900-01 y 2999-12.",
    "The month must read YYYY-MM, between 1900-01 and 2999-12.",
)
TIME_ZONE_UNKNOWN: Final = error(
    "La zona horaria «{zone}» no existe en la base de IANA.", "The time zone “{zone}” is not in the IANA database."
)


# Process-wide on purpose: two sources of zones in one process could disagree. With no path left, zoneinfo reads tzdata.
zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()
# Read at once, for it takes some 50 ms and a descriptor: no request is to wait for it, or to fail for want of one.
_ZONE_NAMES: Final = frozenset(zoneinfo.available_timezones())

DEFAULT_ZONE: Final = "America/Mexico_City"
_FORM: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A calendar month, from 1900-01 to 2999-12; reads and prints `YYYY-MM`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2999 and 1 <= self.month <= 12):
            raise reject(YEAR_MONTH_INVALID)

    @classmethod
    def parse(cls, text: str) -> "YearMonth":
        match = _FORM.fullmatch(text)
        if not match:
            raise reject(YEAR_MONTH_INVALID)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)


def time_zone(name: str) -> ZoneInfo:
    """The IANA zone of this name; an unknown one is `Rejected` (ZoneInfo raises whatever it meets)."""
    if name not in _ZONE_NAMES:
        raise reject(TIME_ZONE_UNKNOWN, zone=name)
    return ZoneInfo(name)


@functools.lru_cache(10_000)
def bounds(month: YearMonth, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The month as `[start, end)` in UTC: from its first local midnight to that of the next month."""
    return _midnight(month.year, month.month, zone), _midnight(*_following(month), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which the day ends where the zone is; of the calendar's last day, the last instant."""
    try:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def month_of(instant: datetime, zone: ZoneInfo) -> YearMonth:
    """The local month in which an instant (with an offset) falls."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    local = instant.astimezone(zone)
    return YearMonth(local.year, local.month)


def months_between(first: YearMonth, last: YearMonth) -> tuple[YearMonth, ...]:
    """Every month from first to last, both included; none when last comes before first."""
    count = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(YearMonth(number // 12, number % 12 + 1) for number in count)


def _following(month: YearMonth) -> tuple[int, int]:
    return (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)


def _midnight(year: int, month: int, zone: ZoneInfo) -> datetime:
    # Where clocks jump over midnight, the first fold's offset makes this the very instant of the jump.
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)


@functools.lru_cache(256)
def month_starts(first_year: int, last: YearMonth, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants at which the months from January of `first_year` to `last` begin."""
    return tuple(_midnight(month.year, month.month, zone) for month in months_between(YearMonth(first_year, 1), last))
