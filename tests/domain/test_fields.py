"""How declared values are read: money, text, absent and null, all problems at once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies

from domain.fields import Field, Fields, line, money, read, shown
from domain.inputs import Input
from domain.problem import Rejected

FIELDS: Fields = {
    "name": Field(line(5), required=True),
    "note": Field(line(5)),
    "flag": Field(required=True, default=False),
}


def refused(fields: Fields, values: Any, *, creating: bool = False) -> list[tuple[str, Any]]:
    with pytest.raises(Rejected) as caught:
        read(fields, Input(**values), creating=creating)
    return [(problem.code.name, problem.path) for problem in caught.value.problems]


def test_absent_is_not_null() -> None:
    assert read(FIELDS, Input(), creating=False) == {}
    assert read(FIELDS, Input(note=None), creating=False) == {"note": None}
    assert read(FIELDS, Input(name=" A "), creating=True) == {"name": "A", "note": None, "flag": False}


def test_everything_wrong_at_once() -> None:
    assert refused(FIELDS, {"name": " ", "note": "123456", "flag": None}) == [
        ("TEXT_REQUIRED", ("name",)),
        ("TEXT_TOO_LONG", ("note",)),
        ("TEXT_REQUIRED", ("flag",)),
    ]
    assert refused(FIELDS, {}, creating=True) == [("TEXT_REQUIRED", ("name",))]


@given(strategies.decimals(0, "9999999999999999.99", places=2))
def test_an_amount_of_two_decimals_is_kept_to_the_cent(amount: Decimal) -> None:
    assert money(amount) == amount
    assert money(amount).as_tuple().exponent == -2
    assert Decimal(shown(money(amount)) or "") == amount


@given(strategies.decimals(0, 10**12, places=6).filter(lambda amount: amount * 100 != int(amount * 100)))
def test_a_part_of_a_cent_is_refused_and_not_rounded(amount: Decimal) -> None:
    assert refused({"amount": Field(money)}, {"amount": amount}) == [("AMOUNT_DECIMALS", ("amount",))]


@pytest.mark.parametrize("amount", [Decimal("-0.01"), Decimal(10) ** 16])
def test_an_amount_is_within_what_is_stored(amount: Decimal) -> None:
    assert refused({"amount": Field(money)}, {"amount": amount}) == [("OUT_OF_RANGE", ("amount",))]
