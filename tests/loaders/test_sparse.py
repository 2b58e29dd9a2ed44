"""Filters by a sum that is 0 for most: begun at what is summed only where no 0 passes."""

from decimal import Decimal
from typing import Any

import pytest

from loaders.filters import excludes_zero


@pytest.mark.parametrize(
    ("tests", "excluded"),
    [
        ({}, False),
        ({"gt": Decimal(0)}, True),
        ({"gt": Decimal(-1)}, False),
        ({"gte": Decimal(0)}, False),
        ({"gte": Decimal("0.01")}, True),
        ({"lt": Decimal(0)}, True),
        ({"lt": Decimal(1)}, False),
        ({"lte": Decimal(0)}, False),
        ({"lte": Decimal(-1)}, True),
        ({"eq": Decimal("0.00")}, False),
        ({"eq": Decimal(5)}, True),
        ({"ne": Decimal(0)}, True),
        ({"ne": Decimal(5)}, False),
        ({"in_": [Decimal(5), Decimal(0)]}, False),
        ({"in_": [Decimal(5)]}, True),
        ({"in_": []}, True),
        ({"not_in": [Decimal(0)]}, True),
        ({"not_in": [Decimal(5)]}, False),
        ({"gt": None}, False),
        ({"lte": Decimal(0), "ne": Decimal(0)}, True),
        ({"gte": Decimal(-1), "lte": Decimal(1)}, False),
    ],
)
def test_zero_is_excluded(tests: dict[str, Any], excluded: bool) -> None:
    assert excludes_zero(tests) is excluded
