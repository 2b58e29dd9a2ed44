"""The files kept with a client's record."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import document as answers
from schema.collaborator import Collaborator
from schema.enums import DocumentKind
from schema.fields import answered, column, related
from schema.node import Node
from schema.scalars import Url

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
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was uploaded.")
    updated_at: datetime.datetime = column("When it was last changed.")
