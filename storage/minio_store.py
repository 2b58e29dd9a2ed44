"""An `ObjectStore` over any S3-compatible server, by the `minio` package."""

import asyncio
import base64
import datetime
import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, TypeVar
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from minio import Minio
from minio.commonconfig import ComposeSource
from minio.datatypes import PostPolicy
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.sse import SseS3
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from storage.disposition import content_disposition
from storage.object_store import FormPost, ObjectNotFoundError, Put, StorageError, StoredObject
from storage.presign import Presigner

Result = TypeVar("Result")

SILENT_SECONDS: Final = 4
"""How long the store may be silent, twice, while it is read: whoever reads a file is told within 10 s."""
WRITING_SECONDS: Final = 60
"""How long it may be silent while it writes: it answers when all of an object is written."""

CHUNK: Final = 1 << 20
"""Bytes read at once."""

LARGEST: Final = 25 << 20
"""Bytes of a file, where no setting says otherwise."""

ENCRYPTION_FIELD: Final = "x-amz-server-side-encryption"
"""Of a form; of a PUT, a header."""


class MinioStore:
    """Requests run in a few threads of the store's own, as the package blocks; any number of event loops may use it.

    Endpoints are http(s) URLs without a path. Links are signed for `public_endpoint`, which is where their readers
    reach the same store. With `encrypted`, the store encrypts what it writes (SSE-S3). Close it, or use it as a context
    manager.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str = "us-east-1",
        public_endpoint: str | None = None,
        encrypted: bool = False,
        largest: int = LARGEST,
        threads: int = 8,
    ) -> None:
        def pool(seconds: float) -> PoolManager:
            again = Retry(total=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
            return PoolManager(maxsize=threads, timeout=Timeout(connect=2, read=seconds), retries=again)

        def client(url: str, http: PoolManager) -> Minio:
            parts = urlsplit(url)
            # With the region given, signing needs no request to ask for it.
            return Minio(
                parts.netloc,
                access_key=access_key,
                secret_key=secret_key,
                region=region,
                secure=parts.scheme == "https",
                http_client=http,
            )

        self._pools = pool(SILENT_SECONDS), pool(WRITING_SECONDS)
        self._client, self._writer = (client(endpoint, each) for each in self._pools)
        self._public = client(public_endpoint or endpoint, self._pools[0])
        self._public_url = f"{(public_endpoint or endpoint).rstrip('/')}/{bucket}"
        self._presigner = Presigner(public_endpoint or endpoint, region, access_key, secret_key)
        self._bucket = bucket
        self.largest = largest
        self._encryption = SseS3() if encrypted else None
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="object-store")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let running requests finish, and give up threads and connections."""
        self._threads.shutdown()
        for each in self._pools:
            each.clear()

    async def ensure_bucket(self, origins: Sequence[str] = (), *, redirected: bool = False) -> None:
        def ensure() -> None:
            if not self._client.bucket_exists(self._bucket):
                try:
                    self._client.make_bucket(self._bucket)
                except S3Error as error:
                    # Another process created it first; a bucket of another owner fails on first use.
                    if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                        raise
            if origins:
                self._allow(origins, redirected=redirected)

        await self._run(ensure)

    async def check(self) -> None:
        def look() -> None:
            if not self._client.bucket_exists(self._bucket):
                raise StorageError(f"there is no bucket {self._bucket}")

        await self._run(look)

    def _allow(self, origins: Sequence[str], *, redirected: bool) -> None:
        body = cors(origins, redirected=redirected).encode()
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        # The package signs any request, but has no method of its own for PutBucketCors.
        self._client._execute(  # pyright: ignore[reportPrivateUsage]  # as said
            "PUT", self._bucket, body=body, headers={"Content-MD5": digest}, query_params={"cors": ""}
        )

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        await self._run(
            lambda: self._writer.put_object(
                self._bucket, key, BytesIO(content), len(content), content_type=content_type, sse=self._encryption
            )
        )

    async def put_file(self, key: str, path: Path) -> None:
        """Store a file of any size, as an object of no particular type: its row knows what it is."""
        await self._run(lambda: self._writer.fput_object(self._bucket, key, str(path), sse=self._encryption))

    async def get(self, key: str, offset: int = 0, length: int = 0) -> bytes:
        def get() -> bytes:
            response = self._client.get_object(self._bucket, key, offset, length)
            try:
                return response.data
            finally:
                response.close()
                response.release_conn()

        return await self._run(get)

    async def copy_into(self, key: str, file: BinaryIO, most: int) -> str:
        def copy() -> str:
            digest, size = hashlib.sha256(), 0
            response = self._client.get_object(self._bucket, key)
            try:
                for chunk in response.stream(CHUNK):
                    digest.update(chunk)
                    size += file.write(chunk)
                    if size > most:
                        break
            finally:
                response.close()
                response.release_conn()
            return digest.hexdigest()

        return await self._run(copy)

    async def join(self, keys: Sequence[str], into: str) -> None:
        sources = [ComposeSource(self._bucket, key) for key in keys]

        def join() -> None:
            try:
                self._writer.compose_object(self._bucket, into, sources, sse=self._encryption)
            except ValueError as error:  # a part that is too small for the store to join
                raise StorageError(str(error)) from error

        await self._run(join)

    async def remove(self, keys: Iterable[str]) -> None:
        def remove() -> None:
            for failed in self._client.remove_objects(self._bucket, [DeleteObject(key) for key in keys]):
                raise StorageError(f"{failed.code}: {failed.message} ({failed.name})")

        await self._run(remove)

    async def list_objects(self, prefix: str, after: str = "", most: int | None = None) -> Sequence[StoredObject]:
        def listed() -> Sequence[StoredObject]:
            matches: Any = self._client.list_objects(self._bucket, prefix, recursive=True, start_after=after or None)
            return [StoredObject(each.object_name, each.size, each.last_modified) for each in islice(matches, most)]

        return await self._run(listed)

    def presign_get(
        self,
        key: str,
        *,
        filename: str,
        content_type: str,
        inline: bool = False,
        expires: timedelta,
        method: str = "GET",
    ) -> str:
        return self._public.get_presigned_url(
            method,
            self._bucket,
            key,
            expires=expires,
            response_headers={
                "response-content-disposition": content_disposition(filename, content_type, inline=inline),
                "response-content-type": content_type,
            },
        )

    def presign_post(self, key: str, *, size: int, expires_at: datetime.datetime) -> FormPost:
        fields = {"key": key} | ({ENCRYPTION_FIELD: "AES256"} if self._encryption else {})
        policy = PostPolicy(self._bucket, expires_at)
        for name, value in fields.items():
            policy.add_equals_condition(name, value)
        policy.add_content_length_range_condition(size, size)
        return FormPost(self._public_url, fields | self._public.presigned_post_policy(policy))

    def presign_put(self, key: str, *, size: int, content_type: str, expires_at: datetime.datetime) -> Put:
        headers = {"Content-Type": content_type} | ({ENCRYPTION_FIELD: "AES256"} if self._encryption else {})
        # Clients send the length themselves; most do not let it be set.
        signed = headers | {"Content-Length": str(size)}
        now = datetime.datetime.now(datetime.UTC)
        return Put(
            self._presigner.url("PUT", f"/{self._bucket}/{key}", signed, now, expires_at - now),
            headers,
        )

    async def _run(self, request: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, request)
        except S3Error as error:
            kind = ObjectNotFoundError if error.code == "NoSuchKey" else StorageError
            raise kind(f"{error.code}: {error.message} ({error.resource})") from error
        except (MinioException, HTTPError) as error:
            raise StorageError(" ".join(str(error).split())) from error


def cors(origins: Sequence[str], *, redirected: bool) -> str:
    """The bucket's CORS rules: pages of these origins may read with links, post with forms and put. A page that is
    `redirected` from another server to a link asks as the origin `null` (Fetch, 4.4): then all origins may read, which
    takes a link all the same. So does what ends in `:*`, for which stores have no pattern that SeaweedFS knows: then
    all origins may send, which takes a form that is signed."""
    origins = ["*"] if any(origin.endswith(":*") for origin in origins) else origins
    rules = [_rule(origins, "GET", "HEAD", "POST", "PUT"), *([_rule(["*"], "GET", "HEAD")] if redirected else [])]
    return f"<CORSConfiguration>{''.join(rules)}</CORSConfiguration>"


def _rule(origins: Sequence[str], *methods: str) -> str:
    allowed = "".join(f"<AllowedOrigin>{escape(origin)}</AllowedOrigin>" for origin in origins)
    allowed += "".join(f"<AllowedMethod>{method}</AllowedMethod>" for method in methods)
    return (
        f"<CORSRule>{allowed}<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
        "<MaxAgeSeconds>3600</MaxAgeSeconds></CORSRule>"
    )
