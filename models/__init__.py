"""What rows exist: every table of the client record, its constraints and indexes.

The first row that is imported from here maps them all, so that `Base.metadata` is whole. What needs no more than a
catalog does not load SQLAlchemy for it, which takes 0.6 s of CPU.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.rows import *  # noqa: F403


def __getattr__(name: str) -> Any:
    try:
        return getattr(import_module("models.rows"), name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name) from None
