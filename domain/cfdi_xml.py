"""Parses an XML from elsewhere as leniently as is safe: what is wrong with it outside of what is read does no harm.

A DOCTYPE is refused, and with it every entity; so are a great size and depth. Skipped or repaired, and told as a
warning, are white space, NUL or text before the declaration and after the root, prefixes that an addenda does not
declare, and misspelt names of encodings. All of it takes time in proportion to the size.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from domain.problem import Problem, ProblemCode, Rejected, error, problem_codes, reject, warning

CFDI_TOO_LARGE: Final = error("El CFDI excede {most} bytes.", "The CFDI is larger than {most} bytes.")
CFDI_DOCTYPE: Final = error(
    "El XML declara un DOCTYPE, que no se admite.", "The XML declares a DOCTYPE, which is not accepted."
)
CFDI_NOT_XML: Final = error(
    "El archivo no es un XML legible: revise la línea {line}, columna {column}.",
    "The file is not readable XML: check line {line}, column {column}.",
)
XML_UNREADABLE: Final = error(
    "El XML no se pudo leer en el tiempo y la memoria que se dan a un archivo.",
    "The XML could not be read within the time and memory that a file gets.",
)
CFDI_TEXT_OUTSIDE: Final = warning(
    "Fuera del comprobante había algo que no le pertenece: se omitió.",
    "Outside of the CFDI there was something that is no part of it: it was skipped.",
)
CFDI_PREFIX_UNDECLARED: Final = warning(
    "El XML no declara el prefijo {prefix}: lo que lo lleva se leyó sin espacio de nombres.",
    "The XML does not declare the prefix {prefix}: what bears it was read without a namespace.",
)
CFDI_ENCODING_NAME: Final = warning(
    "El XML dice que su codificación es {encoding}: se leyó como {codec}.",
    "The XML says that its encoding is {encoding}: it was read as {codec}.",
)


MOST_BYTES: Final = 5 * 1024 * 1024
"""A CFDI of a thousand lines is a tenth of that."""
MOST_DEPTH: Final = 50

_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s{0,20}=\s{0,20}["']([^"'>]{0,60})["']""")
_SPELLED: Final = ("utf-8", "utf-16", "iso-8859-1", "windows-1252", "us-ascii")
"""As they are registered (IANA), without regard to case."""
_CODECS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("utf8", "utf8n", "utf8bom", "utf8sig", "unicode", "unicode11utf8", "xutf8"), "utf-8"),
    **dict.fromkeys(("utf16", "ucs2"), "utf-16"),
    **dict.fromkeys(("iso88591", "isolatin1", "iso8859", "88591", "latin1", "latin", "l1"), "iso-8859-1"),
    **dict.fromkeys(("windows1252", "win1252", "cp1252", "1252", "ansi", "msansi"), "windows-1252"),
    **dict.fromkeys(("usascii", "ascii"), "us-ascii"),
}
"""By their letters and digits alone."""
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was read although it is not as it should be; `code` is the name of a problem's code."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])

    def problem(self, *path: str) -> Problem:
        return Problem(problem_codes()[self.code], path, self.values)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root element, and what was skipped or repaired."""

    root: Element
    repairs: tuple[Remark, ...]


def parse(content: bytes | str) -> Parsed:
    """Parses the XML. Bytes are decoded as the XML declares; a text is already decoded. Raises `Rejected`."""
    repairs: list[Remark] = []
    text = content if isinstance(content, str) else _decoded(content, repairs)
    skipped = 0
    if text is None:
        data = content
    else:
        whole, text = text, _from_declaration(text, repairs)
        skipped = whole.count("\n", 0, len(whole) - len(text))
        data = text.encode(errors="replace")
    if len(data) > MOST_BYTES:
        raise reject(CFDI_TOO_LARGE, most=MOST_BYTES)
    parser = ParserCreate(None if text is None else "utf-8")
    document = _Document(parser, skipped)
    try:
        parser.Parse(data, True)
    except (ExpatError, ValueError, LookupError):
        # An encoding that expat does not know is asked of Python, which knows more of them than expat can take.
        repairs.append(_remark(CFDI_TEXT_OUTSIDE))
    if document.root is None:
        raise document.unreadable()
    if document.undeclared is not None:
        repairs.append(_remark(CFDI_PREFIX_UNDECLARED, prefix=shortened(document.undeclared)))
    return Parsed(document.root, tuple({each.code: each for each in repairs}.values()))


def shortened(text: str) -> str:
    """A value as a message shows it, which may be anything."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _remark(code: ProblemCode, **values: str) -> Remark:
    return Remark(code.name, values)


def _decoded(content: bytes, repairs: list[Remark]) -> str | None:
    """The text of an encoding that CFDIs come in; None leaves it to expat, which also says what is wrong."""
    head = content[:400].lstrip(b"\0\t\n\r ")
    declared = _ENCODING.match(head.removeprefix(_UTF8_BOM))
    name = declared[1].decode("ascii", "replace") if declared else ""
    if content.startswith(_UTF16):
        codec = "utf-16"
    elif head.startswith(_UTF8_BOM) or not declared:
        codec = "utf-8"
    else:
        codec = _CODECS.get("".join(filter(str.isalnum, name.casefold())), "")
    if not codec or (codec == "utf-16" and not content.startswith(_UTF16)):
        return None
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        return None
    if name and name.casefold() not in _SPELLED:
        repairs.append(_remark(CFDI_ENCODING_NAME, encoding=shortened(name), codec=codec.upper()))
    return text


def _from_declaration(text: str, repairs: list[Remark]) -> str:
    """The text from where the XML begins; white space is an error before a declaration, anything else always is."""
    text = text.removeprefix("\ufeff")
    start = text.find("<")
    before = text[: max(start, 0)]
    if before.strip() or (before and text.startswith("<?xml", start)):
        repairs.append(_remark(CFDI_TEXT_OUTSIDE))
        return text[start:]
    return text


class _Document:
    """The elements as expat tells of them, without its namespaces: a prefix that is not declared is no error here."""

    def __init__(self, parser: XMLParserType, skipped_lines: int) -> None:
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        self._parser = parser
        self._skipped_lines = skipped_lines
        self.root: Element | None = None
        """The root, once it is complete."""
        self.undeclared: str | None = None
        """The first prefix that is not declared."""
        self._builder = TreeBuilder()
        self._depth = 0
        self._spaces: dict[str, list[str]] = {"xml": [_XML], "": [""]}
        """The namespaces that each prefix stands for, the innermost last."""
        self._declared: list[list[str]] = []
        """The prefixes that each open element declares."""

    def unreadable(self) -> Rejected:
        """That the XML cannot be read from where the parser is; lines and columns are counted from 1."""
        line = self._skipped_lines + self._parser.CurrentLineNumber
        return reject(CFDI_NOT_XML, line=line, column=self._parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        raise reject(CFDI_DOCTYPE)

    def data(self, text: str) -> None:
        if self._depth:
            self._builder.data(text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self.unreadable()
        prefixes: list[str] = []
        others: dict[str, str] = {}
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                prefix = key[6:]
                self._spaces.setdefault(prefix, []).append(value)
                prefixes.append(prefix)
            else:
                others[key] = value
        self._declared.append(prefixes)
        named = {self._full(key) if ":" in key else key: value for key, value in others.items()}
        self._builder.start(self._full(name), named)

    def end(self, name: str) -> None:
        element = self._builder.end(self._full(name))
        for prefix in self._declared.pop():
            self._spaces[prefix].pop()
        self._depth -= 1
        if not self._depth:
            self.root = element

    def _full(self, name: str) -> str:
        """The name with its namespace, as `{namespace}name`."""
        prefix, _, local = name.rpartition(":")
        spaces: list[Any] = self._spaces.get(prefix, [])
        if not spaces:
            self.undeclared = self.undeclared or prefix
            return name
        return f"{{{spaces[-1]}}}{local}" if spaces[-1] else local
