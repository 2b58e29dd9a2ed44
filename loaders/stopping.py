"""Work in a thread that ends when it is of no more use: a thread cannot be ended from outside, it has to ask."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopped(Exception):
    """Nobody waits for the work any longer."""


class Stop:
    """Tells work that goes on in a thread to end."""

    __slots__ = ("told",)

    def __init__(self) -> None:
        self.told = False

    @contextmanager
    def heeded(self) -> Generator[None]:
        """What is done meanwhile, in this thread, ends at its next `check` once it is told to."""
        token = _stop.set(self)
        try:
            yield
        finally:
            _stop.reset(token)


_stop: ContextVar[Stop | None] = ContextVar("stop", default=None)


def check() -> None:
    """To be called every few milliseconds by what can take long. Stopped where it is to end."""
    stop = _stop.get()
    if stop is not None and stop.told:
        raise Stopped
