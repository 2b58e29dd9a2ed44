"""`ficha operation`: the canonical operation of a mutation, begun from its declaration."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from errors import CommandRefused, mend

if TYPE_CHECKING:
    from graphql import GraphQLInputField, GraphQLObjectType

    from schema.mutations import Declared

FOLDER = Path(__file__).resolve().parents[2] / "operations" / "mutations"
_FINDINGS = ("userErrors", "warnings")


@click.command()
@click.argument("name")
def operation(name: str) -> None:
    """Write the canonical operation of a mutation, and its variables, into operations/mutations.

    It selects the record's own values, and names records of the demo; read and edit what was written. Files that are
    there are not overwritten.

    \b
    Example:
      ficha operation delete_contact
    """
    from schema import MUTATIONS

    if name not in MUTATIONS:
        raise CommandRefused(f"no mutation {name}: {mend(name, MUTATIONS) or 'declare it in its noun in schema/'}")
    files = {".graphql": document(MUTATIONS[name]), ".variables.json": variables(MUTATIONS[name])}
    for suffix, text in files.items():
        file = FOLDER / f"{name}{suffix}"
        if not file.exists():
            file.write_text(text, encoding="utf-8")
            click.echo(file)


def document(declared: "Declared") -> str:
    """The operation, with everything of the record that takes no arguments and has no fields of its own."""
    from schema import SCHEMA

    title = declared.input.__name__.removesuffix("Input")
    field = title[0].lower() + title[1:]
    mutation: Any = SCHEMA._schema.mutation_type  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
    payload = _named(mutation.fields[field].type)
    records = [name for name in payload.fields if name not in _FINDINGS]
    record = next((name for name in records if name != "client"), records[0])
    selected = {record: _leaves(_named(payload.fields[record].type))}
    selected |= {finding: ["code", "message", "path", "allowed", "suggestion"] for finding in _FINDINGS}
    lines = [
        f"# {declared.description.partition('. ')[0].removesuffix('.')}.",
        f"mutation {title}($input: {title}Input!) {{",
        f"  {field}(input: $input) {{",
    ]
    for name, fields in selected.items():
        lines += [f"    {name} {{", *(f"      {each}" for each in fields), "    }"]
    return "\n".join([*lines, "  }", "}", ""])


def variables(declared: "Declared") -> str:
    """The fields that the input must have; ids are those of the demo's first record of their type."""
    from resolvers.inputs import OWN, references
    from schema import SCHEMA

    of_ids = references(declared.input)
    kind: Any = SCHEMA._schema.type_map[declared.input.__name__]  # pyright: ignore[reportPrivateUsage]  # as above
    values: dict[str, Any] = {}
    for name, field in kind.fields.items():
        if not str(field.type).endswith("!") or field.default_value is False:
            continue
        of = of_ids.get(field.extensions["strawberry-definition"].python_name)
        if of:
            id = _in_demo(declared.type_name if of.type_name == OWN else of.type_name)
            values[name] = [id] if str(field.type).startswith("[") else id
        else:
            values[name] = _example(field)
    return json.dumps({"input": values}, indent=2, ensure_ascii=False) + "\n"


def _named(kind: Any) -> Any:
    from graphql import get_named_type

    return cast("Any", get_named_type(kind))


def _leaves(kind: "GraphQLObjectType") -> list[str]:
    from graphql import is_leaf_type

    leaves = (name for name, field in kind.fields.items() if not field.args and is_leaf_type(_named(field.type)))
    return [name for name in leaves if name not in ("createdAt", "updatedAt")]


def _in_demo(type_name: str) -> str:
    """The id of the demo's first record of the type; the commands of a record apply to one that is not deleted."""
    from demo import companies
    from loaders.ids import encode
    from resolvers.inputs import entity_named

    entity = entity_named(type_name)
    rows: list[Any] = list(companies.demo().of(entity.model))
    there = [row for row in rows if getattr(row, "deleted_at", None) is None]
    return encode(entity, there[0].id) if there else f"{entity.prefix}_…"


def _example(field: "GraphQLInputField") -> object:
    named = _named(cast("Any", field).type)
    if values := getattr(named, "values", None):
        return next(iter(values))
    return {"Int": 1, "Boolean": True}.get(named.name, "…")
