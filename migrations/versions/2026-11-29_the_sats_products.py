"""The SAT's catalogs of products and services and of units, which are of no company.

What is in them is taken in after the migrations, from the file that comes with Ficha; see server/sat_catalogs.py.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# Spanish stems, so that "tornillo" finds "tornillos". The text is folded first: people leave accents out.
STEMS = r"""
create function ficha_stems(value text) returns tsvector
    language sql immutable parallel safe strict
    return to_tsvector('pg_catalog.spanish'::regconfig, regexp_replace(ficha_fold(value), '(\W|_)+', ' ', 'g'))
"""
STEMS_COMMENT = "comment on function ficha_stems is 'The stems of the words of a text, accents and case aside.'"
# The stem of a word that is still being typed begins the whole word's. Short words would begin too many others.
QUERY = r"""
create function ficha_stem_query(value text) returns tsquery
    language sql immutable parallel safe strict
    return (
        select string_agg(quote_literal(stem) || case when length(word) > 2 then ':*' else '' end, ' & ')::tsquery
        from regexp_split_to_table(ficha_fold(value), '(\W|_)+') word, unnest(tsvector_to_array(ficha_stems(word))) stem
    )
"""
QUERY_COMMENT = """
comment on function ficha_stem_query is
    'All words of a text, as what they begin with; null where there are none but articles and the like.'
"""


def upgrade() -> None:
    op.execute(STEMS)
    op.execute(STEMS_COMMENT)
    op.execute(QUERY)
    op.execute(QUERY_COMMENT)
    op.create_table(
        "sat_product",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("similar_words", sa.Text(), nullable=True),
        sa.Column("requires_iva", sa.Boolean(), nullable=False),
        sa.Column("requires_ieps", sa.Boolean(), nullable=False),
        sa.Column("border_incentive", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), sa.Computed("ficha_fold(name)", persisted=True), nullable=False),
        sa.Column(
            "stems",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(ficha_stems(name), 'A') || setweight(ficha_stems(coalesce(similar_words, '')), 'B')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[0-9]{8}$'", name=op.f("ck_sat_product_code")),
        sa.CheckConstraint("char_length(name) between 1 and 500", name=op.f("ck_sat_product_name_length")),
        sa.CheckConstraint(
            "char_length(similar_words) between 1 and 1000", name=op.f("ck_sat_product_similar_words_length")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sat_product")),
    )
    op.create_table(
        "sat_unit",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("folded", sa.Text(collation="C"), sa.Computed("ficha_fold(name)", persisted=True), nullable=False),
        sa.Column(
            "stems",
            postgresql.TSVECTOR(),
            sa.Computed("setweight(ficha_stems(name), 'A')", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[A-Za-z0-9]{1,3}$'", name=op.f("ck_sat_unit_code")),
        sa.CheckConstraint("char_length(name) between 1 and 500", name=op.f("ck_sat_unit_name_length")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sat_unit")),
    )
    op.create_table(
        "sat_publication",
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("catalog in ('sat_product', 'sat_unit')", name=op.f("ck_sat_publication_catalog")),
        sa.PrimaryKeyConstraint("catalog", name=op.f("pk_sat_publication")),
    )
    op.create_index("ix_sat_product_folded", "sat_product", ["folded"])
    op.create_index("ix_sat_product_stems", "sat_product", ["stems"], postgresql_using="gin")
    op.create_index("ix_sat_unit_folded", "sat_unit", ["folded"])
    op.create_index("ix_sat_unit_stems", "sat_unit", ["stems"], postgresql_using="gin")
    for table in ("sat_product", "sat_unit", "sat_publication"):
        op.execute(f"grant select on {table} to ficha_app")


def downgrade() -> None:
    for table in ("sat_publication", "sat_unit", "sat_product"):
        op.drop_table(table)
    op.execute("drop function ficha_stem_query, ficha_stems")
