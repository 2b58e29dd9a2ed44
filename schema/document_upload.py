"""A file on its way to become a document."""

import datetime

import strawberry

from domain import document_upload as commands
from domain.policy import ClientAction, DocumentAction
from resolvers import document_upload as answers
from schema.document import ClientDocument, DocumentKind
from schema.fields import answered, column, related, shows
from schema.inputs import OnClient, Ref, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import Url


@strawberry.type(description="A field of the form.")
@shows(answers.FormField)
class FormField:
    name: str = column("Name.")
    value: str = column("Value.")


@strawberry.type(
    description="A form that a part of the file is sent in: POST to `url`, as multipart/form-data, the `fields` in"
    " their order and after them a field `file` with the part's bytes. The store answers 204. It takes exactly this"
    " part, and may be sent again."
)
@shows(answers.Part)
class ClientDocumentUploadPart:
    number: int = column("Number of the part, from 1.")
    offset: int = column("Offset of the part in the file, in bytes.")
    size: int = column("Size in bytes: 8 MiB, or the rest in the last part.")
    url: Url = column("Where to send it.")
    fields: list[FormField] = column("The form's fields before the file.")


@strawberry.type(description="A header of the request.")
@shows(answers.Header)
class ClientDocumentUploadHeader:
    name: str = column("Name.")
    value: str = column("Value.")


@strawberry.type(
    description="A request that the whole file is sent with, as apps do in the background: PUT the file's bytes to"
    " `url` with these headers. The `Content-Length`, which HTTP clients send themselves, is the announced size. The"
    " store answers 200. It may be sent again until the upload is completed."
)
@shows(answers.Put)
class ClientDocumentUploadPut:
    url: Url = column("Where to send it.")
    headers: list[ClientDocumentUploadHeader] = column("The headers to send, and no others of those names.")


@strawberry.type(description="A file upload in progress (carga de archivo).")
class ClientDocumentUpload(Node):
    name: str = column("File name (nombre), without path, control and format characters.")
    kind: DocumentKind = column("What it is.")
    size: int = column("Size in bytes.")
    sha256: str | None = column(
        "The announced SHA-256, 64 hexadecimal digits; null where none was. The document has that of its bytes."
    )
    expires_at: datetime.datetime = column("Until when it can be sent and completed: one hour.")
    parts: list[ClientDocumentUploadPart] = answered(
        answers.parts, "The forms to send it in: one up to 8 MiB. None once it is completed or expired."
    )
    put: ClientDocumentUploadPut | None = answered(
        answers.put, "The request to send it with as one whole, in place of the forms. Null once completed or expired."
    )
    document: ClientDocument | None = related("The document that it became; null until it is completed.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was created, or completed.")


@strawberry.input(description="A file to be uploaded.")
class PrepareDocumentUploadInput(OnClient):
    name: str = required("File name; a path before it is dropped.")
    size: int = required("Size in bytes, at most 25 MiB unless the server is set otherwise.")
    sha256: str | None = value(
        "SHA-256 of its bytes, 64 hexadecimal digits: bytes of another are refused. Without it the server only computes"
        " it."
    )
    content_type: str | None = value(
        "Declared media type. The type is detected from the content; a declared accepted type must"
        " match it, anything else, as `application/octet-stream`, is ignored."
    )
    kind: DocumentKind | None = value("What it is; `OTHER` by default, for a new revision what the document was.")
    description: str | None = value("Description.")
    tags: list[str] | None = value("Tags (etiquetas), at most 20 of 60 characters.")
    expires_on: datetime.date | None = value("The day the document expires (vigencia).")
    replaces_id: Ref["ClientDocument"] | None = value("The document of the same client that it is a new revision of.")


MUTATIONS = (
    mutation(
        PrepareDocumentUploadInput,
        commands.prepare,
        ClientDocumentUpload,
        "Announces a file (adjuntar documento). Then send its content to the store in the forms of"
        " `documentUpload.parts` or with `documentUpload.put`, and call `completeDocumentUpload`.",
        needs=(ClientAction.ATTACH_DOCUMENT, DocumentAction.REPLACE),
        around=answers.preparing,
    ),
)
