"""docs/errors.md names every error code that the code can answer with, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.problem import ProblemCode, problem_codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
REQUESTS, PROBLEMS = PAGE.split("## Problems with a value")
SOURCES = [
    ROOT / "errors.py",
    *(
        file
        for room in ("schema", "resolvers", "domain", "loaders", "storage", "database", "server")
        for file in ROOT.glob(f"{room}/**/*.py")
    ),
]


def codes_in(tree: ast.AST) -> Iterator[str]:
    """The codes that a module can answer with.

    They are the first argument of `BadInput(…)`, or of `super().__init__(…)` in a class made from it; a class's
    `code = …`; and a dict's `"code": …`.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="BadInput"), args=[code, *_]):
                yield from texts(code)
            case ast.ClassDef(bases=[ast.Name(id="BadInput")]):
                yield from (
                    text
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "__init__"
                    for text in texts(call.args[0])
                )
            case ast.ClassDef():
                for statement in node.body:
                    match statement:
                        case ast.Assign(targets=[ast.Name(id="code")], value=value):
                            yield from texts(value)
                        case _:
                            pass
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "code":
                        yield from texts(value)
            case _:
                pass


def texts(node: ast.expr) -> Iterator[str]:
    """The text that an expression is, or the two that it chooses between."""
    match node:
        case ast.Constant(value=str(text)) if text.isupper():
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body)
            yield from texts(orelse)
        case _:
            pass


def test_codes_are_found_in_every_form() -> None:
    source = """
class Fault(FichaError):
    code = "A"

class Refused(BadInput):
    def __init__(self):
        super().__init__("B", "text")

def f(x):
    raise BadInput("C", "text", "field")

extensions = {"code": "D" if f else "E", "other": "F"}
"""
    assert sorted(codes_in(ast.parse(source))) == ["A", "B", "C", "D", "E"]


@pytest.mark.claims(
    "docs/errors.md",
    "| code | meaning | what to do |",
    "A test holds both tables of this page to the code, in both directions.",
)
def test_every_error_code_is_explained_and_no_other() -> None:
    found = {code for file in SOURCES for code in codes_in(ast.parse(file.read_text(encoding="utf-8")))}
    explained = re.findall(r"^\| `([A-Z_]+)` \| \S.* \| \S.* \|$", REQUESTS, re.MULTILINE)
    assert sorted(explained) == sorted(found)


@pytest.mark.claims(
    "docs/errors.md",
    "| code | severity | SAT | message |",
    "In braces: a value that the message fills in.",
)
def test_every_problem_is_listed_as_it_is_declared() -> None:
    def row(problem: ProblemCode) -> str:
        sat_code = f"`{problem.sat_code}`" if problem.sat_code else ""
        return f"| `{problem.name}` | {problem.severity.value} | {sat_code} | {problem.en} |"

    assert re.findall(r"^\| `.*$", PROBLEMS, re.MULTILINE) == [row(problem) for problem in problem_codes().values()]


def test_error_and_problem_codes_are_told_apart() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", REQUESTS, re.MULTILINE))
    # Each is one thing in both: an id that cannot be read, in an argument or an input; what was named is not there.
    assert explained & set(problem_codes()) == {"BAD_ID", "NOT_FOUND"}
