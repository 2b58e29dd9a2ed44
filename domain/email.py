"""E-mail addresses: their syntax, by the RFCs; whether one receives mail is never asked of the network."""

from typing import Final

from email_validator import EmailNotValidError, validate_email

from domain.problem import ProblemCode, reject
from domain.text import single_line

_MOST: Final = 1_000
"""Characters, white space and all; an address has 254."""


def parse_email(text: str) -> str:
    """The address with its domain in lower case, at most 254 characters; `Rejected` EMAIL_INVALID otherwise."""
    if len(text) > _MOST:
        raise reject(ProblemCode.EMAIL_INVALID)
    try:
        return validate_email(single_line(text), check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise reject(ProblemCode.EMAIL_INVALID) from error
