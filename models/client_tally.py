"""How many clients a company has, kept up to date so that a list of many thousands need not count them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.client import ClientKind
from models.columns import choice
from models.constraints import one_of


class ClientTally(Owned, Base):
    """A change in the number of undeleted clients of a kind and owner: the sum of `number` is the count. Triggers on
    `client` only add rows, so that concurrent writers do not wait for each other; the sweep adds them up."""

    __tablename__ = "client_tally"

    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"), sort_order=-19)
    kind: Mapped[ClientKind] = choice(ClientKind)
    owner_id: Mapped[UUID | None]
    number: Mapped[int] = mapped_column(Integer)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (one_of("kind", ClientKind),)
