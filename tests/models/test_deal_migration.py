"""Deals that were there before they had an order: they keep the one in which lists show them."""

import psycopg
from alembic import command

from models.ids import uuid7
from server import migrate

BEFORE = "0015"


def test_deals_keep_the_order_in_which_they_were_shown(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    company, client, *stages = (uuid7() for _ in range(4))
    deals = [uuid7() for _ in range(6)]
    days = (1, 3, 2, 3, 1, 2)
    with psycopg.connect(new_database) as owner:
        owner.execute(
            "insert into company (id, name, rfc, postal_code) values (%s, 'E', 'EKU9003173C9', '06000')", (company,)
        )
        owner.execute(
            "insert into client (company_id, id, kind, legal_name) values (%s, %s, 'CLIENT', 'X')", (company, client)
        )
        for position, stage in enumerate(stages):
            owner.execute(
                "insert into funnel_stage (company_id, id, name, position) values (%s, %s, %s, %s)",
                (company, stage, f"{position}", position),
            )
        for number, (id, day) in enumerate(zip(deals, days, strict=True)):
            owner.execute(
                "insert into deal (company_id, id, client_id, title, estimated_value, priority, state, stage_id,"
                " created_at, deleted_at) values (%s, %s, %s, 'T', 1, 'LOW', 'OPEN', %s, '2026-01-01'::timestamptz + %s"
                " * interval '1 day', case when %s then now() end)",
                (company, id, client, stages[number // 4], day, number == 2),
            )

    migrate.upgrade(new_database)
    with psycopg.connect(new_database) as owner:
        result = owner.execute("select id, position from deal order by stage_id, position").fetchall()
        # The newest first, of one instant that of the later id; deleted ones have their place, too.
        expected = [deals[place] for place in (3, 1, 2, 0, 5, 4)]
        assert result == [(id, number) for id, number in zip(expected, (1, 2, 3, 4, 1, 2), strict=True)]
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    migrate.upgrade(new_database)
