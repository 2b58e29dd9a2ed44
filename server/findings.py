"""Data that the database accepts but that a person should check, for example after a migration."""

from collections.abc import Iterator

import psycopg

from server.settings import Settings

_RFCS = """
select upper(rfc), string_agg('com_' || id || ' ' || name, ', ' order by created_at, id)
from company group by upper(rfc) having count(*) > 1 order by 1
"""
_ACCOUNTS = """
select company.name, 'com_' || company.id, count(*), count(distinct account_number)
from bank_account join company on company.id = bank_account.company_id
where role = 'DEPOSIT' and company_account_id is null and deleted_at is null
group by company.id order by company.name, company.id
"""
_CANCELLED = """
select company.name, 'com_' || company.id, count(*), string_agg(folio, ', ' order by folio) filter (where place <= 5)
from (
    select
        sales_document.company_id, folio,
        row_number() over (partition by sales_document.company_id order by folio) place
    from cancellation
    join sales_document on (sales_document.company_id, sales_document.id) =
        (cancellation.company_id, cancellation.sales_document_id)
    where sat_state is null
) cancelled join company on company.id = cancelled.company_id
group by company.id order by company.name, company.id
"""


def findings(settings: Settings) -> Iterator[str]:
    """One line each: the finding, the company, and what to do."""
    with psycopg.connect(settings.direct_url) as connection:
        for rfc, companies in connection.execute(_RFCS).fetchall():
            yield f"RFC {rfc} is of several companies: {companies}. Correct all but one with updateCompany."
        for name, id, accounts, numbers in connection.execute(_ACCOUNTS).fetchall():
            yield (
                f"{name} ({id}): {accounts} accounts for deposits with {numbers} numbers were typed in. Those that are"
                " the company's own: createCompanyBankAccount, then assignDepositAccount."
            )
        for name, id, documents, folios in connection.execute(_CANCELLED).fetchall():
            yield (
                f"{name} ({id}): {documents} documents with a fiscal folio were cancelled before the SAT's answer was"
                f" recorded, as {folios}. Look whether the SAT has them cancelled, and tell it with reportCancellation."
            )
