"""Months in a company's zone: where they begin, which one an instant is in, what a list holds."""

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.months import (
    DEFAULT_ZONE,
    TIME_ZONE_UNKNOWN,
    YEAR_MONTH_INVALID,
    YearMonth,
    bounds,
    month_of,
    months_between,
    time_zone,
)
from domain.problem import Rejected


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "month", "start", "hours"),
    [
        ("America/Mexico_City", "2022-07", "2022-07-01T05:00", 744),
        ("America/Mexico_City", "2022-10", "2022-10-01T05:00", 745),
        ("America/Mexico_City", "2022-11", "2022-11-01T06:00", 720),
        ("America/Mexico_City", "2023-07", "2023-07-01T06:00", 744),
        ("America/Mexico_City", "2024-02", "2024-02-01T06:00", 696),
        ("America/Monterrey", "2023-04", "2023-04-01T06:00", 720),
        ("America/Tijuana", "2023-01", "2023-01-01T08:00", 744),
        ("America/Tijuana", "2023-07", "2023-07-01T07:00", 744),
        ("America/Tijuana", "2023-03", "2023-03-01T08:00", 743),
        ("America/Tijuana", "2023-11", "2023-11-01T07:00", 721),
        ("America/Ciudad_Juarez", "2022-12", "2022-12-01T07:00", 744),
        ("America/Ciudad_Juarez", "2023-07", "2023-07-01T06:00", 744),
        ("America/Ojinaga", "2023-01", "2023-01-01T06:00", 744),
        ("America/Ojinaga", "2023-07", "2023-07-01T05:00", 744),
        ("America/Matamoros", "2023-07", "2023-07-01T05:00", 744),
        ("America/Chihuahua", "2022-10", "2022-10-01T06:00", 744),
        ("America/Chihuahua", "2023-07", "2023-07-01T06:00", 744),
        ("America/Cancun", "2023-01", "2023-01-01T05:00", 744),
        ("America/Cancun", "2023-07", "2023-07-01T05:00", 744),
        ("America/Hermosillo", "2023-07", "2023-07-01T07:00", 744),
        ("America/Mazatlan", "2023-07", "2023-07-01T07:00", 744),
        ("America/Bahia_Banderas", "2023-07", "2023-07-01T06:00", 744),
        ("America/Merida", "2023-07", "2023-07-01T06:00", 744),
        ("America/Mexico_City", "2999-12", "2999-12-01T06:00", 744),
    ],
)
def test_where_a_month_begins_and_how_long_it_is(zone: str, month: str, start: str, hours: int) -> None:
    assert bounds(YearMonth.parse(month), time_zone(zone)) == (utc(start), utc(start) + timedelta(hours=hours))


def test_the_default_zone_is_the_capital_s() -> None:
    assert time_zone(DEFAULT_ZONE).key == "America/Mexico_City"


@pytest.mark.parametrize(
    ("instant", "zone", "local"),
    [
        (datetime.fromtimestamp(1682522397, UTC), "America/Mexico_City", "2023-04-26T09:19:57-06:00"),
        (utc("2023-07-04T19:00"), "America/Mexico_City", "2023-07-04T13:00:00-06:00"),
        (utc("2023-04-04T14:00"), "America/Monterrey", "2023-04-04T08:00:00-06:00"),
    ],
)
def test_zones_know_that_summer_time_is_over(instant: datetime, zone: str, local: str) -> None:
    assert instant.astimezone(time_zone(zone)).isoformat() == local


def test_zones_come_from_the_pinned_package() -> None:
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    ("instant", "zone", "month"),
    [
        ("2026-11-01T05:59:59.999999", "America/Mexico_City", "2026-10"),
        ("2026-11-01T06:00", "America/Mexico_City", "2026-11"),
        ("2026-11-01T06:30", "America/Tijuana", "2026-10"),
        ("2026-11-01T05:00", "America/Cancun", "2026-11"),
        ("2026-11-01T04:59", "America/Cancun", "2026-10"),
    ],
)
def test_the_month_of_an_instant(instant: str, zone: str, month: str) -> None:
    assert str(month_of(utc(instant), time_zone(zone))) == month


def test_an_instant_may_come_in_any_offset_but_needs_one() -> None:
    zone = time_zone("America/Mexico_City")
    assert month_of(datetime(2026, 11, 1, 6, tzinfo=timezone(timedelta(hours=6))), zone) == YearMonth(2026, 10)
    with pytest.raises(ValueError, match="offset"):
        month_of(datetime(2026, 11, 1), zone)  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "2026/11", " 2026-11", "2026-11\n", "٢٠٢٦-١١", "1899-12",
     "3000-01", "0000-01", ""],
)  # fmt: skip
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        YearMonth.parse(text)
    assert [problem.code for problem in caught.value.problems] == [YEAR_MONTH_INVALID]


@pytest.mark.parametrize(
    "name", ["", "America", "Mexico", "../etc/passwd", "/etc/passwd", "America/Atlantis", "a\0b", "-06:00"]
)
def test_what_is_no_time_zone(name: str) -> None:
    with pytest.raises(Rejected) as caught:
        time_zone(name)
    assert [problem.code for problem in caught.value.problems] == [TIME_ZONE_UNKNOWN]


def test_a_month_list_spans_years_and_includes_both_ends() -> None:
    listed = months_between(YearMonth(2025, 11), YearMonth(2026, 2))
    assert [str(month) for month in listed] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between(YearMonth(2026, 2), YearMonth(2026, 2)) == (YearMonth(2026, 2),)
    assert months_between(YearMonth(2026, 3), YearMonth(2026, 2)) == ()


def test_months_are_ordered_and_print_as_they_parse() -> None:
    months = [YearMonth(2026, 2), YearMonth(2025, 12), YearMonth(2026, 1)]
    assert [str(month) for month in sorted(months)] == ["2025-12", "2026-01", "2026-02"]
    assert YearMonth.parse("2026-11") == YearMonth(2026, 11)
    assert YearMonth.parse("2026-11").first_day.isoformat() == "2026-11-01"


# Zones whose clocks have jumped over, or back to, a midnight too.
zones = st.sampled_from(
    [
        ZoneInfo(f"America/{city}")
        for city in ("Mexico_City", "Tijuana", "Cancun", "Ciudad_Juarez", "Asuncion", "Havana")
    ]
)
months = st.builds(YearMonth, st.integers(1901, 2998), st.integers(1, 12))


@given(months, zones)
def test_months_tile_time(month: YearMonth, zone: ZoneInfo) -> None:
    start, end = bounds(month, zone)
    assert month_of(start, zone) == month
    assert month_of(end - timedelta(microseconds=1), zone) == month
    following = month_of(end, zone)
    assert months_between(month, following) == (month, following)
    assert bounds(following, zone)[0] == end
