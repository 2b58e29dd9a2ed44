"""Every pattern and every reading of text takes time in proportion to the text, whatever somebody made of it.

The patterns are found in the source, so that a new one is tried too. Each is given what comes near to its matches, once
and twice as long; what is measured is CPU time.
"""

import ast
import contextlib
import importlib
import io
import itertools
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeGuard

import pytest

import domain.clabe
import domain.email
import domain.legal_name
import domain.phone
import domain.rfc
import domain.text
import storage.file_name
from demo.files import pdf as page_of
from domain import constancia
from domain.constancia import interpret
from domain.fields import Field, code_of, line, lines
from domain.problem import Rejected
from loaders import paging
from models import spelling
from models.catalogs import COUNTRIES, PAYMENT_FORMS
from planner import filling
from server import sat_catalogs, taxpayers
from server.http import cors
from storage.disposition import content_disposition
from storage.pdf import Pdf

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "storage", "schema", "server", "resolvers", "loaders", "models", "database", "planner")
MODULES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}

LENGTH = 8_000
FLOOR = 0.004
"""Seconds of CPU below which a growth says nothing."""

SEEDS = (
    " ", "\t", "\n", ",", ".", "-", "0", "1", "a", "A", "Ñ", "_", "'", '"', "(", "<", "/", ":", "a ", "A1", "1/",
    "01/01/2020 ", "S.A. ", "SA,", "DE ", "S.", "de C.V. ", "01", "044", "+52", "x-", "0.", "ab12-", "''", '""',
    "Régimen Fecha de ", "RFC: ", "Nombre (s):", "A 1 DE ", "A 01 DE ENERO DE ", "Regímenes:", "P[", "%PDF-1",
    "<!doctype ", "Variable '$", "bytes=1-",
)  # fmt: skip


def calls() -> Iterator[tuple[str, int, ast.Call]]:
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re":
                assert isinstance(node, ast.Call)
                if called.attr in FUNCTIONS:
                    yield str(file.relative_to(ROOT)), node.lineno, node


def literal(call: ast.Call) -> Any:
    try:
        return ast.literal_eval(call.args[0])
    except ValueError:
        return None


COMPUTED = {
    "domain/constancia.py": [constancia._LABEL],
    "domain/legal_name.py": [domain.legal_name.trailing_regime(), domain.legal_name._inner_regime()],
    "domain/address.py": [each.postal_code_pattern for each in COUNTRIES],
    "domain/bank_account.py": [each.payer_account for each in PAYMENT_FORMS]
    + [each.deposit_account for each in PAYMENT_FORMS],
    "domain/cfdi_profile.py": [each.tax_id_pattern for each in COUNTRIES],
    "domain/sat_catalog.py": [sat_catalogs.PRODUCTS.code, sat_catalogs.UNITS.code],
    "loaders/paging.py": [pattern.pattern for _, (pattern, _) in paging._FORMS],
    "models/spelling.py": [each.pattern for each in (spelling._SEPARATORS, spelling._PUNCTUATION, spelling._RFC_WORDS)],
    "server/http/graphiql.py": [r"api\.example\.mx(?::[0-9]{1,5})?"],  # of FICHA_PUBLIC_URL's host
    "schema/scalars.py": [r"(19|2\d)\d\d-(0[1-9]|1[0-2])"],
    "planner/filling.py": [each.pattern.decode() for each in (filling._INNER, filling._OUTER)],
    "server/http/cors.py": [cors.origins_pattern(["https://app.example.mx", "http://localhost:*"]).pattern],
    "server/sat_catalogs.py": [sat_catalogs.PRODUCTS.code, sat_catalogs.UNITS.code],
    "server/taxpayers.py": [taxpayers._RFC, taxpayers._STATED_DAY],
}
"""The patterns that are no literal where they are used: put together, of a catalog, or of a table beside it."""

PATTERNS = {f"{file}: {text!r}": re.compile(text) for file, _, call in calls() if (text := literal(call)) is not None}
PATTERNS |= {
    f"{file}: computed {place}": re.compile(pattern)
    for file, patterns in COMPUTED.items()
    for place, pattern in enumerate(dict.fromkeys(filter(None, patterns)))
}


def test_every_pattern_of_the_source_is_tried() -> None:
    unknown = {(file, line) for file, line, call in calls() if literal(call) is None and file not in COMPUTED}
    assert unknown == set()
    assert len(PATTERNS) > 50


def seconds(do: Callable[[], Any]) -> float:
    """The least of three: of a busy machine, what disturbs it least."""
    measured: list[float] = []
    for _ in range(2):
        start = time.process_time()
        do()
        measured.append(time.process_time() - start)
        if measured[-1] < FLOOR or measured[-1] > 5:
            break
    return min(measured)


def is_linear(do: Callable[[int], Any]) -> bool:
    """Whether twice the length takes less than three times as long, in one of three attempts: a neighbour on the core
    slows one of the two measurements now and then, and what is not linear fails every time."""
    return any(
        (once := seconds(lambda: do(LENGTH))) < FLOOR or seconds(lambda: do(2 * LENGTH)) < 3 * once + FLOOR
        for _ in range(3)
    )


def everywhere(pattern: re.Pattern[Any], text: Any) -> None:
    pattern.fullmatch(text)
    pattern.match(text)
    for _ in pattern.finditer(text):
        pass


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_takes_time_in_proportion(pattern: re.Pattern[Any]) -> None:
    for seed in SEEDS:
        for end in ("", "!", "\n!"):

            def do(length: int, seed: str = seed, end: str = end) -> None:
                text = (seed * length)[:length] + end
                everywhere(pattern, text.encode() if isinstance(pattern.pattern, bytes) else text)

            assert is_linear(do), (seed, end)


def of_text(read: Callable[[str], Any]) -> Callable[[str], None]:
    def do(text: str) -> None:
        with contextlib.suppress(Rejected):
            read(text)

    return do


def readers_of_fields() -> dict[str, Callable[[str], Any]]:
    """What reads the text of a field, by the place of one such field: every function of `domain` once, however many
    fields it reads."""
    readers: dict[CodeType, tuple[str, Callable[[str], Any]]] = {}
    for module in pkgutil.iter_modules(domain.__path__, "domain."):
        for group, fields in vars(importlib.import_module(module.name)).items():
            for name, field in fields.items() if isinstance(fields, dict) else ():
                if isinstance(field, Field) and name not in LISTS and reads_text(field.read):
                    readers.setdefault(field.read.__code__, (f"{module.name}.{group}.{name}", field.read))
    return dict(readers.values())


LISTS = {"tags", "scopes"}
"""Fields that hold several texts: an operation has at most 1,000 values."""


def reads_text(read: Callable[[Any], Any] | None) -> TypeGuard[FunctionType]:
    if not isinstance(read, FunctionType):
        return False
    try:
        of_text(read)("1")
    except (TypeError, ValueError, AttributeError):  # of a number, a day, an enum
        return False
    return True


READ = {
    "line": line(10_000),
    "lines": lines(10_000),
    "single_line": domain.text.single_line,
    "multi_line": domain.text.multi_line,
    "code": code_of(COUNTRIES),
    "rfc": domain.rfc.Rfc.parse,
    "clabe": domain.clabe.Clabe.parse,
    "phone": domain.phone.Phone.parse,
    "e-mail": domain.email.parse_email,
    "legal name": lambda text: domain.legal_name.without_capital_regimes(domain.legal_name.normalize_name(text[:254])),
    "file name": lambda text: storage.file_name.with_extension(text[:2_000], "application/pdf"),
    "header": lambda text: content_disposition(text[:255], "application/pdf"),
    "catalog": lambda text: COUNTRIES.search(text[: paging.LONGEST_SEARCH]),
} | {f"field {name}": read for name, read in readers_of_fields().items()}
MARKS = "\u0301\u0327"
"""Two combining marks in the wrong order: to put a long row of them into order takes quadratic time."""


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_a_megabyte_in_a_field_holds_nobody_up(read: Callable[[str], Any]) -> None:
    do = of_text(read)
    seeds = [*SEEDS, MARKS, "\0", "\u202e", "ﬃ", "😀", "@", "a@", "a@a.", "x\n\n\n"]
    for seed, length in itertools.product(seeds, (9_000, 150_000, 1_000_000)):
        text = (seed * length)[:length]
        assert seconds(lambda text=text: do(text)) < (0.5 if length > 9_000 else 0.2), length


HEAD = "RFC: EKU9003173C9 idCIF: 1 Regímenes: a"
CONSTANCIA = [
    *SEEDS, MARKS, "Régimen", "Obligaciones:", "palabra ", "a 01/01/2020 ", "Nombre de la Colonia: x ",
    "Denominación/Razón ", "Código\nPostal:\n", "\u3000", "\x0b",
]  # fmt: skip


@pytest.mark.parametrize("seed", CONSTANCIA, ids=ascii)
def test_a_constancias_text_takes_time_in_proportion(seed: str) -> None:
    assert is_linear(lambda length: interpret(Pdf([HEAD + (seed * length)[:length]])))


MOST_SECONDS = 1.0
"""Of CPU: twice what `make hostile` asks, for a second busy thread on the same core slows the first."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("length", [1_100, 90_000, 1_000_000])
@pytest.mark.parametrize("seed", CONSTANCIA, ids=ascii)
def test_a_megabyte_of_anything_is_read_in_half_a_second(seed: str, length: int) -> None:
    pages = [HEAD + (seed * length)[:length]]
    assert seconds(lambda: interpret(Pdf(pages))) < MOST_SECONDS
    # A page that is drawn in one stroke, and one in a line each.
    for text in ([pages[0]], re.findall(r"[^\n]{1,80}", pages[0])):
        content = page_of(text)
        assert seconds(lambda content=content: constancia.read_constancia(io.BytesIO(content))) < MOST_SECONDS


def test_a_code_that_is_no_address_is_no_code() -> None:
    texts = [
        "http://[x",
        "http://[::1",
        "//[",
        "http://a]b",
        "https://siat.sat.gob.mx:99999/?D3=1_A",
        "\0",
        "http://\u2100.sat.gob.mx/",
        "&" * 4_000,
    ]
    texts += [f"https://siat.sat.gob.mx/?{'a=1&' * 1_000}", f"https://siat.sat.gob.mx/?D3={'1' * 4_000}_EKU9003173C9"]
    assert interpret(Pdf([""], [(1, text) for text in texts])) == {"status": "NO_TEXT"}
