"""`MinioStore` on a real S3 server: what is put is got, and links work where they should and not elsewhere."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import UUID, uuid4

import pytest

from server.embedded import S3
from storage import MinioStore, ObjectNotFoundError, ObjectStore, StorageError, document_key

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(s3: S3) -> Generator[MinioStore]:
    bucket = f"storage-{uuid4().hex}"
    with MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket) as store:
        asyncio.run(store.ensure_bucket())
        yield store


def test_what_is_put_is_got_from_any_event_loop(store: ObjectStore) -> None:
    key = document_key(uuid4(), uuid4())
    asyncio.run(store.put(key, b"\x00\xffuno", "application/pdf"))
    asyncio.run(store.put(key, b"dos", "application/pdf"))
    assert asyncio.run(store.get(key)) == b"dos"


def test_making_the_bucket_twice_at_once_is_no_error(s3: S3) -> None:
    bucket = f"storage-{uuid4().hex}"
    with MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket) as store:

        async def twice() -> None:
            await asyncio.gather(store.ensure_bucket(), store.ensure_bucket())
            await store.ensure_bucket()
            await store.put("k", b"v", "text/plain")

        asyncio.run(twice())
        assert asyncio.run(store.get("k")) == b"v"


def test_a_missing_object_says_so(store: ObjectStore) -> None:
    with pytest.raises(ObjectNotFoundError, match=r"^NoSuchKey: .*nothing"):
        asyncio.run(store.get("nothing"))


def test_an_unreachable_store_is_one_line() -> None:
    with MinioStore("http://127.0.0.1:9", access_key="a", secret_key="b", bucket="none") as store:
        with pytest.raises(StorageError) as caught:
            asyncio.run(store.get("k"))
        assert "\n" not in str(caught.value)


def test_a_wrong_secret_is_a_storage_error(s3: S3) -> None:
    with (
        MinioStore(s3.endpoint, access_key=s3.access_key, secret_key="wrong", bucket="none") as stranger,
        pytest.raises(StorageError, match=r"^SignatureDoesNotMatch: "),
    ):
        asyncio.run(stranger.get("k"))


@pytest.mark.parametrize(
    "name", ["Contrato «Ñandú» & Cía (firmado) #1 100%.pdf", "微信图片.pdf", 'a"b;c.pdf', "a\r\nb.pdf"]
)
@pytest.mark.parametrize("inline", [True, False])
def test_a_link_gives_the_bytes_under_the_name(store: ObjectStore, name: str, inline: bool) -> None:
    key = document_key(uuid4(), uuid4())
    asyncio.run(store.put(key, b"%PDF-1.7", "application/octet-stream"))
    link = store.presign_get(key, filename=name, content_type="application/pdf", inline=inline, expires=MINUTE)
    with urlopen(link) as answer:
        assert answer.read() == b"%PDF-1.7"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline; " if inline else "attachment; ")


def test_a_changed_link_is_refused(store: ObjectStore) -> None:
    mine, theirs = document_key(uuid4(), uuid4()), document_key(uuid4(), uuid4())
    for key in (mine, theirs):
        asyncio.run(store.put(key, b"secret", "text/plain"))
    link = store.presign_get(mine, filename="a.txt", content_type="text/plain", expires=MINUTE)
    for forged in (link.replace(mine, theirs), link.replace("attachment", "inline"), link.partition("?")[0]):
        assert forged != link
        with pytest.raises(HTTPError) as caught, urlopen(forged):
            pass
        assert caught.value.code == 403
        caught.value.close()


def test_links_are_signed_for_the_public_endpoint_without_the_network() -> None:
    with MinioStore(
        "http://127.0.0.1:9",
        access_key="a",
        secret_key="b",
        bucket="papers",
        public_endpoint="https://files.example.com:8443",
    ) as store:
        link = urlsplit(store.presign_get("c/d", filename="x.pdf", content_type="application/pdf", expires=MINUTE))
    assert (link.scheme, link.netloc, link.path) == ("https", "files.example.com:8443", "/papers/c/d")
    assert "X-Amz-Expires=60" in link.query


def test_keys_are_opaque() -> None:
    key = document_key(UUID(int=1), UUID(int=2))
    assert key == "00000000000000000000000000000001/00000000000000000000000000000002"
