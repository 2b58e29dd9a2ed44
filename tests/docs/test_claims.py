"""README and the guides say what is so: each of their sentences is quoted by a test that holds it, or has a reason.

The sentences that no test holds are in `unheld.toml`, by page and reason. `python -m tests.docs.pages` prints how many
there are of each.
"""

import tomllib
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, quotations, read_page, sentences, unwrapped

REGISTER = Path(__file__).with_name("unheld.toml")
REASONS = {
    "guide": "says what the page is for, leads to another, or introduces what follows",
    "advice": "says what the reader should do",
    "why": "gives a reason",
    "elsewhere": "is about other programs, or the outside world",
    "design": "says how the code is laid out; the tests of what it does hold the outcome",
}

UNHELD: dict[str, dict[str, list[str]]] = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
QUOTATIONS = quotations()


def quoted(page: str) -> list[str]:
    """What tests quote of the page."""
    return [quotation.text for quotation in QUOTATIONS if quotation.page == page]


def unheld(page: str) -> list[str]:
    """The page's sentences that the register says are not held."""
    return [unwrapped(text) for texts in UNHELD.get(page, {}).values() for text in texts]


@pytest.mark.parametrize("page", PAGES)
def test_what_is_quoted_stands_in_the_page(page: str) -> None:
    text = unwrapped(read_page(page))
    gone = [f"{each.test}: {each.text}" for each in QUOTATIONS if each.page == page and each.text not in text]
    assert gone == [], "the page says something else now: quote that, or put the sentence back"


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_is_held_or_has_its_reason(page: str) -> None:
    known, texts = set(unheld(page)), quoted(page)
    missing = [
        sentence.text
        for sentence in sentences(read_page(page))
        if sentence.text not in known and not any(map(sentence.is_held_by, texts))
    ]
    assert missing == [], f"quote them in the tests that hold them, or name a reason in {REGISTER.name}"


@pytest.mark.parametrize("page", PAGES)
def test_the_register_holds_only_what_is_there_and_not_held(page: str) -> None:
    there, texts = {sentence.text: sentence for sentence in sentences(read_page(page))}, quoted(page)
    gone = [text for text in unheld(page) if text not in there]
    held = [text for text in unheld(page) if text in there and any(map(there[text].is_held_by, texts))]
    assert (gone, held) == ([], []), f"take them out of {REGISTER.name}"


def test_tests_and_the_register_name_known_pages_and_reasons() -> None:
    assert {quotation.page for quotation in QUOTATIONS} | set(UNHELD) <= set(PAGES)
    assert {reason for reasons in UNHELD.values() for reason in reasons} <= set(REASONS)


def test_every_guide_is_among_the_pages() -> None:
    guides = {f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")} - {
        "docs/performance.md",
        "docs/schema-changes.md",
    }
    assert guides <= set(PAGES)


def test_a_page_is_cut_into_sentences_items_and_rows() -> None:
    page = """# A title

**Ids.** An `id` is opaque. `node(id:)` fetches
it (see [there](x.md)). *So* does `nodes`.

- it is signed;
- it has no `crit`.

| a | b |
|---|---|
| c | d |

```sh
make
```
"""
    assert [(sentence.text, sentence.table) for sentence in sentences(page)] == [
        ("An `id` is opaque.", ""),
        ("`node(id:)` fetches it (see [there](x.md)).", ""),
        ("*So* does `nodes`.", ""),
        ("it is signed;", ""),
        ("it has no `crit`.", ""),
        ("| c | d |", "| a | b |"),
    ]
