"""What changed in the schema since its last release: what breaks clients or subgraphs, what was added, what will go.

    python -m tests.schema.changes            writes docs/schema-changes.md; `make schema` does
    python -m tests.schema.changes release    makes today's schema and the last commit the released ones, and
                                              forgets the declared breaks

A break must be declared in `released/breaks.toml`, by its text as it is printed here, with the reason.
"""

import datetime
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    Visitor,
    build_ast_schema,
    find_breaking_changes,
    parse,
    print_ast,
    visit,
)
from graphql.language import FieldDefinitionNode
from graphql.utilities import BreakingChangeType

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "released"
DOCUMENT = ROOT / "docs" / "schema-changes.md"
FILES = ("schema.graphql", "subgraph.graphql")
COMPOSED_BY = {"key", "shareable", "interfaceObject", "provides", "requires", "override"}
"""The directives that composition rests on: what no longer has one does not compose as before."""
_ADDED = {
    BreakingChangeType.TYPE_REMOVED,
    BreakingChangeType.FIELD_REMOVED,
    BreakingChangeType.ARG_REMOVED,
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
}
_UNTIL = re.compile(r"until (\d{4}-\d\d-\d\d): ", re.IGNORECASE)


@dataclass(frozen=True)
class Changes:
    """Sentences, in the order of the alphabet."""

    breaks: list[str]
    additions: list[str]


def changes(before: str, now: str) -> Changes:
    """What changed from one schema, as SDL, to another."""
    old, new = parse(before), parse(now)
    breaks = {change.description for change in find_breaking_changes(_schema(old), _schema(new))}
    breaks |= {f"{what} was removed." for what in set(composed(old)) - set(composed(new))}
    added = [change for change in find_breaking_changes(_schema(new), _schema(old)) if change.type in _ADDED]
    return Changes(sorted(breaks), sorted({change.description.replace(" was removed", " is new") for change in added}))


def _schema(document: DocumentNode) -> GraphQLSchema:
    return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)


def composed(document: DocumentNode) -> Iterator[str]:
    """What of the document composition rests on, in words."""
    for definition in document.definitions:
        name = getattr(getattr(definition, "name", None), "value", "")
        yield from _directives(name, definition)
        for field in getattr(definition, "fields", None) or ():
            if isinstance(field, FieldDefinitionNode):
                yield from _directives(f"{name}.{field.name.value}", field)


def _directives(name: str, node: object) -> Iterator[str]:
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value in COMPOSED_BY:
            yield f"{print_ast(directive)} of {name}"


class _Undescribed(Visitor):
    def enter(self, node: Any, *_: Any) -> Any:
        return replace(node, description=None) if getattr(node, "description", None) else None


def undescribed(sdl: str) -> str:
    """The schema without its descriptions, which may change at any time: what a release is compared by."""
    return print_ast(visit(parse(sdl), _Undescribed())) + "\n"


@cache
def since_release() -> Mapping[str, Changes]:
    """The changes of each file."""
    return {name: changes((RELEASED / name).read_text(), (ROOT / name).read_text()) for name in FILES}


def declared() -> Mapping[str, str]:
    """The reasons of the declared breaks, by their texts."""
    return {each["text"]: each["reason"] for each in tomllib.loads((RELEASED / "breaks.toml").read_text())["breaks"]}


def undeclared(breaks: Iterable[str], reasons: Mapping[str, str]) -> Iterator[str]:
    """What to do about breaks that nobody has declared, and about declarations of what breaks nothing."""
    found = set(breaks)
    for text in sorted(found - set(reasons)):
        yield f"{text} This breaks clients: deprecate it first, or declare it in released/breaks.toml with the reason"
    for text in sorted(set(reasons) - found):
        yield f"{text} This is declared in released/breaks.toml, and is not so: take it out"


def deprecated(sdl: str) -> Iterator[tuple[str, str]]:
    """What is deprecated, and its reason."""
    for definition in parse(sdl).definitions:
        for part in (*(getattr(definition, "fields", None) or ()), *(getattr(definition, "values", None) or ())):
            for directive in part.directives or ():
                if directive.name.value == "deprecated":
                    [reason] = [argument.value.value for argument in directive.arguments] or [""]
                    yield f"{definition.name.value}.{part.name.value}", reason


def last_day(reason: str) -> datetime.date | None:
    """The day until which a deprecated field stays, as its reason says: `Until 2027-05-31: use … instead.`"""
    stated = _UNTIL.match(reason)
    return datetime.date.fromisoformat(stated[1]) if stated else None


def document() -> str:
    """docs/schema-changes.md."""
    reasons = declared()
    breaks = sorted({text for each in since_release().values() for text in each.breaks})
    lines = [
        "# What is new in the schema",
        "",
        "Since the release in `released/`. Written by `make schema`; what may change at all is said in",
        "[compatibility](compatibility.md).",
        *_section("Breaks", [f"{text} {reasons.get(text, '')}".rstrip() for text in breaks]),
        *_section("Additions", since_release()["schema.graphql"].additions),
        *_section("Deprecated", [f"`{name}`: {why}" for name, why in deprecated((ROOT / FILES[0]).read_text())]),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"## {title}", "", *([f"- {line}" for line in lines] or ["None."])]


def release() -> str:
    """released/release.toml, of the last commit."""
    from server import __version__
    from server.migration_steps import newest

    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = (
        "# The release in this folder: newer ones are tried on its schema, and it on theirs.",
        f'version = "{__version__}"',
        f'commit = "{head.stdout.strip()}"',
        f'migration = "{newest()}"',
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["release"]:
        (RELEASED / "release.toml").write_text(release())
        for file in FILES:
            (RELEASED / file).write_text(undescribed((ROOT / file).read_text()))
        (RELEASED / "breaks.toml").write_text("breaks = []\n")
    DOCUMENT.write_text(document())
