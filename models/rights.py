"""What the application's role may do with each table. It reads and adds rows of its company; what it may change or
delete is said here, and tests hold the database's grants against it."""

from typing import Final

from models.base import Base
from models.client import LAST_ACTIVITY

_FIXED: Final = frozenset({"company_id", "id", "created_at"})
"""What no row changes once it is there."""

DERIVED: Final[dict[str, frozenset[str]]] = {
    "client": frozenset({
        "balance", "balance_cents", "credit_balance", "overdue_cents", "overdue_after", "overdue_until",
        "next_follow_up_at", *LAST_ACTIVITY.values(),
    }),
    "payment": frozenset({"applied", "refunded"}),
    "sales_document": frozenset({"paid", "credited", "refunded"}),
}  # fmt: skip
"""What the database itself derives from the ledger (`ficha_post`, `ficha_keep_overdue`), the history
(`ficha_keep_activity`) and the follow-ups (`ficha_keep_next_follow_up`), by table: the application writes none of
it."""

FIXED: Final[dict[str, frozenset[str]]] = {
    "cancellation": frozenset({"sales_document_id"}),
    "client": frozenset({"created_by_id", "revision"}),
    "deal": frozenset({"created_by_id"}),
    "document": frozenset({"content_type", "size", "sha256", "object_key", "uploaded_by_id"}),
    "folio_series": frozenset({"type", "series"}),
    "follow_up": frozenset({"number", "created_by_id"}),
    "price_list_item": frozenset({"price_list_id"}),
    "sales_document": frozenset({"type", "series", "number", "issued_by_id"}),
    "company_sequence": frozenset({"name"}),
    "avatar": frozenset({"collaborator_id"}),
}
"""What beside that stays as it was written, by table."""

CHANGED: Final[dict[str, frozenset[str]]] = {
    "application": frozenset({"client_id", "undone_at", "version", "updated_at"}),
    "api_key": frozenset({"revoked_at", "revoked_by_id", "last_used_at"}),
    "audit_event": frozenset(),
    "cfdi_relation": frozenset({"client_id", "related_id"}),
    "client_note": frozenset(),
    "client_tally": frozenset(),
    "company": frozenset(
        {
            "name", "rfc", "rfc_repeated", "tax_regime", "postal_code", "time_zone", "currency", "role_permissions",
            "working_weekdays", "keeps_official_holidays", "logo_path", "version", "updated_at",
        }
    ),
    "default_reminder": frozenset(),
    "document_upload": frozenset({"client_id", "document_id"}),
    "history_event": frozenset({"client_id"}),
    "holiday": frozenset(),
    "idempotency_key": frozenset({"outcome"}),
    "invitation": frozenset({"accepted_at", "revoked_at"}),
    "ledger_entry": frozenset({"client_id"}),
    "payment": frozenset(
        {"client_id", "sales_document_id", "reversed_at", "uuid", "reference", "version", "updated_at"}
    ),
    "reminder_rule": frozenset({"client_id"}),
    "sales_document_line": frozenset({"client_id", "converted"}),
    "sales_document_tax": frozenset({"client_id"}),
    "statement_link": frozenset({"revoked_at", "revoked_by_id"}),
    "tombstone": frozenset(),
}  # fmt: skip
"""The tables of which little is ever changed, and what. `client_id` changes where a prospect becomes part of a
client."""

NOT_ADDED: Final = frozenset({"client_note", "company"})
"""What whoever runs the server adds, or the database itself."""

PUBLIC: Final = frozenset({"sat_product", "sat_publication", "sat_unit", "taxpayer_list", "taxpayer_listing"})
"""What is of no company; whoever runs the server adds and changes it, and the application reads it."""

DELETED: Final = frozenset(
    {
        "avatar",
        "cancellation",
        "client_tally",
        "company_logo",
        "default_reminder",
        "document",
        "document_upload",
        "funnel_stage",
        "holiday",
        "idempotency_key",
        "loss_reason",
        "prospect_state",
        "reminder_rule",
        "sales_document_line",
    }
)
"""The tables of which rows are deleted, and not only marked as deleted. Clients go by `ficha_erase_client`."""


def updatable(table: str) -> frozenset[str]:
    """The columns that the application may change."""
    if table in PUBLIC:
        return frozenset()
    if table in CHANGED:
        return CHANGED[table]
    columns = Base.metadata.tables[table].columns
    names = {column.name for column in columns if column.computed is None}
    return frozenset(names) - _FIXED - FIXED.get(table, frozenset()) - DERIVED.get(table, frozenset())


def rights_on(table: str) -> str:
    """All that the application may do with a table, as GRANT has it."""
    changed = ", ".join(sorted(updatable(table)))
    added = "select" if table in NOT_ADDED | PUBLIC else "select, insert"
    return added + (f", update ({changed})" if changed else "") + (", delete" if table in DELETED else "")
