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
    description="A key with which another system makes requests on behalf of the collaborator who created it"
    " (llave de API)."
)
class FichaApiKey(Node):
    name: str = column("What it is for.")
    scopes: list[str] = column("The permissions granted to it. Only those that its collaborator still has take effect.")
    created_by: Collaborator | None = related("The collaborator who created it and on whose behalf it makes requests.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was created or revoked, whichever was last.")
    expires_at: datetime.datetime = column("When it stops working.")
    revoked_at: datetime.datetime | None = column("When it was revoked; null while it was not.")
    revoked_by: Collaborator | None = related("Who revoked it.")
    last_used_at: datetime.datetime | None = column("When it was last used, to the minute.")


_SHOWN = "The key, as it is now; null when nothing was done or when it was only validated."


@strawberry.type(description="The payload of `createApiKey`.")
@shows(Issued)
class CreateApiKeyPayload(Payload):
    api_key: FichaApiKey | None = answered(answers.shown, _SHOWN)
    secret: str | None = column(
        "Send it as `Authorization: Bearer fk_…`. It is shown only once: Ficha stores only its hash."
        " Null when the request is repeated with its `Idempotency-Key`."
    )


@strawberry.type(description="The payload of `revokeApiKey`.")
class RevokeApiKeyPayload(Payload):
    api_key: FichaApiKey | None = answered(answers.shown, _SHOWN)


@strawberry.input(description="A new API key of the viewer's.")
class CreateApiKeyInput(Command):
    name: str = required("What it is for.")
    scopes: list[str] = required("The permissions it is to have, as `clients:read`; the viewer must hold each of them.")
    days: int | None = value("Days until it expires, 1 to 365; 90 by default.")


@strawberry.input(description="The key to be revoked.")
class RevokeApiKeyInput(Command):
    id: Ref["FichaApiKey"] = required("The key.")


MUTATIONS = (
    mutation(
        CreateApiKeyInput,
        create_api_key,
        FichaApiKey,
        "Creates a key with which another system makes requests on the viewer's behalf.",
        needs=Permission.ADMIN,
        payload=CreateApiKeyPayload,
        resolver=answers.creating,
    ),
    mutation(
        RevokeApiKeyInput,
        revoke_api_key,
        FichaApiKey,
        "Revokes a key; it stops working within `FICHA_VIEWER_CACHE_SECONDS`.",
        needs=Permission.ADMIN,
        payload=RevokeApiKeyPayload,
    ),
)
