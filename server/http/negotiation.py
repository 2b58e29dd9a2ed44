"""What a client accepts, of what GraphQL over HTTP can be written as."""

from collections.abc import Mapping

from loaders.recent import Recent
from models.collaborator import Locale

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"

_RANGES = {
    JSON: (JSON, "application/*", "*/*"),
    GRAPHQL_RESPONSE: (GRAPHQL_RESPONSE, "application/*", "*/*"),
}
"""What in an Accept header means the media type, the most specific first (RFC 9110, 12.5.1)."""

_MOST_PARSED = 200_000
_parsed: Recent[str, Mapping[str, float]] = Recent(_MOST_PARSED, lambda header, _: len(header))
"""Headers by their text, which apps send alike each time: to parse two of them took 35 µs on a busy core. Bounded in
characters, as a client may send 64 kB of them."""


def media_type(accept: str) -> str | None:
    """The media type to answer in: the accepted one of the higher quality; None where neither is accepted.

    A client that names none, or only ranges, gets `application/json`: it may be older than the other.
    """
    if not accept.strip():
        return JSON
    qualities = _qualities(accept)
    best, chosen = 0.0, None
    for kind, ranges in _RANGES.items():
        quality = next((qualities[name] for name in ranges if name in qualities), 0.0)
        # Named and of equal quality, the newer one is preferred: its status says what happened.
        if quality > best or (quality == best and quality > 0 and kind in qualities):
            best, chosen = quality, kind
    return chosen


def prefers_page(accept: str) -> bool:
    """Whether a person waits for the answer: HTML is named, and JSON is not preferred to it."""
    qualities = _qualities(accept)
    page = qualities.get("text/html", 0.0)
    return page > 0 and page >= qualities.get(JSON, 0.0)


def language(accept_language: str, locale: Locale = Locale.ES_MX) -> str:
    """`es` or `en`: whichever the header prefers, or that of the viewer's locale where it names neither."""
    best, chosen = 0.0, locale.value[:2].lower()
    for tag, quality in _qualities(accept_language).items():
        primary = tag.partition("-")[0]
        if primary in ("es", "en") and quality > best:
            best, chosen = quality, primary
    return chosen


def _qualities(header: str) -> Mapping[str, float]:
    """Each value of the header with its weight `q`: 1 by default, 0 if it is not a number."""
    return _parsed.get(header) or _parsed.put(header, _parse(header))


def _parse(header: str) -> Mapping[str, float]:
    qualities: dict[str, float] = {}
    for part in header.split(","):
        value, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
        try:
            qualities[value] = float(weights[0]) if weights else 1.0
        except ValueError:
            qualities[value] = 0.0
    return qualities
