"""The people to talk to at a client (contactos)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import EMAIL_PATTERN, Base, Owned, SoftDeleted, Versioned, line_of, matching, of_client
from models.spelling import EMAIL, PHONE, spelt


class Contact(Owned, Versioned, SoftDeleted, Base):
    """A person at the client; at most one is the primary contact."""

    __tablename__ = "contact"

    client_id: Mapped[UUID]
    name: Mapped[str] = line_of(200)
    job_title: Mapped[str | None] = line_of(200)
    email: Mapped[str | None] = line_of(254, **spelt(EMAIL))
    phone: Mapped[str | None] = line_of(16, **spelt(PHONE))
    """E.164."""
    phone_extension: Mapped[str | None] = line_of(10)
    """What is dialled once the telephone was answered; digits."""
    is_primary: Mapped[bool] = mapped_column(server_default=text("false"))
    receives_reminders: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether payment reminders go to this contact's e-mail."""
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    search_text: Mapped[str] = mapped_column(
        Computed("ficha_fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))", persisted=True)
    )

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        alive = text("deleted_at is null")
        return (
            of_client(),
            CheckConstraint(
                "phone_extension is null or (phone is not null and phone_extension ~ '^[0-9]+$')",
                name="phone_extension",
            ),
            Index("ix_contact_client", "company_id", "client_id", "position", "id", postgresql_where=alive),
            Index(
                "uq_contact_primary",
                "company_id",
                "client_id",
                unique=True,
                postgresql_where=text("is_primary and deleted_at is null"),
            ),
            Index("ix_contact_email", "company_id", text('lower(email COLLATE "C")')),
            Index("ix_contact_phone", "company_id", "phone"),
            Index(
                "ix_contact_search",
                "company_id",
                "search_text",
                postgresql_using="gin",
                postgresql_ops={"search_text": "gin_trgm_ops"},
            ),
            matching("email", EMAIL_PATTERN),
            matching("phone", r"^\+[1-9][0-9]{1,14}$"),
        )
