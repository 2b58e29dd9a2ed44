"""README and the guides cut into sentences, and the tests that quote them.

A test says which sentences it holds:

    @pytest.mark.claims("docs/protocol.md", "One operation a request: a list of operations is refused.")

The quotation stands in the page word for word. It holds the sentence, list item or table row that it is a part of; the
heading row of a table holds the whole table.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGES = (
    "README.md",
    "docs/settings.md",
    "docs/protocol.md",
    "docs/compatibility.md",
    "docs/errors.md",
    "docs/writing.md",
    "docs/operating.md",
    "docs/distributed.md",
    "docs/deployment.md",
    "docs/companies.md",
    "docs/sign-in.md",
    "docs/security.md",
    "docs/documents.md",
    "docs/sales.md",
    "docs/cancelling.md",
    "docs/statements.md",
    "docs/federation.md",
    "docs/reading.md",
    "docs/screens.md",
    "docs/planner.md",
    "operations/README.md",
    "docs/kit/typescript.md",
    "docs/kit/ios.md",
    "docs/kit/android.md",
)
"""docs/performance.md is held by `make bench`, docs/schema-changes.md by tests/schema, CONTRIBUTING.md by
tests/house."""

_BLOCK = re.compile(r"^```.*?^```$|^<!--.*?-->$|^(?:    |#|!\[)[^\n]*$", re.MULTILINE | re.DOTALL)
"""What claims nothing in words: code, comments, headings, pictures. The settings' table stays, between its comments."""
_BULLET = re.compile(r"^\s*(?:[-*]|\d+\.) ")
_LEAD = re.compile(r"^\*\*[^*]+[.:]\*\*\s*")
"""A heading that stands in its paragraph, as in `**Ids.** An id is opaque.`"""
_END = re.compile(r"(?<=[.!?])[*)]{0,2}\s+(?=[\"A-Z`*\[…])")


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a test says that it holds."""

    page: str
    text: str
    test: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table row of a page; `table` is the heading row of its table."""

    text: str
    table: str = ""

    def is_held_by(self, quotation: str) -> bool:
        """Whether the quotation is a part of the sentence, contains it, or is the heading of its table."""
        return quotation in self.text or self.text in quotation or (bool(self.table) and quotation == self.table)


def unwrapped(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def read_page(page: str) -> str:
    """The page as it is written."""
    return (ROOT / page).read_text(encoding="utf-8")


def sentences(markdown: str) -> list[Sentence]:
    """The sentences of a page, in their order."""
    found: list[Sentence] = []
    for block in re.split(r"\n\s*\n", _BLOCK.sub("\n", markdown)):
        lines = block.strip().splitlines()
        rows = [line for line in lines if line.startswith("|")]
        if rows:
            heading, _, *rest = rows
            found += [Sentence(unwrapped(row), unwrapped(heading)) for row in rest]
        else:
            for item in _items(lines):
                found += [Sentence(text) for text in _END.split(_LEAD.sub("", unwrapped(item))) if text]
    return found


def _items(lines: list[str]) -> Iterator[str]:
    """The paragraph, or each item of a list."""
    item: list[str] = []
    for line in lines:
        if _BULLET.match(line) and item:
            yield "\n".join(item)
            item = []
        item.append(_BULLET.sub("", line))
    if item:
        yield "\n".join(item)


def quotations() -> list[Quotation]:
    """What all tests say that they hold, read from their source: nothing is collected."""
    return [found for file in sorted((ROOT / "tests").rglob("test_*.py")) for found in _quotations_in(file)]


def _quotations_in(file: Path) -> Iterator[Quotation]:
    source = file.read_text(encoding="utf-8")
    if "mark.claims" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.claims":
                page, *texts = (ast.literal_eval(argument) for argument in decorator.args)
                name = f"{file.relative_to(ROOT)}::{node.name}"
                yield from (Quotation(page, unwrapped(text), name) for text in texts)


def main() -> None:
    """Prints how many sentences each page has, and how many of them tests hold."""
    found = quotations()
    print(f"{'page':24}{'sentences':>10}{'held':>6}")  # noqa: T201
    for page in PAGES:
        texts = [quotation.text for quotation in found if quotation.page == page]
        all_of_it = sentences(read_page(page))
        held = sum(any(map(sentence.is_held_by, texts)) for sentence in all_of_it)
        print(f"{page:24}{len(all_of_it):>10}{held:>6}")  # noqa: T201


if __name__ == "__main__":
    main()
