"""Makes a failing operation smaller, as long as it fails: what is left of it shows why."""

from collections.abc import Callable, Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    Node,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    parse,
    print_ast,
    specified_rules,
    validate,
    visit,
)
from graphql.language import REMOVE, ArgumentNode, DirectiveNode, FragmentSpreadNode, InlineFragmentNode, Visitor

_PARTS = (FieldNode, InlineFragmentNode, FragmentSpreadNode, ArgumentNode, DirectiveNode, FragmentDefinitionNode)
_RULES = [rule for rule in specified_rules if rule not in (NoUnusedFragmentsRule, NoUnusedVariablesRule)]


def reduced(schema: GraphQLSchema, query: str, fails: Callable[[str], bool], *, tries: int = 150) -> str:
    """The smallest query found in so many tries that still fails. `fails` is not asked of invalid ones."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(parse(query)):
            text = print_ast(candidate)
            if not candidate.definitions or validate(schema, candidate, _RULES):
                continue
            if (tries := tries - 1) < 0:
                return query
            if fails(text):
                query, smaller = text, True
                break
    return query


def _smaller(document: DocumentNode) -> Iterator[DocumentNode]:
    """The document without each of its parts, the largest first."""
    parts: list[Node] = []

    class Parts(Visitor):
        def enter(self, node: Node, *_: Any) -> None:
            if isinstance(node, _PARTS):
                parts.append(node)

    visit(document, Parts())
    for part in sorted(parts, key=lambda node: node.loc.start - node.loc.end if node.loc else 0):

        class Without(Visitor):
            part_left_out = part

            def enter(self, node: Node, *_: Any) -> Any:
                return REMOVE if node is self.part_left_out else None

        yield visit(document, Without())
