"""Where the bytes of documents are: the `ObjectStore` protocol, its S3 implementation, keys, types."""

import sys
from types import ModuleType

# `minio` imports its client of MinIO's administration too, and with it two packages of cryptography that nothing else
# needs: 3 MB, and a tenth of a second of each start.
sys.modules.setdefault("minio.minioadmin", ModuleType("minio.minioadmin")).__dict__.setdefault("MinioAdmin", None)

# ruff: noqa: E402
from storage.keys import document_key
from storage.minio_store import MinioStore
from storage.object_store import ObjectNotFoundError, ObjectStore, StorageError

__all__ = ["MinioStore", "ObjectNotFoundError", "ObjectStore", "StorageError", "document_key"]
