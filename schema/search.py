"""One search over the records of all kinds (búsqueda global)."""

import strawberry

from resolvers import search as answers
from resolvers.search import SearchKind
from schema.enums import describe, label
from schema.fields import column, shows
from schema.node import Node

describe(
    SearchKind,
    "What a search finds.",
    CLIENT=label("Cliente o prospecto", "Client or prospect", "by legal and trade name, RFC, and id in other systems."),
    CONTACT=label("Contacto", "Contact", "by name, e-mail address and telephone."),
    DEAL=label("Trato", "Deal", "by title and description."),
    FOLLOW_UP=label("Seguimiento", "Follow-up", "by key and name."),
    SALES_DOCUMENT=label(
        "Documento de venta", "Sales document", "by folio, and by the fiscal folio (UUID) of its CFDI."
    ),
    DOCUMENT=label("Archivo", "File", "by name and description."),
    COLLABORATOR=label("Colaborador", "Collaborator", "by name, e-mail address and position."),
)


@strawberry.type(description="A record that a search found (resultado).")
@shows(answers.SearchHit)
class SearchHit:
    node: Node = column("The record.")
    kind: SearchKind = column("Its kind.")
    title: str = column("What it is called: its name, title, folio or file name.")
    matched: str = column(
        "Which of its values matches: the title, or an RFC, e-mail address, telephone, key, fiscal folio, or another."
    )
