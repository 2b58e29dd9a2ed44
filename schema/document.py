"""The files kept with a client's record."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain import document as commands
from domain import document_upload as document_upload_commands
from domain.policy import ClientAction, DocumentAction
from models.document import DocumentKind
from resolvers import document as answers
from resolvers import document_upload as uploads
from resolvers import tax_certificate as proposals
from schema.actions import ActionState, can, states
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related, shows
from schema.filters import (
    FichaDateFilter,
    FichaDateTimeFilter,
    FichaIdFilter,
    FichaIntFilter,
    FichaStringFilter,
    FichaStringListFilter,
    Filter,
    filter_input,
    ordering,
)
from schema.inputs import Command, OnRecord, Ref, about, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import Url
from schema.tax_certificate import CfdiProfileProposal

if TYPE_CHECKING:
    from schema.client import Client, ClientFilter
    from schema.document_upload import ClientDocumentUpload


name_fields(
    models.Document,
    name=label("Nombre", "Name"),
    kind=label("Tipo de documento", "Kind of document"),
    description=label("Descripción", "Description"),
    tags=label("Etiquetas", "Tags"),
    expires_on=label("Vencimiento", "Expiry"),
    revision=label("Revisión", "Revision"),
)


describe(
    DocumentKind,
    "What a document is (tipo de documento).",
    name="ClientDocumentKind",
    TAX_STATUS_CERTIFICATE=label("Constancia de situación fiscal", "Tax status certificate"),
    CONTRACT=label("Contrato", "Contract"),
    PAYMENT_RECEIPT=label("Comprobante de pago", "Payment receipt"),
    CFDI_XML=label("XML de un CFDI", "XML of a CFDI"),
    CANCELLATION_ACUSE=label(
        "Acuse de cancelación",
        "Cancellation acknowledgement",
        "the SAT's acknowledgement of a request to cancel a CFDI.",
    ),
    TECHNICAL=label("Documento técnico", "Technical document"),
    OTHER=label("Otro", "Other"),
)


@filter_input("Conditions on a document.")
class ClientDocumentFilter:
    id: FichaIdFilter | None = value("Id.")
    kind: Filter[DocumentKind] | None = value("What it is.")
    name: FichaStringFilter | None = value("File name.")
    content_type: FichaStringFilter | None = value("Media type.")
    tags: FichaStringListFilter | None = value("Tags.")
    size: FichaIntFilter | None = value("Size in bytes.")
    expires_on: FichaDateFilter | None = value("When it expires; `lt` finds what expires before a day.")
    created_at: FichaDateTimeFilter | None = value("When it was uploaded.")
    uploaded_by: CollaboratorFilter | None = value("Who uploaded it.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.client")] | None = value("Its client.")


ClientDocumentOrder = ordering(
    "ClientDocumentOrder",
    "A term of an order of documents.",
    "What documents can be ordered by.",
    CREATED_AT=label("Fecha de carga", "Uploaded", "when it was uploaded."),
    NAME=label("Nombre", "Name", "file name."),
    SIZE=label("Tamaño", "Size", "in bytes."),
    EXPIRES_ON=label("Vencimiento", "Expiry", "when it expires; documents that do not come last."),
)


describe(
    DocumentAction,
    "What can be done with a file (acciones).",
    name="ClientDocumentAction",
    EDIT=label("Editar", "Edit"),
    REPLACE=label("Subir una revisión", "Upload a revision"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


@strawberry.type(description="A small picture of a document (miniatura): an image, or a PDF's first page, on white.")
@shows(answers.Thumbnail)
class ClientDocumentThumbnail:
    url: Url = column("Where it is, a WebP; it works as `downloadUrl` does, without further credentials.")
    signed_in_url: Url = column(
        "Where it is as long as the viewer is signed in; it works as `signedInDownloadUrl` does."
    )
    width: int = column("Pixels; the longer side has at most 512.")
    height: int = column("Pixels.")


@strawberry.type(description="A file kept with the client's record (documento).")
class ClientDocument(Node):
    kind: DocumentKind = column("What it is.")
    name: str = column("File name (nombre), as it was uploaded.")
    description: str | None = column("Description.")
    tags: list[str] = column("Tags (etiquetas).")
    content_type: str = column("Media type, detected from the content, as `application/pdf`.")
    size: int = column("Size in bytes.")
    size_label: str = answered(answers.size_label, "`size` as people read it: `1.2 MB`.")
    sha256: str = column("SHA-256 of its bytes, 64 hexadecimal digits.")
    expires_on: datetime.date | None = column("The day it expires (vigencia).")
    uploaded_by: Collaborator | None = related("Who uploaded it.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    download_url: Url | None = answered(
        answers.download_url,
        "A link to download it under its name; it works for five minutes unless the server is set otherwise, without"
        " further credentials.",
    )
    view_url: Url | None = answered(
        answers.view_url,
        "A link to view it in a browser, for as long as `downloadUrl`; types that are not safe to show are downloaded.",
    )
    signed_in_download_url: Url | None = answered(
        answers.signed_in_download_url,
        "Its address to download it as long as the viewer is signed in: open it with the `Authorization` of `/graphql`."
        " It redirects to a link of minutes, and holds no secret.",
    )
    signed_in_view_url: Url | None = answered(
        answers.signed_in_view_url,
        "As `signedInDownloadUrl`, to view it; types that are not safe to show are downloaded.",
    )
    thumbnail: ClientDocumentThumbnail | None = answered(
        answers.thumbnail,
        "A small picture of an image or of a PDF's first page; null until it is drawn, soon after the upload, and for"
        " files of which none can be.",
    )
    revision: int = column("Which of the document's files it is, from 1.")
    revisions: list[Annotated["ClientDocument", strawberry.lazy("schema.document")]] = related(
        "All of the document's files, the oldest first; the last one is what the document is now."
    )
    replaced_at: datetime.datetime | None = column("When a newer file took its place; null in the newest.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    cfdi_profile_proposal: CfdiProfileProposal | None = answered(
        proposals.proposal,
        "What a constancia de situación fiscal says about the client; null for documents of another kind or type.",
    )
    viewer_can_update: bool = can(DocumentAction.EDIT, "Whether the viewer can edit, replace and delete it now.")
    viewer_can_restore: bool = can(DocumentAction.RESTORE, "Whether the viewer can restore it now.")
    actions: list[ActionState] = states(DocumentAction, "a file")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was uploaded.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="The upload to be completed.")
class CompleteDocumentUploadInput(Command):
    upload_id: Ref["ClientDocumentUpload"] = required("The upload, all of which the store has taken.")


@strawberry.input(description="Changes to a document's metadata.")
class UpdateDocumentInput(OnRecord):
    name: str | None = value("File name; a document needs one.")
    kind: DocumentKind | None = value("What it is.")
    description: str | None = value("Description.")
    tags: list[str] | None = value("Tags (etiquetas), at most 20 of 60 characters; all of them.")
    expires_on: datetime.date | None = value("The day it expires (vigencia).")


MUTATIONS = (
    mutation(
        CompleteDocumentUploadInput,
        document_upload_commands.complete,
        ClientDocument,
        "Creates the document of an uploaded file, if its size, SHA-256 and type are as announced, as far as they were."
        " Repeating it changes nothing.",
        needs=ClientAction.ATTACH_DOCUMENT,
        around=uploads.completing,
    ),
    mutation(
        UpdateDocumentInput,
        commands.update_document,
        ClientDocument,
        "Edits a document's metadata.",
        needs=DocumentAction.EDIT,
    ),
    mutation(
        about("DeleteDocumentInput", "The document to be deleted."),
        commands.delete_document,
        ClientDocument,
        "Deletes a document with all its revisions. It can be restored until its retention has passed, 30 days unless"
        " the server is set otherwise.",
        needs=DocumentAction.DELETE,
    ),
    mutation(
        about("RestoreDocumentInput", "The document to be brought back."),
        commands.restore_document,
        ClientDocument,
        "Brings a deleted document back with all its revisions.",
        needs=DocumentAction.RESTORE,
    ),
)
