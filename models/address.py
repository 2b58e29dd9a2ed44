"""A client's fiscal address and the addresses of its branches (domicilio fiscal y sucursales)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.catalogs import COUNTRIES, STATES
from models.columns import choice, line_of
from models.constraints import ALIVE, index, of_client, one_code, one_of
from models.spelling import CODE, POSTAL_CODE, spelt


class AddressKind(StrEnum):
    """What an address is for."""

    FISCAL = "FISCAL"
    BRANCH = "BRANCH"


class Address(Owned, Versioned, SoftDeleted, Base):
    """An address in Mexico or abroad; a client has at most one fiscal address."""

    __tablename__ = "address"

    client_id: Mapped[UUID]
    kind: Mapped[AddressKind] = choice(AddressKind)
    label: Mapped[str | None] = line_of(200)
    """The branch's name."""
    street: Mapped[str] = line_of(300)
    exterior_number: Mapped[str | None] = line_of(60)
    interior_number: Mapped[str | None] = line_of(60)
    neighborhood: Mapped[str | None] = line_of(200)
    """Colonia."""
    locality: Mapped[str | None] = line_of(200)
    municipality: Mapped[str | None] = line_of(200)
    state: Mapped[str | None] = mapped_column(**spelt(CODE))
    """SAT's c_Estado."""
    postal_code: Mapped[str | None] = mapped_column(**spelt(POSTAL_CODE))
    country: Mapped[str] = mapped_column(server_default=text("'MEX'"), **spelt(CODE))
    """SAT's c_Pais (ISO 3166-1 alpha-3)."""
    reference: Mapped[str | None] = line_of(300)
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            index("ix_address_client", "client_id", "position", "id", where=ALIVE),
            *(index(f"ix_address_{each}", each) for each in ("country", "municipality", "postal_code", "state")),
            index("uq_address_fiscal", "client_id", where="kind = 'FISCAL' and deleted_at is null"),
            one_of("kind", AddressKind),
            one_code("state", STATES),
            one_code("country", COUNTRIES),
            CheckConstraint("country <> 'MEX' or postal_code ~ '^[0-9]{5}$'", name="postal_code"),
            CheckConstraint("char_length(postal_code) between 1 and 20", name="postal_code_length"),
        )
