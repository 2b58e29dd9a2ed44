"""What a mutation needs is non-null in its input type: no nullable field that is left out is missed as `REQUIRED`."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, Undefined, get_named_type, get_nullable_type
from strawberry.utils.str_converters import to_camel_case

from schema import SCHEMA
from tests.fixtures import ROOT, Ficha

FOLDER = ROOT / "operations" / "mutations"
MAKERS = sorted(
    path.stem
    for path in FOLDER.glob("*.graphql")
    if path.stem.startswith(("create_", "invite_", "prepare_", "register_", "convert_", "import_", "set_", "lose_"))
)
"""The canonical mutations that make something, or need more than an id."""

Path = tuple[str | int, ...]


def nullable(kind: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the value has a field that may be left out."""
    named = get_named_type(kind)
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from nullable(named, item, (*path, place))
    elif isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        for name, part in value.items():
            field = named.fields[name]
            if not isinstance(field.type, GraphQLNonNull) or field.default_value is not Undefined:
                yield (*path, name)
            yield from nullable(get_nullable_type(field.type), part, (*path, name))


def without(input: Any, *paths: Path) -> Any:
    left = copy.deepcopy(input)
    for path in sorted(paths, key=len, reverse=True):
        parent = left
        for part in path[:-1]:
            parent = parent[part]
        parent.pop(path[-1], None)
    return left


def missed(ficha: Ficha, stem: str, input: Any) -> list[Any]:
    """The paths of the fields that the mutation misses."""
    document = (FOLDER / f"{stem}.graphql").read_text("utf-8")
    answer = ficha.ask("admin@demo.mx", document, input={**input, "validateOnly": True}).data
    [payload] = answer.values()
    return [error["path"] for error in payload["userErrors"] if error["code"] == "REQUIRED"]


@pytest.mark.parametrize("stem", MAKERS)
def test_no_nullable_field_is_required(live_server: Ficha, stem: str) -> None:
    input = json.loads((FOLDER / f"{stem}.variables.json").read_text("utf-8"))["input"]
    mutation = SCHEMA._schema.mutation_type.fields[to_camel_case(stem)]  # pyright: ignore[reportPrivateUsage]  # no public accessor
    paths = [*nullable(mutation.args["input"].type, input)]
    wrong = {path: missed(live_server, stem, without(input, path)) for path in paths}
    assert {path: errors for path, errors in wrong.items() if errors} == {}
    assert missed(live_server, stem, without(input, *paths)) == []
