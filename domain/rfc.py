"""RFC, the Mexican tax id: its form, its date and its check digit. Whether it is registered only SAT can tell."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.problem import Problem, error, reject, warning
from models.catalogs import PersonKind
from models.spelling import bare_rfc

RFC_WITHOUT_HOMOCLAVE: Final = error(
    "Al RFC le faltan los 3 caracteres de la homoclave.", "The RFC lacks its last 3 characters, the homoclave."
)
RFC_FORMAT: Final = error(
    "El RFC debe tener 12 caracteres (persona moral) o 13 (persona física): letras, fecha AAMMDD y homoclave.",
    "An RFC has 12 characters (company) or 13 (person): letters, date YYMMDD and homoclave.",
)
RFC_DATE: Final = error("La fecha {date} del RFC no existe.", "The date {date} in the RFC does not exist.")
RFC_CHECK_DIGIT: Final = warning(
    "El dígito verificador del RFC debería ser {expected}. Hay RFC reales que no lo cumplen: confírmelo.",
    "The check digit of the RFC should be {expected}. Some real RFCs break this rule: please confirm it.",
)


GENERAL_PUBLIC: Final = "XAXX010101000"
FOREIGN: Final = "XEXX010101000"

# SAT, tdCFDI.xsd, t_RFC. The pattern lets 30 February through, hence the calendar below.
_FORM: Final = re.compile(r"[A-Z&Ñ]{3,4}([0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))[A-Z0-9]{2}[0-9A]")
_WITHOUT_HOMOCLAVE: Final = re.compile(r"[A-Z&Ñ]{3,4}[0-9]{6}")
_MOST: Final = 200
"""Characters, separators and all."""
_DIGIT_ALPHABET: Final = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"


@dataclass(frozen=True, slots=True)
class Rfc:
    """A well-formed RFC, in capitals and without separators: 12 characters for a company, 13 for a person."""

    value: str

    def __post_init__(self) -> None:
        match = _FORM.fullmatch(self.value)
        if not match:
            lacking = _WITHOUT_HOMOCLAVE.fullmatch(self.value)
            raise reject(RFC_WITHOUT_HOMOCLAVE if lacking else RFC_FORMAT)
        try:
            # No century is stated. 20yy has every day that 19yy has, and 29 February of 2000 besides.
            date.fromisoformat(f"20{match[1][:2]}-{match[1][2:4]}-{match[1][4:]}")
        except ValueError:
            raise reject(RFC_DATE, date=match[1]) from None

    @classmethod
    def parse(cls, text: str) -> "Rfc":
        """Reads an RFC as people write it: any case, spaces and hyphens anywhere. `Rejected` if it is none."""
        if len(text) > _MOST:
            raise reject(RFC_FORMAT)
        return cls(bare_rfc(text))

    def __str__(self) -> str:
        return self.value

    @property
    def kind(self) -> PersonKind:
        """By its length, so both generics are a PERSON, as SAT's tables have it."""
        return PersonKind.COMPANY if len(self.value) == 12 else PersonKind.PERSON

    @property
    def is_general_public(self) -> bool:
        return self.value == GENERAL_PUBLIC

    @property
    def is_foreign(self) -> bool:
        return self.value == FOREIGN

    @property
    def is_generic(self) -> bool:
        """Whether many clients may share it."""
        return self.is_general_public or self.is_foreign

    @property
    def check_digit(self) -> str:
        """What the last character should be: 0–9 or A."""
        weighted = (
            _DIGIT_ALPHABET.index(character) * (13 - position)
            for position, character in enumerate(self.value[:-1].rjust(12))
        )
        return "0123456789A"[(11 - sum(weighted) % 11) % 11]

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """RFC_CHECK_DIGIT when the last character is not the computed one.

        Only a warning: 1.4 % of registered RFCs break the rule, large banks among them.
        """
        if self.is_generic or self.value[-1] == self.check_digit:
            return ()
        return (Problem(RFC_CHECK_DIGIT, values={"expected": self.check_digit}),)
