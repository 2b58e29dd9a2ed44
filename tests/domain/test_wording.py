"""What people read for days, instants, months, amounts, sizes and reminders, in both languages."""

import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.payment_reminders import sentence_of
from domain.wording import amount_text, day_text, instant_text, month_text, size_text

MEXICO = ZoneInfo("America/Mexico_City")
TIJUANA = ZoneInfo("America/Tijuana")


def test_a_day_is_written_as_each_language_has_it() -> None:
    for day in (datetime.date(2026, 2, 1), "2026-02-01"):
        assert day_text(day, "es") == "01/02/2026"
        assert day_text(day, "en") == "2026-02-01"


def test_an_instant_is_that_of_the_company_s_clocks() -> None:
    for instant in (datetime.datetime(2026, 3, 1, 5, 59, 59, tzinfo=datetime.UTC), "2026-03-01T05:59:59.000Z"):
        assert instant_text(instant, "es", MEXICO) == "28/02/2026 23:59"
        assert instant_text(instant, "en", TIJUANA) == "2026-02-28 21:59"


def test_a_month_has_its_name() -> None:
    assert [month_text(f"2026-{month:02}", "es").split()[0] for month in (1, 9, 12)] == [
        "enero", "septiembre", "diciembre",
    ]  # fmt: skip
    assert month_text("2026-11", "es") == "noviembre de 2026"
    assert month_text("2026-11", "en") == "November 2026"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("0.00"), "0.00"),
        (Decimal("-1234567.50"), "-1,234,567.50"),
        ("999.9", "999.9"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("0E-8"), "0.00000000"),
        ("no number", "no number"),
    ],
)
def test_an_amount_has_its_decimals_and_commas(amount: Decimal | str, text: str) -> None:
    assert amount_text(amount) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (173_063, "173.1 kB"),
     (999_960, "1.0 MB"), (26_214_400, "26.2 MB"), (5 * 2**30, "5.4 GB"), (10**13, "10,000.0 GB")],
)  # fmt: skip
def test_a_size_has_the_unit_that_fits(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("rule", "es", "en"),
    [
        (
            ("BEFORE", 30, 9, None, None),
            "30 días antes del vencimiento, a las 9:00",
            "30 days before the due date, at 9:00",
        ),
        (("BEFORE", 1, 0, None, None), "1 día antes del vencimiento, a las 0:00", "1 day before the due date, at 0:00"),
        (("ON", 0, 13, None, None), "El día del vencimiento, a las 13:00", "On the due date, at 13:00"),
        (("ON", 0, 1, None, None), "El día del vencimiento, a la 1:00", "On the due date, at 1:00"),
        (
            ("AFTER", 11, 10, 7, 4),
            "11 días después del vencimiento, a las 10:00; se repite cada 7 días, hasta 4 veces",
            "11 days after the due date, at 10:00; repeated every 7 days, up to 4 times",
        ),
        (
            ("AFTER", 1, 10, 1, 1),
            "1 día después del vencimiento, a las 10:00; se repite cada día, una vez",
            "1 day after the due date, at 10:00; repeated every day, once",
        ),
    ],
)  # fmt: skip
def test_a_reminder_is_a_sentence(rule: tuple[Any, ...], es: str, en: str) -> None:
    columns = dict(zip(("moment", "days", "hour", "repeat_every_days", "repeat_at_most"), rule, strict=True))
    assert sentence_of(columns, "es") == es
    assert sentence_of(columns, "en") == en
