"""Keys for other systems, given out with a secret that is shown once."""

from domain.api_key import create_api_key
from loaders.api_key import ApiKeyEntity
from resolvers.mutation import record
from resolvers.secret import issuing

shown = record(ApiKeyEntity)
creating = issuing(create_api_key, ApiKeyEntity)
