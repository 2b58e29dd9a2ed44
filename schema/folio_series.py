"""The series of the company's sales documents."""

import datetime

import strawberry

from domain import folios as commands
from models.sales_document import SalesDocumentType
from models.viewer import Permission
from schema.fields import column
from schema.inputs import Command, changes, required, value
from schema.mutations import mutation
from schema.node import Node


@strawberry.type(description="A series of one type of sales documents (serie y folio).")
class FolioSeries(Node):
    type: SalesDocumentType = column("The type of its documents.")
    series: str = column("The series (serie), 1 to 25 letters or digits, unique among those of the type.")
    next_number: int | None = column("The folio of the next document; null after the last, 2147483647.")
    is_default: bool = column("Whether it is the default of its type; one of each type is.")
    active: bool = column("Whether new documents can still use it.")
    version: int = column("Version number of the record; send it back as `expectedVersion`. Numbering does not count.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A series; not a type of the schema itself.")
class FolioSeriesInput:
    next_number: int | None = value("The folio of the next document, after the last that was used; 1 by default.")
    is_default: bool | None = value("Whether it is the default of its type; it replaces the former one.")
    active: bool | None = value("Whether new documents can use it.")


@strawberry.input(description="A new series.")
class CreateFolioSeriesInput(FolioSeriesInput, Command):
    type: SalesDocumentType = required("The type of its documents.")
    series: str = required("1 to 25 letters or digits, in capitals.")


MUTATIONS = (
    mutation(
        CreateFolioSeriesInput,
        commands.create_folio_series,
        FolioSeries,
        "A new series of a type of documents.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        changes("UpdateFolioSeriesInput", FolioSeriesInput, "Changes to a series."),
        commands.update_folio_series,
        FolioSeries,
        "Edits a series: its next folio, never back over one that was used; whether it is the default, or in use.",
        needs=Permission.COMPANY_WRITE,
    ),
)
