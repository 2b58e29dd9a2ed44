"""When this process looks for garbage, and through how much of what it holds.

Python looks through all objects that it holds, with the whole process waiting: some 0.3 s where some thousand
documents, plans and statements are cached. So what is held for long is set aside (`gc.freeze`) and left out.
"""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

MANY = 20_000
"""So many objects are set aside together: to look through them takes up to 0.025 s on a busy machine."""
_most: int | None = None
"""With more than this set aside, all of it is looked through once: some may have become garbage."""
_under_way = 0
_lock = Lock()


def loading() -> None:
    """Called before the process imports what it serves with: hardly any of that is garbage, and to look through all of
    it again and again took a sixth of the start's CPU."""
    gc.set_threshold(10_000, 10, 1_000)


def settle() -> None:
    """Called when the process begins to serve: sets aside what there is, and has threads give way soon.

    Nearly all that a request makes is gone with it, without a cycle: to look after each few hundred objects costs some
    percent. To look much more seldom costs memory, for what the resolvers leave does have cycles. The thread that
    compiles keeps the event loop from running until it gives way: Python's 5 ms came to 0.2 s on some machines.
    """
    global _most  # noqa: PLW0603  a process has one collector
    sys.setswitchinterval(0.001)
    gc.collect()
    gc.freeze()
    gc.set_threshold(3_000, 5, 5)
    _most = 2 * gc.get_freeze_count()


@contextmanager
def compiling() -> Generator[None]:
    """Around what is compiled, in any thread: when nothing is any more, its scraps are garbage, and what is left is set
    aside, if it is much. At another moment scraps in use would be set aside too, and stay when they are garbage."""
    global _under_way  # noqa: PLW0603
    with _lock:
        _under_way += 1
    try:
        yield
    finally:
        with _lock:
            _under_way -= 1
            if not _under_way:
                _set_aside()


def _set_aside() -> None:
    global _most  # noqa: PLW0603
    if _most is None or len(gc.get_objects(generation=2)) < MANY:
        return
    doubled = gc.get_freeze_count() > _most
    if doubled:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
    if doubled:
        _most = 2 * gc.get_freeze_count()
