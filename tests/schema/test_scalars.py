"""The scalars: one form on the way out, a few on the way in, and nothing else."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

import models
from schema import scalars
from tests.fixtures import Company, global_id

UTC = datetime.UTC


@pytest.mark.claims(
    "README.md",
    "A `DateTime` is written in UTC to the millisecond and read with any offset.",
)
@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime.datetime(2026, 11, 25, 1, 44, 58, 123456, UTC), "2026-11-25T01:44:58.123Z"),
        (datetime.datetime(2026, 11, 25, 1, 44, 58, 0, UTC), "2026-11-25T01:44:58.000Z"),
        (datetime.datetime(2026, 11, 25, 1, 44, 58, 999999, UTC), "2026-11-25T01:44:58.999Z"),
        (
            datetime.datetime(2026, 11, 24, 19, 44, 58, tzinfo=datetime.timezone(-datetime.timedelta(hours=6))),
            "2026-11-25T01:44:58.000Z",
        ),
        (datetime.datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
    ],
)
def test_an_instant_is_written_in_utc_to_the_millisecond(value: datetime.datetime, written: str) -> None:
    assert scalars.write_instant(value) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-25T01:44:58.123Z", datetime.datetime(2026, 11, 25, 1, 44, 58, 123000, UTC)),
        ("2026-11-25t01:44:58z", datetime.datetime(2026, 11, 25, 1, 44, 58, 0, UTC)),
        ("2026-11-24T19:44:58-06:00", datetime.datetime(2026, 11, 25, 1, 44, 58, 0, UTC)),
        ("2026-11-25T07:14:58.5+05:30", datetime.datetime(2026, 11, 25, 1, 44, 58, 500000, UTC)),
        ("2026-11-25T01:44:58.123456789Z", datetime.datetime(2026, 11, 25, 1, 44, 58, 123456, UTC)),
        ("2026-11-25T01:44:58-00:00", datetime.datetime(2026, 11, 25, 1, 44, 58, 0, UTC)),
    ],
)
def test_an_instant_is_read_with_any_offset(text: str, value: datetime.datetime) -> None:
    assert scalars.read_instant(text) == value
    assert scalars.read_instant(text).utcoffset() == datetime.timedelta(0)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_again(value: datetime.datetime) -> None:
    again = scalars.read_instant(scalars.write_instant(value))
    assert datetime.timedelta(0) <= value - again < datetime.timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (scalars.read_instant, "2026-11-25"),
        (scalars.read_instant, "2026-11-25 01:44:58Z"),
        (scalars.read_instant, "2026-11-25T01:44:58"),
        (scalars.read_instant, "2026-11-25T24:44:58Z"),
        (scalars.read_instant, "2026-11-25T01:44:60Z"),
        (scalars.read_instant, "2026-11-25T01:44:58.Z"),
        (scalars.read_instant, "2026-11-25T01:44:58+0600"),
        (scalars.read_instant, "٢٠٢٦-١١-٢٥T01:44:58Z"),
        (scalars.read_instant, 0),
        (scalars.read_instant, None),
        (scalars.read_date, "2026-02-29"),
        (scalars.read_date, "2026-W01-1"),
        (scalars.read_date, "2026-1-1"),
        (scalars.read_date, "2026-01-01\n"),
        (scalars.read_date, "٢٠٢٦-٠١-٠١"),
        (scalars.read_date, 20260101),
        (scalars.read_decimal, 1.5),
        (scalars.read_decimal, True),
        (scalars.read_decimal, "1."),
        (scalars.read_decimal, ".5"),
        (scalars.read_decimal, "+1"),
        (scalars.read_decimal, "1,000"),
        (scalars.read_decimal, " 1"),
        (scalars.read_decimal, "1_0"),
        (scalars.read_decimal, "١"),
        (scalars.read_decimal, "1e5"),
        (scalars.read_decimal, "Infinity"),
        (scalars.read_decimal, -(10**15)),
        (scalars.read_decimal, 10**5000),
    ],
    ids=map(str, range(29)),
)
def test_anything_else_is_refused_with_a_code(read: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(GraphQLError) as raised:
        read(value)
    assert raised.value.extensions == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1234.50", "1234.50"),
        ("-0.000001", "-0.000001"),
        (7, "7"),
        (-7, "-7"),
        ("0", "0"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_decimal_keeps_its_digits(value: Any, number: str) -> None:
    assert scalars.read_decimal(value) == Decimal(number)
    assert scalars.write_decimal(Decimal(number)) == number


def test_a_decimal_is_written_plainly() -> None:
    assert [scalars.write_decimal(Decimal(text)) for text in ("1E+3", "0E-6", "-0.10", "1234567890123456.12")] == [
        "1000", "0.000000", "-0.10", "1234567890123456.12",
    ]  # fmt: skip


def test_dates_numbers_and_instants_over_the_wire(company: Callable[..., Company]) -> None:
    own = company(time_zone="Pacific/Kiritimati")
    client = own.client(created_at=datetime.datetime(2026, 11, 25, 1, 44, 58, 123999, UTC))
    invoice = own.add(
        models.SalesDocument, client_id=client, subtotal="1234567.80", total="1234567.80",
        due_on=datetime.date(2027, 2, 28), exchange_rate="17.123456", currency="USD",
    )  # fmt: skip
    query = """
    query ($id: ID!, $document: ID!) {
      client(id: $id) { createdAt convertedAt }
      salesDocument(id: $document) { total exchangeRate ... on SalesInvoice { dueOn balance } }
    }
    """
    data = own.ask(query, id=global_id(models.Client, client), document=global_id(models.SalesDocument, invoice)).data
    assert data == {
        "client": {"createdAt": "2026-11-25T01:44:58.123Z", "convertedAt": None},
        "salesDocument": {
            "total": "1234567.80", "exchangeRate": "17.123456", "dueOn": "2027-02-28", "balance": "1234567.80",
        },
    }  # fmt: skip
