"""What graphql-core says of a wrong value shows no notation of Python's."""

import re
from collections.abc import Callable
from typing import Any

import pytest

ADMIN = "admin@demo.mx"
PYTHON = re.compile(r"\bTrue\b|\bFalse\b|\bNone\b|\{'|\['|: \[|: \{|<\w+ ")


@pytest.mark.parametrize("value", [True, False, {"a": [1]}, [None], [True, {"b": None}], {}, [], "x", 1.5, None])
@pytest.mark.parametrize(
    "query",
    [
        "query ($v: Int) { clients(first: $v) { totalCount } }",
        "query ($v: Boolean!) { clients @skip(if: $v) { totalCount } }",
        "query ($v: String) { clients(search: $v) { totalCount } }",
        "query ($v: ID!) { client(id: $v) { id } }",
        "query ($v: ClientFilter) { clients(filter: $v) { totalCount } }",
        "query ($v: [ClientOrder!]) { clients(orderBy: $v) { totalCount } }",
        "query ($v: ClientOrderField!) { clients(orderBy: [{field: $v}]) { totalCount } }",
    ],
)
def test_a_wrong_value_is_not_told_in_pythons_notation(ask: Callable[..., Any], query: str, value: Any) -> None:
    answer = ask(ADMIN, query, v=value)
    for error in answer.body.get("errors", ()):
        assert not PYTHON.search(error["message"]), error["message"]
