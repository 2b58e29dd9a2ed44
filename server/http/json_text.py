"""JSON that clients send: strict, and with a word on the one thing that programs get wrong without seeing it."""

import re
from typing import Any

import orjson

from errors import BadInput

_NAME = re.compile(r'"(\w{1,60})"\s*:')
_PARAMETERS = ("query", "operationName", "documentId")
"""Texts that are no values: with such a thing in them there is no request."""
_LOOKED_AT = 2_000
"""Characters before the place of an error in which the name is looked for that the text stands under."""


def loads(text: bytes | str) -> Any:
    """The value. `orjson.JSONDecodeError` where it is no JSON; `BadInput` BAD_TEXT, with the name that it stands under,
    where a value holds half of a surrogate pair (as JavaScript's `"👍".slice(0, 1)` does), which no UTF-8 can carry."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "surrogate in string" not in error.msg:
            raise
        names = _NAME.findall(error.doc[max(0, error.pos - _LOOKED_AT) : error.pos])
        if names and names[-1] in _PARAMETERS:
            raise
        message = (
            "Un texto contiene medio carácter (un sustituto de Unicode suelto, como \\ud83d): envíelo entero o quítelo."
        )
        raise BadInput("BAD_TEXT", message, names[-1] if names else None) from None
