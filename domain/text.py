"""Text as it is stored: Unicode NFC, without control or invisible format characters, without stray white space."""

import re
import unicodedata
from typing import Final

from domain.problem import error, reject
from models.spelling import bare_line, visible

TEXT_REQUIRED: Final = error("Este dato es obligatorio.", "This value is required.")
TEXT_TOO_LONG: Final = error("Excede el máximo de {maximum} caracteres.", "It is longer than {maximum} characters.")


_JOINERS: Final = "\u200c\u200d"  # needed within words of some scripts and within emoji


_MOST: Final = 200_000
"""Characters of any text that is normalised. A field allows far less, and refuses what is longer before this does."""
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def single_line(text: str) -> str:
    """One line: NFC, every run of white space one space, none at the ends. For names, titles, codes."""
    return bare_line(limited(text, _MOST))


def multi_line(text: str) -> str:
    """Several lines, for notes: NFC, `\\n` line ends, at most one empty line in a row, none at the ends."""
    lines = (visible(line, allowed="\t" + _JOINERS).rstrip() for line in limited(text, _MOST).splitlines())
    return _EMPTY_LINES.sub("\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


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
