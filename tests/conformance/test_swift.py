"""Swift's structs of the responses, which quicktype generates from the canonical operations: no Swift is at hand to
compile them, so each property is compared with the schema."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    parse,
)

from tests.conformance.conftest import ROOT, run

OPERATIONS = ROOT / "operations"
SCALARS = {"Int": "Int", "Float": "Double", "Boolean": "Bool"}
"""All others, and enums, are texts."""
STRUCT = re.compile(r"^struct (\w+): Codable \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
PROPERTY = re.compile(r"^    let (\w+|`\w+`): (\S+)$", re.MULTILINE)
KEY = re.compile(r'^        case (\w+|`\w+`) = "(\w+)"$', re.MULTILINE)

Structs = Mapping[str, Mapping[str, str]]
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def structs_of(swift: str) -> Structs:
    """The Swift types of each struct's properties, by the struct's name and the property's name in JSON."""
    structs = dict[str, Mapping[str, str]]()
    for name, body in STRUCT.findall(swift):
        keys, types = dict(KEY.findall(body)), dict(PROPERTY.findall(body))
        assert keys.keys() == types.keys(), name
        structs[name] = {keys[each]: types[each] for each in types}
    return structs


class Reading:
    """An operation, beside the structs that were made of it."""

    def __init__(self, schema: GraphQLSchema, document: Path, structs: Structs) -> None:
        definitions = parse(document.read_text(encoding="utf-8")).definitions
        [self._operation] = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
        self._fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
        self._schema, self._structs = schema, structs

    def wrong(self) -> Iterator[str]:
        """Properties that are not as the schema says."""
        assert self._operation.name
        name = self._operation.name.value
        root = self._schema.get_root_type(self._operation.operation)
        assert root
        data = self._structs[f"{name}Response"]["data"].removesuffix("?")
        yield from self._wrong_in(data, [(self._operation.selection_set, root)], root)

    def _fields(
        self, selections: SelectionSetNode, parent: Composite, *, optional: bool
    ) -> Iterator[tuple[FieldNode, Composite, bool]]:
        """The fields that are selected, on which type, and whether an object may lack them."""
        for each in selections.selections:
            lacking = optional or any(
                directive.name.value in ("include", "skip") for directive in each.directives or ()
            )
            if isinstance(each, FieldNode):
                yield each, parent, lacking
                continue
            part = self._fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each
            condition: Any = part.type_condition and self._schema.type_map[part.type_condition.name.value]
            of = condition or parent
            yield from self._fields(part.selection_set, of, optional=lacking or of is not parent)

    def _wrong_in(self, struct: str, selected: list[tuple[SelectionSetNode, Any]], parent: Composite) -> Iterator[str]:
        fields = dict[str, list[tuple[FieldNode, Composite, bool]]]()
        for selections, of in selected:
            for field in self._fields(selections, of, optional=of is not parent):
                fields.setdefault((field[0].alias or field[0].name).value, []).append(field)
        properties = self._structs[struct]
        if properties.keys() != fields.keys():
            yield f"{struct} has {sorted(properties.keys() ^ fields.keys())} or lacks them"
        for key in properties.keys() & fields.keys():
            nodes = fields[key]
            node, of, _ = nodes[0]
            swift = properties[key]
            if node.name.value == "__typename":
                expected: Any = "String"
                named = None
            else:
                assert not isinstance(of, GraphQLUnionType)
                expected, named = self._swift(of.fields[node.name.value].type, swift)
            if all(lacking for *_, lacking in nodes):
                expected = expected.removesuffix("?") + "?"
            if swift != expected:
                yield f"{struct}.{key} is {swift}, not {expected}"
            if named:
                inner = [(each.selection_set, named) for each, *_ in nodes if each.selection_set]
                yield from self._wrong_in(swift.strip("[]?"), inner, named)

    def _swift(self, type: Any, swift: str) -> tuple[str, Composite | None]:
        """How a type is written in Swift, where a struct may have any name; and the type of the struct."""
        if isinstance(type, GraphQLNonNull):
            text, named = self._swift(type.of_type, swift)
            return text.removesuffix("?"), named
        if isinstance(type, GraphQLList):
            text, named = self._swift(type.of_type, swift)
            return f"[{text}]?", named
        if isinstance(type, Composite):
            return f"{swift.strip('[]?')}?", type
        return f"{SCALARS.get(type.name, 'String')}?", None


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swift")
    run("swift.mjs", str(ROOT / "schema.graphql"), str(OPERATIONS), str(folder))
    return folder


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.claims(
    "docs/kit/ios.md",
    "quicktype generates `Codable` structs of the responses, a file for each operation:",
    "A property is optional where the schema's field may be null, or where only some types of an interface have it.",
    "Values of enums are `String`, as a newer server may have more; so are amounts and dates.",
    "Nothing is generated for inputs: send variables as `Encodable` structs of your own.",
)
def test_each_operation_has_structs_whose_properties_are_as_the_schema_says(
    generated: Path, schema: GraphQLSchema
) -> None:
    names, wrong = set[str](), list[str]()
    for document in sorted(OPERATIONS.rglob("*.graphql")):
        [name] = re.findall(r"^(?:query|mutation|subscription) (\w+)", document.read_text("utf-8"), re.MULTILINE)
        names.add(f"{name}.swift")
        structs = structs_of((generated / f"{name}.swift").read_text(encoding="utf-8"))
        wrong += Reading(schema, document, structs).wrong()
    assert {file.name for file in generated.iterdir()} == names
    assert wrong == []


def test_some_exact_ones(generated: Path) -> None:
    """As Swift has them."""
    header = structs_of((generated / "ClientHeader.swift").read_text(encoding="utf-8"))
    assert header["ClientHeaderResponse"] == {"data": "ClientHeaderData?", "errors": "[ClientHeaderError]?"}
    client = header[header["ClientHeaderData"]["client"].removesuffix("?")]
    exact = {"id": "String", "tradeName": "String?", "version": "Int", "availableActions": "[String]"}
    assert {name: client[name] for name in exact} == exact
    changed = structs_of((generated / "ClientChanged.swift").read_text(encoding="utf-8"))
    assert changed["ClientChangedResponse"] == {"data": "ClientChangedData?", "errors": "[ClientChangedError]?"}
