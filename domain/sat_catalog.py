"""Whether codes of products and units can be stated on a day, by the SAT's catalogs in the database."""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from domain.fields import CODE_UNKNOWN
from domain.problem import Problem, Rejected, error, reject
from domain.text import single_line
from domain.work import UnitOfWork
from models import SatProduct, SatUnit
from models.sat_catalog import PRODUCT_CODE, UNIT_CODE

CODE_NOT_IN_FORCE: Final = error(
    "La clave {code} no está vigente el {day} en el catálogo del SAT: elija otra.",
    "The code {code} is not in force on {day} in the SAT's catalog: choose another one.",
)
_CATALOGS: Final[Mapping[str, type[SatProduct | SatUnit]]] = {"product_code": SatProduct, "unit_code": SatUnit}
"""By the name of the value that is a code of it."""
_FORMS: Final = {"product_code": re.compile(PRODUCT_CODE), "unit_code": re.compile(UNIT_CODE)}


@dataclass(frozen=True, slots=True)
class SatCodes:
    """Codes of lines by the SAT's catalogs of a day; both are by the value and the code as it was stated."""

    spelled: Mapping[tuple[str, str], str]
    """As the catalog has them."""
    problems: Mapping[tuple[str, str], Problem]

    def of(self, codes: Mapping[str, str]) -> Mapping[str, str]:
        """The codes of a line as the catalog has them."""
        return {name: self.spelled.get((name, code), code) for name, code in codes.items()}


def parse_code(name: str) -> Callable[[str], str]:
    """Reads a code of that value, with the letters as they are stated."""

    def parse(text: str) -> str:
        code = single_line(text)
        if code and not _FORMS[name].fullmatch(code):
            raise reject(CODE_UNKNOWN, code=code)
        return code

    return parse


def codes_in(values: Mapping[str, Any]) -> Mapping[str, str]:
    """The codes of both catalogs among the values, as they are stated. What has not the form of a code is left out:
    reading it tells."""
    codes: dict[str, str] = {}
    for name in _CATALOGS:
        with suppress(Rejected):
            if code := parse_code(name)(values.get(name) or ""):
                codes[name] = code
    return codes


async def sat_codes(work: UnitOfWork, lines: Iterable[Mapping[str, str]], on: datetime.date) -> SatCodes:
    """The codes of lines on a day, and what is wrong with them. A statement for each catalog, however many lines there
    are. A code may be stated in small letters or capitals: a few units have both, as `Ohm`, and two differ in nothing
    else."""
    spelled: dict[tuple[str, str], str] = {}
    problems: dict[tuple[str, str], Problem] = {}
    lines = list(lines)
    for name, catalog in _CATALOGS.items():
        stated = sorted({codes[name] for codes in lines if name in codes})
        written = {each for code in stated for each in _spellings(code)}
        query = select(catalog.code, catalog.valid_from, catalog.valid_to).where(catalog.code.in_(sorted(written)))
        rows = (await work.session.execute(query)).all() if stated else ()
        spans = {code: (valid_from or on, valid_to or on) for code, valid_from, valid_to in rows}
        for code in stated:
            known = next((each for each in _spellings(code) if each in spans), None)
            if known is None:
                problems[name, code] = Problem(CODE_UNKNOWN, (name,), {"code": code})
                continue
            spelled[name, code] = known
            if not spans[known][0] <= on <= spans[known][1]:
                problems[name, code] = Problem(CODE_NOT_IN_FORCE, (name,), {"code": known, "day": on})
    return SatCodes(spelled, problems)


def _spellings(code: str) -> Sequence[str]:
    """How the catalog may have a code: as it is stated, if it has it so."""
    return code, code.upper(), code.capitalize()


def ended(codes: Iterable[str], on: datetime.date) -> Iterator[Problem]:
    """Of codes that are not in force on a day."""
    return (Problem(CODE_NOT_IN_FORCE, (), {"code": code, "day": on}) for code in sorted(codes))
