"""The people of a company who use Ficha (colaboradores)."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Computed, DateTime, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned
from models.columns import choice, line_of
from models.constraints import EMAIL_PATTERN, index, matching, one_of
from models.spelling import EMAIL, spelt

_INITIALS = (
    "'/avatars/' || coalesce(substring(ficha_fold(name), '[a-z]'), 'x')"
    " || coalesce(substring(ficha_fold(name), '[a-z][^ ]* +[^a-z ]*([a-z])'), '') || '.svg'"
)


class Role(StrEnum):
    """A named bundle of permissions."""

    ADMIN = "ADMIN"
    SALES_MANAGER = "SALES_MANAGER"
    SALES = "SALES"
    BILLING = "BILLING"
    READ_ONLY = "READ_ONLY"


class Locale(StrEnum):
    """Preferred language and region of a person (BCP 47, with an underscore)."""

    ES_MX = "ES_MX"
    EN_US = "EN_US"


class Collaborator(Owned, Versioned, Base):
    """A user of the company; their e-mail address is unique within it in any case of ASCII letters."""

    __tablename__ = "collaborator"

    name: Mapped[str] = line_of(200)
    email: Mapped[str] = mapped_column(**spelt(EMAIL))
    picture: Mapped[str | None]
    """The path of their picture on this server; null where they have none."""
    role: Mapped[Role] = choice(Role)
    job_title: Mapped[str | None] = line_of(200)
    locale: Mapped[Locale] = choice(Locale, server_default=text("'ES_MX'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    joined_at: Mapped[datetime.datetime | None] = mapped_column(
        DateTime(timezone=True).evaluates_none(), server_default=text("now()")
    )
    """None, which is not the default, for a person who was invited and never signed in."""
    issuer: Mapped[str | None]
    """The `iss` and `sub` of the account that accepted the invitation, or first signed in by the e-mail address. No
    other account does from then on."""
    subject: Mapped[str | None]
    avatar_path: Mapped[str] = mapped_column(Computed(f"coalesce(picture, {_INITIALS})", persisted=True))
    """The path of the picture, or of the first letters of their first two names."""
    search_text: Mapped[str] = mapped_column(
        Computed("ficha_fold(name || ' ' || email || coalesce(' ' || job_title, ''))", persisted=True)
    )

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            index("uq_collaborator_email", text('lower(email COLLATE "C")')),
            index("uq_collaborator_subject", "issuer", "subject"),
            # For `ficha_memberships`, which looks for one person in all companies.
            Index("ix_collaborator_account", "issuer", "subject", postgresql_where=text("subject is not null")),
            Index(
                "ix_collaborator_unbound",
                text('lower(email COLLATE "C")'),
                postgresql_where=text("subject is null and active"),
            ),
            CheckConstraint("(issuer is null) = (subject is null)", name="bound"),
            matching("email", EMAIL_PATTERN),
            one_of("role", Role),
            one_of("locale", Locale),
        )
