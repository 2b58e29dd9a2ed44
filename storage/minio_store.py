"""An `ObjectStore` over any S3-compatible server, by the `minio` package."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Self, TypeVar
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from storage.disposition import content_disposition
from storage.object_store import ObjectNotFoundError, StorageError

Result = TypeVar("Result")


class MinioStore:
    """Requests run in a few threads of the store's own, as the package blocks; any number of event loops may use it.

    Endpoints are http(s) URLs without a path. Links are signed for `public_endpoint`, which is where their readers
    reach the same store. Close it, or use it as a context manager.
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
        threads: int = 8,
    ) -> None:
        http = PoolManager(
            maxsize=threads,
            timeout=Timeout(connect=5, read=60),
            retries=Retry(total=3, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
        )

        def client(url: str) -> Minio:
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

        self._client = client(endpoint)
        self._public = client(public_endpoint or endpoint)
        self._bucket = bucket
        self._http = http
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="object-store")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let running requests finish, and give up threads and connections."""
        self._threads.shutdown()
        self._http.clear()

    async def ensure_bucket(self) -> None:
        def ensure() -> None:
            if self._client.bucket_exists(self._bucket):
                return
            try:
                self._client.make_bucket(self._bucket)
            except S3Error as error:
                # Another process was faster; a bucket of somebody else's says so on first use.
                if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                    raise

        await self._run(ensure)

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        await self._run(
            lambda: self._client.put_object(
                self._bucket, key, BytesIO(content), len(content), content_type=content_type
            )
        )

    async def get(self, key: str) -> bytes:
        def get() -> bytes:
            response = self._client.get_object(self._bucket, key)
            try:
                return response.data
            finally:
                response.close()
                response.release_conn()

        return await self._run(get)

    def presign_get(
        self, key: str, *, filename: str, content_type: str, inline: bool = False, expires: timedelta
    ) -> str:
        return self._public.presigned_get_object(
            self._bucket,
            key,
            expires=expires,
            response_headers={
                "response-content-disposition": content_disposition(filename, content_type, inline=inline),
                "response-content-type": content_type,
            },
        )

    async def _run(self, request: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, request)
        except S3Error as error:
            kind = ObjectNotFoundError if error.code == "NoSuchKey" else StorageError
            raise kind(f"{error.code}: {error.message} ({error.resource})") from error
        except (MinioException, HTTPError) as error:
            raise StorageError(" ".join(str(error).split())) from error
