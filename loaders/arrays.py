"""Arrays as PostgreSQL reads them fastest: in its binary form, which is made at once and not value by value."""

import datetime
import struct
from binascii import unhexlify
from collections.abc import Sequence

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

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
