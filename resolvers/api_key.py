"""Keys for other systems: listed, made, revoked."""

from domain.api_key import create_api_key
from loaders.api_key import ApiKeyEntity
from resolvers.mutation import record
from resolvers.relation import newest_first
from resolvers.secret import issuing

api_keys = newest_first()
shown = record(ApiKeyEntity)
creating = issuing(create_api_key, ApiKeyEntity)
