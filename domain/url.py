"""Web addresses that are stated: of pages elsewhere, which a screen shows as links."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from domain.fields import line
from domain.problem import error, reject

URL_FORMAT: Final = error(
    "Debe ser una dirección web completa: https://, el servidor y, si lo lleva, un puerto de 1 a 65535; sin usuario ni"
    " contraseña.",
    "It must be a whole web address: https://, the host and, if it has one, a port from 1 to 65535; without a user or a"
    " password.",
)
MOST_URL: Final = 2_000
"""Characters."""

_LINE: Final = line(MOST_URL)
_URL: Final = re.compile(
    r"https://(\[[0-9a-f:.]{1,60}\]|[a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:[/?#][a-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)


def parse_url(text: str) -> str:
    """An address of `https` without user information, as it was written; empty stays empty. `Rejected` with
    `URL_FORMAT`."""
    url = _LINE(text)
    if url:
        parts = _URL.fullmatch(url)
        if parts is None or not _is_host(parts[1]) or not 0 < int(parts[2] or 443) <= 65_535:
            raise reject(URL_FORMAT)
    return url


def _is_host(host: str) -> bool:
    """Whether it is an IP address, or a name that DNS can have. What ends in a number is an address, as browsers read
    it."""
    try:
        if host.startswith("["):
            return bool(IPv6Address(host[1:-1]))
        labels = host.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return bool(IPv4Address(host))
    except AddressValueError:
        return False
    return all(_LABEL.fullmatch(label) for label in labels)
