"""The schema: all of it described, printed as committed, and of one style."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    is_introspection_type,
    is_list_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from models.history import HistoryEventKind
from schema import SCHEMA, sdl

ROOT = Path(__file__).resolve().parents[2]
GRAPH = SCHEMA._schema
TYPES = [
    kind
    for kind in GRAPH.type_map.values()
    if not (is_introspection_type(kind) or is_specified_scalar_type(kind) or kind.name.startswith("_"))
]
"""Those that are ours: Apollo Federation's begin with an underscore."""
OUTPUTS = [kind for kind in TYPES if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]


def parts() -> Iterator[tuple[str, Any]]:
    """Everything that has a description, by its name."""
    for directive in GRAPH.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive
            yield from ((f"@{directive.name}({name})", argument) for name, argument in directive.args.items())
    for kind in TYPES:
        yield kind.name, kind
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value) for name, value in kind.values.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in kind.fields.items():
                if name.startswith("_"):
                    continue
                yield f"{kind.name}.{name}", field
                for argument_name, argument in getattr(field, "args", {}).items():
                    yield f"{kind.name}.{name}({argument_name})", argument


def test_everything_is_described() -> None:
    assert [name for name, part in parts() if not (part.description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [
        name for name, part in parts() if not re.match(r"[A-ZÁÉÍÓÚ“`{0-9].*[.)]\Z", part.description or "A.", re.DOTALL)
    ] == []


DATE = r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"


def test_a_deprecation_says_why_and_since_when() -> None:
    told = {name: part.deprecation_reason for name, part in parts() if getattr(part, "deprecation_reason", None)}
    assert {name: reason for name, reason in told.items() if not dated(reason)} == {}


def dated(reason: str) -> bool:
    """Whether it is a sentence that names a day, and is not what GraphQL says where nothing is said."""
    return re.search(rf"\b{DATE}\b", reason) is not None and reason[0].isupper() and reason.endswith(".")


@pytest.mark.parametrize(
    ("reason", "sound"),
    [
        ("Since 2026-11-25; use `legalName`.", True),
        ("No longer supported", False),
        ("Use `legalName`.", False),
        ("Since 2026-13-01; use `legalName`.", False),
    ],
)
def test_what_a_deprecation_must_say(reason: str, sound: bool) -> None:
    assert dated(reason) is sound


OF_THE_API = {
    "BulkErrorPolicy", "CertificateOrigin", "CertificateStatus", "ClientDocumentUploadHeader",
    "ClientDocumentUploadPart", "ClientDocumentUploadPut", "ClientKey", "DeletedRecords", "FichaOrderDirection",
    "FichaProblem", "FichaProblemCode", "FichaViewer", "FormField", "Mutation", "Node", "PageInfo", "Query",
    "SearchKind", "Subscription",
}  # fmt: skip
"""What no screen has a word for."""
MADE = re.compile(r".*(Connection|Edge|Payload|Result|OrderField)")
"""Types that are made for each record; it is the record that the word is of."""


def test_types_name_the_word_of_the_screen() -> None:
    """In brackets, in Spanish, as `(seguimiento)`; a new type has one, or is said to be of the API."""
    assert [
        kind.name
        for kind in TYPES
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLEnumType)
        and kind.name not in OF_THE_API
        and not MADE.fullmatch(kind.name)
        and not re.search(r"\([a-záéíóúñ][\w áéíóúñ]+\)", kind.description or "")
    ] == []


WORDS = {
    "ClientAddressAction": "Editar, Eliminar, Restaurar",
    "ClientAddressKind": "Dirección fiscal, Sucursal",
    "FichaAuditEventKind": (
        "Acceso rechazado, Llave de API creada, Llave de API usada, Llave de API revocada, Permisos de un rol "
        "cambiados, Datos personales exportados, Duplicado fuera de alcance, Colaborador desvinculado de su cuenta del"
        " emisor, Empresa creada, Empresa cambiada, Empresa suspendida, Empresa reactivada"
        ", Colaborador invitado, Invitación retirada, Invitación aceptada, Colaborador editado, Colaborador"
        " suspendido, Colaborador reactivado, Liga a un estado de cuenta creada, Liga a un estado de cuenta abierta,"
        " Liga a un estado de cuenta retirada"
    ),
    "ClientBankAccountAction": "Editar, Eliminar, Restaurar",
    "ClientBankAccountRole": "Depósito, Ordenante",
    "SatCancellationReason": (
        "Comprobante emitido con errores con relación, Comprobante emitido con errores sin relación,"
        " No se llevó a cabo la operación, Operación nominativa relacionada en la factura global"
    ),
    "RecordChange": "Agregado, Editado, Eliminado, Restaurado, Reordenado",
    "ClientAction": (
        "Editar, Nueva cotización, Nueva nota de venta, Nueva factura, Nuevo trato, Agendar seguimiento, "
        "Convertir a cliente, Cambiar el estado del prospecto, Eliminar, Restaurar, Editar condiciones de pago, "
        "Adjuntar documento, Borrar definitivamente, Agregar contacto, Agregar dirección, Agregar cuenta bancaria"
    ),
    "ClientKind": "Prospecto, Cliente",
    "ClientContactAction": "Editar, Eliminar, Restaurar",
    "ClientDealAction": (
        "Editar, Asignar responsable, Mover de etapa, Marcar como ganado, Marcar como no ganado, Marcar como cerrado,"
        " Reabrir, Eliminar, Restaurar"
    ),
    "ClientDealState": "Abierto, Ganado, No ganado, Cerrado",
    "ClientDocumentAction": "Editar, Subir una revisión, Eliminar, Restaurar",
    "ClientDocumentKind": (
        "Constancia de situación fiscal, Contrato, Comprobante de pago, XML de un CFDI, Acuse de cancelación,"
        " Documento técnico, Otro"
    ),
    "ExposureReason": "Factura por pagar, Nota de venta a crédito, Nota de venta de contado, Sin adeudo",
    "FollowUpAction": ("Editar, Asignar colaborador, Marcar como realizado, Cancelar, Reabrir, Eliminar, Restaurar"),
    "FollowUpState": "Pendiente, En proceso, Realizado, Cancelado",
    "CfdiFinding": (
        "Sin XML, Sin sello, Sello falso, Sin certificado, Certificado ilegible, Otro número de certificado,"
        " Certificado de otro, Certificado no vigente, Complemento desconocido, Timbre incompleto, Timbre de otro"
        " sello, Autoridad desconocida, Certificado ajeno al SAT, Sello del SAT falso, Autoridad sin comprobar,"
        " Sello del SAT sin comprobar"
    ),
    "CfdiVerification": "Verificado, Sin comprobar, No coincide",
    "OnUnknownClient": "Rechazar, Crear",
    "ExternalEventDirection": "Entrante, Saliente",
    "ExternalEventKind": ("Llamada, Mensaje, Correo electrónico, Reunión, Visita, Pedido, Solicitud de soporte, Otro"),
    "FollowUpType": "Llamada, Correo electrónico, Reunión, Visita, WhatsApp, Otro",
    "HistoryEventKind": ", ".join(kind.declared.word for kind in HistoryEventKind),
    "LedgerEntryKind": "Cargo, Pago, Abono, Aplicación, Reembolso, Ajuste",
    "FichaLocale": "Español (México), Inglés (Estados Unidos)",
    "ClientPaymentTerms": "Contado, Crédito",
    "TaxpayerKind": "Persona física, Persona moral",
    "FollowUpPriority": "Baja, Media, Alta, Urgente",
    "FichaProblemSeverity": "Error, Advertencia, Sin verificar",
    "ReminderMoment": "Antes del vencimiento, El día del vencimiento, Después del vencimiento",
    "ReminderObstacle": "Desactivados, Sin destinatario, Sin vencimiento, Sin reglas, Fecha pasada",
    "FichaRole": "Administrador, Gerente de ventas, Ventas, Facturación y cobranza, Consulta",
    "SalesDocumentAction": (
        "Editar, Enviar, Aceptar, Rechazar, Convertir, Registrar un pago, Emitir una nota de crédito, Registrar el"
        " timbre, Cancelar, Retirar la solicitud de cancelación, Registrar la respuesta del SAT"
    ),
    "SalesDocumentState": (
        "Borrador, Enviada, Aceptada, Rechazada, Convertida, Timbrada, Vista, Parcialmente pagada, Pagada, Cancelada"
    ),
    "SalesDocumentType": "Cotización, Nota de venta, Factura, Nota de crédito",
    "StampStatus": "Pendiente de timbrar, Timbrada",
    "TaxpayerListingStatus": "Presunto, Desvirtuado, Definitivo, Sentencia favorable",
    "SatTaxFactor": "Tasa, Cuota, Exento",
    "SatTaxKind": "Trasladado, Retenido",
    "TaxpayerStatus": "Activo, Suspendido, Cancelado",
    "SatCancellationState": (
        "Solicitada, No cancelable, Cancelable sin aceptación, En proceso, Cancelado sin aceptación,"
        " Cancelado con aceptación, Plazo vencido, Solicitud rechazada"
    ),
}


def test_values_begin_with_the_word_of_the_screen() -> None:
    """Up to its full stop, colon or comma. A new value is put in this list of the trade's words."""
    words = {
        kind.name: ", ".join(re.split(r"[.:,]", value.description or "")[0] for value in kind.values.values())
        for kind in TYPES
        if isinstance(kind, GraphQLEnumType) and kind.name not in OF_THE_API and not MADE.fullmatch(kind.name)
    }
    assert words == WORDS


def test_the_committed_schema_is_the_printed_one() -> None:
    assert (ROOT / "schema.graphql").read_text("utf-8") == sdl()


def test_lists_hold_no_nulls_but_where_a_record_may_be_missing() -> None:
    """A list of records by ids has a place for each id."""
    loose = {
        f"{kind.name}.{name}"
        for kind in OUTPUTS
        for name, field in kind.fields.items()
        if not name.startswith("_")
        and is_list_type(inner := field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type)
        and not isinstance(inner.of_type, GraphQLNonNull)
    }
    assert loose == {"Query.nodes"}


def test_every_id_is_there_and_every_record_is_a_node() -> None:
    node = GRAPH.type_map["Node"]
    for kind in OUTPUTS:
        # Of a key that did something one sees the name alone: as a node it is an ApiKey, for administrators.
        # What a client owes is computed with it, and has an id for caches.
        if "id" in kind.fields and kind is not node and kind.name not in ("FichaActingApiKey", "Receivables"):
            assert node in kind.interfaces, kind.name
            assert str(kind.fields["id"].type) == "ID!"


@pytest.mark.claims(
    "README.md",
    "A `Decimal` is a string, never a float.",
)
def test_money_is_never_a_float() -> None:
    assert "Float" not in GRAPH.type_map


@pytest.mark.claims(
    "README.md",
    "Lists that can grow are connections: `nodes`, `edges { cursor node }`, `pageInfo`, `totalCount`.",
)
def test_connections_are_alike() -> None:
    connections = {kind.name for kind in OUTPUTS if kind.name.endswith("Connection")}
    assert {"ClientConnection", "ClientDealConnection", "FollowUpConnection", "HistoryEventConnection"} <= connections
    for name in connections:
        fields: Any = GRAPH.type_map[name]
        types = {field: str(kind.type) for field, kind in fields.fields.items()}
        item = types["nodes"].strip("[!]")
        assert types["nodes"] == f"[{item}!]!"
        assert (types["pageInfo"], types["edges"]) == ("PageInfo!", f"[{item}Edge!]!")
        assert types.get("totalCount", "Int!") == "Int!"
    for kind in OUTPUTS:
        for name, field in kind.fields.items():
            if str(field.type).strip("!").endswith("Connection"):
                arguments = {argument: str(given.type) for argument, given in field.args.items()}
                assert {n: arguments[n] for n in ("first", "after", "last", "before")} == {
                    "first": "Int", "after": "String", "last": "Int", "before": "String",
                }, f"{kind.name}.{name}"  # fmt: skip


def test_names_follow_graphqls_conventions() -> None:
    for kind in TYPES:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", kind.name)
        if isinstance(kind, GraphQLEnumType):
            assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", value) for value in kind.values)
        elif not isinstance(kind, GraphQLUnionType):
            assert all(
                re.fullmatch(r"[a-z][A-Za-z0-9]*", name) for name in getattr(kind, "fields", {}) if name[0] != "_"
            )


@pytest.mark.parametrize(
    "name",
    [
        "Client",
        "ClientDeal",
        "FollowUp",
        "SalesDocument",
        "ClientDocument",
        "ClientContact",
        "ClientAddress",
        "ClientBankAccount",
    ],
)
def test_a_record_that_is_edited_has_a_version(name: str) -> None:
    kind: Any = GRAPH.type_map[name]
    assert str(kind.fields["version"].type) == "Int!"
