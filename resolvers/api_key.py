"""Keys for other systems: listed, made, revoked."""

from collections.abc import Mapping
from typing import Any

from domain.api_key import create_api_key
from loaders.api_key import ApiKeyEntity
from loaders.page import Order
from models.viewer import Viewer
from resolvers.mutation import record
from resolvers.reading import paged
from resolvers.secret import issuing


@paged
def api_keys(_: Viewer) -> Mapping[str, Any]:
    """The company's keys, newest first, revoked and expired ones among them."""
    return {"order": (Order("CREATED_AT", descending=True),)}


shown = record(ApiKeyEntity)
creating = issuing(create_api_key, ApiKeyEntity)
