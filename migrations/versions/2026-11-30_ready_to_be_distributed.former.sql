-- What the functions of revision 0043 were before it.

create or replace function ficha_tally_client() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if tg_op = 'INSERT' then
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, count(*) from made where deleted_at is null group by 1, 2, 3;
        elsif tg_op = 'DELETE' then
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, -count(*) from gone where deleted_at is null group by 1, 2, 3;
        else
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, sum(more)
            from (
                select company_id, kind, owner_id, 1 as more from made where deleted_at is null
                union all
                select company_id, kind, owner_id, -1 from gone where deleted_at is null
            ) changed
            group by 1, 2, 3 having sum(more) <> 0;
        end if;
        return null;
    end
    $$;

create or replace function ficha_post() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        update sales_document d
        set paid = s.paid, credited = s.credited, state = case
            when d.state in ('DRAFT', 'CONVERTED', 'CANCELLED') then d.state
            when s.paid + s.credited = d.total then 'PAID'
            when s.paid > 0 then 'PARTIALLY_PAID'
            when d.state in ('PAID', 'PARTIALLY_PAID') then 'SENT'
            else d.state
        end
        from (
            select l.company_id, l.sales_document_id as id,
                coalesce(-sum(l.amount) filter (
                    where l.kind = 'PAYMENT' or l.kind = 'APPLICATION' and l.payment_id is not null
                ), 0) as paid,
                coalesce(-sum(l.amount) filter (
                    where l.kind = 'ADJUSTMENT' or l.kind = 'APPLICATION' and l.credit_note_id is not null
                ), 0) as credited
            from ledger_entry l
            where (l.company_id, l.client_id, l.sales_document_id) in (
                select p.company_id, p.client_id, p.sales_document_id from posted p where p.sales_document_id is not null
            )
            group by 1, 2
        ) s
        where d.company_id = s.company_id and d.id = s.id;

        update sales_document d set credited = s.applied, refunded = s.refunded
        from (
            select l.company_id, l.credit_note_id as id,
                coalesce(sum(l.amount) filter (where l.kind = 'APPLICATION'), 0) as applied,
                coalesce(sum(l.amount) filter (where l.kind = 'REFUND'), 0) as refunded
            from ledger_entry l
            where l.sales_document_id is null and (l.company_id, l.client_id, l.credit_note_id) in (
                select p.company_id, p.client_id, p.credit_note_id from posted p where p.credit_note_id is not null
            )
            group by 1, 2
        ) s
        where d.company_id = s.company_id and d.id = s.id;

        update payment m set applied = s.applied, refunded = s.refunded
        from (
            select l.company_id, l.payment_id as id,
                coalesce(sum(l.amount) filter (where l.kind = 'APPLICATION'), 0) as applied,
                coalesce(sum(l.amount) filter (where l.kind = 'REFUND'), 0) as refunded
            from ledger_entry l
            where l.sales_document_id is null and (l.company_id, l.client_id, l.payment_id) in (
                select p.company_id, p.client_id, p.payment_id from posted p where p.payment_id is not null
            )
            group by 1, 2
        ) s
        where m.company_id = s.company_id and m.id = s.id;

        -- In the company's currency each document, payment and credit note is rounded by itself.
        update client c
        set balance = c.balance + s.more, credit_balance = c.credit_balance - s.credit
        from (
            select company_id, client_id, sum(more) as more, coalesce(sum(more) filter (where not owed), 0) as credit
            from (
                select a.company_id, a.client_id, a.owed,
                    round(sum(l.amount) * l.exchange_rate, 2)
                        - round((sum(l.amount) - a.more) * l.exchange_rate, 2) as more
                from (
                    select p.company_id, p.client_id, p.sales_document_id is not null as owed,
                        coalesce(p.sales_document_id, p.payment_id, p.credit_note_id) as id, sum(p.amount) as more
                    from posted p group by 1, 2, 3, 4
                ) a
                join ledger_entry l on l.company_id = a.company_id and l.client_id = a.client_id
                    and case when a.owed then l.sales_document_id = a.id
                        else l.sales_document_id is null and (l.payment_id = a.id or l.credit_note_id = a.id) end
                group by a.company_id, a.client_id, a.owed, a.id, a.more, l.exchange_rate
            ) of_each
            group by 1, 2
        ) s
        where c.company_id = s.company_id and c.id = s.client_id;
        return null;
    end
    $$;

create or replace function ficha_move_balance() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        update client c
        set balance = c.balance + s.sign * s.owed, credit_balance = c.credit_balance - s.sign * s.credit
        from (
            select company_id, client_id, sign, sum(owed) as owed, coalesce(sum(owed) filter (where not document), 0) as credit
            from (
                select r.company_id, r.client_id, r.sign, r.sales_document_id is not null as document,
                    round(sum(r.amount) * r.exchange_rate, 2) as owed
                from (select before.*, -1 as sign from before union all select after.*, 1 from after) r
                group by r.company_id, r.client_id, r.sign, r.sales_document_id is not null,
                    coalesce(r.sales_document_id, r.payment_id, r.credit_note_id), r.exchange_rate
            ) each
            group by 1, 2, 3
        ) s
        where c.company_id = s.company_id and c.id = s.client_id;
        return null;
    end
    $$;

create or replace function ficha_overdue(company uuid, client uuid, today date, out cents bigint, out after date, out until date)
    language sql stable set search_path = public, pg_temp
    as $$
    select coalesce(sum(d.owed) filter (where d.due_on < $3), 0) * 100,
        max(d.due_on) filter (where d.due_on < $3), min(d.due_on) filter (where d.due_on >= $3)
    from (
        select due_on, round((total - paid - credited) * exchange_rate, 2) as owed from sales_document
        where company_id = $1 and client_id = $2 and type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') and due_on is not null
    ) d
    where d.owed > 0
    $$;

create or replace function ficha_newest_activity(company uuid, client uuid)
    returns table (last_client_activity_at timestamptz, last_sales_activity_at timestamptz, last_billing_activity_at timestamptz, last_deal_activity_at timestamptz, last_follow_up_activity_at timestamptz, last_document_activity_at timestamptz)
    language sql stable set search_path = public, pg_temp
    as $$
        select max(occurred_at) filter (where needs = 'clients:read') as last_client_activity_at, max(occurred_at) filter (where needs = 'sales:read') as last_sales_activity_at, max(occurred_at) filter (where needs = 'billing:read') as last_billing_activity_at, max(occurred_at) filter (where needs = 'deals:read') as last_deal_activity_at, max(occurred_at) filter (where needs = 'follow_ups:read') as last_follow_up_activity_at, max(occurred_at) filter (where needs = 'documents:read') as last_document_activity_at
        from (
            select e.occurred_at, ficha_activity_permission(e.kind) as needs from history_event e
            where e.company_id = company and e.client_id = client
        ) of_client
    $$;

create or replace function ficha_next_follow_up(company uuid, client uuid) returns timestamptz
    language sql stable set search_path = public, pg_temp
    return (
        select min(f.starts_at) from follow_up f where f.company_id = company and f.client_id = client and state in ('PENDING', 'IN_PROGRESS') and deleted_at is null
    );

create or replace function ficha_search_clients(query text, in_notes boolean default false)
    returns table (client_id uuid, rank real)
    language sql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set pg_trgm.word_similarity_threshold = 0.5
    as $$
        select hit.client_id, max(hit.rank)
        from (
            select c.id as client_id, word_similarity(query, c.search_text) as rank
            from client c
            where c.company_id = ficha_company() and query <% c.search_text
            union all
            select c.client_id, word_similarity(query, c.search_text)
            from contact c
            where c.company_id = ficha_company() and query <% c.search_text and c.deleted_at is null
            union all
            select c.id, word_similarity(query, ficha_fold(c.internal_note))
            from client c
            where in_notes and c.company_id = ficha_company() and c.internal_note is not null
                and query <% ficha_fold(c.internal_note)

            union all
            select c.id, 2
            from client c
            where c.company_id = ficha_company() and ficha_bare(c.external_id) = nullif(ficha_bare(query), '')

        ) hit
        group by hit.client_id
    $$;

create or replace function ficha_memberships(issuer text, subject text, email text, only_in uuid[], not_in uuid[])
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

create or replace function ficha_held(company uuid, out documents bigint, out uploads bigint)
    language sql stable security definer
    set search_path = public, pg_temp
    set row_security = off
    as $$ select
        (select count(*) from document where company_id = $1),
        (select count(*) from document_upload where company_id = $1)
    $$;

create or replace function ficha_companies() returns setof uuid
    language sql stable security definer rows 10
    set search_path = public, pg_temp
    as $$ select id from company order by id $$;

create or replace function ficha_administers() returns boolean
    language sql stable set search_path = public, pg_temp
    as $$
        select exists (
            select from collaborator actor join company on company.id = actor.company_id
            where actor.company_id = ficha_company() and actor.id = ficha_collaborator() and actor.active
                and (actor.role = 'ADMIN' or company.role_permissions -> actor.role::text ? 'admin')
        )
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
        return new;
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

create or replace function ficha_add_activity() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        needs text := ficha_activity_permission(new.kind);
    begin
        update client c set (last_client_activity_at, last_sales_activity_at, last_billing_activity_at, last_deal_activity_at, last_follow_up_activity_at, last_document_activity_at) = row (case needs when 'clients:read' then new.occurred_at else c.last_client_activity_at end, case needs when 'sales:read' then new.occurred_at else c.last_sales_activity_at end, case needs when 'billing:read' then new.occurred_at else c.last_billing_activity_at end, case needs when 'deals:read' then new.occurred_at else c.last_deal_activity_at end, case needs when 'follow_ups:read' then new.occurred_at else c.last_follow_up_activity_at end, case needs when 'documents:read' then new.occurred_at else c.last_document_activity_at end)
        where c.company_id = new.company_id and c.id = new.client_id
            and coalesce(case needs when 'clients:read' then c.last_client_activity_at when 'sales:read' then c.last_sales_activity_at when 'billing:read' then c.last_billing_activity_at when 'deals:read' then c.last_deal_activity_at when 'follow_ups:read' then c.last_follow_up_activity_at when 'documents:read' then c.last_document_activity_at end < new.occurred_at, true);
        return null;
    end
    $$;

create or replace function ficha_having(place text, parts text[], spot text, most integer) returns table (id uuid)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set cpu_tuple_cost = 0.5
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
        words constant text[] := array(
            select case when place = 'client_key' then ficha_bare(part) when spot = 'word' then part else ficha_fold(part) end
            from unnest(parts) part
        );
        patterns constant text[] := array(
            select unnest(case
                when spot = 'word' and word ~ '^[0-9][0-9]?$'
                    then array[word, word || ' %', '% ' || word, '% ' || word || ' %']
                else ficha_patterns(word)
            end) from unnest(words) word
        );
    begin
        -- There are trigrams of the beginnings of words, and of what has three characters.
        if exists (select from unnest(words) word where length(word) < case when spot = 'anywhere' then 3 else 1 end) then
            return query select null::uuid from generate_series(1, most);
            return;
        end if;
        -- An index of trigrams brings all rows before the first is looked at: hundreds of thousands of a common part.
        if (case place
                when 'client' then (select count(*) >= 5 from ((select x.search_text as text from client x where x.company_id = company  order by x.id limit 100) union all (select x.search_text from client x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'client_key' then (select count(*) >= 5 from ((select ficha_bare(x.external_id) as text from client x where x.company_id = company and x.external_id is not null order by x.id limit 100) union all (select ficha_bare(x.external_id) from client x where x.company_id = company and x.external_id is not null order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'contact' then (select count(*) >= 5 from ((select x.search_text as text from contact x where x.company_id = company  order by x.id limit 100) union all (select x.search_text from contact x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'contact_job' then (select count(*) >= 5 from ((select ficha_fold(x.job_title) as text from contact x where x.company_id = company and x.job_title is not null order by x.id limit 100) union all (select ficha_fold(x.job_title) from contact x where x.company_id = company and x.job_title is not null order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'deal' then (select count(*) >= 5 from ((select ficha_words(x.title, x.description) as text from deal x where x.company_id = company  order by x.id limit 100) union all (select ficha_words(x.title, x.description) from deal x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'follow_up' then (select count(*) >= 5 from ((select x.search_text as text from follow_up x where x.company_id = company  order by x.id limit 100) union all (select x.search_text from follow_up x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'sales_document' then (select count(*) >= 5 from ((select ficha_words(x.folio, x.number::text) as text from sales_document x where x.company_id = company  order by x.id limit 100) union all (select ficha_words(x.folio, x.number::text) from sales_document x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                when 'document' then (select count(*) >= 5 from ((select x.search_text as text from document x where x.company_id = company  order by x.id limit 100) union all (select x.search_text from document x where x.company_id = company  order by x.id desc limit 100)) x where x.text like any (patterns))
                else false
            end)
        then
            return query select null::uuid from generate_series(1, most);
            return;
        end if;
        case place
            when 'document_tag' then return query
                select x.id from document x where x.company_id = company and x.tags && parts limit most;
            when 'client' then return query select x.id from client x where x.company_id = company and x.search_text like any (patterns)  limit most;
            when 'client_key' then return query select x.id from client x where x.company_id = company and ficha_bare(x.external_id) like any (patterns) and x.external_id is not null limit most;
            when 'contact' then return query select x.id from contact x where x.company_id = company and x.search_text like any (patterns)  limit most;
            when 'contact_job' then return query select x.id from contact x where x.company_id = company and ficha_fold(x.job_title) like any (patterns) and x.job_title is not null limit most;
            when 'deal' then return query select x.id from deal x where x.company_id = company and ficha_words(x.title, x.description) like any (patterns)  limit most;
            when 'follow_up' then return query select x.id from follow_up x where x.company_id = company and x.search_text like any (patterns)  limit most;
            when 'sales_document' then return query select x.id from sales_document x where x.company_id = company and ficha_words(x.folio, x.number::text) like any (patterns)  limit most;
            when 'document' then return query select x.id from document x where x.company_id = company and x.search_text like any (patterns)  limit most;
        end case;
    end
    $$;

create or replace function ficha_keep_overdue() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select d.company_id, d.client_id
            from (select * from before union all select * from after) d
            where d.type in ('SALES_NOTE', 'INVOICE') and d.state <> 'DRAFT' and d.due_on is not null
            group by 1, 2 order by 1, 2
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set overdue_cents = s.cents, overdue_after = s.after, overdue_until = s.until
            from ficha_overdue(one.company_id, one.client_id, ficha_today(one.company_id)) s
            where c.company_id = one.company_id and c.id = one.client_id
                and (c.overdue_cents, c.overdue_after, c.overdue_until) is distinct from (s.cents, s.after, s.until);
        end loop;
        return null;
    end
    $$;

create or replace function ficha_renew_overdue(most integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
        ids uuid[];
        done integer := 0;
    begin
        for one in select c.id, ficha_today(c.id) as day from company c order by c.id loop
            ids := array(
                select c.id from client c where c.company_id = one.id and c.overdue_until < one.day
                order by c.overdue_until limit most - done for no key update skip locked
            );
            continue when ids = '{}';
            update client c set overdue_cents = s.cents, overdue_after = s.after, overdue_until = s.until
            from unnest(ids) lapsed (id) cross join lateral ficha_overdue(one.id, lapsed.id, one.day) s
            where c.company_id = one.id and c.id = lapsed.id;
            done := done + cardinality(ids);
            exit when done >= most;
        end loop;
        return done;
    end
    $$;

create or replace function ficha_keep_activity() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select company_id, client_id from (
                (
                    select company_id, client_id, id, kind, occurred_at from before
                    except select company_id, client_id, id, kind, occurred_at from after
                )
                union all
                (
                    select company_id, client_id, id, kind, occurred_at from after
                    except select company_id, client_id, id, kind, occurred_at from before
                )
            ) changed
            group by company_id, client_id order by company_id, client_id
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set (last_client_activity_at, last_sales_activity_at, last_billing_activity_at, last_deal_activity_at, last_follow_up_activity_at, last_document_activity_at) = row (n.last_client_activity_at, n.last_sales_activity_at, n.last_billing_activity_at, n.last_deal_activity_at, n.last_follow_up_activity_at, n.last_document_activity_at)
            from ficha_newest_activity(one.company_id, one.client_id) n
            where c.company_id = one.company_id and c.id = one.client_id and (c.last_client_activity_at, c.last_sales_activity_at, c.last_billing_activity_at, c.last_deal_activity_at, c.last_follow_up_activity_at, c.last_document_activity_at) is distinct from (n.last_client_activity_at, n.last_sales_activity_at, n.last_billing_activity_at, n.last_deal_activity_at, n.last_follow_up_activity_at, n.last_document_activity_at);
        end loop;
        return null;
    end
    $$;

create or replace function ficha_keep_next_follow_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select company_id, client_id from (
                (
                    select company_id, client_id, id, starts_at from before where state in ('PENDING', 'IN_PROGRESS') and deleted_at is null
                    except select company_id, client_id, id, starts_at from after where state in ('PENDING', 'IN_PROGRESS') and deleted_at is null
                )
                union all
                (
                    select company_id, client_id, id, starts_at from after where state in ('PENDING', 'IN_PROGRESS') and deleted_at is null
                    except select company_id, client_id, id, starts_at from before where state in ('PENDING', 'IN_PROGRESS') and deleted_at is null
                )
            ) changed
            group by company_id, client_id order by company_id, client_id
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set next_follow_up_at = n.starts_at
            from (select ficha_next_follow_up(one.company_id, one.client_id) as starts_at) n
            where c.company_id = one.company_id and c.id = one.client_id
                and c.next_follow_up_at is distinct from n.starts_at;
        end loop;
        return null;
    end
    $$;
