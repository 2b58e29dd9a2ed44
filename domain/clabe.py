"""CLABE, the 18 digits of a Mexican bank account: bank 3, plaza 3, account 11, control 1."""

import re
from dataclasses import dataclass
from typing import Final

from domain.problem import Problem, error, reject, warning
from models.catalogs import BANKS, Bank
from models.spelling import unseparated

CLABE_FORMAT: Final = error("La CLABE debe tener 18 dígitos.", "A CLABE has 18 digits.")
CLABE_CONTROL_DIGIT: Final = error(
    "El dígito de control de la CLABE no corresponde: revise el número.",
    "The control digit of the CLABE is wrong: please check the number.",
)
CLABE_BANK_UNKNOWN: Final = warning(
    "El banco {bank} de la CLABE no está en el catálogo.", "The CLABE's bank {bank} is not in the catalog."
)
CLABE_BANK_INACTIVE: Final = warning("{bank} ya no participa en el SPEI.", "{bank} no longer takes part in SPEI.")


_FORM: Final = re.compile(r"[0-9]{18}")
_MOST: Final = 200
"""Characters as people write one; a text that is longer is not looked at."""


def control_digit(first_17: str) -> str:
    """The digit that closes a CLABE: weights 3, 7, 1, each product modulo 10 (Banco de México)."""
    total = sum(int(digit) * (3, 7, 1)[position % 3] % 10 for position, digit in enumerate(first_17))
    return str(-total % 10)


@dataclass(frozen=True, slots=True)
class Clabe:
    """A CLABE with a valid control digit."""

    number: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.number):
            raise reject(CLABE_FORMAT)
        if control_digit(self.number[:-1]) != self.number[-1]:
            raise reject(CLABE_CONTROL_DIGIT)

    @classmethod
    def parse(cls, text: str) -> "Clabe":
        """Reads a CLABE with or without spaces and hyphens. `Rejected` on a wrong form or control digit."""
        if len(text) > _MOST:
            raise reject(CLABE_FORMAT)
        return cls(unseparated(text))

    def __str__(self) -> str:
        return self.number

    @property
    def bank_code(self) -> str:
        return self.number[:3]

    @property
    def plaza_code(self) -> str:
        """Where the account was opened. Banks open plazas faster than lists follow, so any code is taken."""
        return self.number[3:6]

    @property
    def account(self) -> str:
        return self.number[6:17]

    @property
    def bank(self) -> Bank | None:
        return BANKS.get(self.bank_code)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """CLABE_BANK_UNKNOWN or CLABE_BANK_INACTIVE: new participants and merged banks have live accounts."""
        if self.bank is None:
            return (Problem(CLABE_BANK_UNKNOWN, values={"bank": self.bank_code}),)
        if not self.bank.active:
            return (Problem(CLABE_BANK_INACTIVE, values={"bank": self.bank.name}),)
        return ()
