"""Working days: those of the week on which the company works, except for Mexico's days of compulsory rest (Ley Federal
del Trabajo, art. 74) and the company's own days off.

Election days are holidays too (art. 74, IX), but no rule tells them in advance: a company adds them.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

_FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): "Año Nuevo",
    (5, 1): "Día del Trabajo",
    (9, 16): "Día de la Independencia",
    (12, 25): "Navidad",
}
# The month, and which of its Mondays; they were fixed days until 2006.
_MONDAYS: Mapping[tuple[int, int], str] = {
    (2, 1): "Día de la Constitución",
    (3, 3): "Natalicio de Benito Juárez",
    (11, 3): "Día de la Revolución",
}
_GOVERNMENT = "Transmisión del Poder Ejecutivo Federal"


def official_holiday(day: datetime.date) -> str | None:
    """What day of compulsory rest it is, by the law as it is now."""
    if name := _FIXED.get((day.month, day.day)):
        return name
    # Every six years; since 2024 on the first of October, before on that of December.
    if day.day == 1 and day.month == (10 if day.year >= 2024 else 12) and day.year % 6 == 2:
        return _GOVERNMENT
    return _MONDAYS.get((day.month, (day.day + 6) // 7)) if day.isoweekday() == 1 else None


def official_holidays(year: int) -> list[tuple[datetime.date, str]]:
    """The year's days of compulsory rest, in order."""
    first = datetime.date(year, 1, 1)
    days = (first + datetime.timedelta(days=number) for number in range(366))
    return [(day, name) for day in days if day.year == year and (name := official_holiday(day))]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """On which days a company works: ISO's `weekdays`, from 1, Monday, to 7; at least one of them is there."""

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    keeps_official: bool = True
    own: frozenset[datetime.date] = field(default_factory=frozenset[datetime.date])
    """Its own days off."""

    def is_day_off(self, day: datetime.date) -> bool:
        """Whether nobody works on it."""
        return (
            day.isoweekday() not in self.weekdays
            or day in self.own
            or (self.keeps_official and official_holiday(day) is not None)
        )

    def next_working_day(self, day: datetime.date) -> datetime.date:
        """The day itself, or the first working day after it. OverflowError after the calendar's end."""
        while self.is_day_off(day):
            day += datetime.timedelta(days=1)
        return day

    def previous_working_day(self, day: datetime.date) -> datetime.date:
        """The day itself, or the last working day before it. OverflowError before the calendar's beginning."""
        while self.is_day_off(day):
            day -= datetime.timedelta(days=1)
        return day


USUAL = WorkCalendar()
"""Monday to Friday, without the official holidays."""
