"""Data that the database accepts but that a person should check, for example after a migration."""

from collections.abc import Iterator

import psycopg

from models.sales_document import FISCAL, UNISSUED
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
_FISCAL, _UNISSUED = (", ".join(repr(str(value)) for value in values) for values in (FISCAL, UNISSUED))
# A CFDI is stamped within 72 hours of its issue.
_UNSTAMPED = f"""
select company.name, 'com_' || company.id, count(*), min(issued_at)::date,
    array_to_string((array_agg(folio order by issued_at, document.id))[1:20], ', ')
from sales_document document join company on company.id = document.company_id
where uuid is null and type in ({_FISCAL}) and state not in ({_UNISSUED}) and issued_at < now() - interval '72 hours'
group by company.id order by company.name, company.id
"""  # noqa: S608  # literals


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
        for name, id, documents, since, folios in connection.execute(_UNSTAMPED.encode()).fetchall():
            yield (
                f"{name} ({id}): {documents} issued invoices and credit notes have no fiscal folio after 72 hours, the"
                f" oldest since {since}: {folios}{', …' if documents > 20 else ''}. Those that were stamped:"
                " registerStamp, or importCfdi. The others: cancelSalesDocument, and issue them anew."
            )
