"""E-mail addresses: their syntax, by the RFCs; whether one receives mail is never asked of the network."""

from typing import Final

from email_validator import EmailNotValidError, validate_email

from domain.problem import error, reject
from domain.text import single_line
from models.spelling import bare_email

EMAIL_INVALID: Final = error("El correo electrónico no es válido.", "The e-mail address is not valid.")


_MOST: Final = 1_000
"""Characters, white space and all; an address has 254."""


def fold_email(address: str) -> str:
    """What addresses are compared by. In SQL: `lower(email collate "C")`."""
    return bare_email(address)


def parse_email(text: str) -> str:
    """The address with its domain in lower case, at most 254 characters; `Rejected` EMAIL_INVALID otherwise."""
    if len(text) > _MOST:
        raise reject(EMAIL_INVALID)
    try:
        return validate_email(single_line(text), check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise reject(EMAIL_INVALID) from error
