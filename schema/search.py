"""One search over the records of all kinds (búsqueda global)."""

import strawberry

from resolvers import search as answers
from resolvers.search import SearchKind
from schema.enums import describe
from schema.fields import column, shows
from schema.node import Node

describe(
    SearchKind,
    "What a search finds.",
    CLIENT="Cliente o prospecto: by legal and trade name, RFC, and id in other systems.",
    CONTACT="Contacto: by name, e-mail address and telephone.",
    DEAL="Trato: by title and description.",
    FOLLOW_UP="Seguimiento: by key and name.",
    SALES_DOCUMENT="Documento de venta: by folio, and by the fiscal folio (UUID) of its CFDI.",
    DOCUMENT="Archivo: by name and description.",
    COLLABORATOR="Colaborador: by name, e-mail address and position.",
)


@strawberry.type(description="A record that a search found (resultado).")
@shows(answers.SearchHit)
class SearchHit:
    node: Node = column("The record.")
    kind: SearchKind = column("Its kind.")
    title: str = column("What it is called: its name, title, folio or file name.")
    matched: str = column("Which of its values matches: the title, or an RFC, e-mail address, telephone, key, UUID…")
