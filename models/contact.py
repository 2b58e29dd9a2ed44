"""The people to talk to at a client (contactos)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Integer, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.columns import line_of
from models.constraints import ALIVE, EMAIL_PATTERN, index, matching, of_client, trigrams
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
        return (
            of_client(),
            CheckConstraint(
                "phone_extension is null or (phone is not null and phone_extension ~ '^[0-9]+$')",
                name="phone_extension",
            ),
            index("ix_contact_client", "client_id", "position", "id", where=ALIVE),
            index("uq_contact_primary", "client_id", where="is_primary and deleted_at is null"),
            index("ix_contact_email", text('lower(email COLLATE "C")')),
            index("ix_contact_phone", "phone"),
            trigrams("ix_contact_search", "search_text"),
            trigrams(
                "ix_contact_job_title",
                literal_column("ficha_fold(job_title)", Text()).label("folded_job"),
                where="job_title is not null",
            ),
            matching("email", EMAIL_PATTERN),
            matching("phone", r"^\+[1-9][0-9]{1,14}$"),
        )
