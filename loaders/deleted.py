"""Which of an entity's rows a list shows: those that were deleted, the others, or both."""

from enum import StrEnum

from sqlalchemy import ColumnElement, FromClause, exists, literal_column, not_, select, true

import models
from loaders.entity import Columns, Entity, alive, of_company
from models.base import alias_of


class Deleted(StrEnum):
    """Whether a list shows what was deleted."""

    EXCLUDE = "EXCLUDE"
    INCLUDE = "INCLUDE"
    ONLY = "ONLY"

    def of_row(self, c: Columns) -> ColumnElement[bool]:
        """Whether a row that can be deleted is shown."""
        match self:
            case Deleted.EXCLUDE:
                return alive(c)
            case Deleted.ONLY:
                return c["deleted_at"].is_not(None)
            case Deleted.INCLUDE:
                return true()

    def of_client(self, entity: type[Entity], table: FromClause) -> ColumnElement[bool]:
        """Whether a row of a client is shown in a list of all clients' rows. Rows of a deleted client count as deleted;
        but where rows can be deleted themselves, `ONLY` shows those that are, whatever their client."""
        itself = "deleted_at" in entity.table.c
        if self is Deleted.INCLUDE or entity.client_key in (None, "id") or (itself and self is Deleted.ONLY):
            return true()
        clients = alias_of(models.Client)
        of_row = clients.c["id"] == table.c[entity.client_key]
        alive_one = select(true()).where(*of_company(clients, of_row, alive(clients.c)))
        client_is_alive = exists(alive_one.offset(literal_column("0")))  # row by row, and not of all clients at once
        return client_is_alive if self is Deleted.EXCLUDE else not_(client_is_alive)
