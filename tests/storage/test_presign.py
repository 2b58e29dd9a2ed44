"""Presigned PUTs on a real S3 server, and their signature by Amazon's own example."""

import asyncio
import datetime
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from server.embedded import S3
from storage import MinioStore, ObjectNotFoundError
from storage.object_store import Put
from storage.presign import Presigner
from tests.uploading import soon


@pytest.fixture
def store(s3: S3) -> Generator[MinioStore]:
    bucket = f"presign-{uuid4().hex}"
    with MinioStore(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, bucket=bucket) as store:
        asyncio.run(store.ensure_bucket(["https://app.example.mx"]))
        yield store


def put(request: Put, content: bytes, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.put(request.url, content=content, headers={**request.headers, **names}, trust_env=False, timeout=60)


def test_the_signature_is_that_of_amazons_example() -> None:
    """ "Authenticating Requests: Using Query Parameters", Amazon S3 API Reference."""
    signer = Presigner(
        "https://examplebucket.s3.amazonaws.com",
        "us-east-1",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    at = datetime.datetime(2013, 5, 24, tzinfo=datetime.UTC)
    url = signer.url("GET", "/test.txt", {}, at, timedelta(days=1))
    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_a_put_stores_its_size_and_type_under_its_key_until_it_expires(store: MinioStore) -> None:
    request = store.presign_put("c/1", size=4, content_type="application/pdf", expires_at=soon())
    assert request.headers == {"Content-Type": "application/pdf"}
    assert put(request, b"hola").status_code == 200
    assert asyncio.run(store.get("c/1")) == b"hola"
    assert [put(request, content).status_code for content in (b"hol", b"hola!")] == [403, 403]
    assert put(request, b"HOLA", Content_Type="text/html").status_code == 403
    assert put(Put(request.url.replace("/c/1?", "/c/2?"), request.headers), b"hola").status_code == 403
    assert httpx.get(request.url, trust_env=False).status_code == 403
    late = datetime.datetime.now(datetime.UTC) - timedelta(seconds=1)
    expired = store.presign_put("c/1", size=4, content_type="application/pdf", expires_at=late)
    assert put(expired, b"HOLA").status_code in (400, 403)
    assert asyncio.run(store.get("c/1")) == b"hola"
    with pytest.raises(ObjectNotFoundError):
        asyncio.run(store.get("c/2"))


@pytest.mark.claims(
    "docs/documents.md",
    "The length goes without saying where the body is a file; a body in chunks has none and is refused.",
)
def test_a_body_of_no_known_length_is_not_stored(store: MinioStore) -> None:
    """Sent in chunks, as some clients do: they need to be told the length by a file."""
    request = store.presign_put("c/1", size=4, content_type="text/plain", expires_at=soon())
    answer = httpx.put(request.url, content=iter([b"ho", b"la"]), headers=dict(request.headers), trust_env=False)
    assert answer.status_code == 403


def test_pages_of_the_named_origins_may_put(store: MinioStore) -> None:
    request = store.presign_put("c/1", size=4, content_type="text/plain", expires_at=soon())
    asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    allowed = [
        httpx.options(request.url, headers={**asks, "Origin": origin}, trust_env=False).headers.get(
            "access-control-allow-origin"
        )
        for origin in ("https://app.example.mx", "https://evil.example")
    ]
    assert allowed == ["https://app.example.mx", None]


def test_what_is_put_is_encrypted_where_the_store_is_to(s3: S3) -> None:
    bucket = f"presign-{uuid4().hex}"
    keys: Any = {"access_key": s3.access_key, "secret_key": s3.secret_key, "bucket": bucket}
    with MinioStore(s3.endpoint, **keys, encrypted=True) as store:
        asyncio.run(store.ensure_bucket())
        request = store.presign_put("c/1", size=4, content_type="text/plain", expires_at=soon())
        assert put(Put(request.url, {"Content-Type": "text/plain"}), b"hola").status_code == 403
        assert put(request, b"hola").status_code == 200
        link = store.presign_get("c/1", filename="a.txt", content_type="text/plain", expires=timedelta(minutes=1))
        answer = httpx.get(link, trust_env=False)
        assert (answer.content, answer.headers["x-amz-server-side-encryption"]) == (b"hola", "AES256")


def test_a_put_is_signed_for_the_public_endpoint_without_the_network() -> None:
    with MinioStore(
        "http://127.0.0.1:9",
        access_key="a",
        secret_key="b",
        bucket="papers",
        public_endpoint="https://files.example.mx",
    ) as store:
        link = urlsplit(store.presign_put("c/d", size=1, content_type="text/plain", expires_at=soon()).url)
    assert (link.scheme, link.netloc, link.path) == ("https", "files.example.mx", "/papers/c/d")
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost&" in link.query
