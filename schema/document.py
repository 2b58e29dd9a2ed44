"""The files kept with a client's record."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from resolvers import document as answers
from resolvers import policy
from resolvers import tax_certificate as proposals
from schema.collaborator import Collaborator
from schema.commands import Command, OnRecord
from schema.enums import DocumentKind
from schema.fields import answered, column, related
from schema.inputs import where as value
from schema.node import Node
from schema.scalars import Url
from schema.tax_certificate import CfdiProfileProposal

if TYPE_CHECKING:
    from schema.client import Client


@strawberry.type(description="A file kept with the client's record (documento).")
class Document(Node):
    kind: DocumentKind = column("What it is.")
    name: str = column("File name (nombre), as it was given.")
    description: str | None = column("Description.")
    tags: list[str] = column("Tags (etiquetas).")
    content_type: str = column("Media type found in its bytes, as `application/pdf`.")
    size: int = column("Size in bytes.")
    sha256: str = column("SHA-256 of its bytes, 64 hexadecimal digits.")
    expires_on: datetime.date | None = column("The day it expires (vigencia).")
    uploaded_by: Collaborator | None = related("Who uploaded it.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    download_url: Url | None = answered(
        answers.download_url,
        "A link to download it under its name; it works for five minutes, without further credentials.",
    )
    view_url: Url | None = answered(
        answers.view_url,
        "A link to view it in a browser, for five minutes; types that are not safe to show are downloaded.",
    )
    revision: int = column("Which of the document's files it is, from 1.")
    revisions: list[Annotated["Document", strawberry.lazy("schema.document")]] = related(
        "All of the document's files, the oldest first; the last one is what the document is now."
    )
    replaced_at: datetime.datetime | None = column("When a newer file took its place; null in the newest.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    cfdi_profile_proposal: CfdiProfileProposal | None = answered(
        proposals.proposal,
        "What a constancia de situación fiscal says about the client; null for documents of another kind or type.",
    )
    viewer_can_update: bool = answered(
        policy.update_document, "Whether the viewer can edit, replace and delete it now."
    )
    viewer_can_restore: bool = answered(policy.restore_document, "Whether the viewer can restore it now.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was uploaded.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="The upload to be completed.")
class CompleteDocumentUploadInput(Command):
    upload_id: ID = strawberry.field(description="The upload, all of whose parts the store has taken.")


@strawberry.input(description="Changes to what is said of a document.")
class UpdateDocumentInput(OnRecord):
    name: str | None = value("File name, at most 255 characters; a document needs one.")
    kind: DocumentKind | None = value("What it is.")
    description: str | None = value("Description, at most 1,000 characters.")
    tags: list[str] | None = value("Tags (etiquetas), at most 20 of 60 characters; all of them.")
    expires_on: datetime.date | None = value("The day it expires (vigencia).")
