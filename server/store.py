"""The object store that the settings name."""

from server.settings import Settings
from storage import MinioStore


def open_store(settings: Settings) -> MinioStore:
    """To be closed, or used as a context manager."""
    return MinioStore(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        public_endpoint=settings.s3_public_endpoint,
        encrypted=settings.s3_encryption,
        largest=settings.upload_max_bytes,
    )
