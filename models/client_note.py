"""The words of clients' notes, by which a search comes upon their clients."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped

from models.base import Base
from models.constraints import of_client, to_company, trigrams


class ClientNote(Base):
    """A client's note, folded; empty where it was removed. The database keeps it with each change of the note.

    It has a table of its own because each change of a client's part writes the client's row, which PostgreSQL enters
    into all indexes of its table anew: that of a long note's words took twenty times as long as the others together.
    """

    __tablename__ = "client_note"
    __table_args__: Sequence[Any] = (
        PrimaryKeyConstraint("company_id", "client_id"),
        to_company(),
        of_client(),
        trigrams("ix_client_note_folded", "folded"),
    )

    company_id: Mapped[UUID]
    client_id: Mapped[UUID]
    folded: Mapped[str]
