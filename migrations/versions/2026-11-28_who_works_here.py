"""Who works here: invitations, what is known of a collaborator, and in which companies a person is one.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Whoever signs in with a token that names no company is looked for in all of them, which the application does not see.
# This function runs as the tables' owner, is given what a verified token says, and tells nothing but that person's
# companies.
MEMBERSHIPS = """
create function ficha_memberships(issuer text, subject text, email text, only_in uuid[], not_in uuid[])
    returns table (company_id uuid, name text, suspended boolean)
    language sql stable security definer rows 3
    set search_path = public, pg_temp
    set row_security = off
    as $$
        select company.id, company.name, company.suspended_at is not null
        from company
        where company.id in (
            select c.company_id from collaborator c where c.active and c.issuer = $1 and c.subject = $2
            union
            select c.company_id from collaborator c
            where c.active and c.subject is null and lower(c.email collate "C") = lower($3 collate "C")
        )
            and ($4 is null or company.id = any ($4)) and not company.id = any ($5)
        order by company.name, company.id
        limit 100
    $$;
comment on function ficha_memberships is
    'The companies, 100 at most, in which an account is a collaborator, or would be by its e-mail address.';
"""

KINDS_BEFORE = (
    "'SIGN_IN_REFUSED', 'API_KEY_CREATED', 'API_KEY_USED', 'API_KEY_REVOKED', 'ROLE_PERMISSIONS_CHANGED',"
    " 'PERSONAL_DATA_EXPORTED', 'DUPLICATE_DISCLOSED', 'COLLABORATOR_UNBOUND',"
    " 'COMPANY_CREATED', 'COMPANY_CHANGED', 'COMPANY_SUSPENDED', 'COMPANY_RESUMED'"
)
KINDS = (
    "'COLLABORATOR_INVITED', 'INVITATION_REVOKED', 'INVITATION_ACCEPTED', 'COLLABORATOR_CHANGED',"
    " 'COLLABORATOR_SUSPENDED', 'COLLABORATOR_RESUMED'"
)


INITIALS = (
    "'/avatars/' || coalesce(substring(ficha_fold(name), '[a-z]'), 'x')"
    " || coalesce(substring(ficha_fold(name), '[a-z][^ ]* +[^a-z ]*([a-z])'), '') || '.svg'"
)


def upgrade() -> None:
    op.alter_column("collaborator", "avatar_url", new_column_name="picture")
    for column in (
        sa.Column(
            "avatar_path", sa.Text(), sa.Computed(f"coalesce(picture, {INITIALS})", persisted=True), nullable=False
        ),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("locale", sa.String(length=40), server_default=sa.text("'ES_MX'"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("ficha_fold(name || ' ' || email || coalesce(' ' || job_title, ''))", persisted=True),
            nullable=False,
        ),
    ):
        op.add_column("collaborator", column)
    op.execute("update collaborator set joined_at = created_at")
    op.create_check_constraint(op.f("ck_collaborator_locale"), "collaborator", "locale in ('ES_MX', 'EN_US')")
    op.create_check_constraint(
        op.f("ck_collaborator_job_title_length"), "collaborator", "char_length(job_title) between 1 and 200"
    )
    op.create_index(
        "ix_collaborator_account",
        "collaborator",
        ["issuer", "subject"],
        postgresql_where=sa.text("subject is not null"),
    )
    op.create_index(
        "ix_collaborator_unbound",
        "collaborator",
        [sa.literal_column('lower(email COLLATE "C")')],
        postgresql_where=sa.text("subject is null and active"),
    )
    create_invitations()
    create_avatars()
    audit_kinds(f"{KINDS_BEFORE}, {KINDS}")
    op.execute(MEMBERSHIPS)
    op.execute("revoke execute on function ficha_memberships from public")
    op.execute("grant execute on function ficha_memberships to ficha_app")


def create_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaborator_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name=op.f("ck_invitation_secret_hash")),
        sa.CheckConstraint("accepted_at is null or revoked_at is null", name=op.f("ck_invitation_ended")),
        sa.ForeignKeyConstraint(
            ["company_id", "collaborator_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_invitation_collaborator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_invitation_created_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_invitation_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_invitation")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["company_id", "collaborator_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and revoked_at is null"),
    )
    op.execute("alter table invitation enable row level security")
    op.execute(
        "create policy company on invitation using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update (accepted_at, revoked_at) on invitation to ficha_app")


def create_avatars() -> None:
    op.create_table(
        "avatar",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("collaborator_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(picture) <= 262144 and octet_length(thumbnail) <= 65536", name=op.f("ck_avatar_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "collaborator_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_avatar_collaborator_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_avatar_company_id")),
        sa.PrimaryKeyConstraint("company_id", "collaborator_id", name=op.f("pk_avatar")),
    )
    op.execute("alter table avatar enable row level security")
    op.execute(
        "create policy company on avatar using (company_id = ficha_company()) with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update, delete on avatar to ficha_app")


def downgrade() -> None:
    """Who was invited and never came stays, as somebody who may sign in by their e-mail address."""
    op.execute("drop function ficha_memberships")
    op.execute(f"delete from audit_event where kind in ({KINDS})")  # noqa: S608  # the names above
    audit_kinds(KINDS_BEFORE)
    op.drop_table("avatar")
    op.drop_table("invitation")
    op.drop_index("ix_collaborator_unbound", "collaborator")
    op.drop_index("ix_collaborator_account", "collaborator")
    for column in ("search_text", "joined_at", "locale", "job_title", "avatar_path"):
        op.drop_column("collaborator", column)
    op.execute("update collaborator set picture = null where picture like '%.webp'")
    op.alter_column("collaborator", "picture", new_column_name="avatar_url")


def audit_kinds(kinds: str) -> None:
    """What is audited."""
    op.drop_constraint(op.f("ck_audit_event_kind"), "audit_event")
    op.create_check_constraint(op.f("ck_audit_event_kind"), "audit_event", f"kind in ({kinds})")
