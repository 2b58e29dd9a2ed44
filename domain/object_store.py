"""What people are told where the object store fails."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from domain.problem import error, reject
from storage.object_store import ObjectNotFoundError, StorageError

STORE_UNAVAILABLE: Final = error(
    "El almacén de archivos no responde o no tiene espacio: intente de nuevo más tarde.",
    "The file store does not answer or has no room: try again later.",
)

log = logging.getLogger("ficha.documents")


@contextmanager
def reaching_store() -> Generator[None]:
    """Within, a failure of the store is the problem `STORE_UNAVAILABLE`; what it says itself is for the log. S3 has no
    code for a full disk: SeaweedFS calls it an internal error."""
    try:
        yield
    except ObjectNotFoundError:
        raise
    except StorageError as failure:
        log.warning("the store failed: %s", failure)
        raise reject(STORE_UNAVAILABLE) from None
