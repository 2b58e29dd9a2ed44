"""The header `traceparent` of W3C Trace Context (w3.org/TR/trace-context), by which services agree on a trace."""

import re
from collections.abc import Sequence

_PARENT = re.compile(
    r"(?!ff)(?:00(?=.{53}$)|(?!00)[0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?"
)


def trace_id(traceparents: Sequence[str]) -> str | None:
    """The id of the trace, 32 hexadecimal digits, from the headers `traceparent` of a request; None if there is none
    or several, or if it is not as the standard says. Later versions than 00 may say more behind it."""
    if len(traceparents) != 1 or not (parent := _PARENT.fullmatch(traceparents[0])):
        return None
    return parent[1]
