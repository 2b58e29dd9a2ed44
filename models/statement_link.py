"""Links to a client's statement of account, to be handed out."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.collaborator import Locale
from models.columns import choice
from models.constraints import index, of_client, one_of, refers


class StatementLink(Owned, Base):
    """A link by which whoever has it downloads the statement of a period without signing in, until it expires or is
    revoked. Its secret is shown once, only a hash of it is kept; `domain.secret` says what it looks like."""

    __tablename__ = "statement_link"

    client_id: Mapped[UUID]
    first_day: Mapped[datetime.date]
    last_day: Mapped[datetime.date]
    currency: Mapped[str]
    locale: Mapped[Locale] = choice(Locale)
    """The statement's language."""
    expires_on: Mapped[datetime.date]
    """The last day on which it opens, in the company's time zone."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256."""
    created_by_id: Mapped[UUID]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    revoked_at: Mapped[datetime.datetime | None]
    revoked_by_id: Mapped[UUID | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "created_by_id"),
            refers("collaborator", "revoked_by_id"),
            index("ix_statement_link_client", "client_id", "created_at", "id"),
            one_of("locale", Locale),
            CheckConstraint("first_day <= last_day", name="period"),
            CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
            CheckConstraint("(revoked_at is null) = (revoked_by_id is null)", name="revoked"),
        )
