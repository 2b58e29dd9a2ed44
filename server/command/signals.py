"""How a command ends when a signal asks it to."""

import os
import signal
from types import FrameType
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asks us to end. Not an Exception: nothing but the way out may catch it."""

    def __init__(self, number: int) -> None:
        self.number = number


def stop(number: int, _: FrameType | None) -> NoReturn:
    """Handles the first signal: Stopped is raised where the program is."""
    for each in STOP_SIGNALS:
        signal.signal(each, _stop_now)
    raise Stopped(number)


def _stop_now(number: int, _: FrameType | None) -> NoReturn:
    """A second signal. The embedded servers end too: the kernel tells them."""
    os._exit(128 + number)
