"""An upload may be announced without its SHA-256; a document may have a thumbnail.

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SIZES = ("thumbnail_width", "thumbnail_height", "thumbnail_size")
THUMBNAIL = (*SIZES, "thumbnail_tried_at")


def upgrade() -> None:
    op.alter_column("document_upload", "sha256", nullable=True)
    for size in SIZES:
        op.add_column("document", sa.Column(size, sa.Integer(), nullable=True))
    # Null in the documents of before too: they get their thumbnails as new ones do.
    op.add_column("document", sa.Column("thumbnail_tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_document_thumbnail"),
        "document",
        "num_nulls(thumbnail_width, thumbnail_height, thumbnail_size) in (0, 3)"
        " and (thumbnail_size is null or thumbnail_tried_at is not null)"
        " and thumbnail_width > 0 and thumbnail_height > 0 and thumbnail_size > 0",
        postgresql_not_valid=True,
    )
    op.execute(f"grant update ({', '.join(THUMBNAIL)}) on document to ficha_app")
    with op.get_context().autocommit_block():  # writers do not wait for it
        op.execute("alter table document validate constraint ck_document_thumbnail")
        op.execute("drop index concurrently if exists ix_document_thumbnail")  # of an attempt that was stopped
        op.create_index(
            "ix_document_thumbnail",
            "document",
            ["company_id", "id"],
            postgresql_where=sa.text(
                "thumbnail_tried_at is null and deleted_at is null"
                " and content_type in ('image/heic', 'image/jpeg', 'image/png', 'image/webp', 'application/pdf')"
            ),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_document_thumbnail", table_name="document")
    op.drop_constraint(op.f("ck_document_thumbnail"), "document")
    for column in THUMBNAIL:
        op.drop_column("document", column)
    op.execute("delete from document_upload where sha256 is null")
    op.alter_column("document_upload", "sha256", nullable=False)
