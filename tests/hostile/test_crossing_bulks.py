"""Bulk mutations at once whose rows name the same clients, or the same stages, in opposite orders: none waits for the
other until its time limit, and each row is done once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

import models
from tests.fixtures import Company, global_id

ROWS = 12
AT_ONCE = 6

Row = Mapping[str, Any]


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def together(mine: Company, name: str, requests: Sequence[Sequence[Row]]) -> list[list[list[str]]]:
    """The codes of each row's errors, of each request."""
    query = f"""
    mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
      {name}(input: $input) {{ results {{ userErrors {{ code }} }} userErrors {{ code }} }}
    }}
    """

    def send(rows: Sequence[Row]) -> list[list[str]]:
        payload = mine.ask(query, input={"rows": rows, "errorPolicy": "REJECT_FAILED_ROWS"}).data[name]
        assert payload["userErrors"] == []
        return [[error["code"] for error in result["userErrors"]] for result in payload["results"]]

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(send, requests))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("deleteContacts", models.Contact),
        ("deleteAddresses", models.Address),
        ("deleteBankAccounts", models.BankAccount),
        ("deleteDeals", models.Deal),
        ("deleteFollowUps", models.FollowUp),
    ],
)
def test_parts_of_the_same_clients(mine: Company, name: str, model: Any) -> None:
    ids = [global_id(model, mine.add(model, client_id=mine.client())) for _ in range(ROWS)]
    rows = [{"id": id} for id in ids]
    answers = together(mine, name, [rows, rows[::-1]] * (AT_ONCE // 2))
    assert sum(not errors for answer in answers for errors in answer) == ROWS


@pytest.mark.parametrize(("name", "values"), [("createContacts", {"name": "Ana"}), ("createDeals", {"title": "Trato"})])
def test_new_parts_of_the_same_clients(mine: Company, name: str, values: Row) -> None:
    rows = [{"clientId": global_id(models.Client, mine.client()), **values} for _ in range(ROWS)]
    answers = together(mine, name, [rows, rows[::-1]] * (AT_ONCE // 2))
    assert sum(not errors for answer in answers for errors in answer) == ROWS * AT_ONCE


def test_deals_of_other_clients_in_the_same_stages(mine: Company) -> None:
    names = ("Uno", "Dos", "Tres")
    stages = [global_id(models.FunnelStage, mine.add(models.FunnelStage, name=each, position=1)) for each in names]
    clients = [global_id(models.Client, mine.client()) for _ in range(AT_ONCE)]
    requests = [
        [{"clientId": client, "title": "Trato", "stageId": stages[(place + row) % 3]} for row in range(ROWS)]
        for place, client in enumerate(clients)
    ]
    answers = together(mine, "createDeals", requests)
    assert sum(not errors for answer in answers for errors in answer) == ROWS * AT_ONCE


def test_deals_that_change_their_stages(mine: Company) -> None:
    stages = [mine.add(models.FunnelStage, name=each, position=1) for each in ("Uno", "Dos")]
    ids = [global_id(models.FunnelStage, each) for each in stages]
    requests = [
        [
            {
                "id": global_id(models.Deal, mine.add(models.Deal, client_id=client, stage_id=stages[place % 2])),
                "stageId": ids[(place + row) % 2],
            }
            for row in range(ROWS)
        ]
        for place, client in enumerate(mine.client() for _ in range(AT_ONCE))
    ]
    answers = together(mine, "updateDeals", requests)
    assert sum(not errors for answer in answers for errors in answer) == ROWS * AT_ONCE


def test_prospects_into_the_same_clients(mine: Company) -> None:
    clients = [global_id(models.Client, mine.client()) for _ in range(2)]
    requests = [
        [
            {
                "id": global_id(models.Client, mine.client(kind="PROSPECT")),
                "intoClientId": clients[(place + row) % 2],
            }
            for row in range(ROWS)
        ]
        for place in range(AT_ONCE)
    ]
    answers = together(mine, "convertProspects", requests)
    assert sum(not errors for answer in answers for errors in answer) == ROWS * AT_ONCE


def test_each_row_is_done_once_though_another_client_gets_the_rfc_meanwhile(mine: Company) -> None:
    """Who has the RFC commits while the second row waits: the rows are done again, after all of them were undone."""
    waiting = "select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
    rows = [{"legalName": "Antes"}, {"legalName": "Entre", "rfc": "GOYA780416GM0"}, {"legalName": "Después"}]
    with psycopg.connect(mine.ficha.settings.database_url) as other, ThreadPoolExecutor(1) as thread:
        other.execute("update client set rfc = 'GOYA780416GM0' where id = %s", (mine.client(),))
        answer = thread.submit(together, mine, "createClients", [rows])
        while not answer.done() and other.execute(waiting).fetchone() == (0,):
            pass
        other.commit()
        assert answer.result() == [[[], ["DUPLICATE"], []]]
        saved = "select legal_name, count(*) from client where company_id = %s and rfc is null group by 1 order by 1"
        assert other.execute(saved, (mine.id,)).fetchall() == [("Antes", 1), ("Después", 1)]
