"""`MinioStore` on a real S3 server: what is put is got, and links work where they should and not elsewhere."""

import asyncio
import datetime
import hashlib
import io
from collections.abc import Generator
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import UUID, uuid4

import httpx
import pytest

from server.embedded import S3
from storage import MinioStore, ObjectNotFoundError, ObjectStore, StorageError, document_key
from storage.object_store import FormPost
from tests.uploading import soon

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


@pytest.mark.claims(
    "docs/settings.md",
    "The bucket is created if it is not there and the key may do so.",
)
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


@pytest.mark.claims(
    "docs/settings.md",
    "Files are sent to `FICHA_S3_PUBLIC_ENDPOINT`, the address at which browsers reach the store; the "
    "host is part of the signature.",
)
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


def send(post: FormPost, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.post(
        post.url, data=dict(post.fields), files={"file": content}, headers=headers, trust_env=False, timeout=60
    )


def test_a_form_stores_exactly_its_size_under_its_key_until_it_expires(store: MinioStore) -> None:
    form = store.presign_post("c/1", size=4, expires_at=soon())
    assert send(form, b"hola").status_code == 204
    assert asyncio.run(store.get("c/1")) == b"hola"
    assert [send(form, content).status_code for content in (b"hol", b"hola!")] == [400, 400]
    assert send(FormPost(form.url, {**form.fields, "key": "c/2"}), b"hola").status_code == 403
    late = store.presign_post("c/1", size=4, expires_at=datetime.datetime.now(datetime.UTC) - timedelta(seconds=1))
    assert send(late, b"hola").status_code == 403


def test_objects_are_listed_by_pages_in_the_order_of_their_bytes(store: MinioStore) -> None:
    names = ["0", "00", "1", "Z", "a/1", "a/10", "a/2", "a/b/1", "a/b/c", "a0", "b", "ñ"]
    keys = [f"pages/{name}" for name in names]
    for key in keys:
        asyncio.run(store.put(key, b"hola", "text/plain"))
    whole = [each.key for each in asyncio.run(store.list_objects("pages/"))]
    for most in (1, 2, 3, len(keys)):
        after, paged = "", list[str]()
        while page := asyncio.run(store.list_objects("pages/", after, most)):
            assert len(page) <= most
            paged += [each.key for each in page]
            after = page[-1].key
        assert paged == whole == keys
    # After a key that nothing has, and after one that another begins with.
    for after, expected in (("pages/Z5", "pages/a/1"), ("pages/a/1", "pages/a/10"), ("pages/a/b/0", "pages/a/b/1")):
        [first] = asyncio.run(store.list_objects("pages/", after, 1))
        assert first.key == expected


def test_objects_are_joined_copied_listed_and_removed(store: MinioStore) -> None:
    first = bytes(5 << 20)
    for key, content in (("c/parts/1", first), ("c/parts/2", b"fin"), ("d/1", b"otro")):
        asyncio.run(store.put(key, content, "text/plain"))
    asyncio.run(store.join(["c/parts/1", "c/parts/2"], "c/whole"))
    file = io.BytesIO()
    assert asyncio.run(store.copy_into("c/whole", file, 6 << 20)) == hashlib.sha256(first + b"fin").hexdigest()
    assert file.getvalue() == first + b"fin"
    beginning = io.BytesIO()
    asyncio.run(store.copy_into("c/whole", beginning, 10))
    assert 10 < len(beginning.getvalue()) < 5 << 20
    listed = asyncio.run(store.list_objects("c/"))
    assert [(each.key, each.size) for each in listed] == [
        ("c/parts/1", 5 << 20),
        ("c/parts/2", 3),
        ("c/whole", (5 << 20) + 3),
    ]
    asyncio.run(store.remove(["c/parts/1", "c/parts/2", "nothing"]))
    assert [each.key for each in asyncio.run(store.list_objects("c/"))] == ["c/whole"]
    with pytest.raises(ObjectNotFoundError):
        asyncio.run(store.join(["c/parts/1"], "c/again"))


@pytest.mark.claims(
    "docs/documents.md",
    "From a page of another origin than the store's, the origin must be in `FICHA_CORS_ORIGINS`; the "
    "bucket's CORS rules are then set when Ficha starts.",
)
@pytest.mark.claims(
    "docs/settings.md",
    "Pages of other origins send files to the store themselves: name them in `FICHA_CORS_ORIGINS`, and "
    "the bucket's CORS rules are set at the start.",
)
def test_pages_of_the_given_origins_may_post(s3: S3) -> None:
    bucket = f"storage-{uuid4().hex}"
    with MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket) as store:
        asyncio.run(store.ensure_bucket(["https://app.example.mx", "http://127.0.0.1:5173"]))
        form = store.presign_post("c/1", size=4, expires_at=soon())
        allowed = [
            send(form, b"hola", {"Origin": origin}).headers.get("access-control-allow-origin")
            for origin in ("https://app.example.mx", "http://127.0.0.1:5173", "https://evil.example")
        ]
    assert allowed == ["https://app.example.mx", "http://127.0.0.1:5173", None]


@pytest.mark.claims(
    "docs/documents.md",
    "After a redirect to another server browsers send `Origin: null`.",
    "So the bucket's CORS rules then allow every origin to read; reading still needs a link.",
)
@pytest.mark.parametrize("redirected", [False, True])
def test_pages_that_were_redirected_may_read_and_no_more(s3: S3, redirected: bool) -> None:
    bucket = f"storage-{uuid4().hex}"
    with MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket) as store:
        asyncio.run(store.ensure_bucket(["https://app.example.mx"], redirected=redirected))
        form = store.presign_post("c/1", size=4, expires_at=soon())
        posted = send(form, b"hola", {"Origin": "null"})
        link = store.presign_get("c/1", filename="a.txt", content_type="text/plain", expires=MINUTE)
        read = {
            origin: httpx.get(link, headers={"Origin": origin}, trust_env=False, timeout=60)
            for origin in ("null", "https://app.example.mx")
        }
        unsigned = httpx.get(link.partition("?")[0], headers={"Origin": "null"}, trust_env=False, timeout=60)
    allowed = {origin: answer.headers.get("access-control-allow-origin") for origin, answer in read.items()}
    assert allowed["null"] in (("*", "null") if redirected else (None,))
    assert allowed["https://app.example.mx"] in ("https://app.example.mx", "*" if redirected else "")
    assert posted.headers.get("access-control-allow-origin") is None
    assert unsigned.status_code == 403


def test_objects_can_be_encrypted_at_rest(s3: S3) -> None:
    bucket = f"storage-{uuid4().hex}"
    keys = {"access_key": s3.access_key, "secret_key": s3.secret_key, "bucket": bucket}
    with MinioStore(s3.endpoint, **keys, encrypted=True) as store:
        asyncio.run(store.ensure_bucket())
        form = store.presign_post("c/1", size=4, expires_at=soon())
        assert send(form, b"hola").status_code == 204
        asyncio.run(store.join(["c/1"], "c/2"))
        for key in ("c/1", "c/2"):
            link = store.presign_get(key, filename="a.txt", content_type="text/plain", expires=MINUTE)
            answer = httpx.get(link, trust_env=False, timeout=60)
            assert (answer.content, answer.headers["x-amz-server-side-encryption"]) == (b"hola", "AES256")
