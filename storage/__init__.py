"""Where the bytes of documents are: the `ObjectStore` protocol, its S3 implementation, keys, types."""

from storage.keys import document_key
from storage.minio_store import MinioStore
from storage.object_store import ObjectNotFoundError, ObjectStore, StorageError

__all__ = ["MinioStore", "ObjectNotFoundError", "ObjectStore", "StorageError", "document_key"]
