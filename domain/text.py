"""Text as it is stored: Unicode NFC, without control or invisible format characters, without stray white space."""

import re
import unicodedata
from typing import Final

from domain.problem import error, reject

TEXT_REQUIRED: Final = error("Este dato es obligatorio.", "This value is required.")
TEXT_TOO_LONG: Final = error("Excede el máximo de {maximum} caracteres.", "It is longer than {maximum} characters.")


# Cc: controls, of which PostgreSQL refuses NUL; Cs: lone surrogates, which no UTF-8 can carry; Cf: zero-width and
# direction marks, which make two equal-looking names differ and break file names in headers.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
_JOINERS: Final = "\u200c\u200d"  # needed within words of some scripts and within emoji


_MOST_MARKS: Final = 30
"""Combining marks in a row, as in Unicode's Stream-Safe Text Format (UAX #15, 13); to bring more of them into their
order takes time that grows with the square of their number."""
_MOST: Final = 200_000
"""Characters of any text that is normalised. A field allows far less, and refuses what is longer before this does."""
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def single_line(text: str) -> str:
    """One line: NFC, every run of white space one space, none at the ends. For names, titles, codes."""
    return " ".join(unicodedata.normalize("NFC", _clean(text)).split())


def multi_line(text: str) -> str:
    """Several lines, for notes: NFC, `\\n` line ends, at most one empty line in a row, none at the ends."""
    lines = (_clean(line, allowed="\t" + _JOINERS).rstrip() for line in limited(text, _MOST).splitlines())
    return _EMPTY_LINES.sub("\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


def _clean(text: str, allowed: str = "") -> str:
    """The text without what is dropped; `Rejected` when it is longer than any text may be."""
    if text.isascii() and text.isprintable():
        return limited(text, _MOST)
    marks = 0
    cleaned: list[str] = []
    for character in limited(text, _MOST):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            continue
        if character in allowed or unicodedata.category(character) not in _DROPPED:
            cleaned.append(character)
        elif character.isspace():
            cleaned.append(" ")
    return "".join(cleaned)


def required(text: str | None, maximum: int) -> str:
    """The text as a single line of 1 to `maximum` characters, or `Rejected`."""
    line = single_line(not_far_over(text or "", maximum))
    if not line:
        raise reject(TEXT_REQUIRED)
    return limited(line, maximum)


def limited(text: str, maximum: int) -> str:
    """The same text, or `Rejected` when it has more than `maximum` characters (Unicode code points)."""
    if len(text) > maximum:
        raise reject(TEXT_TOO_LONG, maximum=maximum)
    return text


def not_far_over(text: str, maximum: int) -> str:
    """The same text, or `Rejected` when it is so long that nothing of at most `maximum` characters comes of it. Asked
    before it is normalised, which takes time for each character."""
    if len(text) > 4 * maximum + 1_000:
        raise reject(TEXT_TOO_LONG, maximum=maximum)
    return text
