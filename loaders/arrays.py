"""Long arrays, read and written at once and not value by value: ids that gateways ask for by the hundred, and the
months of a time zone, which go with every request.

What it gains, of some 0.9 ms of the server's CPU for a hundred entities (measured 2026-11-28): reading their ids as one
text 55 µs in place of 285; writing them as a binary array 7 µs in place of 420. The months take 0.6 µs in place of 236.
"""

import datetime
import struct
from binascii import unhexlify
from collections.abc import Sequence

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from loaders.entity import Entity

_LENGTH = 36
"""Characters of a canonical UUID."""
_HYPHENS = (8, 13, 18, 23)
"""Where in it the hyphens are; everywhere else is a digit."""
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789abcdef"))
_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def _encoded(oid: int, length: int, items: bytes) -> bytes:
    """An array of one dimension; `oid` is the type of its items, each of which stands behind its own length."""
    return struct.pack("!iiIii", 1, 0, oid, length, 1) + items


class Instants:
    """A `timestamptz[]` that hardly ever changes, such as the months of a time zone: a few hundred instants that are
    handed to statements thousands of times a second."""

    def __init__(self, instants: Sequence[datetime.datetime]) -> None:
        microseconds = ((instant - _EPOCH) // datetime.timedelta(microseconds=1) for instant in instants)
        items = b"".join(struct.pack("!iq", 8, value) for value in microseconds)
        self.encoded = _encoded(1184, len(instants), items)


class Ids:
    """A `uuid[]`, from the canonical texts of its items."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        length = b"00000010"  # a UUID has 16 bytes
        digits = length.join([b"", *texts]).translate(None, b"-")
        self.encoded = _encoded(2950, len(texts), unhexlify(digits))


def read_all(entity: type[Entity], values: Sequence[str]) -> list[bytes] | None:
    """What `ids.read_as` says of each of them, in ASCII; None where it would refuse any.

    They are looked at as one text, place by place: a pattern has to guess at each character what it is.
    """
    separator = f",{entity.prefix}_".encode()
    nothing, *texts = f",{','.join(values)}".encode().split(separator)
    whole = b"".join(texts)
    # There are as many texts as values, and no comma in them: each comma is one that was put between two values.
    right = (
        entity.is_node
        and not nothing
        and len(texts) == len(values)
        and set(map(len, texts)) == {_LENGTH}
        and all(whole[place::_LENGTH] == b"-" * len(texts) for place in _HYPHENS)
        and len(whole.translate(None, _NO_DIGITS)) == len(texts) * (_LENGTH - len(_HYPHENS))
    )
    return texts if right else None


class _Dumper(Dumper):
    """Hands it over as it is."""

    format = Format.BINARY

    def dump(self, obj: Instants | Ids) -> Buffer:
        return obj.encoded


class InstantsDumper(_Dumper):
    """As a `timestamptz[]`."""

    oid = 1185


class IdsDumper(_Dumper):
    """As a `uuid[]`."""

    oid = 2951


psycopg.adapters.register_dumper(Instants, InstantsDumper)
psycopg.adapters.register_dumper(Ids, IdsDumper)
