-- What the revision 0027 installs: the guards that refuse on one condition, as `models/guards.py` writes them since they state
-- the condition alone. They refuse what they refused.

create or replace function ficha_demand_receptor() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if new.rfc is distinct from (
            select c.rfc from client c where c.company_id = new.company_id and c.id = new.client_id
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
        return new;
    end
    $$;

create or replace function ficha_demand_erased() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if exists (select from client c where c.company_id = new.company_id and c.id = new.id)
            or exists (select from document d where d.company_id = new.company_id and d.id = new.id) then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
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
        return new;
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
        return new;
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
        return new;
    end
    $$;
