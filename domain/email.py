"""E-mail addresses: their syntax, by the RFCs; whether one receives mail is never asked of the network."""

import string
from typing import Final

from email_validator import EmailNotValidError, validate_email

from domain.problem import error, reject
from domain.text import single_line

EMAIL_INVALID: Final = error("EMAIL_INVALID", "El correo electrónico no es válido.", "The e-mail address is not valid.")


_MOST: Final = 1_000
"""Characters, white space and all; an address has 254."""

_ASCII_CAPITALS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold_email(address: str) -> str:
    """What addresses are compared by: ASCII letters in lower case and all others as they are, for İ, ſ and K (the
    Kelvin sign) are other letters than i, s and k. In SQL: `lower(email collate "C")`."""
    return address.translate(_ASCII_CAPITALS)


def parse_email(text: str) -> str:
    """The address with its domain in lower case, at most 254 characters; `Rejected` EMAIL_INVALID otherwise."""
    if len(text) > _MOST:
        raise reject(EMAIL_INVALID)
    try:
        return validate_email(single_line(text), check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise reject(EMAIL_INVALID) from error
