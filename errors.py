"""The exceptions for errors of a request, for every room; only `server/` turns them into GraphQL and HTTP.

    FichaError
    ├── Unauthenticated     nobody, or not who they claim to be
    │   └── CompanySuspended    somebody of a company that nobody can sign in to now
    ├── Forbidden           this viewer may not see or do it
    ├── BadInput            the request holds a value that cannot be used; `field` names it
    ├── TimedOut            it took too long and was cancelled
    │   └── FilterTooBroad      it would take too long: a list looked at more rows than it may
    ├── Retryable           nothing is wrong with the request: the same one may be sent again later
    │   ├── Unavailable     something that Ficha needs is away: the database, the store, the tokens' issuer
    │   ├── StorageFull     a disk is full: nothing can be saved until somebody makes room
    │   └── Overloaded      too much is being done at once; nothing was done of this
    └── domain.problem.Rejected     a rule of the domain is broken: one or more coded problems in Spanish and English

    OutcomeUnknown              a change was being committed when the connection broke: it may have been saved

A record that is not there, or that the viewer may not see, is null and no error: the two look the same.
"""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any


class CommandRefused(Exception):
    """A command of `ficha` cannot do its work. The text is one line, for a person."""


class DeclarationError(Exception):
    """A declaration of one room is missing in another: a fault of the program, raised when the rooms are imported.
    The text has a line for each: where, what, and how to fix it."""


def unknown(place: str, name: str, known: Collection[str], of: str, otherwise: str = "") -> str:
    """The sentence about a name that the other side does not have; `otherwise` says what to do about a new one."""
    question = mend(name, known, otherwise) or f"it has {', '.join(sorted(known))}"
    return f"{place} names {name}, which {of} does not have: {question}"


def mend(name: str, known: Collection[str], otherwise: str = "") -> str:
    """A "did you mean" with the most similar known name, if there is one, and what to do otherwise."""
    alike = get_close_matches(name, known, 1)
    question = f"did you mean {alike[0]}?" if alike else ""
    return f"{question} If not, {otherwise}" if question and otherwise else question or otherwise


def file_of(thing: Any) -> str:
    """The file of a class or a module's name, from the root of the checkout."""
    module: str = thing if isinstance(thing, str) else thing.__module__
    return f"{module.replace('.', '/')}.py"


class FichaError(Exception):
    """Something that the client can understand and act on. `code` is stable; `message` is for people."""

    code = "INTERNAL"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def extensions(self) -> dict[str, object]:
        """What a GraphQL error carries beside the message."""
        return {"code": self.code}


class Unauthenticated(FichaError):
    """No valid credentials came with the request."""

    code = "UNAUTHENTICATED"


class CompanySuspended(Unauthenticated):
    """The credentials are valid, but their company is suspended. No data are lost."""

    code = "COMPANY_SUSPENDED"

    def __init__(self) -> None:
        super().__init__("La empresa está suspendida: nadie puede entrar hasta que se reactive.")


class Forbidden(FichaError):
    """The viewer lacks a permission; `permission` says which."""

    code = "FORBIDDEN"

    def __init__(self, message: str, permission: str | None = None) -> None:
        super().__init__(message)
        self.permission = permission

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | ({"permission": self.permission} if self.permission else {})


class BadInput(FichaError):
    """A value that cannot be used, in the argument or input field `field`. Codes: see `docs/errors.md`."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | ({"field": self.field} if self.field else {})


class TimedOut(FichaError):
    """It exceeded its time limit and was cancelled."""

    code = "TIMEOUT"


class FilterTooBroad(TimedOut):
    """A list looked at as many rows as it may, in its order, and they did not fill the page."""

    code = "FILTER_TOO_BROAD"


class Retryable(FichaError):
    """The same request may succeed after `retry_after` seconds. Over HTTP: status 503 with `Retry-After`."""

    retry_after = 1

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        if retry_after is not None:
            self.retry_after = retry_after

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | {"retryable": True, "retryAfterSeconds": self.retry_after}


class Unavailable(Retryable):
    """A dependency does not answer: the database, the object store, the issuer of the tokens."""

    code = "UNAVAILABLE"


class StorageFull(Retryable):
    """The database's disk is full. What only reads mostly still works."""

    code = "STORAGE_FULL"
    retry_after = 30

    def __init__(self, message: str = "", retry_after: int | None = None) -> None:
        super().__init__(message or "No hay espacio para guardar: avise a quien administra el sistema.", retry_after)


class Overloaded(Retryable):
    """Too many operations of this viewer, of the company or in all are waiting. Nothing of this one was done."""

    code = "OVERLOADED"


class OutcomeUnknown(Exception):
    """The connection broke during the commit of a change: it is unknown whether it was saved.

    Not a FichaError, after which nothing was saved: files are removed after those, and must stay after this.
    """

    code = "OUTCOME_UNKNOWN"
    message = (
        "Se perdió la conexión al guardar: puede que el cambio se haya guardado. Léalo de nuevo antes de repetirlo."
    )

    @property
    def extensions(self) -> dict[str, object]:
        """What a GraphQL error carries beside the message."""
        return {"code": self.code, "retryable": False}


class SavedUnread(FichaError):
    """A change was saved, but reading it back failed."""

    code = "SAVED_UNREAD"

    def __init__(self) -> None:
        super().__init__("El cambio se guardó, pero no se pudo leer: léalo de nuevo, sin repetirlo.")

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | {"retryable": False}
