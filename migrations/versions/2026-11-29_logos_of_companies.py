"""A company has a logo.

Revision: 0035, after 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company", sa.Column("logo_path", sa.Text(), nullable=True))
    op.execute("grant update (logo_path) on company to ficha_app")
    op.create_table(
        "company_logo",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(picture) <= 524288", name=op.f("ck_company_logo_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_logo_company_id")),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_logo")),
    )
    op.execute("alter table company_logo enable row level security")
    op.execute(
        "create policy company on company_logo using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update (digest, picture), delete on company_logo to ficha_app")


def downgrade() -> None:
    """No company has a logo any more."""
    op.drop_table("company_logo")
    op.drop_column("company", "logo_path")
