"""What the subgraph for routers that enforce access says, and what tags leave out of contracts: as declared, whole."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import ObjectTypeDefinitionNode, parse

from models.viewer import ADMINS_ALONE, Permission
from schema import MUTATIONS, sdl, subgraph_sdl
from schema.tags import OF_MUTATIONS

OF_ACCESS = ("authenticated", "requiresScopes", "policy")


def directives(text: str, *names: str) -> Iterator[tuple[str, str, Any]]:
    """Each directive of these names with where it stands, and its list."""
    for definition in parse(text).definitions:
        if not isinstance(definition, ObjectTypeDefinitionNode):
            continue
        of = definition.name.value
        for place, node in [(of, definition), *((f"{of}.{each.name.value}", each) for each in definition.fields or ())]:
            for directive in node.directives or ():
                if directive.name.value in names:
                    value = [_plain(argument.value) for argument in directive.arguments or ()]
                    yield directive.name.value, place, value


def _plain(node: Any) -> Any:
    return [_plain(each) for each in node.values] if node.kind == "list_value" else node.value


@pytest.mark.claims(
    "docs/protocol.md",
    "`@requiresScopes` names the permissions of a type, of a field that asks for more than its type, and of every"
    " mutation.",
    "`@policy` stands where a rule can take the permission's place: only on `setCollaboratorAvatar`, since everybody"
    " may change their own picture (`own_avatar`).",
)
def test_every_mutation_says_what_it_needs() -> None:
    """Exactly: a permission as `@requiresScopes`, or as one of the policies where a rule can take its place."""
    found = {
        (name, place): value
        for name, place, value in directives(subgraph_sdl(access=True), "requiresScopes", "policy")
        if place.startswith("Mutation.")
    }
    expected: dict[tuple[str, str], Any] = {}
    for each in MUTATIONS.values():
        for name in each.fields:
            if each.unless:
                expected["policy", f"Mutation.{name}"] = [[[each.permission.value], [each.unless]]]
            else:
                expected["requiresScopes", f"Mutation.{name}"] = [[[each.permission.value]]]
    assert found == expected
    assert found["requiresScopes", "Mutation.winDeal"] == [[["deals:close"]]]
    assert found["policy", "Mutation.setCollaboratorAvatar"] == [[["admin"], ["own_avatar"]]]


@pytest.mark.claims("docs/protocol.md", "`@authenticated` stands on every field of the roots.")
def test_all_asks_are_those_of_the_schema() -> None:
    """`tests/security/test_walk.py` holds them against what is enforced."""
    printed = [*directives(subgraph_sdl(access=True), *OF_ACCESS)]
    of_clients = [each for each in directives(sdl(), *OF_ACCESS) if each[1] not in ("Query.node", "Query.nodes")]
    assert printed == of_clients
    assert [*directives(subgraph_sdl(), *OF_ACCESS)] == []


@pytest.mark.claims(
    "docs/protocol.md",
    "`subgraph.access.graphql` (`ficha schema --access`) is `subgraph.graphql` with what Ficha asks of a viewer",
)
def test_but_for_access_both_subgraphs_are_one() -> None:
    text = re.sub(r" @(authenticated|requiresScopes|policy)(\(\w+: \[\[.*?\]\]\))?", "", subgraph_sdl(access=True))
    assert text.replace(', "@authenticated", "@requiresScopes", "@policy"', "") == subgraph_sdl()


def tags() -> dict[str, set[str]]:
    """The tags of each place."""
    of: dict[str, set[str]] = {}
    for _, place, [name] in directives(subgraph_sdl(), "tag"):
        of.setdefault(place, set()).add(name)
    return of


@pytest.mark.claims(
    "docs/protocol.md",
    "| `admin` | mutations that need `admin` or `company:write`; types that only administrators see, and the fields"
    " that lead to them: `apiKeys`, `auditLog`, `invitations`, `roles` |",
    "| `system` | mutations that other systems send: `recordExternalEvent`, `recordExternalEvents`, `registerStamp` |",
)
def test_whoever_is_no_administrator_misses_nothing_in_a_contract() -> None:
    """A mutation that needs what only administrators have is tagged, and no other; so with the roots of queries."""
    tagged = tags()
    for each in MUTATIONS.values():
        # A company may give its other roles these, so they are not told by the permission alone.
        own = OF_MUTATIONS.get(each.permission)
        expected = {own.name} if own and not each.unless else set[str]()
        assert [tagged.get(f"Mutation.{name}", set()) for name in each.fields] == [expected] * len(each.fields)
    mutating = {each.permission for each in MUTATIONS.values()}
    assert mutating & ADMINS_ALONE <= set(OF_MUTATIONS)
    assert {place for place in tagged if place.startswith("Query.")} == {
        "Query.apiKeys", "Query.auditLog", "Query.invitations", "Query.roles",
    }  # fmt: skip
    scoped = directives(sdl(), "requiresScopes")
    admins = {place for _, place, [[*lists]] in scoped if Permission.ADMIN.value in lists[0] and "." not in place}
    assert {place for place in admins if tagged.get(place) == {"admin"}} == admins
