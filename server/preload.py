"""Imported by the process from which those that serve are forked: all that they serve with, which they then neither
import for themselves, nor have memory of their own for. See `server.http.workers`."""

import gc

from server.garbage import loading

loading()

from server import app  # noqa: E402  # after the collector was told
from server.http.workers import end_with_parent  # noqa: E402

__all__ = ["app"]

end_with_parent()
# Set aside, so that the garbage collector writes to none of the memory that they share.
gc.collect()
gc.freeze()
