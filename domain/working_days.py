"""Working days in Mexico: Monday to Friday, except for the days of compulsory rest (Ley Federal del Trabajo, art. 74).

Days that only electoral laws or a decree make holidays are not known here.
"""

import datetime

MONDAY, SATURDAY = 0, 5


def is_day_off(day: datetime.date) -> bool:
    """Whether nobody has to work on it."""
    return day.weekday() >= SATURDAY or _is_holiday(day)


def next_working_day(day: datetime.date) -> datetime.date:
    """The day itself, or the first working day after it."""
    while is_day_off(day):
        day += datetime.timedelta(days=1)
    return day


def _is_holiday(day: datetime.date) -> bool:
    match day.month, day.day:
        case (1, 1) | (5, 1) | (9, 16) | (12, 25):
            return True
        case (10, 1):  # the federal executive takes office every six years; since 2024 on this day
            return day.year >= 2024 and (day.year - 2024) % 6 == 0
        case _:
            # Constitution, Benito Juárez, Revolution: the first, third and third Monday.
            return day.weekday() == MONDAY and {2: 1, 3: 3, 11: 3}.get(day.month) == (day.day + 6) // 7
