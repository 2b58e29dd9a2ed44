"""The protocol of an object store.

Errors: StorageError (the store failed or cannot be reached), and below it ObjectNotFoundError.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol


class StorageError(Exception):
    """The store refused or could not be reached. The text is one line, for a log."""


class ObjectNotFoundError(StorageError):
    """There is no object with that key."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of a listing; `size` in bytes."""

    key: str
    size: int
    modified_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class FormPost:
    """A form that stores one object: POST to `url` as multipart/form-data the `fields`, and after them the `file`."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Put:
    """A request that stores one object: PUT its bytes to `url` with exactly these `headers`, beside those that every
    HTTP client sends itself."""

    url: str
    headers: Mapping[str, str]


class ObjectStore(Protocol):
    """Objects of one bucket, by key. Keys come from `storage.keys`, never from what people typed.

    `largest` is how many bytes a file may have that people send.
    """

    largest: int

    async def ensure_bucket(self, origins: Sequence[str] = (), *, redirected: bool = False) -> None:
        """Make the bucket unless it is there; pages of these origins may read and post (CORS), those that are
        `redirected` to links too. Without origins that is left as it is."""
        ...

    async def check(self) -> None:
        """Raises StorageError where the bucket cannot be reached now."""
        ...

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store the object whole; an earlier one of that key is replaced."""
        ...

    async def get(self, key: str, offset: int = 0, length: int = 0) -> bytes:
        """So many of the object's bytes; without a length, all from there on. Raises ObjectNotFoundError."""
        ...

    async def copy_into(self, key: str, file: BinaryIO, most: int) -> str:
        """Writes the object's bytes to the file, of more than `most` only the beginning, which has more than that;
        returns their SHA-256 in hexadecimal. Raises ObjectNotFoundError."""
        ...

    async def join(self, keys: Sequence[str], into: str) -> None:
        """Makes one object of several, each but the last of 5 MiB or more, in the store. Raises ObjectNotFoundError."""
        ...

    async def remove(self, keys: Iterable[str]) -> None:
        """Removes the objects; those that are not there are no error."""
        ...

    async def list_objects(self, prefix: str, after: str = "", most: int | None = None) -> Sequence[StoredObject]:
        """The objects whose key begins with the prefix and comes after that one, by their keys' bytes; at most so many,
        or all."""
        ...

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
        """A URL that anyone may GET, or HEAD if that is the method, until it expires (at most 7 days); signed here,
        without a request to the store.

        The answer is a download called `filename`; with `inline` it is shown, if its type is harmless in a browser.
        """
        ...

    def presign_post(self, key: str, *, size: int, expires_at: datetime.datetime) -> FormPost:
        """A form that stores exactly `size` bytes under exactly this key, until then; signed here."""
        ...

    def presign_put(self, key: str, *, size: int, content_type: str, expires_at: datetime.datetime) -> Put:
        """A request that stores so many bytes of this type under exactly this key, until then; signed here. A store
        that does not compare the signed `Content-Length` takes another number of them: look at what arrived."""
        ...
