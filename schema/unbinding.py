"""Who a collaborator is to the issuer of their tokens."""

import strawberry

from resolvers import collaborator as answers
from resolvers import mutation
from schema import commands
from schema.collaborator import Collaborator
from schema.fields import answered
from schema.payloads import Payload


@strawberry.type(description="What `unbindCollaborator` answers.")
class UnbindCollaboratorPayload(Payload):
    collaborator: Collaborator | None = answered(
        mutation.record(answers.CollaboratorEntity),
        "The collaborator, as they are now; null when nothing was done or when it was only validated.",
    )


unbind_collaborator = answered(
    mutation.mutation(
        answers.unbind, answers.CollaboratorEntity, commands.UnbindCollaboratorInput, UnbindCollaboratorPayload
    ),
    "Unbinds a collaborator from the issuer's `sub` that first signed in by their e-mail address; whoever does so next"
    " is bound. For a person who has a new account at the issuer. Needs `admin`.",
)
