"""What a client's note costs whoever writes something else of the client."""

import psycopg

from models import Client
from models.columns import limit_of

LONG = 1000
"""Characters from which on a text is not a name or a key."""


def test_no_index_of_clients_holds_a_long_text(database_url: str) -> None:
    """Every change of a client's part writes its row, and with it all indexes of the table."""
    long = {column.name for column in Client.__table__.c if (limit := limit_of(column)) and limit.most > LONG}
    assert long == {"internal_note"}
    with psycopg.connect(database_url) as owner:
        indexes = owner.execute("select indexname, indexdef from pg_indexes where tablename = 'client'").fetchall()
    assert len(indexes) > 20
    assert [name for name, definition in indexes if any(column in definition for column in long)] == []
