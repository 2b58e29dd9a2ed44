"""What the database refuses of the application beyond CHECK constraints: rules that compare a row with what it was, or
with the rows around it. Each is a trigger on one row, of one company, that is never deferred.

They hold for the application's role. The tables' owner migrates data and mends what `ficha check` lists, and the
references' cascades act as the owner. A refusal is a check violation that names the rule as its constraint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import models.rows  # noqa: F401  # pyright: ignore[reportUnusedImport]  # maps every table
from models.base import Base, SoftDeleted
from models.catalogs import CURRENCIES, TAX_OBJECTS
from models.rights import updatable
from models.viewer import Permission

_BARE: Final = ", ".join(repr(each.code) for each in CURRENCIES if each.decimals == 0)
"""The currencies without decimals."""
_OBJECTS: Final = ", ".join(repr(each.code) for each in TAX_OBJECTS)

PLACED: Final = ("address", "bank_account", "contact")
"""What has a place of its own among those of its client."""


def _place_function(table: str) -> str:
    return f"""
create or replace function ficha_demand_place_of_{table}() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from {table} other
            where other.company_id = new.company_id and other.client_id = new.client_id
                and other.position = new.position and other.id <> new.id and other.deleted_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$
"""


FUNCTIONS: Final[dict[str, str]] = {
    "ficha_collaborator()": """
create or replace function ficha_collaborator() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('ficha.collaborator_id', true), '')::uuid
""",
    # Administrators hold every permission; the bundles of the other roles have `admin` only where the company says so.
    "ficha_administers()": f"""
create or replace function ficha_administers() returns boolean
    language sql stable set search_path = public, pg_temp
    as $$
        select exists (
            select from collaborator actor join company on company.id = actor.company_id
            where actor.company_id = ficha_company() and actor.id = ficha_collaborator() and actor.active
                and (actor.role = 'ADMIN' or company.role_permissions -> actor.role::text ? '{Permission.ADMIN.value}')
        )
    $$
""",  # noqa: S608  # our own literals
    "ficha_violation(text, text)": """
create or replace function ficha_violation(rule text, on_table text) returns void
    language plpgsql
    as $$
    begin
        raise exception using errcode = 'check_violation', schema = 'public', table = on_table, constraint = rule,
            message = format('a row of "%s" violates "%s"', on_table, rule);
    end
    $$
""",
    "ficha_refuse()": """
create or replace function ficha_refuse() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        perform ficha_violation(tg_name, tg_table_name);
    end
    $$
""",
    "ficha_demand_living_client()": """
create or replace function ficha_demand_living_client() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from client c
            where c.company_id = new.company_id and c.id = new.client_id and c.deleted_at is not null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_conversion()": """
create or replace function ficha_demand_conversion() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if not exists (
            select from client giver join client taker on taker.company_id = giver.company_id
            where giver.company_id = new.company_id and giver.id = old.client_id and giver.kind = 'PROSPECT'
                and taker.id = new.client_id and taker.kind = 'CLIENT' and taker.deleted_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_receptor()": """
create or replace function ficha_demand_receptor() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if new.rfc is distinct from
            (select c.rfc from client c where c.company_id = new.company_id and c.id = new.client_id)
        then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_first_event()": """
create or replace function ficha_demand_first_event() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from history_event e
            where e.company_id = new.company_id and e.client_id = new.client_id and e.kind = new.kind
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_one_revision()": """
create or replace function ficha_demand_one_revision() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from document d
            where d.company_id = new.company_id and d.series_id = new.series_id and d.id <> new.id
                and d.replaced_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$
""",
    "ficha_demand_erased()": """
create or replace function ficha_demand_erased() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (select from client c where c.company_id = new.company_id and c.id = new.id)
            or exists (select from document d where d.company_id = new.company_id and d.id = new.id)
        then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_administrator()": """
create or replace function ficha_demand_administrator() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if not ficha_administers() then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_rate()": """
create or replace function ficha_demand_rate() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (select from company where id = new.company_id and currency = new.currency) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    "ficha_demand_folio()": """
create or replace function ficha_demand_folio() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from sales_document d
            where d.company_id = new.company_id and d.type = new.type and d.series = new.series
                and d.number > new.last_number
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    # Sums are rounded once, and each tax at each rate by itself (Anexo 20). Those that somebody else computed may
    # differ by a unit for each; `domain.cfdi` holds them to it.
    "ficha_tolerance(text, uuid)": f"""
create or replace function ficha_tolerance(currency text, folio uuid) returns numeric
    language sql immutable parallel safe
    return case when currency in ({_BARE}) then 1 else 0.01 end * case when folio is null then 0.5 else 2 end
""",
    "ficha_demand_sums()": """
create or replace function ficha_demand_sums() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        off numeric := ficha_tolerance(new.currency, new.uuid);
        line record;
        taxes record;
    begin
        select count(*) as number, sum(amount) as amount, sum(discount) as discount into line
        from sales_document_line l
        where l.company_id = new.company_id and l.client_id = new.client_id and l.sales_document_id = new.id;
        if line.number = 0 then
            if new.state <> 'DRAFT' then
                perform ficha_violation(tg_name, tg_table_name);
            end if;
            return new;
        end if;
        select
            coalesce(sum(amount) filter (where kind = 'TRANSFERRED'), 0) as transferred,
            coalesce(sum(amount) filter (where kind = 'WITHHELD'), 0) as withheld,
            count(distinct (kind, tax, factor, rate)) as number
        into taxes
        from sales_document_tax t
        where t.company_id = new.company_id and t.client_id = new.client_id and t.sales_document_id = new.id;
        if abs(new.subtotal - line.amount) > off or abs(new.discount - line.discount) > off
            or abs(new.tax - taxes.transferred) > off * greatest(taxes.number, 1)
            or abs(new.withheld - taxes.withheld) > off * greatest(taxes.number, 1)
        then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
""",
    # Lines come in several statements. After each their sums are at most those of the document, which was written
    # before; that they are the same is asked when it is issued. Of the rows of one statement the last one asks.
    "ficha_demand_line()": f"""
create or replace function ficha_demand_line() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        document record;
        line record;
        off numeric;
    begin
        select d.state, d.uuid, d.currency, d.subtotal, d.discount into document
        from sales_document d
        where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.sales_document_id;
        if document.state <> 'DRAFT' then
            perform ficha_violation('tg_sales_document_line_issued', tg_table_name);
        end if;
        if document.uuid is null then
            if new.amount <> round(new.quantity * new.unit_price, 6) then
                perform ficha_violation('tg_sales_document_line_amount', tg_table_name);
            end if;
            if new.product_code !~ '^[0-9]{{8}}$' or new.unit_code !~ '^[A-Z0-9]{{1,3}}$'
                or new.tax_object not in ({_OBJECTS})
            then
                perform ficha_violation('tg_sales_document_line_codes', tg_table_name);
            end if;
        end if;
        if new.origin_line_id is not null and exists (
            select from sales_document_line l
            where l.company_id = new.company_id and l.client_id = new.client_id and l.id = new.origin_line_id
                and l.sales_document_id = new.sales_document_id
        ) then
            perform ficha_violation('tg_sales_document_line_origin', tg_table_name);
        end if;
        -- In the order of the index, which PostgreSQL would not choose without statistics.
        if new.position = (
            select l.position from sales_document_line l
            where l.company_id = new.company_id and l.client_id = new.client_id
                and l.sales_document_id = new.sales_document_id
            order by l.company_id desc, l.client_id desc, l.sales_document_id desc, l.position desc limit 1
        ) then
            off := ficha_tolerance(document.currency, document.uuid);
            select sum(l.amount) as amount, sum(l.discount) as discount into line
            from sales_document_line l
            where l.company_id = new.company_id and l.client_id = new.client_id
                and l.sales_document_id = new.sales_document_id;
            if line.amount > document.subtotal + off or line.discount > document.discount + off then
                perform ficha_violation('tg_sales_document_line_sums', tg_table_name);
            end if;
        end if;
        return null;
    end
    $$
""",  # noqa: S608  # our own literals
    # All of them at once, to be replaced by others.
    "ficha_demand_lines_gone()": """
create or replace function ficha_demand_lines_gone() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from sales_document d
            where d.company_id = old.company_id and d.client_id = old.client_id and d.id = old.sales_document_id
                and d.state <> 'DRAFT'
        ) or exists (
            select from sales_document_line l
            where l.company_id = old.company_id and l.client_id = old.client_id
                and l.sales_document_id = old.sales_document_id
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$
""",
    "ficha_demand_tax()": """
create or replace function ficha_demand_tax() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        document record;
        line record;
    begin
        select d.state, d.uuid into document
        from sales_document d
        where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.sales_document_id;
        if document.state <> 'DRAFT' then
            perform ficha_violation('tg_sales_document_tax_issued', tg_table_name);
        end if;
        if new.line_id is null then
            return null;
        end if;
        select l.sales_document_id, l.tax into line
        from sales_document_line l
        where l.company_id = new.company_id and l.client_id = new.client_id and l.id = new.line_id;
        if line.sales_document_id <> new.sales_document_id then
            perform ficha_violation('tg_sales_document_tax_line', tg_table_name);
        end if;
        if document.uuid is null then
            if new.tax not in ('001', '002', '003') then
                perform ficha_violation('tg_sales_document_tax_code', tg_table_name);
            end if;
            if new.amount <> round(new.base * coalesce(new.rate, 0), 6) then
                perform ficha_violation('tg_sales_document_tax_amount', tg_table_name);
            end if;
        end if;
        if new.kind = 'TRANSFERRED' and line.tax < (
            select sum(ordered.amount) from (
                select t.amount from sales_document_tax t
                where t.company_id = new.company_id and t.client_id = new.client_id and t.line_id = new.line_id
                    and t.kind = 'TRANSFERRED'
                order by t.company_id, t.client_id, t.line_id, t.position limit 1000
            ) ordered
        ) then
            perform ficha_violation('tg_sales_document_tax_sum', tg_table_name);
        end if;
        return null;
    end
    $$
""",
    **{f"ficha_demand_place_of_{table}()": _place_function(table) for table in PLACED},
    # Runs as the tables' owner: the application may delete neither a client nor a history.
    "ficha_erase_client(uuid)": """
create or replace function ficha_erase_client(erased uuid) returns setof uuid
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare ids uuid[];
    begin
        if not ficha_administers() then
            raise exception using errcode = 'insufficient_privilege',
                message = 'only who administers the company erases a client';
        end if;
        select array_agg(part.id order by part.id <> erased, part.id) into ids
        from (
            select c.id from client c
            where c.company_id = ficha_company() and (c.id = erased or c.converted_into_id = erased)
            order by c.id for update
        ) part;
        if erased <> all (ids) or ids is null then
            return;
        end if;
        if exists (select from sales_document d where d.company_id = ficha_company() and d.client_id = any (ids))
            or exists (select from document d where d.company_id = ficha_company() and d.client_id = any (ids))
        then
            perform ficha_violation('ficha_erase_client', 'client');
        end if;
        delete from client c where c.company_id = ficha_company() and c.id = erased;
        insert into tombstone (company_id, id, type, erased_at, erased_by_id)
        select ficha_company(), id, 'client', now(), ficha_collaborator() from unnest(ids) id;
        return query select unnest(ids);
    end
    $$
""",
}
"""The functions of the rules, by their signatures, in the order in which they are made."""

APPLICATION_ALONE: Final = ("ficha_erase_client(uuid)",)
"""What nobody but the application may execute; the others are anybody's."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger on a table: when it is asked, about which rows, and by which function; the rule is its name."""

    table: str
    rule: str
    when: str
    """As `before insert`, `after insert or update`."""
    condition: str
    function: str = "ficha_refuse"

    @property
    def name(self) -> str:
        return f"tg_{self.table}_{self.rule}"

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        return (
            f"create or replace trigger {self.name} {self.when} on {self.table} for each row"
            f" when (current_user = 'ficha_app' and ({self.condition})) execute function {self.function}()"
        )


_TOTALS: Final = ("subtotal", "discount", "tax", "withheld", "total")
_ISSUED: Final = (*_TOTALS, "currency", "exchange_rate")


def _changes(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    return f"({old}) is distinct from ({new})"


def _declared() -> Iterator[Guard]:
    yield Guard("client", "kind", "before update", "old.kind = 'CLIENT' and new.kind <> 'CLIENT'")
    yield Guard(
        "client", "conversion", "before update", "old.converted_at is not null and new.converted_at is distinct from"
        " old.converted_at",
    )  # fmt: skip
    yield Guard("cfdi_profile", "past", "before update", f"old.valid_to is not null and ({_changes(*_REVISED)})")
    yield Guard("cfdi_profile", "rfc", "before insert", "new.valid_to is null", "ficha_demand_receptor")
    yield Guard(
        "cfdi_profile", "rfc_changed", "before update", "new.valid_to is null and old.rfc is distinct from new.rfc",
        "ficha_demand_receptor",
    )  # fmt: skip
    yield Guard("history_event", "first", "before insert", "new.kind = 'CLIENT_CREATED'", "ficha_demand_first_event")
    yield Guard(
        "document", "revision", "after insert or update", "new.replaced_at is null", "ficha_demand_one_revision"
    )
    yield Guard("tombstone", "erased", "before insert", "true", "ficha_demand_erased")
    yield Guard("collaborator", "joined", "after insert", "true", "ficha_demand_administrator")
    yield Guard(
        "collaborator", "role", "before update", _changes("role", "active", "email"), "ficha_demand_administrator"
    )
    yield Guard(
        "collaborator", "account", "before update", "old.subject is not null and new.subject is not null and"
        f" {_changes('issuer', 'subject')}",
    )  # fmt: skip
    yield Guard(
        "company", "role_permissions", "before update", _changes("role_permissions"), "ficha_demand_administrator"
    )
    yield Guard("company_sequence", "value", "before update", "new.value <= old.value")
    yield Guard(
        "folio_series", "last_number", "before update", "new.last_number < old.last_number", "ficha_demand_folio"
    )
    for table in ("api_key", "document_upload", "invitation"):
        yield Guard(table, "expires_at", "before insert", "new.expires_at <= new.created_at")
    yield from _of_sales_documents()
    soft = {model.local_table for model in Base.registry.mappers if issubclass(model.class_, SoftDeleted)}
    for table in Base.metadata.sorted_tables:
        yield from _of_any(table.name, {column.name for column in table.columns}, soft=table in soft)


_REVISED: Final = (
    "valid_from", "valid_to", "rfc", "name", "tax_regime", "cfdi_use", "postal_code", "payment_form", "payment_method",
    "currency", "tax_residence", "tax_id",
)  # fmt: skip


def _of_sales_documents() -> Iterator[Guard]:
    table, sums = "sales_document", "ficha_demand_sums"
    # What is issued has its lines already.
    yield Guard(table, "drafted", "before insert", "new.state <> 'DRAFT'")
    yield Guard(table, "draft", "before update", "old.state <> 'DRAFT' and new.state = 'DRAFT'")
    yield Guard(table, "issued", "before update", f"old.state <> 'DRAFT' and {_changes(*_ISSUED)}")
    yield Guard(table, "totals", "before update", f"old.state = 'DRAFT' and {_changes(*_TOTALS)}", sums)
    yield Guard(table, "sums", "before update", "old.state = 'DRAFT' and new.state not in ('DRAFT', 'CANCELLED')", sums)
    yield Guard(table, "uuid", "before update", f"old.uuid is not null and {_changes('uuid')}")
    yield Guard(table, "rate", "before insert or update", "new.exchange_rate <> 1", "ficha_demand_rate")
    yield Guard(f"{table}_line", "line", "after insert", "true", "ficha_demand_line")
    yield Guard(f"{table}_line", "gone", "after delete", "true", "ficha_demand_lines_gone")
    yield Guard(f"{table}_tax", "tax", "after insert", "true", "ficha_demand_tax")


OPEN: Final = (
    "address", "bank_account", "cfdi_profile", "contact", "deal", "document", "document_upload", "follow_up",
    "payment_reminders", "receivable_terms", "sales_document",
)  # fmt: skip
"""What a deleted client gets no more of."""


def _of_any(table: str, columns: set[str], *, soft: bool) -> Iterator[Guard]:
    if "version" in columns:
        yield Guard(table, "version", "before update", "new.version < old.version")
    if "client_id" in updatable(table):
        yield Guard(table, "client_id", "before update", _changes("client_id"), "ficha_demand_conversion")
    if table in OPEN:
        yield Guard(table, "client", "before insert", "true", "ficha_demand_living_client")
        if soft:
            restored = "old.deleted_at is not null and new.deleted_at is null"
            yield Guard(table, "client_of_restored", "before update", restored, "ficha_demand_living_client")
    if table in PLACED:
        alive = "new.deleted_at is null"
        moved = f"{alive} and {_changes('position', 'client_id', 'deleted_at')}"
        yield Guard(table, "position", "after insert", alive, f"ficha_demand_place_of_{table}")
        yield Guard(table, "position_changed", "after update", moved, f"ficha_demand_place_of_{table}")


def guards() -> list[Guard]:
    """All triggers, in the order of tables and names."""
    return sorted(_declared(), key=lambda guard: (guard.table, guard.name))
