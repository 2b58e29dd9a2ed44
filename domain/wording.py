"""How people read days, instants, months, amounts and sizes: in Spanish (es-MX) or English."""

import datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
_UNITS: Final = ("kB", "MB", "GB")


def day_text(day: datetime.date | str, language: str) -> str:
    """ "29/11/2026": in Mexico the day comes first. In English no order is certain, so that it is "2026-11-29"."""
    day = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    # strftime takes ten times as long, and a screen has a hundred days.
    if language == "en":
        return f"{day.year:04}-{day.month:02}-{day.day:02}"
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def instant_text(instant: datetime.datetime | str, language: str, zone: ZoneInfo) -> str:
    """The day and the time in the zone, as "29/11/2026 10:15"."""
    instant = datetime.datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    local = instant.astimezone(zone)
    return f"{day_text(local, language)} {local.hour:02}:{local.minute:02}"


def month_text(month: str, language: str) -> str:
    """A month as the API writes it, `2026-11`: "noviembre de 2026", "November 2026"."""
    year, number = month.split("-")
    name = _MONTHS[language][int(number) - 1]
    return f"{name} {year}" if language == "en" else f"{name} de {year}"


def amount_text(amount: Decimal | str) -> str:
    """With all its decimals and a comma between thousands, as "1,250.00"; the same in both languages."""
    try:
        return f"{Decimal(amount):,f}"
    except InvalidOperation:  # kept with an event before there was a rule
        return str(amount)


def size_text(size: int) -> str:
    """A number of bytes: "812 bytes", "1.2 MB"; the same in both languages."""
    if size < 1000:
        return f"{size} byte{'s' * (size != 1)}"
    for power, unit in enumerate(_UNITS, start=1):
        value = size / 1000**power
        if value < 999.95:  # which is not written as 1,000.0
            return f"{value:.1f} {unit}"
    return f"{size / 1000 ** len(_UNITS):,.1f} {_UNITS[-1]}"
