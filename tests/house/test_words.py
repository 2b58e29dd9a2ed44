"""Names say what they hold: the app rooms bind none of the words that say nothing. The terms are in CONTRIBUTING.md."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "domain", "schema", "loaders", "planner", "resolvers", "server", "storage", "database", "demo")

INSTEAD = {
    "given": "input, arguments, values, settings, body",
    "asked": "request, operation, parameters, fields",
    "found": "record, row, rows, match, matches",
    "told": "problem, message, report, description",
    "made": "record, result, value, document",
    "kept": "values, entry, stored_hash, retention",
    "wanted": "selected, requested, fields",
}
"""What to write instead of each word."""

TERMS = re.compile(r"not_?found|given_names?|connection_made", re.IGNORECASE)
"""Terms of the field that contain such a word: a 404, a person's given name, asyncio's callback."""

_WORDS = re.compile("|".join(INSTEAD), re.IGNORECASE)
_PART = re.compile(r"_+|(?<=[a-z])(?=[A-Z])")


def vague(name: str) -> str | None:
    """The first word of the name that says nothing; None for a good name."""
    words = (word.lower() for word in _PART.split(TERMS.sub("", name)))
    return next((word for word in words if word in INSTEAD), None)


def bound(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of whatever the source binds: variables, parameters, attributes, functions and classes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name) | ast.alias(asname=str(name)):
                yield node.lineno, name
            case _:
                pass


def sentences(path: str, source: str) -> list[str]:
    """What is wrong with the names of a file, a sentence each."""
    if not _WORDS.search(source):
        return []
    return [
        f"{path}:{line}: `{name}` says nothing: write what it is, such as {INSTEAD[word]}"
        for line, name in bound(source)
        if (word := vague(name))
    ]


def test_a_vague_name_is_refused_with_what_to_write_instead() -> None:
    assert sentences("domain/x.py", "def f(given): ...") == [
        "domain/x.py:1: `given` says nothing: write what it is, such as input, arguments, values, settings, body"
    ]
    for source in ("found = 1", "for told in x: ...", "x.kept = 1", "class AskedTwice: ...", "import x as made"):
        assert len(sentences("x.py", source)) == 1, source
    for source in (
        "x = found",
        "NOT_FOUND = 1",
        "class NotFound: ...",
        "GIVEN_NAMES = 1",
        "def founder(): ...",
        '"told"',
    ):
        assert sentences("x.py", source) == [], source


def test_names_say_what_they_hold() -> None:
    paths = sorted(chain.from_iterable((ROOT / room).rglob("*.py") for room in ROOMS))
    assert len(paths) > 250
    wrong = [
        sentence
        for path in paths
        for sentence in sentences(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert not wrong, "\n" + "\n".join(wrong)
