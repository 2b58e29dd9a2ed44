"""What Ficha can do much without: the object store, Redis. Whether one is there is looked at from time to time, so that
nobody waits to learn that it is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger("ficha.dependencies")

PAUSE_SECONDS: Final = 5
"""Between two looks."""


class Dependency:
    """One of them. `begin` is done until it succeeds once, then `check` again and again; what they raise of `faults`
    says that it is away."""

    def __init__(
        self,
        name: str,
        check: Callable[[], Awaitable[object]],
        faults: tuple[type[Exception], ...],
        begin: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.name = name
        self._check = check
        self._begin = begin
        self._faults = faults
        self.is_there = True
        """As far as is known."""

    async def watch(self) -> None:
        """Looks for as long as the process serves."""
        while True:
            await self.look()
            await asyncio.sleep(PAUSE_SECONDS)

    async def look(self) -> None:
        """Looks once."""
        try:
            await (self._begin or self._check)()
        except self._faults as error:
            self._note(False, f": {' '.join(str(error).split()) or 'it is silent'}")
        else:
            self._begin = None
            self._note(True, "")

    def _note(self, is_there: bool, why: str) -> None:
        if is_there is not self.is_there:
            log.warning("%s is %s%s", self.name, "back" if is_there else "away", why)
        self.is_there = is_there
