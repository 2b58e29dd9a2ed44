"""Notices when every client seems to have one private address: a proxy that does not say whose requests it passes on.

All clients then share one allowance of refused credentials, and the audit log names the proxy.
"""

import logging
from ipaddress import ip_address
from uuid import UUID

log = logging.getLogger("ficha.access")

ENOUGH_CALLERS = 10
"""From how many callers at one address on it is taken for a proxy's."""


class Addresses:
    """The addresses that requests come from, until two of them differ or the warning was logged."""

    def __init__(self) -> None:
        self._only: str | None = None
        self._settled = False
        self._callers: set[UUID] = set()

    def note(self, address: str, caller: UUID) -> None:
        """A caller was let in."""
        if self._settled or self._differs(address):
            return
        self._callers.add(caller)
        if len(self._callers) >= ENOUGH_CALLERS:
            self._warn()

    def refused(self, address: str) -> None:
        """As many credentials as may be were refused from the address."""
        if not self._settled and not self._differs(address):
            self._warn()

    def _differs(self, address: str) -> bool:
        if self._only is None:
            self._only, self._settled = address, not _is_private(address)
        self._settled = self._settled or address != self._only
        return self._settled

    def _warn(self) -> None:
        self._settled = True
        log.warning(
            "every client seems to have the address %s: behind a proxy, have it send X-Forwarded-For and name it in"
            " FORWARDED_ALLOW_IPS; until then all clients share one limit of refused sign-ins",
            self._only,
        )


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False
