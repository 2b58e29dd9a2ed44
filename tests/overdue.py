"""What is overdue of clients, as their rows would have it if they had been written on another day."""

import datetime

from sqlalchemy import text

from tests.fixtures import Company

_AS_OF = text("""
update client c set overdue_cents = s.cents, overdue_after = s.after, overdue_until = s.until
from client k cross join lateral ficha_overdue(k.company_id, k.id, cast(:day as date)) s
where k.company_id = :company and c.company_id = k.company_id and c.id = k.id
    and (cast(:one_in as int) = 1 or abs(hashtext(k.id::text)) % :one_in = 0)
""")


def as_of(company: Company, day: datetime.date, one_in: int = 1) -> None:
    """The rows of the company's clients, or of one in so many, have what was overdue on the day."""
    company.owner.execute(_AS_OF, {"company": company.id, "day": day, "one_in": one_in})
