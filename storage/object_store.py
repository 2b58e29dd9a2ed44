"""What Ficha asks of an object store.

Errors: StorageError (the store failed or cannot be reached), and below it ObjectNotFoundError.
"""

from datetime import timedelta
from typing import Protocol


class StorageError(Exception):
    """The store refused or could not be reached. The text is one line, for a log."""


class ObjectNotFoundError(StorageError):
    """There is no object with that key."""


class ObjectStore(Protocol):
    """Objects of one bucket, by key. Keys come from `storage.keys`, never from what people typed."""

    async def ensure_bucket(self) -> None:
        """Make the bucket unless it is there."""
        ...

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store the object whole; an earlier one of that key is replaced."""
        ...

    async def get(self, key: str) -> bytes:
        """The object's bytes, whole. Raises ObjectNotFoundError."""
        ...

    def presign_get(
        self, key: str, *, filename: str, content_type: str, inline: bool = False, expires: timedelta
    ) -> str:
        """An address that whoever holds it may GET until it expires (at most 7 days); signed here, without the network.

        The answer is a download called `filename`; with `inline` it is shown, if its type is harmless in a browser.
        """
        ...
