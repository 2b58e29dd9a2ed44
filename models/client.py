"""The client record itself (cliente), which begins its life as a client or as a prospect."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    FetchedValue,
    Integer,
    Text,
    TextClause,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.columns import choice, line_of, money, text_of
from models.constraints import index, one_of, refers, trigrams
from models.spelling import RFC, spelt
from models.viewer import Permission

GENERIC_RFCS = ("XAXX010101000", "XEXX010101000")
"""General public and foreign: many clients may share one (SAT, guía de llenado del CFDI 4.0)."""

RFC_PATTERN = "^[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]$"
"""The SAT's t_RFC of tdCFDI.xsd."""


LAST_ACTIVITY: Final[Mapping[Permission, str]] = {
    Permission.CLIENTS_READ: "last_client_activity_at",
    Permission.SALES_READ: "last_sales_activity_at",
    Permission.BILLING_READ: "last_billing_activity_at",
    Permission.DEALS_READ: "last_deal_activity_at",
    Permission.FOLLOW_UPS_READ: "last_follow_up_activity_at",
    Permission.DOCUMENTS_READ: "last_document_activity_at",
}
"""The columns with the instant of the newest activity, by what one needs to see its event: see `models.history`."""


def _newest_activity(*hidden: Permission) -> TextClause:
    """The newest of the activities, without the hidden ones, as an index has it."""
    columns = ", ".join(column for permission, column in LAST_ACTIVITY.items() if permission not in hidden)
    return text(f"(greatest({columns}))")


class ClientKind(StrEnum):
    """Whether the record is already a client."""

    PROSPECT = "PROSPECT"
    CLIENT = "CLIENT"


class Client(Owned, Versioned, SoftDeleted, Base):
    """A client or prospect. An RFC outside the generics is unique in the company, deleted records included."""

    __tablename__ = "client"

    kind: Mapped[ClientKind] = choice(ClientKind)
    legal_name: Mapped[str] = line_of(300)
    trade_name: Mapped[str | None] = line_of(300)
    rfc: Mapped[str | None] = mapped_column(**spelt(RFC))
    owner_id: Mapped[UUID | None]
    price_list_id: Mapped[UUID | None]
    internal_note: Mapped[str | None] = text_of(10_000)
    external_id: Mapped[str | None] = line_of(200)
    """The record's id in the company's other systems."""
    created_by_id: Mapped[UUID | None]
    converted_at: Mapped[datetime.datetime | None]
    """When the prospect became a client, or part of one; null for a record that was a client from the start."""
    converted_by_id: Mapped[UUID | None]
    converted_into_id: Mapped[UUID | None]
    """The client that the prospect became part of: then it stays deleted, as what old links lead to."""
    prospect_state_id: Mapped[UUID | None]
    """A prospect's; null where its company had no state to begin with."""
    deleted_by_id: Mapped[UUID | None]
    balance: Mapped[Decimal] = money(server_default=text("0"))
    """What the client owes, less its credit balance, in the company's currency. The database keeps it, with each entry
    of the ledger, as `credit_balance`."""
    credit_balance: Mapped[Decimal] = money(server_default=text("0"))
    """What was paid or credited and not applied to a document (saldo a favor)."""
    balance_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """The balance in cents, by which lists are ordered and filtered: see `loaders.filters.passes_in_cents`."""
    overdue_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """What is overdue, in cents of the company's currency, on the days after `overdue_after`, `overdue_until`
    included. The database keeps all three with each change of a document, and renews them once they have passed."""
    overdue_after: Mapped[datetime.date | None]
    """The last due date of what is overdue; null where nothing is."""
    overdue_until: Mapped[datetime.date | None]
    """The next due date of what is owed and not overdue yet; null where nothing is."""
    last_client_activity_at: Mapped[datetime.datetime | None]
    """When the newest activity was whose event whoever reads clients sees, and the history. The database keeps it, with
    each event, as the following ones: an order by them goes by what the viewer sees."""
    last_sales_activity_at: Mapped[datetime.datetime | None]
    last_billing_activity_at: Mapped[datetime.datetime | None]
    last_deal_activity_at: Mapped[datetime.datetime | None]
    last_follow_up_activity_at: Mapped[datetime.datetime | None]
    last_document_activity_at: Mapped[datetime.datetime | None]
    next_follow_up_at: Mapped[datetime.datetime | None]
    """When the open follow-up starts that starts first; null where none is open. The database keeps it."""
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"), server_onupdate=FetchedValue())
    """Counts the writes of the row, and with them the changes of the client's parts: see `domain.changes`. The database
    counts; `version` is that of the client's own values."""
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), Computed("ficha_sort_key(legal_name)", persisted=True))
    """Orders names as a Spanish speaker does, in any collation."""
    search_text: Mapped[str] = mapped_column(
        Computed(
            "ficha_fold(legal_name || ' ' || coalesce(trade_name, '') || ' ' || coalesce(rfc, ''))", persisted=True
        )
    )

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        generics = ", ".join(repr(rfc) for rfc in GENERIC_RFCS)
        return (
            refers("collaborator", "owner_id"),
            refers("collaborator", "created_by_id"),
            refers("collaborator", "converted_by_id"),
            refers("collaborator", "deleted_by_id"),
            refers("price_list", "price_list_id"),
            refers("prospect_state", "prospect_state_id"),
            refers("client", "converted_into_id", ondelete="CASCADE"),
            index("uq_client_rfc", "rfc", where=f"rfc not in ({generics})"),
            index("ix_client_generic_rfc", "rfc", where=f"rfc in ({generics})"),
            index("uq_client_external_id", "external_id"),
            index(
                "ix_client_external_key",
                literal_column("ficha_bare(external_id)", Text()),
                where="external_id is not null",
            ),
            index("ix_client_kind", "kind", "id"),
            index("ix_client_owner", "owner_id", "sort_name", "id"),
            index("ix_client_owner_id", "owner_id", "id"),
            index("ix_client_sort_name", "sort_name", "id"),
            index("ix_client_converted_at", "converted_at"),
            index("ix_client_created_at", "created_at", "id"),
            index("ix_client_updated_at", "updated_at", "id"),
            index("ix_client_balance_cents", "balance_cents", "id", postgresql_include=["deleted_at"]),
            index("ix_client_credit_balance", "credit_balance"),
            index("ix_client_deleted", "sort_name", "id", where="deleted_at is not null"),
            index("ix_client_owed", text("(balance + credit_balance)")),
            index("ix_client_rfc", "rfc", "id"),
            index("ix_client_last_activity", _newest_activity(), "id"),
            # As it is for the roles that do not see payments.
            index("ix_client_last_unbilled_activity", _newest_activity(Permission.BILLING_READ), "id"),
            index("ix_client_next_follow_up", "next_follow_up_at", "id"),
            index(
                "ix_client_overdue_cents",
                "overdue_cents",
                "id",
                postgresql_include=["overdue_after", "overdue_until", "deleted_at"],
            ),
            index("ix_client_overdue_after", "overdue_after", "id", where="overdue_after is not null"),
            index("ix_client_overdue_until", "overdue_until", "id", where="overdue_until is not null"),
            index("ix_client_price_list", "price_list_id"),
            index("ix_client_prospect_state_id", "prospect_state_id", "id"),
            index("ix_client_converted_into", "converted_into_id", where="converted_into_id is not null"),
            trigrams("ix_client_search", "search_text"),
            one_of("kind", ClientKind),
            CheckConstraint("balance_cents = balance * 100", name="balance_cents"),
            CheckConstraint(f"rfc ~ '{RFC_PATTERN}'", name="rfc"),
            CheckConstraint(
                "kind = 'CLIENT' or (converted_at is null) = (converted_into_id is null)", name="converted"
            ),
            CheckConstraint(
                "converted_into_id is null"
                " or (kind = 'PROSPECT' and deleted_at is not null and converted_into_id <> id)",
                name="converted_into",
            ),
            CheckConstraint(
                "prospect_state_id is null or (kind = 'PROSPECT' and converted_into_id is null)", name="prospect_state"
            ),
            CheckConstraint("(deleted_at is null) <= (deleted_by_id is null)", name="deleted"),
        )
