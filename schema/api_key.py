"""Keys for other systems."""

import datetime

import strawberry

from domain.api_key import create_api_key, revoke_api_key
from models.viewer import Permission
from resolvers import api_key as answers
from resolvers.secret import Issued
from schema.collaborator import Collaborator
from schema.fields import answered, column, related, shows
from schema.inputs import Command, Ref, required, value
from schema.mutations import mutation
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
@shows(Issued)
class CreateApiKeyPayload(Payload):
    api_key: ApiKey | None = answered(answers.shown, _SHOWN)
    secret: str | None = column(
        "What to send as `Authorization: Bearer fk_…`. It is shown this once: only a hash of it is kept. Null when the"
        " request is repeated with its `Idempotency-Key`."
    )


@strawberry.type(description="What `revokeApiKey` answers.")
class RevokeApiKeyPayload(Payload):
    api_key: ApiKey | None = answered(answers.shown, _SHOWN)


@strawberry.input(description="A new API key of the viewer's.")
class CreateApiKeyInput(Command):
    name: str = required("What it is for.")
    scopes: list[str] = required("The permissions it is to have, as `clients:read`; the viewer must hold each of them.")
    days: int | None = value("How many days it works, 1 to 365; 90 unless something else is said.")


@strawberry.input(description="The key to be revoked.")
class RevokeApiKeyInput(Command):
    id: Ref["ApiKey"] = required("The key.")


MUTATIONS = (
    mutation(
        CreateApiKeyInput,
        create_api_key,
        ApiKey,
        "A key with which another system asks in the viewer's name.",
        needs=Permission.ADMIN,
        payload=CreateApiKeyPayload,
        resolver=answers.creating,
    ),
    mutation(
        RevokeApiKeyInput,
        revoke_api_key,
        ApiKey,
        "The key stops working, in each process after at most `FICHA_VIEWER_CACHE_SECONDS`.",
        needs=Permission.ADMIN,
        payload=RevokeApiKeyPayload,
    ),
)
