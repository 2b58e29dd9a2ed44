"""How many descriptors a process has left."""

import contextlib
import itertools
import resource
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def leaving(pid: int, number: int) -> Iterator[None]:
    """Within, the process has so many descriptors left."""
    found = [*Path(f"/proc/{pid}/fd").iterdir()]
    used = {int(each.name) for each in found if each.is_symlink()}  # one may have been by which the folder was read
    free = (each for each in itertools.count() if each not in used)
    limit, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (next(itertools.islice(free, number, None)), most))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, most))
