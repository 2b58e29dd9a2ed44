"""The people of a company who use Ficha (colaboradores)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned, choice, line_of, one_of


class Role(StrEnum):
    """A named bundle of permissions."""

    ADMIN = "ADMIN"
    SALES_MANAGER = "SALES_MANAGER"
    SALES = "SALES"
    BILLING = "BILLING"
    READ_ONLY = "READ_ONLY"


class Collaborator(Owned, Versioned, Base):
    """A user of the company; signs in by e-mail, unique within the company in any case of ASCII letters."""

    __tablename__ = "collaborator"

    name: Mapped[str] = line_of(200)
    email: Mapped[str]
    avatar_url: Mapped[str | None]
    role: Mapped[Role] = choice(Role)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    issuer: Mapped[str | None]
    """The `iss` and `sub` of the token that first signed in by the e-mail address. No other `sub` does from then on."""
    subject: Mapped[str | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            Index("uq_collaborator_email", "company_id", text('lower(email COLLATE "C")'), unique=True),
            Index("uq_collaborator_subject", "company_id", "issuer", "subject", unique=True),
            CheckConstraint("(issuer is null) = (subject is null)", name="bound"),
            one_of("role", Role),
        )
