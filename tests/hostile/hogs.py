"""Readers that misbehave, to be run by `storage.reading`: each takes one thing without end."""

import os
import sys
from typing import Any, BinaryIO


def spin(_: BinaryIO) -> Any:
    """Takes CPU time."""
    while True:
        pass


def swell(_: BinaryIO) -> Any:
    """Takes memory."""
    kept: list[bytes] = []
    while True:
        kept.append(bytes(1 << 24))


def recurse(_: BinaryIO) -> Any:
    """Takes the stack."""
    sys.setrecursionlimit(1 << 30)

    def deeper() -> Any:
        return deeper() + 1

    return deeper()


def chatter(_: BinaryIO) -> Any:
    """Answers too much."""
    return "x" * (1 << 24)


def crash(_: BinaryIO) -> Any:
    """Ends as a fault in a library written in C does."""
    os.abort()


def write(_: BinaryIO) -> Any:
    """Writes a file."""
    with open("/tmp/ficha-hog", "wb") as file:  # noqa: PTH123, S108
        file.write(b"x")
    return "written"


def tell(_: BinaryIO) -> Any:
    """What a child could give away, and whether it gives way."""
    return {
        "environment": dict(os.environ),
        "process": os.getpid(),
        "parent": os.getppid(),
        "nice": os.nice(0),
        "nice_of_parent": os.getpriority(os.PRIO_PROCESS, os.getppid()),
    }


def echo(file: BinaryIO) -> Any:
    """What is in the file."""
    return file.read().decode()
