"""The sweep looks at a company's objects by pages: the rows that claim them are counted for a page, too.

Revision: 0046, after 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
phase = "EXPAND"

# Counted as the tables' owner, as by `ficha_held`, which the releases before this one ask.
CLAIMS = """
create function ficha_claims(company uuid, keys text[], ids uuid[], out documents bigint, out uploads bigint)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set row_security = off
    as $$
    begin
        select count(*) into documents from document where company_id = $1 and (object_key = any ($2) or id = any ($3));
        select count(*) into uploads from document_upload where company_id = $1 and id = any ($3);
    end
    $$;
comment on function ficha_claims is
    'How many rows of a company have an object of these keys, or one of these ids, whoever asks; for the sweep.';
revoke execute on function ficha_claims from public;
grant execute on function ficha_claims to ficha_app
"""


def upgrade() -> None:
    """Adds the function."""
    op.execute(CLAIMS)


def downgrade() -> None:
    """Takes it away."""
    op.execute("drop function ficha_claims")
