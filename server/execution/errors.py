"""Turns exceptions into GraphQL errors: a code to act on, and never the text of an exception."""

import errno
import logging
import re
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from domain.problem import Rejected
from errors import FichaError, OutcomeUnknown, Overloaded, Retryable, StorageFull, TimedOut

log = logging.getLogger("ficha")

LONGEST_MESSAGE = 1_000
"""Characters."""


def late(seconds: float) -> TimedOut:
    """The operation exceeded its time limit."""
    return TimedOut(f"La operación tardó más de {seconds:g} s y se canceló.")


def fault_in(errors: Iterable[GraphQLError]) -> Retryable | TimedOut | None:
    """The first error that makes the whole answer fail: something that Ficha depends on was down or late."""
    causes = (root(error) for error in errors)
    return next((cause for cause in causes if isinstance(cause, Retryable | TimedOut)), None)


def present(error: GraphQLError, request_id: str, language: str) -> dict[str, Any]:
    """The error as the response shows it. Errors that the client did not cause are logged in full and masked."""
    shown = dict(error.formatted)
    cause = root(error)
    if isinstance(cause, Rejected):
        problem = cause.problems[0]
        shown["message"] = problem.message_en if language == "en" else problem.message_es
        extensions = {"code": problem.code.name}
        if field := ".".join(to_camel_case(str(part)) for part in problem.path):
            extensions["field"] = field
    elif isinstance(cause, FichaError | OutcomeUnknown):
        shown["message"] = cause.message
        extensions = cause.extensions
    elif cause is None and error.path and _OUTPUT.match(error.message):
        # A row has an invalid value for its type; for values of the document graphql-core reports no path.
        return shown | masked(error, request_id, language, error.path)
    elif cause is None:
        # The document or the variables: the text is graphql-core's own.
        shown["message"] = _PYTHON.sub(_in_json, error.message)
        at_fault = _value_at_fault(error)
        extensions = {"code": "BAD_USER_INPUT" if error.path or at_fault else "GRAPHQL_VALIDATION_FAILED"}
        extensions |= {"field": at_fault} if at_fault else {}
        extensions |= error.extensions or {}
    else:
        return shown | masked(cause, request_id, language, error.path)
    shown["extensions"] = extensions
    if len(message := str(shown["message"])) > LONGEST_MESSAGE:
        # graphql-core repeats names and enum values whole, and a value may be as long as a body.
        shown["message"] = f"{message[:LONGEST_MESSAGE]}…"
    return shown


def masked(cause: Exception, request_id: str, language: str, path: Any = None) -> dict[str, Any]:
    """The message for an internal error: the request id under which the log has the details."""
    log.error("request %s failed at %s", request_id, path, exc_info=cause)
    message = "Error interno." if language == "es" else "Internal error."
    return {"message": message, "extensions": {"code": "INTERNAL", "requestId": request_id}}


def root(error: GraphQLError) -> Exception | None:
    """What was raised, if it was anything but a GraphQLError; of what the system lacks, what clients are told."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause and (fault_of_system(cause) or cause)


def fault_of_system(error: Exception) -> Retryable | None:
    """The error to raise where the system has no descriptor or no room on a disk for this process; None for others."""
    if not isinstance(error, OSError) or error.errno not in (*_NO_DESCRIPTOR, *_NO_ROOM):
        return None
    log.error("the system refuses: %s", error.strerror)
    if error.errno in _NO_ROOM:
        return StorageFull()
    return Overloaded("Hay demasiadas conexiones abiertas: intente de nuevo en unos segundos.")


_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


_OUTPUT = re.compile(r"(?:Enum '\w+'|[A-Z]\w{0,100}) cannot represent")
_VALUE = re.compile(r"(?:Variable '\$|Argument ')(\w+)' (?:has invalid value|of required type)(?: at ([\w.\[\]]+))?")


_PYTHON = re.compile(r"(, found)?(: | to be )(?:(True|False|None)|[\[({<].*?)(\.?)$", re.DOTALL)
_JSON = {"True": "true", "False": "false", "None": "null"}


def _in_json(match: "re.Match[str]") -> str:
    """The end of a message of graphql-core, where it shows a value as Python writes it: as JSON has it, or not at all
    where it is a list or an object, which the client knows and may be long."""
    return f"{match[1] or ''}{match[2]}{_JSON[match[3]]}{match[4]}" if match[3] else "."


def _value_at_fault(error: GraphQLError) -> str | None:
    """The variable or argument whose value is wrong, with the path in it, as `filter.and.0.rfc`; None if the
    document is wrong. graphql-core states it only in its message."""
    if (match := _VALUE.match(error.message)) is None:
        return None
    steps = re.findall(r"\w+", match[2] or "")
    return ".".join((match[1], *steps))
