"""What may be wrong with a value: how its code is declared beside the rule that finds it, and the exception.

A rule that only looks returns problems; a parser that cannot go on raises `Rejected`, one of the tree in `errors`. Both
carry the same `Problem`, so one translation at the edge makes `FichaProblem {code, message, path}` of either.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Final
from uuid import UUID

from errors import DeclarationError, FichaError


class Severity(StrEnum):
    """ERROR: it would be refused. WARNING: it may be. UNVERIFIED: only SAT's private list can tell."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    UNVERIFIED = "UNVERIFIED"


@dataclass(eq=False)
class ProblemCode:
    """A kind of problem; the texts are `str.format` templates over a problem's values, which `domain.problem_texts`
    may replace by a translator's.

    `sat_code` is the code that SAT would answer with, if any.
    """

    severity: Severity
    es: str
    en: str
    sat_code: str | None = None

    @cached_property
    def name(self) -> str:
        """The name of the constant that it is declared as."""
        rooms = [module for name, module in sys.modules.copy().items() if name.startswith("domain.")]
        return next(name for module in rooms for name, value in vars(module).items() if value is self)


error: Final = partial(ProblemCode, Severity.ERROR)
warning: Final = partial(ProblemCode, Severity.WARNING)
unverified: Final = partial(ProblemCode, Severity.UNVERIFIED)


@cache
def problem_codes() -> Mapping[str, ProblemCode]:
    """Every problem code that the modules of domain/ declare, by name and in the order of the names."""
    names = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return codes_of(import_module(f"domain.{name}") for name in names)


def codes_of(modules: Iterable[ModuleType]) -> Mapping[str, ProblemCode]:
    """The same of these modules."""
    codes: dict[str, ProblemCode] = {}
    for name, value in (item for module in modules for item in vars(module).items()):
        if isinstance(value, ProblemCode) and codes.setdefault(name, value) is not value:
            raise DeclarationError(
                f"problem code {name} is declared twice in domain/: give one of the two another name"
            )
    return dict(sorted(codes.items()))


_VALUE: Final = re.compile(r"(?<=[ «“(])\{\w+\}|\{\w+\}(?=[» ”])")
_OPTIONAL: Final = re.compile(r"\{\w+\}")


def without_values(template: str) -> str:
    """What a problem code is called where there is no problem yet: "El dígito verificador del RFC debería ser …"."""
    return _OPTIONAL.sub("", _VALUE.sub("…", template)).removesuffix(".")


# Of many nouns
TOO_MANY: Final = error("Se admiten a lo más {most}.", "At most {most} are allowed.")
BULK_REJECTED: Final = error(
    "Otra fila tiene errores: no se guardó ninguna.", "Another row has errors: none was saved."
)
INVITATION_COMPANY: Final = error(
    "Su cuenta no puede entrar a la empresa de la invitación: su emisor o su token son de otra.",
    "Your account cannot join the invitation's company: its issuer or its token belongs to another one.",
)
SEQUENCE_FULL: Final = error(
    "La serie {series} llegó a su último folio, {most}: use otra serie.",
    "The series {series} reached its last folio, {most}: use another series.",
)
DEAL_OF_ANOTHER_CLIENT: Final = error("El trato es de otro cliente.", "The deal belongs to another client.")
PAYMENT_OVER_BALANCE: Final = error("Excede el saldo{balance}.", "It is more than the balance{balance}.")
FILE_TOO_LARGE: Final = error(
    "El archivo pesa más de {most}, que es el máximo.", "The file is larger than {most}, the maximum."
)
PERMISSION_UNKNOWN: Final = error("El permiso {permission} no existe.", "There is no permission {permission}.")
PERMISSION_NOT_HELD: Final = error(
    "No puede dar el permiso {permission}: usted no lo tiene.",
    "You cannot grant the permission {permission}: you do not have it.",
)
NAME_FORBIDDEN_CHARACTER: Final = error("El nombre no puede contener «|».", "The name must not contain “|”.")
POSTAL_CODE_FORMAT: Final = error("El código postal debe tener 5 dígitos.", "The postal code must have 5 digits.")
POSTAL_CODE_UNKNOWN: Final = warning(
    "El código postal no está en el catálogo del SAT.", "The postal code is not in SAT's catalog."
)
TAX_REGIME_UNKNOWN: Final = error(
    "El régimen fiscal {tax_regime} no está vigente en el catálogo del SAT.",
    "The tax regime {tax_regime} is not in force in SAT's catalog.",
    "CFDI40157",
)
TAX_REGIME_PERSON_KIND: Final = error(
    "El régimen fiscal {tax_regime} no corresponde al tipo de persona del RFC.",
    "The tax regime {tax_regime} is not valid for the RFC's kind of person.",
    "CFDI40158",
)
PAYMENT_FORM_UNKNOWN: Final = error(
    "La forma de pago {payment_form} no está vigente en el catálogo del SAT.",
    "The payment form {payment_form} is not in force in SAT's catalog.",
    "CFDI40104",
)


_LONGEST: Final = 200
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value.

    `path` leads to the value in what was given, in Python's names (`("contacts", 0, "email")`); the edge turns them
    into the API's. `values` fill the texts; one that has other words in English is there twice, as `state` and as
    `state_en`. `allowed` lists the codes that would be right, `suggestion` is the one to
    offer. `records` are the ids of the clients that it is about, as far as the viewer sees them.
    """

    code: ProblemCode
    path: tuple[str | int, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    records: tuple[UUID, ...] = ()

    @property
    def severity(self) -> Severity:
        return self.code.severity

    @property
    def sat_code(self) -> str | None:
        return self.code.sat_code

    @property
    def message_es(self) -> str:
        return self.code.es.format(**self._shown)

    @property
    def message_en(self) -> str:
        shown = dict(self._shown)
        english = {name.removesuffix("_en"): text for name, text in shown.items() if name.endswith("_en")}
        return self.code.en.format(**shown | english)

    @property
    def _shown(self) -> Mapping[str, str]:
        """The values as a message has them: what somebody sent can be long."""
        texts = {name: str(value) for name, value in self.values.items()}
        return {name: text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for name, text in texts.items()}

    def at(self, *path: str | int) -> "Problem":
        """The same problem, seen from further out: `path` comes before its own."""
        return replace(self, path=path + self.path)


class Rejected(FichaError):
    """A value cannot be taken: at least one of `problems` is an ERROR."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message_es)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{'.'.join(map(str, p.path)) or 'value'}: {p.code.name}" for p in self.problems)

    def at(self, *path: str | int) -> "Rejected":
        return Rejected(*(problem.at(*path) for problem in self.problems))


def reject(code: ProblemCode, /, **values: object) -> Rejected:
    """`raise reject(CODE, …)`: the exception with this one problem."""
    return Rejected(Problem(code, values=values))


def reject_any(problems: Sequence[Problem]) -> None:
    """`Rejected` with all of these, if there are any."""
    if problems:
        raise Rejected(*problems)
