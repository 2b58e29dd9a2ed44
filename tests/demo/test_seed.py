"""`seed`: the same on every machine, once only, with its files, and as big as one asks."""

import asyncio
import hashlib
from uuid import uuid4

import psycopg
import pytest

from demo import SeedError, seed
from demo.scale import ESCALA
from server.embedded import S3
from storage import MinioStore
from tests.demo.conftest import all_rows, empty_database

SIZES = {
    "client": 50,
    "contact": 100,
    "address": 100,
    "receivable_terms": 50,
    "cfdi_profile": 50,
    "bank_account": 50,
    "deal": 150,
    "follow_up": 150,
    "sales_document": 150,
    "document": 50,
    "history_event": 1000,
}


def test_two_databases_get_the_same_rows_and_a_second_run_changes_none(database_url: str, demo_url: str) -> None:
    expected = all_rows(demo_url)
    assert len(expected["history_event"]) > 600
    with empty_database(database_url) as url:
        seed(url, None)
        assert all_rows(url) == expected
        assert seed(url, None) == ("Comercializadora Demo: already there", "Ajena del Noroeste: already there")
        assert all_rows(url) == expected


@pytest.mark.claims(
    "README.md",
    "The data are real rows in PostgreSQL and real objects in an S3 store.",
)
def test_every_document_has_its_bytes_in_the_store(database_url: str, s3: S3) -> None:
    bucket = f"demo-{uuid4().hex}"
    store = MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket)
    with store, empty_database(database_url) as url:
        seed(url, store)
        with psycopg.connect(url) as connection:
            documents = connection.execute("select object_key, size, sha256 from document").fetchall()

        async def stored() -> list[bytes]:
            return await asyncio.gather(*(store.get(key) for key, _, _ in documents))

        for (key, size, sha256), content in zip(documents, asyncio.run(stored()), strict=True):
            assert (len(content), hashlib.sha256(content).hexdigest()) == (size, sha256), key
        assert len(documents) > 20


def test_a_third_company_of_any_size(database_url: str) -> None:
    calls: list[tuple[str, int, int]] = []
    with empty_database(database_url) as url:
        told = seed(url, None, clients=50, events=20, progress=lambda *call: calls.append(call))
        assert told[-1] == "Escala Industrial: 50 clients with 20 events each added"
        assert calls == [(table, size, size) for table, size in SIZES.items()]
        rows = all_rows(url)
        assert {table: sum(row[0] == ESCALA for row in rows[table]) for table in SIZES} == SIZES

        assert seed(url, None, clients=50, events=20)[-1] == "Escala Industrial: already there"
        with pytest.raises(SeedError, match=r"of another size: 50 clients with 20 events each$"):
            seed(url, None, clients=51, events=20)
        assert all_rows(url) == rows

        # A role that may not skip the foreign keys has every one of them looked up, and gets the same rows.
        with empty_database(database_url, owner=f"owner_{uuid4().hex}") as plain:
            seed(plain, None, clients=50, events=20)
            assert all_rows(plain) == rows


def test_a_failed_load_leaves_nothing(database_url: str) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("stopped by the test")

    with empty_database(database_url) as url:
        with pytest.raises(RuntimeError, match="stopped by the test"):
            seed(url, None, clients=5, events=5, progress=fail)
        assert not any(all_rows(url).values())


def test_events_need_clients(database_url: str) -> None:
    with pytest.raises(SeedError, match=r"^events are of clients"):
        seed(database_url, None, events=20)
