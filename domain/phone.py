"""Phone numbers in E.164, whatever Mexican dialling habit they were written in."""

from dataclasses import dataclass
from typing import Final

import phonenumbers

from domain.problem import Problem, error, reject, warning
from domain.text import single_line
from models.spelling import bare_phone

PHONE_INVALID: Final = error(
    "El teléfono no es válido: en México son 10 dígitos; de otro país, con + y su clave.",
    "The phone number is not valid: 10 digits in Mexico; elsewhere + and the country's code.",
)
PHONE_EXTENSION: Final = error(
    "La extensión {extension} no puede ser: son 1 a 10 dígitos, y va con un teléfono que no lleve ya otra.",
    "The extension {extension} cannot be: it has 1 to 10 digits, and goes with a phone number that has no other.",
)
PHONE_UNASSIGNED: Final = warning(
    "El número no corresponde a un rango telefónico conocido.", "The number is not in a known range."
)


_MOST: Final = 200
"""Characters, punctuation and all."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 (`+525512345678`)."""

    number: str

    @classmethod
    def parse(cls, text: str) -> "Phone":
        """Reads a number without its extension: a Mexican one unless it begins with + or 00. `Rejected` when it cannot
        be one."""
        if len(text) > _MOST:
            raise reject(PHONE_INVALID)
        try:
            parsed = phonenumbers.parse(bare_phone(single_line(text)), "MX")
        except phonenumbers.NumberParseException as error:
            raise reject(PHONE_INVALID) from error
        if parsed.extension or not _possible(parsed):
            raise reject(PHONE_INVALID)
        return cls(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))

    def __str__(self) -> str:
        return self.number

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """PHONE_UNASSIGNED when no known range holds it: new ranges open before the tables know them."""
        valid = phonenumbers.is_valid_number(phonenumbers.parse(self.number))
        return () if valid else (Problem(PHONE_UNASSIGNED),)


def _possible(number: phonenumbers.PhoneNumber) -> bool:
    if number.country_code == 52:  # the tables still allow for the old prefixes
        return len(phonenumbers.national_significant_number(number)) == 10
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
