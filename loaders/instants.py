"""A long list of instants that hardly ever changes, as PostgreSQL reads it fastest.

The months of a time zone are a few hundred instants, handed to statements thousands of times a second: written and read
as text, they would take longer than the rest of the client's record.
"""

import datetime
import struct
from collections.abc import Sequence

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_TIMESTAMPTZ, _TIMESTAMPTZ_ARRAY = 1184, 1185
_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class Instants:
    """A `timestamptz[]`, encoded once."""

    def __init__(self, instants: Sequence[datetime.datetime]) -> None:
        microseconds = ((instant - _EPOCH) // datetime.timedelta(microseconds=1) for instant in instants)
        items = b"".join(struct.pack("!iq", 8, value) for value in microseconds)
        self.encoded = struct.pack("!iiIii", 1, 0, _TIMESTAMPTZ, len(instants), 1) + items


class InstantsDumper(Dumper):
    """Hands it over as it is."""

    format = Format.BINARY
    oid = _TIMESTAMPTZ_ARRAY

    def dump(self, obj: Instants) -> Buffer:
        return obj.encoded


psycopg.adapters.register_dumper(Instants, InstantsDumper)
