"""What the database refuses of the application beyond CHECK constraints: rules that compare a row with what it was, or
with the rows around it. Each is a trigger on one row, or on those that one statement writes, of one company, that is
never deferred.

They hold for the application's role. The tables' owner migrates data and mends what `ficha check` lists, and the
references' cascades act as the owner. A refusal is a check violation that names the rule as its constraint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import models.rows  # noqa: F401  # pyright: ignore[reportUnusedImport]  # maps every table
from models import ledger_guards
from models.base import Base, SoftDeleted
from models.catalogs import CURRENCIES, TAX_OBJECTS
from models.rights import DERIVED, updatable
from models.sat_catalog import PRODUCT_CODE, UNIT_CODE
from models.viewer import Permission

_BARE: Final = ", ".join(repr(each.code) for each in CURRENCIES if each.decimals == 0)
"""The currencies without decimals."""
_OBJECTS: Final = ", ".join(repr(each.code) for each in TAX_OBJECTS)

PLACED: Final = ("address", "bank_account", "contact")
"""What has a place of its own among those of its client."""


REFUSED: Final[dict[str, str]] = {
    "ficha_demand_living_client": """
        exists (
            select from client c
            where c.company_id = new.company_id and c.id = new.client_id and c.deleted_at is not null
        )
    """,
    "ficha_demand_conversion": """
        not exists (
            select from client giver join client taker on taker.company_id = new.company_id
            where giver.company_id = new.company_id and giver.id = old.client_id and giver.kind = 'PROSPECT'
                and taker.id = new.client_id and taker.kind = 'CLIENT' and taker.deleted_at is null
        )
    """,
    "ficha_demand_receptor": """
        new.rfc is distinct from (
            select c.rfc from client c where c.company_id = new.company_id and c.id = new.client_id
        )
    """,
    "ficha_demand_first_event": """
        exists (
            select from history_event e
            where e.company_id = new.company_id and e.client_id = new.client_id and e.kind = new.kind
        )
    """,
    "ficha_demand_one_revision": """
        exists (
            select from document d
            where d.company_id = new.company_id and d.series_id = new.series_id and d.id <> new.id
                and d.replaced_at is null
        )
    """,
    "ficha_demand_erased": """
        exists (select from client c where c.company_id = new.company_id and c.id = new.id)
            or exists (select from document d where d.company_id = new.company_id and d.id = new.id)
    """,
    "ficha_demand_administrator": "not ficha_administers()",
    "ficha_demand_rate": "exists (select from company where id = new.company_id and currency = new.currency)",
    "ficha_demand_folio": """
        exists (
            select from sales_document d
            where d.company_id = new.company_id and d.type = new.type and d.series = new.series
                and d.number > new.last_number
        )
    """,
    **ledger_guards.REFUSED,
    **{
        f"ficha_demand_place_of_{table}": f"""
        exists (
            select from {table} other
            where other.company_id = new.company_id and other.client_id = new.client_id
                and other.position = new.position and other.id <> new.id and other.deleted_at is null
        )
    """  # our own literals
        for table in PLACED
    },
}
"""The functions that refuse the row where one condition holds."""


def _refusing(condition: str) -> str:
    return f"""
    begin
        if {condition.strip()} then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
"""


TRIGGERS: Final[dict[str, str]] = {
    "ficha_refuse": """
    begin
        perform ficha_violation(tg_name, tg_table_name);
    end
""",
    "ficha_demand_sums": """
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
""",
    # Lines and taxes come in statements of a hundred rows, and are looked at once a statement: the transition table is
    # `written` or `gone`. After each the sums of the lines are at most those of the document, which was written before;
    # that they are the same is asked when it is issued. No query reads a transition table and a table: where Citus
    # distributes the tables, it would have to send the one to the other.
    "ficha_demand_lines": f"""
    declare
        part record;
        document record;
        line record;
        origins uuid[];
        off numeric;
    begin
        for part in select w.company_id, w.client_id, w.sales_document_id from written w group by 1, 2, 3 loop
            select d.company_id, d.client_id, d.id, d.state, d.uuid, d.currency, d.subtotal, d.discount into document
            from sales_document d
            where d.company_id = part.company_id and d.client_id = part.client_id and d.id = part.sales_document_id;
            continue when not found;
            if document.state <> 'DRAFT' then
                perform ficha_violation('tg_sales_document_line_issued', tg_table_name);
            end if;
            if document.uuid is null then
                if exists (
                    select from written w
                    where w.sales_document_id = document.id and w.amount <> round(w.quantity * w.unit_price, 6)
                ) then
                    perform ficha_violation('tg_sales_document_line_amount', tg_table_name);
                end if;
                if exists (
                    select from written w
                    where w.sales_document_id = document.id and (
                        w.product_code !~ '{PRODUCT_CODE}' or w.unit_code !~ '{UNIT_CODE}'
                        or w.tax_object not in ({_OBJECTS})
                    )
                ) then
                    perform ficha_violation('tg_sales_document_line_codes', tg_table_name);
                end if;
            end if;
            origins := array(
                select w.origin_line_id from written w
                where w.sales_document_id = document.id and w.origin_line_id is not null
            );
            if origins <> '{{}}' and exists (
                select from sales_document_line l
                where l.company_id = document.company_id and l.client_id = document.client_id
                    and l.sales_document_id = document.id and l.id = any (origins)
            ) then
                perform ficha_violation('tg_sales_document_line_origin', tg_table_name);
            end if;
            off := ficha_tolerance(document.currency, document.uuid);
            select sum(l.amount) as amount, sum(l.discount) as discount into line
            from sales_document_line l
            where l.company_id = document.company_id and l.client_id = document.client_id
                and l.sales_document_id = document.id;
            if line.amount > document.subtotal + off or line.discount > document.discount + off then
                perform ficha_violation('tg_sales_document_line_sums', tg_table_name);
            end if;
        end loop;
        return null;
    end
""",  # noqa: S608  # our own literals
    "ficha_demand_taxes": """
    declare
        part record;
        document record;
        broken text;
    begin
        for part in select w.company_id, w.client_id, w.sales_document_id from written w group by 1, 2, 3 loop
            select d.company_id, d.client_id, d.id, d.state, d.uuid into document
            from sales_document d
            where d.company_id = part.company_id and d.client_id = part.client_id and d.id = part.sales_document_id;
            continue when not found;
            if document.state <> 'DRAFT' then
                perform ficha_violation('tg_sales_document_tax_issued', tg_table_name);
            end if;
            if document.uuid is null then
                if exists (
                    select from written w
                    where w.sales_document_id = document.id and w.line_id is not null
                        and w.tax not in ('001', '002', '003')
                ) then
                    perform ficha_violation('tg_sales_document_tax_code', tg_table_name);
                end if;
                if exists (
                    select from written w
                    where w.sales_document_id = document.id and w.line_id is not null
                        and w.amount <> round(w.base * coalesce(w.rate, 0), 6)
                ) then
                    perform ficha_violation('tg_sales_document_tax_amount', tg_table_name);
                end if;
            end if;
            -- A full join, for which PostgreSQL reads lines and taxes once each. Without statistics of what was just
            -- written it would take them for one row, and go through all lines for each tax.
            select case when line.id is null then 'line' else 'sum' end into broken
            from (
                select t.line_id, sum(t.amount) filter (where t.kind = 'TRANSFERRED') as transferred
                from sales_document_tax t
                where t.company_id = document.company_id and t.client_id = document.client_id
                    and t.sales_document_id = document.id and t.line_id is not null
                group by t.line_id
            ) taxed
            full join (
                select l.id, l.tax from sales_document_line l
                where l.company_id = document.company_id and l.client_id = document.client_id
                    and l.sales_document_id = document.id
            ) line on line.id = taxed.line_id
            where line.id is null or line.tax < coalesce(taxed.transferred, 0)
            limit 1;
            if broken is not null then
                perform ficha_violation('tg_sales_document_tax_' || broken, tg_table_name);
            end if;
        end loop;
        return null;
    end
""",
    # All of them at once, to be replaced by others.
    "ficha_demand_lines_gone": """
    declare
        part record;
    begin
        for part in select g.company_id, g.client_id, g.sales_document_id from gone g group by 1, 2, 3 loop
            if exists (
                select from sales_document d
                where d.company_id = part.company_id and d.client_id = part.client_id
                    and d.id = part.sales_document_id
                    and (d.state <> 'DRAFT' or exists (
                        select from sales_document_line l
                        where l.company_id = part.company_id and l.client_id = part.client_id
                            and l.sales_document_id = part.sales_document_id
                    ))
            ) then
                perform ficha_violation(tg_name, tg_table_name);
            end if;
        end loop;
        return null;
    end
""",
    **ledger_guards.TRIGGERS,
    **{name: _refusing(condition) for name, condition in REFUSED.items()},
}
"""The bodies of the triggers' functions, by name."""


def _trigger(name: str, body: str) -> str:
    return f"""
create or replace function {name}() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $${body}    $$
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
    language plpgsql stable set search_path = public, pg_temp
    as $$
    declare
        own constant uuid := ficha_company();
        acting constant uuid := ficha_collaborator();
    begin
        return exists (
            select from collaborator actor join company on company.id = actor.company_id
            where actor.company_id = own and actor.id = acting and actor.active
                and (actor.role = 'ADMIN' or company.role_permissions -> actor.role::text ? '{Permission.ADMIN.value}')
        );
    end
    $$
""",  # our own literals
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
    # Sums are rounded once, and each tax at each rate by itself (Anexo 20). Those that somebody else computed may
    # differ by a unit for each; `domain.cfdi` holds them to it.
    "ficha_tolerance(text, uuid)": f"""
create or replace function ficha_tolerance(currency text, folio uuid) returns numeric
    language sql immutable parallel safe
    return case when currency in ({_BARE}) then 1 else 0.01 end * case when folio is null then 0.5 else 2 end
""",
    **{f"{name}()": _trigger(name, body) for name, body in TRIGGERS.items()},
    # Runs as the tables' owner: the application may delete neither a client nor a history.
    "ficha_erase_client(uuid)": """
create or replace function ficha_erase_client(erased uuid) returns setof uuid
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        own constant uuid := ficha_company();
        acting constant uuid := ficha_collaborator();
        ids uuid[];
    begin
        if not ficha_administers() then
            raise exception using errcode = 'insufficient_privilege',
                message = 'only who administers the company erases a client';
        end if;
        select array_agg(part.id order by part.id <> erased, part.id) into ids
        from (
            select c.id from client c
            where c.company_id = own and (c.id = erased or c.converted_into_id = erased)
            order by c.id for update
        ) part;
        if erased <> all (ids) or ids is null then
            return;
        end if;
        if exists (select from sales_document d where d.company_id = own and d.client_id = any (ids))
            or exists (select from document d where d.company_id = own and d.client_id = any (ids))
            or exists (select from payment p where p.company_id = own and p.client_id = any (ids))
            or exists (select from ledger_entry l where l.company_id = own and l.client_id = any (ids))
        then
            perform ficha_violation('ficha_erase_client', 'client');
        end if;
        delete from client c where c.company_id = own and c.id = erased;
        foreach erased in array ids loop
            insert into tombstone (company_id, id, type, erased_at, erased_by_id)
            values (own, erased, 'client', now(), acting);
        end loop;
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
    rows: str = ""
    """The name by which the function knows all the rows of a statement, where it is asked once about them."""

    @property
    def name(self) -> str:
        return f"tg_{self.table}_{self.rule}"

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        age = "old" if "delete" in self.when else "new"
        each = f"referencing {age} table as {self.rows} for each statement" if self.rows else "for each row"
        return (
            f"create or replace trigger {self.name} {self.when} on {self.table} {each}"
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
    yield from _of_the_ledger()
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
    yield Guard(f"{table}_line", "lines", "after insert", "true", "ficha_demand_lines", rows="written")
    yield Guard(f"{table}_line", "gone", "after delete", "true", "ficha_demand_lines_gone", rows="gone")
    yield Guard(f"{table}_tax", "taxes", "after insert", "true", "ficha_demand_taxes", rows="written")


def _of_the_ledger() -> Iterator[Guard]:
    yield Guard("ledger_entry", "entries", "after insert", "true", "ficha_demand_entries", rows="written")
    for table, columns in DERIVED.items():
        fields = Base.metadata.tables[table].columns
        written = " or ".join(
            f"new.{column} {'is not null' if fields[column].nullable else '<> 0'}" for column in sorted(columns)
        )
        yield Guard(table, "derived", "before insert", written)
    debt = "ficha_demand_debt"
    yield Guard("application", "debt", "before insert", "true", debt)
    yield Guard("application", "credit_note", "before insert", "new.credit_note_id is not null", "ficha_demand_source")
    yield Guard("application", "undone", "before update", f"old.undone_at is not null and {_changes('undone_at')}")
    yield Guard("payment", "debt", "before insert", "new.sales_document_id is not null", debt)
    moved = f"new.sales_document_id is not null and {_changes('sales_document_id')}"
    yield Guard("payment", "debt_changed", "before update", moved, debt)
    # A payment of today may be at any hour of it, where the company is.
    latest = "greatest(now(), new.created_at) + interval '2 days'"
    yield Guard("payment", "paid_at", "before insert", f"new.paid_at > {latest}")
    yield Guard("payment", "rate", "before insert", "new.exchange_rate <> 1", "ficha_demand_rate")
    yield Guard("payment", "reversed", "before update", f"old.reversed_at is not null and {_changes('reversed_at')}")
    yield Guard("payment", "uuid", "before update", f"old.uuid is not null and {_changes('uuid')}")
    related = "new.related_id is not null"
    yield Guard("cfdi_relation", "related", "before insert", related, "ficha_demand_related")
    yield Guard("cfdi_relation", "related_changed", "before update", related, "ficha_demand_related")
    yield Guard("cfdi_relation", "found", "before update", f"old.related_id is not null and {_changes('related_id')}")
    yield Guard(
        "statement_link", "revoked", "before update", f"old.revoked_at is not null and {_changes('revoked_at')}"
    )
    yield Guard("statement_link", "expires_on", "before insert", "new.expires_on < new.created_at::date - 1")


OPEN: Final = (
    "address", "application", "bank_account", "cfdi_profile", "contact", "deal", "document", "document_upload",
    "follow_up", "payment", "payment_reminders", "receivable_terms", "sales_document", "statement_link",
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
