"""How values that people write in many ways are kept, so that they are found however they are written: a column says so
in its `info` (`spelt`). Whether a value can be one of its kind is a rule, and in `domain/`."""

import re
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # a rule that spells a value does not load SQLAlchemy
    from sqlalchemy import Column, ColumnElement

# Not str.upper: it would make RFC letters of foreign ones (`ſ` becomes S).
_CAPITALS: Final = str.maketrans(string.ascii_lowercase + "ñ", string.ascii_uppercase + "Ñ")
_SMALL: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_DASHES: Final = r"\-\u2010-\u2015\u2212"
_SEPARATORS: Final = re.compile(rf"[\s{_DASHES}]")
_PUNCTUATION: Final = re.compile(rf"[\s().{_DASHES}/]")
_SPACES: Final = re.compile(r"\s+")
# Until 2019-08-03 Mexico dialled 044, 045 or 01 before a number, and +52 1 from abroad to a mobile; the ten digits that
# follow have been the whole number since (IFT, numbering plan). Old address books still hold the prefixes.
_OLD_PREFIXES: Final = re.compile(r"\A(?:(?:\+|00)?52(?:1|01|044|045)?|01|044|045)?(?=[0-9]{10}\Z)")
_EXTENSION: Final = re.compile(r"(?<=[0-9)])[\s,;.]*(?:extensi[oó]n|ext|x|#)[\s.:=]*([0-9]{1,10})\s*$", re.IGNORECASE)
_FIVE_DIGITS: Final = re.compile("[0-9]{5}")
_LONGEST: Final = 200
"""Characters of a telephone number with all that is around it."""
# Cc: controls, of which PostgreSQL refuses NUL; Cs: lone surrogates, which no UTF-8 can carry; Cf: zero-width and
# direction marks, which make two equal-looking texts differ and break file names in headers. Messengers and PDF put
# them around numbers that people copy.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs"})
# The Hangul fillers and the empty braille pattern: letters and signs that show nothing, and serve people as a space.
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_MOST_MARKS: Final = 30
"""Combining marks in a row, as in Unicode's Stream-Safe Text Format (UAX #15, 13); to bring more of them into their
order takes time that grows with the square of their number."""


def visible(text: str, allowed: str = "") -> str:
    """The text without control and invisible format characters but those `allowed`; a space in place of those that are
    white space, and of `_BLANKS`."""
    if text.isascii() and text.isprintable():
        return text
    marks = 0
    cleaned: list[str] = []
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            continue
        if character in allowed or not (character in _BLANKS or unicodedata.category(character) in _INVISIBLE):
            cleaned.append(character)
        elif character.isspace() or character in _BLANKS:
            cleaned.append(" ")
    return "".join(cleaned)


def some_line(text: str) -> str:
    """A part of a line: NFC, every run of white space one space, nothing invisible."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible(text)))


def bare_line(text: str) -> str:
    """A line of text as `some_line`, without white space at the ends."""
    return some_line(text).strip()


def unseparated(text: str) -> str:
    """A number that people write in groups, without the spaces and hyphens between them."""
    return _SEPARATORS.sub("", bare_line(text))


def bare_rfc(text: str) -> str:
    """An RFC in capitals, without spaces and hyphens."""
    return unseparated(text).translate(_CAPITALS)


def bare_code(text: str) -> str:
    """A code, as of a catalog, in capitals."""
    return bare_line(text).upper()


def bare_postal_code(text: str) -> str:
    """The five digits of a Mexican postal code; one of another country as it is written."""
    digits = unseparated(text)
    return digits if _FIVE_DIGITS.fullmatch(digits) else bare_line(text)


def split_phone(text: str) -> tuple[str, str | None]:
    """A telephone number as it is written, and its extension: after `ext.`, `x` or `#`."""
    text = bare_line(text) if len(text) <= _LONGEST else text
    match = _EXTENSION.search(text) if len(text) <= _LONGEST else None
    return (text[: match.start()], match[1]) if match else (text, None)


def bare_phone(text: str) -> str:
    """A telephone number without punctuation and extension, with +52 before the ten digits of a Mexican one, whatever
    was dialled before them."""
    return _OLD_PREFIXES.sub("+52", _PUNCTUATION.sub("", split_phone(text)[0]), count=1)


def some_phone(text: str) -> str:
    """A part of a telephone number, without punctuation."""
    return _PUNCTUATION.sub("", some_line(text))


def bare_email(text: str) -> str:
    """What e-mail addresses are compared by: ASCII letters in lower case and all others as they are, for İ, ſ and the
    Kelvin sign are other letters than i, s and k."""
    return bare_line(text).translate(_SMALL)


def _same(column: "ColumnElement[Any]") -> "ColumnElement[Any]":
    return column


def _lower(column: "ColumnElement[Any]") -> "ColumnElement[Any]":
    """As `bare_email`; the expression of the indexes."""
    from sqlalchemy import Text, func

    return func.lower(column.collate("C"), type_=Text())


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a kind of value is compared: what a whole text and a part of one are brought to, and the column with it."""

    whole: Callable[[str], str]
    part: Callable[[str], str]
    compared: "Callable[[ColumnElement[Any]], ColumnElement[Any]]" = _same


LINE: Final = Spelling(bare_line, some_line)
"""Of any text that is kept on one line."""
RFC: Final = Spelling(bare_rfc, bare_rfc)
CODE: Final = Spelling(bare_code, bare_code)
POSTAL_CODE: Final = Spelling(bare_postal_code, bare_line)
PHONE: Final = Spelling(bare_phone, some_phone)
EMAIL: Final = Spelling(bare_email, bare_email, _lower)


def spelt(spelling: Spelling, **info: Any) -> dict[str, Any]:
    """A column's `info`."""
    return {"info": {**info, "spelling": spelling}}


def spelling_of(column: "Column[Any] | None") -> Spelling | None:
    """How the column's values are compared; None where they are as any text."""
    return None if column is None else column.info.get("spelling")


# In the words of a search

_RFC_WORDS: Final = re.compile(
    rf"(?<![^\W_])([A-Za-zÑñ&]{{3,4}})[\s{_DASHES}]?([0-9]{{6}})[\s{_DASHES}]?([A-Za-z0-9]{{2}}[0-9Aa])(?![^\W_])"
)


def respelt_words(text: str) -> str:
    """The words of a search, with RFC and telephone numbers in it as they are kept, the latter without the country."""
    if len(number := bare_phone(text)) == 13 and number.startswith("+52"):
        return number.removeprefix("+52")
    return _RFC_WORDS.sub(r"\1\2\3", text)
