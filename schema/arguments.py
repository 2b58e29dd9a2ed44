"""What each argument means. An argument of a name means the same wherever it stands, and is described here once; left
out, an optional one is null."""

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)

ARGUMENTS = {
    "actor_id": "Global id of the collaborator who did it.",
    "after": "Only what comes after this cursor, taken from an earlier page of the same order.",
    "before": "Only what comes before this cursor, taken from an earlier page of the same order.",
    "client": "Global id of the client.",
    "client_id": "Global id of the client.",
    "code": "The code.",
    "country": "Code of the country, SAT's c_Pais.",
    "deleted": "Whether to list deleted records. A list of all clients' records leaves out those of deleted clients,"
    " too, unless it includes deleted ones.",
    "filter": "Conditions, all of which must match.",
    "first": "Maximum number of items from the start, 0 to 100; 20 if neither `first` nor `last` is given.",
    "from": "The first day of a span, in the company's time zone.",
    "id": "Global id.",
    "ids": "Global ids, at most 100.",
    "input": "The input of this mutation.",
    "kinds": "Only these kinds; an empty list finds none.",
    "language": "The locale whose language the texts are in; by default the viewer's.",
    "last": "Maximum number of items from the end, 0 to 100. Not together with `first` or `after`.",
    "month": "Only what happened in this month of the company's time zone; `CURRENT` is the one that it is now.",
    "on": "Day of validity; by default today in the company's time zone.",
    "order": "The order of time.",
    "order_by": "Sort keys, most significant first; the id breaks ties. Each list has a default order.",
    "person_kind": "Only for this kind of taxpayer.",
    "representations": "Each an entity's `__typename` and one of its keys.",
    "rfc": "RFC in any case, spaces and hyphens aside; not a generic one, which many clients share.",
    "search": (
        "Words to look for, at most 200 characters, accents and case aside; without a letter or digit in them it is as"
        " if there were none."
    ),
    "since": "Only from this instant on.",
    "tax_regime": "Code of a tax regime.",
    "to": "The last day of a span, that day included.",
    "until": "Only before this instant.",
    "year": "The year, 1900 to 2999; by default the current one in the company's time zone.",
}


def describe_arguments(schema: GraphQLSchema) -> None:
    """Describes every argument of the schema. KeyError names one that has no description yet."""
    for name, argument in _arguments(schema):
        argument.description = argument.description or ARGUMENTS[_python_name(name)]


def print_no_nulls(schema: GraphQLSchema) -> None:
    """Takes the default null from arguments and fields of inputs: it is what their absence means anyway."""
    for _, argument in _arguments(schema):
        if argument.default_value is None:
            argument.default_value = Undefined
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            for field in kind.fields.values():
                if field.default_value is None:
                    field.default_value = Undefined


def _arguments(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLArgument]]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                yield from field.args.items()


def _python_name(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
