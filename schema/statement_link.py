"""Links to statements of account, to be handed to the client."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain import statement_link as commands
from domain.policy import ClientAction
from models.collaborator import Locale
from models.viewer import Permission
from resolvers import statement_link as answers
from resolvers.secret import Issued
from schema.collaborator import Collaborator
from schema.fields import answered, column, related, shows
from schema.inputs import Command, OnClient, OwnId, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.payloads import Payload
from schema.scalars import Url

if TYPE_CHECKING:
    from schema.client import Client


@strawberry.type(
    description="A link by which whoever has it downloads a client's statement of account without signing in (liga al"
    " estado de cuenta). What it shows is as of its opening."
)
class StatementLink(Node):
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    first_day: datetime.date = strawberry.field(name="from", description="The statement's first day.")
    last_day: datetime.date = strawberry.field(name="to", description="The statement's last day.")
    currency: str = column("The statement's currency, SAT's c_Moneda (ISO 4217).")
    locale: Locale = column("The statement's language.")
    expires_on: datetime.date = column("The last day on which it opens, in the company's time zone.")
    created_by: Collaborator | None = related("Who created it.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was created or revoked, whichever was last.")
    revoked_at: datetime.datetime | None = column("When it was revoked; null while it was not.")
    revoked_by: Collaborator | None = related("Who revoked it.")


@strawberry.type(description="The payload of `createStatementLink`.")
@shows(Issued)
class CreateStatementLinkPayload(Payload):
    statement_link: StatementLink | None = answered(
        answers.shown, "The link; null when nothing was done or when it was only validated."
    )
    url: Url | None = answered(
        answers.url,
        "The address to hand over: it answers with the statement as PDF, followed by `.xlsx` as a workbook. It is shown"
        " only once: Ficha stores only a hash of its secret. Null when the request is repeated with its"
        " `Idempotency-Key`.",
    )


@strawberry.input(description="A link to a client's statement of account.")
class CreateStatementLinkInput(OnClient):
    from_: datetime.date = strawberry.field(name="from", description="The first day.")
    to: datetime.date = required("The last day, that day included; not in the future.")
    currency: str | None = value("SAT's c_Moneda; by default the company's currency.")
    locale: Locale | None = value("The statement's language; `ES_MX` by default.")
    expires_on: datetime.date | None = value(
        "The last day on which the link opens, at most 366 days from today; 30 by default."
    )


@strawberry.input(description="The link to be revoked.")
class RevokeStatementLinkInput(Command):
    id: OwnId = required("The record.")


MUTATIONS = (
    mutation(
        CreateStatementLinkInput,
        commands.create_statement_link,
        StatementLink,
        "A link by which the client downloads its statement of account without signing in.",
        needs=ClientAction.EDIT_BILLING,
        payload=CreateStatementLinkPayload,
        resolver=answers.creating,
    ),
    mutation(
        RevokeStatementLinkInput,
        commands.revoke_statement_link,
        StatementLink,
        "Revokes a link to a statement of account: it opens nothing any more.",
        needs=Permission.BILLING_WRITE,
    ),
)
