"""The sweep as it is run: by its command, and by a Ficha that serves."""

import asyncio
import datetime
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from errors import CommandRefused
from models import Client, Document, DocumentUpload
from server.command.cli import cli
from server.store import open_store
from storage.minio_store import MinioStore
from tests.fixtures import Company, global_id, serving
from tests.uploading import prepare, upload
from tests.writing import rows


def run(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ficha sweep` on the company's database and bucket."""
    settings = company.ficha.settings
    for name, value in {
        "FICHA_DATA_DIR": str(settings.data_dir),
        "FICHA_DATABASE_URL": settings.database_url,
        "FICHA_S3_ENDPOINT": settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": settings.s3_secret_key,
        "FICHA_S3_BUCKET": settings.s3_bucket,
    }.items():
        monkeypatch.setenv(name, value)
    cli.main(["sweep"], standalone_mode=False)


def expire(company: Company) -> None:
    """The company's uploads ended long ago."""
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)
    for id in rows(company.owner, company, DocumentUpload, "id"):
        company.change(DocumentUpload, id, expires_at=past)


@pytest.mark.claims(
    "docs/documents.md",
    "`ficha serve` sweeps when it starts and every `FICHA_SWEEP_MINUTES`; `ficha sweep` does it once and "
    "ends with 1 where files are lost or something was refused.",
)
def test_the_command_tells_what_it_did_and_fails_where_files_are_lost(
    new_company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = new_company()
    upload(mine, b"hola", clientId=global_id(Client, mine.client()))
    [(id, key)] = rows(mine.owner, mine, Document, "id", "object_key")
    with open_store(mine.ficha.settings) as store:
        asyncio.run(store.remove([key]))
    expire(mine)
    with pytest.raises(CommandRefused, match=r"^documents have lost their object"):
        run(mine, monkeypatch)
    assert rows(mine.owner, mine, DocumentUpload, "id") == []
    assert re.match(r"1 uploads, 0 deleted documents, .*, 1 documents without", capsys.readouterr().out)
    # A lost file is for people to look into: its row stays.
    assert rows(mine.owner, mine, Document, "id") == [id]


def test_a_ficha_that_serves_sweeps_at_its_start(
    new_company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = new_company()
    prepare(mine, b"hola", clientId=global_id(Client, mine.client()))
    expire(mine)
    [listed, found] = [threading.Event(), MinioStore.list_objects]

    async def list_objects(store: MinioStore, prefix: str, *page: Any) -> Any:
        if prefix.startswith(mine.id.hex):
            listed.set()  # by then its uploads have gone
        return await found(store, prefix, *page)

    monkeypatch.setattr(MinioStore, "list_objects", list_objects)
    with serving(replace(mine.ficha.settings, sweep_minutes=60)):
        assert listed.wait(60)
    assert rows(mine.owner, mine, DocumentUpload, "id") == []
