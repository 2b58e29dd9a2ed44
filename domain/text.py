"""Text as it is stored: Unicode NFC, without control or invisible format characters, without stray white space."""

import re
import unicodedata
from typing import Final

from domain.problem import ProblemCode, reject

# Cc: controls, of which PostgreSQL refuses NUL; Cs: lone surrogates, which no UTF-8 can carry; Cf: zero-width and
# direction marks, which make two equal-looking names differ and break file names in headers.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
_JOINERS: Final = "\u200c\u200d"  # needed within words of some scripts and within emoji


def single_line(text: str) -> str:
    """One line: NFC, every run of white space one space, none at the ends. For names, titles, codes."""
    return " ".join(unicodedata.normalize("NFC", _clean(text)).split())


def multi_line(text: str) -> str:
    """Several lines, for notes: NFC, `\\n` line ends, at most one empty line in a row, none at the ends."""
    lines = (_clean(line, kept="\t" + _JOINERS).rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


def _clean(text: str, kept: str = "") -> str:
    def clean(character: str) -> str:
        if character in kept or unicodedata.category(character) not in _DROPPED:
            return character
        return " " if character.isspace() else ""

    return "".join(map(clean, text))


def required(text: str | None, maximum: int) -> str:
    """The text as a single line of 1 to `maximum` characters, or `Rejected`."""
    line = single_line(text or "")
    if not line:
        raise reject(ProblemCode.TEXT_REQUIRED)
    return limited(line, maximum)


def limited(text: str, maximum: int) -> str:
    """The same text, or `Rejected` when it has more than `maximum` characters (Unicode code points)."""
    if len(text) > maximum:
        raise reject(ProblemCode.TEXT_TOO_LONG, maximum=maximum)
    return text
