"""Keys for other systems."""

import datetime

import strawberry

from resolvers import api_key as answers
from resolvers import mutation
from schema import commands
from schema.collaborator import Collaborator
from schema.fields import answered, column, related
from schema.node import Node
from schema.payloads import Payload


@strawberry.type(
    description="A key with which another system asks in the name of the collaborator who made it (llave de API)."
)
class ApiKey(Node):
    name: str = column("What it is for.")
    scopes: list[str] = column("The permissions it was given; those count that its collaborator still has.")
    created_by: Collaborator | None = related("Who made it, and in whose name it asks.")
    created_at: datetime.datetime = column("When it was made.")
    expires_at: datetime.datetime = column("When it stops working.")
    revoked_at: datetime.datetime | None = column("When it was revoked; null while it was not.")
    revoked_by: Collaborator | None = related("Who revoked it.")
    last_used_at: datetime.datetime | None = column("When it was last used, to the minute.")


_SHOWN = "The key, as it is now; null when nothing was done or when it was only validated."


@strawberry.type(description="What `createApiKey` answers.")
class CreateApiKeyPayload(Payload):
    api_key: ApiKey | None = answered(answers.shown, _SHOWN)
    secret: str | None = column(
        "What to send as `Authorization: Bearer fk_…`. It is shown this once: only a hash of it is kept. Null when the"
        " request is repeated with its `Idempotency-Key`."
    )


@strawberry.type(description="What `revokeApiKey` answers.")
class RevokeApiKeyPayload(Payload):
    api_key: ApiKey | None = answered(answers.shown, _SHOWN)


create_api_key = answered(
    answers.creating(commands.CreateApiKeyInput, CreateApiKeyPayload),
    "A key with which another system asks in the viewer's name. Needs `admin`.",
)
revoke_api_key = answered(
    mutation.mutation(answers.revoke, answers.ApiKeyEntity, commands.RevokeApiKeyInput, RevokeApiKeyPayload),
    "The key stops working, in each process after at most `FICHA_VIEWER_CACHE_SECONDS`. Needs `admin`.",
)
