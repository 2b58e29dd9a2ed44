"""Cancellation of work in threads, which Python cannot stop from outside: the work checks a flag."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopped(Exception):
    """The work was cancelled."""


class Stop:
    """A flag that cancels work in a thread."""

    __slots__ = ("requested",)

    def __init__(self) -> None:
        self.requested = False

    @contextmanager
    def heeded(self) -> Generator[None]:
        """Within this context, the work of this thread ends at its next `check` after cancellation."""
        token = _stop.set(self)
        try:
            yield
        finally:
            _stop.reset(token)


_stop: ContextVar[Stop | None] = ContextVar("stop", default=None)


def check() -> None:
    """Raises Stopped if the work was cancelled. Long work calls it every few milliseconds."""
    stop = _stop.get()
    if stop is not None and stop.requested:
        raise Stopped
