-- What the revision 0024 installs: the functions and triggers of `models/guards.py` as they were then. Never edited: a later
-- change of a rule is a migration of its own.

create or replace function ficha_collaborator() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('ficha.collaborator_id', true), '')::uuid;

create or replace function ficha_administers() returns boolean
    language sql stable set search_path = public, pg_temp
    as $$
        select exists (
            select from collaborator actor join company on company.id = actor.company_id
            where actor.company_id = ficha_company() and actor.id = ficha_collaborator() and actor.active
                and (actor.role = 'ADMIN' or company.role_permissions -> actor.role::text ? 'admin')
        )
    $$;

create or replace function ficha_violation(rule text, on_table text) returns void
    language plpgsql
    as $$
    begin
        raise exception using errcode = 'check_violation', schema = 'public', table = on_table, constraint = rule,
            message = format('a row of "%s" violates "%s"', on_table, rule);
    end
    $$;

create or replace function ficha_refuse() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        perform ficha_violation(tg_name, tg_table_name);
    end
    $$;

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
    $$;

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
    $$;

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
    $$;

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
    $$;

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
    $$;

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
    $$;

create or replace function ficha_demand_administrator() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if not ficha_administers() then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$;

create or replace function ficha_demand_rate() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (select from company where id = new.company_id and currency = new.currency) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$;

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
    $$;

create or replace function ficha_tolerance(currency text, folio uuid) returns numeric
    language sql immutable parallel safe
    return case when currency in ('BIF', 'BYR', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XOF', 'XPD', 'XPF', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX') then 1 else 0.01 end * case when folio is null then 0.5 else 2 end;

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
    $$;

create or replace function ficha_demand_lines() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        document record;
        line record;
        off numeric;
    begin
        for document in
            select d.company_id, d.client_id, d.id, d.state, d.uuid, d.currency, d.subtotal, d.discount
            from sales_document d
            where (d.company_id, d.client_id, d.id) in (
                select w.company_id, w.client_id, w.sales_document_id from written w
            )
        loop
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
                        w.product_code !~ '^[0-9]{8}$' or w.unit_code !~ '^[A-Z0-9]{1,3}$'
                        or w.tax_object not in ('01', '02', '03', '04', '05', '06', '07', '08')
                    )
                ) then
                    perform ficha_violation('tg_sales_document_line_codes', tg_table_name);
                end if;
            end if;
            if exists (
                select from written w
                where w.sales_document_id = document.id and w.origin_line_id = any (array(
                    select l.id from sales_document_line l
                    where l.company_id = document.company_id and l.client_id = document.client_id
                        and l.sales_document_id = document.id
                ))
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
    $$;

create or replace function ficha_demand_lines_gone() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from sales_document d
            where (d.company_id, d.client_id, d.id) in (
                select g.company_id, g.client_id, g.sales_document_id from gone g
            )
                and (d.state <> 'DRAFT' or exists (
                    select from sales_document_line l
                    where l.company_id = d.company_id and l.client_id = d.client_id and l.sales_document_id = d.id
                ))
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$;

create or replace function ficha_demand_taxes() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        document record;
        broken text;
    begin
        for document in
            select d.company_id, d.client_id, d.id, d.state, d.uuid
            from sales_document d
            where (d.company_id, d.client_id, d.id) in (
                select w.company_id, w.client_id, w.sales_document_id from written w
            )
        loop
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
    $$;

create or replace function ficha_demand_entries() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        broken text;
    begin
        select rule into broken from (
            select 'reversal' as rule
            from written e left join ledger_entry r on r.company_id = e.company_id and r.id = e.reverses_id
            where e.reverses_id is not null and (r.reverses_id is not null or (r.client_id, r.kind, r.currency, r.exchange_rate, r.sales_document_id, r.payment_id, r.credit_note_id, r.application_id, r.amount)
                is distinct from (e.client_id, e.kind, e.currency, e.exchange_rate, e.sales_document_id, e.payment_id, e.credit_note_id, e.application_id, -e.amount))
            union all
            select 'currency'
            from written e
            left join sales_document d on d.company_id = e.company_id and d.client_id = e.client_id
                and d.id = coalesce(e.sales_document_id, e.credit_note_id)
            left join payment p on e.sales_document_id is null and p.company_id = e.company_id
                and p.client_id = e.client_id and p.id = e.payment_id
            where e.reverses_id is null and (e.currency, e.exchange_rate) is distinct from
                (coalesce(d.currency, p.currency), coalesce(d.exchange_rate, p.exchange_rate))
            union all
            select 'charge'
            from written e join sales_document d
                on d.company_id = e.company_id and d.client_id = e.client_id and d.id = e.sales_document_id
            where e.kind in ('CHARGE', 'ADJUSTMENT') and e.reverses_id is null and (
                d.type not in ('SALES_NOTE', 'INVOICE') or d.state = 'DRAFT' or (
                    select case e.kind
                        when 'CHARGE' then sum(l.amount) <> d.total
                        else sum(l.amount) not between -d.total and 0
                    end
                    from ledger_entry l
                    where l.company_id = e.company_id and l.client_id = e.client_id
                        and l.sales_document_id = e.sales_document_id and l.kind = e.kind
                )
            )
            union all
            select 'payment'
            from written e left join payment p
                on p.company_id = e.company_id and p.client_id = e.client_id and p.id = e.payment_id
            where e.kind = 'PAYMENT' and e.reverses_id is null and (
                p.id is null or p.reversed_at is not null or -p.amount is distinct from (
                    select sum(l.amount) from ledger_entry l
                    where l.company_id = e.company_id and l.client_id = e.client_id and l.payment_id = e.payment_id
                        and l.kind = 'PAYMENT'
                )
            )
            union all
            select 'credit'
            from written e join sales_document d
                on d.company_id = e.company_id and d.client_id = e.client_id and d.id = e.credit_note_id
            where e.kind = 'CREDIT' and e.reverses_id is null and (
                d.type <> 'CREDIT_NOTE' or d.state not in ('STAMPED', 'SENT') or -d.total is distinct from (
                    select sum(l.amount) from ledger_entry l
                    where l.company_id = e.company_id and l.client_id = e.client_id
                        and l.credit_note_id = e.credit_note_id and l.kind = 'CREDIT'
                )
            )
            union all
            select 'refund' from written e where e.kind = 'REFUND' and e.reverses_id is null and e.amount < 0
            union all
            select 'application'
            from (select distinct w.company_id, w.client_id, w.application_id from written w) e
            join application a on a.company_id = e.company_id and a.client_id = e.client_id and a.id = e.application_id
            where (
                select (
                    coalesce(sum(l.amount) filter (where l.sales_document_id = a.sales_document_id), 0),
                    coalesce(sum(l.amount) filter (where l.sales_document_id is null), 0),
                    count(*) filter (where
                        (l.payment_id, l.credit_note_id, coalesce(l.sales_document_id, a.sales_document_id))
                        is distinct from (a.payment_id, a.credit_note_id, a.sales_document_id)
                    )
                ) is distinct from (
                    case when a.undone_at is null then -a.amount else 0 end,
                    case when a.undone_at is null then a.source_amount else 0 end,
                    0::bigint
                )
                from ledger_entry l
                where l.company_id = a.company_id and l.client_id = a.client_id and l.application_id = a.id
            )
        ) rules limit 1;
        if broken is not null then
            perform ficha_violation('tg_ledger_entry_' || broken, tg_table_name);
        end if;
        return null;
    end
    $$;

create or replace function ficha_demand_debt() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.sales_document_id
                and d.type not in ('SALES_NOTE', 'INVOICE')
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$;

create or replace function ficha_demand_source() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if not exists (
            select from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.credit_note_id
                and d.type = 'CREDIT_NOTE'
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$;

create or replace function ficha_demand_related() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if new.uuid is distinct from (
            select d.uuid from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.related_id
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$;

create or replace function ficha_demand_place_of_address() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from address other
            where other.company_id = new.company_id and other.client_id = new.client_id
                and other.position = new.position and other.id <> new.id and other.deleted_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$;

create or replace function ficha_demand_place_of_bank_account() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from bank_account other
            where other.company_id = new.company_id and other.client_id = new.client_id
                and other.position = new.position and other.id <> new.id and other.deleted_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$;

create or replace function ficha_demand_place_of_contact() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (
            select from contact other
            where other.company_id = new.company_id and other.client_id = new.client_id
                and other.position = new.position and other.id <> new.id and other.deleted_at is null
        ) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return null;
    end
    $$;

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
            or exists (select from payment p where p.company_id = ficha_company() and p.client_id = any (ids))
            or exists (select from ledger_entry l where l.company_id = ficha_company() and l.client_id = any (ids))
        then
            perform ficha_violation('ficha_erase_client', 'client');
        end if;
        delete from client c where c.company_id = ficha_company() and c.id = erased;
        insert into tombstone (company_id, id, type, erased_at, erased_by_id)
        select ficha_company(), id, 'client', now(), ficha_collaborator() from unnest(ids) id;
        return query select unnest(ids);
    end
    $$;

revoke execute on function ficha_erase_client(uuid) from public;
grant execute on function ficha_erase_client(uuid) to ficha_app;

create or replace trigger tg_address_client before insert on address for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_address_client_id before update on address for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_address_client_of_restored before update on address for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_address_position after insert on address for each row when (current_user = 'ficha_app' and (new.deleted_at is null)) execute function ficha_demand_place_of_address();
create or replace trigger tg_address_position_changed after update on address for each row when (current_user = 'ficha_app' and (new.deleted_at is null and (old.position, old.client_id, old.deleted_at) is distinct from (new.position, new.client_id, new.deleted_at))) execute function ficha_demand_place_of_address();
create or replace trigger tg_address_version before update on address for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_api_key_expires_at before insert on api_key for each row when (current_user = 'ficha_app' and (new.expires_at <= new.created_at)) execute function ficha_refuse();
create or replace trigger tg_application_client before insert on application for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_application_client_id before update on application for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_application_credit_note before insert on application for each row when (current_user = 'ficha_app' and (new.credit_note_id is not null)) execute function ficha_demand_source();
create or replace trigger tg_application_debt before insert on application for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_debt();
create or replace trigger tg_application_undone before update on application for each row when (current_user = 'ficha_app' and (old.undone_at is not null and (old.undone_at) is distinct from (new.undone_at))) execute function ficha_refuse();
create or replace trigger tg_application_version before update on application for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_bank_account_client before insert on bank_account for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_bank_account_client_id before update on bank_account for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_bank_account_client_of_restored before update on bank_account for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_bank_account_position after insert on bank_account for each row when (current_user = 'ficha_app' and (new.deleted_at is null)) execute function ficha_demand_place_of_bank_account();
create or replace trigger tg_bank_account_position_changed after update on bank_account for each row when (current_user = 'ficha_app' and (new.deleted_at is null and (old.position, old.client_id, old.deleted_at) is distinct from (new.position, new.client_id, new.deleted_at))) execute function ficha_demand_place_of_bank_account();
create or replace trigger tg_bank_account_version before update on bank_account for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_cancellation_client_id before update on cancellation for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_cfdi_profile_client before insert on cfdi_profile for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_cfdi_profile_client_id before update on cfdi_profile for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_cfdi_profile_past before update on cfdi_profile for each row when (current_user = 'ficha_app' and (old.valid_to is not null and ((old.valid_from, old.valid_to, old.rfc, old.name, old.tax_regime, old.cfdi_use, old.postal_code, old.payment_form, old.payment_method, old.currency, old.tax_residence, old.tax_id) is distinct from (new.valid_from, new.valid_to, new.rfc, new.name, new.tax_regime, new.cfdi_use, new.postal_code, new.payment_form, new.payment_method, new.currency, new.tax_residence, new.tax_id)))) execute function ficha_refuse();
create or replace trigger tg_cfdi_profile_rfc before insert on cfdi_profile for each row when (current_user = 'ficha_app' and (new.valid_to is null)) execute function ficha_demand_receptor();
create or replace trigger tg_cfdi_profile_rfc_changed before update on cfdi_profile for each row when (current_user = 'ficha_app' and (new.valid_to is null and old.rfc is distinct from new.rfc)) execute function ficha_demand_receptor();
create or replace trigger tg_cfdi_profile_version before update on cfdi_profile for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_cfdi_relation_client_id before update on cfdi_relation for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_cfdi_relation_found before update on cfdi_relation for each row when (current_user = 'ficha_app' and (old.related_id is not null and (old.related_id) is distinct from (new.related_id))) execute function ficha_refuse();
create or replace trigger tg_cfdi_relation_related before insert on cfdi_relation for each row when (current_user = 'ficha_app' and (new.related_id is not null)) execute function ficha_demand_related();
create or replace trigger tg_cfdi_relation_related_changed before update on cfdi_relation for each row when (current_user = 'ficha_app' and (new.related_id is not null)) execute function ficha_demand_related();
create or replace trigger tg_client_conversion before update on client for each row when (current_user = 'ficha_app' and (old.converted_at is not null and new.converted_at is distinct from old.converted_at)) execute function ficha_refuse();
create or replace trigger tg_client_derived before insert on client for each row when (current_user = 'ficha_app' and (new.balance <> 0 or new.credit_balance <> 0)) execute function ficha_refuse();
create or replace trigger tg_client_kind before update on client for each row when (current_user = 'ficha_app' and (old.kind = 'CLIENT' and new.kind <> 'CLIENT')) execute function ficha_refuse();
create or replace trigger tg_client_version before update on client for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_collaborator_account before update on collaborator for each row when (current_user = 'ficha_app' and (old.subject is not null and new.subject is not null and (old.issuer, old.subject) is distinct from (new.issuer, new.subject))) execute function ficha_refuse();
create or replace trigger tg_collaborator_joined after insert on collaborator for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_administrator();
create or replace trigger tg_collaborator_role before update on collaborator for each row when (current_user = 'ficha_app' and ((old.role, old.active, old.email) is distinct from (new.role, new.active, new.email))) execute function ficha_demand_administrator();
create or replace trigger tg_collaborator_version before update on collaborator for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_company_role_permissions before update on company for each row when (current_user = 'ficha_app' and ((old.role_permissions) is distinct from (new.role_permissions))) execute function ficha_demand_administrator();
create or replace trigger tg_company_version before update on company for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_company_bank_account_version before update on company_bank_account for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_company_sequence_value before update on company_sequence for each row when (current_user = 'ficha_app' and (new.value <= old.value)) execute function ficha_refuse();
create or replace trigger tg_contact_client before insert on contact for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_contact_client_id before update on contact for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_contact_client_of_restored before update on contact for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_contact_position after insert on contact for each row when (current_user = 'ficha_app' and (new.deleted_at is null)) execute function ficha_demand_place_of_contact();
create or replace trigger tg_contact_position_changed after update on contact for each row when (current_user = 'ficha_app' and (new.deleted_at is null and (old.position, old.client_id, old.deleted_at) is distinct from (new.position, new.client_id, new.deleted_at))) execute function ficha_demand_place_of_contact();
create or replace trigger tg_contact_version before update on contact for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_deal_client before insert on deal for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_deal_client_id before update on deal for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_deal_client_of_restored before update on deal for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_deal_version before update on deal for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_document_client before insert on document for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_document_client_id before update on document for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_document_client_of_restored before update on document for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_document_revision after insert or update on document for each row when (current_user = 'ficha_app' and (new.replaced_at is null)) execute function ficha_demand_one_revision();
create or replace trigger tg_document_version before update on document for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_document_upload_client before insert on document_upload for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_document_upload_client_id before update on document_upload for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_document_upload_expires_at before insert on document_upload for each row when (current_user = 'ficha_app' and (new.expires_at <= new.created_at)) execute function ficha_refuse();
create or replace trigger tg_folio_series_last_number before update on folio_series for each row when (current_user = 'ficha_app' and (new.last_number < old.last_number)) execute function ficha_demand_folio();
create or replace trigger tg_folio_series_version before update on folio_series for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_follow_up_client before insert on follow_up for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_follow_up_client_id before update on follow_up for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_follow_up_client_of_restored before update on follow_up for each row when (current_user = 'ficha_app' and (old.deleted_at is not null and new.deleted_at is null)) execute function ficha_demand_living_client();
create or replace trigger tg_follow_up_version before update on follow_up for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_funnel_stage_version before update on funnel_stage for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_history_event_client_id before update on history_event for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_history_event_first before insert on history_event for each row when (current_user = 'ficha_app' and (new.kind = 'CLIENT_CREATED')) execute function ficha_demand_first_event();
create or replace trigger tg_invitation_expires_at before insert on invitation for each row when (current_user = 'ficha_app' and (new.expires_at <= new.created_at)) execute function ficha_refuse();
create or replace trigger tg_ledger_entry_client_id before update on ledger_entry for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_ledger_entry_entries after insert on ledger_entry referencing new table as written for each statement when (current_user = 'ficha_app' and (true)) execute function ficha_demand_entries();
create or replace trigger tg_loss_reason_version before update on loss_reason for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_payment_client before insert on payment for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_payment_client_id before update on payment for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_payment_debt before insert on payment for each row when (current_user = 'ficha_app' and (new.sales_document_id is not null)) execute function ficha_demand_debt();
create or replace trigger tg_payment_debt_changed before update on payment for each row when (current_user = 'ficha_app' and (new.sales_document_id is not null and (old.sales_document_id) is distinct from (new.sales_document_id))) execute function ficha_demand_debt();
create or replace trigger tg_payment_derived before insert on payment for each row when (current_user = 'ficha_app' and (new.applied <> 0 or new.refunded <> 0)) execute function ficha_refuse();
create or replace trigger tg_payment_paid_at before insert on payment for each row when (current_user = 'ficha_app' and (new.paid_at > greatest(now(), new.created_at) + interval '2 days')) execute function ficha_refuse();
create or replace trigger tg_payment_rate before insert on payment for each row when (current_user = 'ficha_app' and (new.exchange_rate <> 1)) execute function ficha_demand_rate();
create or replace trigger tg_payment_reversed before update on payment for each row when (current_user = 'ficha_app' and (old.reversed_at is not null and (old.reversed_at) is distinct from (new.reversed_at))) execute function ficha_refuse();
create or replace trigger tg_payment_uuid before update on payment for each row when (current_user = 'ficha_app' and (old.uuid is not null and (old.uuid) is distinct from (new.uuid))) execute function ficha_refuse();
create or replace trigger tg_payment_version before update on payment for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_payment_reminders_client before insert on payment_reminders for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_payment_reminders_client_id before update on payment_reminders for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_payment_reminders_version before update on payment_reminders for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_price_list_version before update on price_list for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_price_list_item_version before update on price_list_item for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_prospect_state_version before update on prospect_state for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_receivable_terms_client before insert on receivable_terms for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_receivable_terms_client_id before update on receivable_terms for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_receivable_terms_version before update on receivable_terms for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_reminder_rule_client_id before update on reminder_rule for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_sales_document_client before insert on sales_document for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_sales_document_client_id before update on sales_document for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_sales_document_derived before insert on sales_document for each row when (current_user = 'ficha_app' and (new.credited <> 0 or new.paid <> 0 or new.refunded <> 0)) execute function ficha_refuse();
create or replace trigger tg_sales_document_draft before update on sales_document for each row when (current_user = 'ficha_app' and (old.state <> 'DRAFT' and new.state = 'DRAFT')) execute function ficha_refuse();
create or replace trigger tg_sales_document_drafted before insert on sales_document for each row when (current_user = 'ficha_app' and (new.state <> 'DRAFT')) execute function ficha_refuse();
create or replace trigger tg_sales_document_issued before update on sales_document for each row when (current_user = 'ficha_app' and (old.state <> 'DRAFT' and (old.subtotal, old.discount, old.tax, old.withheld, old.total, old.currency, old.exchange_rate) is distinct from (new.subtotal, new.discount, new.tax, new.withheld, new.total, new.currency, new.exchange_rate))) execute function ficha_refuse();
create or replace trigger tg_sales_document_rate before insert or update on sales_document for each row when (current_user = 'ficha_app' and (new.exchange_rate <> 1)) execute function ficha_demand_rate();
create or replace trigger tg_sales_document_sums before update on sales_document for each row when (current_user = 'ficha_app' and (old.state = 'DRAFT' and new.state not in ('DRAFT', 'CANCELLED'))) execute function ficha_demand_sums();
create or replace trigger tg_sales_document_totals before update on sales_document for each row when (current_user = 'ficha_app' and (old.state = 'DRAFT' and (old.subtotal, old.discount, old.tax, old.withheld, old.total) is distinct from (new.subtotal, new.discount, new.tax, new.withheld, new.total))) execute function ficha_demand_sums();
create or replace trigger tg_sales_document_uuid before update on sales_document for each row when (current_user = 'ficha_app' and (old.uuid is not null and (old.uuid) is distinct from (new.uuid))) execute function ficha_refuse();
create or replace trigger tg_sales_document_version before update on sales_document for each row when (current_user = 'ficha_app' and (new.version < old.version)) execute function ficha_refuse();
create or replace trigger tg_sales_document_line_client_id before update on sales_document_line for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_sales_document_line_gone after delete on sales_document_line referencing old table as gone for each statement when (current_user = 'ficha_app' and (true)) execute function ficha_demand_lines_gone();
create or replace trigger tg_sales_document_line_lines after insert on sales_document_line referencing new table as written for each statement when (current_user = 'ficha_app' and (true)) execute function ficha_demand_lines();
create or replace trigger tg_sales_document_tax_client_id before update on sales_document_tax for each row when (current_user = 'ficha_app' and ((old.client_id) is distinct from (new.client_id))) execute function ficha_demand_conversion();
create or replace trigger tg_sales_document_tax_taxes after insert on sales_document_tax referencing new table as written for each statement when (current_user = 'ficha_app' and (true)) execute function ficha_demand_taxes();
create or replace trigger tg_statement_link_client before insert on statement_link for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_living_client();
create or replace trigger tg_statement_link_expires_on before insert on statement_link for each row when (current_user = 'ficha_app' and (new.expires_on < new.created_at::date - 1)) execute function ficha_refuse();
create or replace trigger tg_statement_link_revoked before update on statement_link for each row when (current_user = 'ficha_app' and (old.revoked_at is not null and (old.revoked_at) is distinct from (new.revoked_at))) execute function ficha_refuse();
create or replace trigger tg_tombstone_erased before insert on tombstone for each row when (current_user = 'ficha_app' and (true)) execute function ficha_demand_erased();
