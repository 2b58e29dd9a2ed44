"""Whether codes of products and units can be stated on a day, by the SAT's catalogs in the database."""

import datetime
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import select

from domain.fields import CODE_UNKNOWN
from domain.problem import Problem, Rejected, error
from domain.text import single_line
from domain.work import UnitOfWork
from models import SatProduct, SatUnit

CODE_NOT_IN_FORCE: Final = error(
    "La clave {code} no está vigente el {day} en el catálogo del SAT: elija otra.",
    "The code {code} is not in force on {day} in the SAT's catalog: choose another one.",
)
_CATALOGS: Final[Mapping[str, type[SatProduct | SatUnit]]] = {"product_code": SatProduct, "unit_code": SatUnit}
"""By the name of the value that is a code of it."""
_CODE: Final = re.compile(r"[A-Z0-9]{1,8}")


def codes_in(values: Mapping[str, Any]) -> Mapping[str, str]:
    """The codes of both catalogs among the values, as they are kept. What has not the form of a code is left out:
    reading it tells."""
    codes: dict[str, str] = {}
    for name in _CATALOGS:
        with suppress(Rejected):
            code = single_line(values.get(name) or "").upper()
            if _CODE.fullmatch(code):
                codes[name] = code
    return codes


async def code_problems(
    work: UnitOfWork, lines: Iterable[Mapping[str, str]], on: datetime.date
) -> Mapping[tuple[str, str], Problem]:
    """What is wrong on a day with the codes of lines, by value and code. A statement for each catalog, however many
    lines there are."""
    problems: dict[tuple[str, str], Problem] = {}
    lines = list(lines)
    for name, catalog in _CATALOGS.items():
        codes = sorted({codes[name] for codes in lines if name in codes})
        query = select(catalog.code, catalog.valid_from, catalog.valid_to).where(catalog.code.in_(codes))
        rows = (await work.session.execute(query)).all() if codes else ()
        spans = {code: (valid_from or on, valid_to or on) for code, valid_from, valid_to in rows}
        for code in codes:
            if code not in spans:
                problems[name, code] = Problem(CODE_UNKNOWN, (name,), {"code": code})
            elif not spans[code][0] <= on <= spans[code][1]:
                problems[name, code] = Problem(CODE_NOT_IN_FORCE, (name,), {"code": code, "day": on})
    return problems
