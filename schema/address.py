"""Addresses of a client."""

import datetime

import strawberry

import models
from domain.address import ADDRESSES
from domain.policy import AddressAction, ClientAction
from models.address import AddressKind
from models.catalogs import COUNTRIES, STATES
from resolvers import catalogs as codes
from resolvers import formatted as formatted_answers
from schema.actions import ActionState, states
from schema.catalogs import SatCountry, SatState
from schema.enums import describe, label, name_fields
from schema.fields import answered, column
from schema.filters import FichaStringFilter, Filter, filter_input
from schema.formatted import FichaFormattedAddress
from schema.inputs import OnClient, about, changes, demanding, new, reorder, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import PostalCode

describe(
    AddressKind,
    "What an address is for (tipo de dirección).",
    name="ClientAddressKind",
    FISCAL=label("Dirección fiscal", "Fiscal address", "the one known to the SAT."),
    BRANCH=label("Sucursal", "Branch"),
)


name_fields(
    models.Address,
    kind=label("Tipo de dirección", "Kind of address"),
    label=label("Nombre de la dirección", "Name of the address"),
    street=label("Calle", "Street"),
    exterior_number=label("Número exterior", "Exterior number"),
    interior_number=label("Número interior", "Interior number"),
    neighborhood=label("Colonia", "Neighbourhood"),
    locality=label("Localidad", "Locality"),
    municipality=label("Municipio", "Municipality"),
    state=label("Estado", "State", catalog=STATES),
    postal_code=label("Código postal", "Postal code"),
    country=label("País", "Country", catalog=COUNTRIES),
    reference=label("Referencia", "Reference"),
)


@filter_input("Conditions on an address.")
class ClientAddressFilter:
    kind: Filter[AddressKind] | None = value("Fiscal or branch.")
    municipality: FichaStringFilter | None = value("Municipio or alcaldía.")
    state: FichaStringFilter | None = value("Code of the state, SAT's c_Estado.")
    postal_code: FichaStringFilter | None = value("Postal code.")
    country: FichaStringFilter | None = value("Code of the country, SAT's c_Pais.")


describe(
    AddressAction,
    "What can be done with an address (acciones).",
    name="ClientAddressAction",
    EDIT=label("Editar", "Edit"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


@strawberry.type(description="An address of the client (dirección), in Mexico or abroad.")
class ClientAddress(Node):
    kind: AddressKind = column("Whether it is the fiscal address or a branch's.")
    label: str | None = column("The branch's name (sucursal).")
    street: str = column("Street (calle).")
    exterior_number: str | None = column("Número exterior.")
    interior_number: str | None = column("Número interior.")
    neighborhood: str | None = column("Colonia.")
    locality: str | None = column("Localidad.")
    municipality: str | None = column("Municipio or alcaldía.")
    state: SatState | None = answered(codes.state, "State (estado), SAT's c_Estado; null abroad when it is not listed.")
    postal_code: PostalCode | None = column("Postal code (código postal).")
    country: SatCountry | None = answered(codes.country, "Country (país), SAT's c_Pais.")
    reference: str | None = column("How to find it (referencia).")
    formatted: FichaFormattedAddress = answered(
        formatted_answers.address, "As people read it: in one line, and in several."
    )
    actions: list[ActionState] = states(AddressAction, "an address")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="An address of a client.")
class ClientAddressInput:
    kind: AddressKind | None = value("What it is for; a branch's by default. A client has one fiscal address.")
    label: str | None = value("The branch's name.")
    street: str | None = value("Street (calle).")
    exterior_number: str | None = value("Número exterior.")
    interior_number: str | None = value("Número interior.")
    neighborhood: str | None = value("Colonia.")
    locality: str | None = value("Localidad; by default that of the postal code.")
    municipality: str | None = value("Municipio or alcaldía; by default that of the postal code.")
    state: str | None = value("Code of the state, SAT's c_Estado; by default that of the postal code.")
    postal_code: PostalCode | None = value("Postal code: five digits in Mexico.")
    country: str | None = value("Code of the country, SAT's c_Pais; `MEX` by default.")
    reference: str | None = value("How to find it.")


@strawberry.input(description="An address of a new client.")
@demanding("street")
class NewClientAddressInput(ClientAddressInput):
    pass


MUTATIONS = (
    mutation(
        new("CreateAddressInput", ClientAddressInput, "A new address.", needed=("street",), base=OnClient),
        ADDRESSES.create,
        ClientAddress,
        "A new address, at the end.",
        needs=ClientAction.ADD_ADDRESS,
        many="CreateAddresses",
        ahead=ADDRESSES.count,
    ),
    mutation(
        changes("UpdateAddressInput", ClientAddressInput, "Changes to an address."),
        ADDRESSES.update,
        ClientAddress,
        "Edits an address.",
        needs=AddressAction.EDIT,
        many="UpdateAddresses",
    ),
    mutation(
        about("DeleteAddressInput", "The address to be deleted."),
        ADDRESSES.delete,
        ClientAddress,
        "Deletes an address.",
        needs=AddressAction.DELETE,
        many="DeleteAddresses",
    ),
    mutation(
        about("RestoreAddressInput", "The address to be brought back."),
        ADDRESSES.restore,
        ClientAddress,
        "Brings a deleted address back.",
        needs=AddressAction.RESTORE,
    ),
    mutation(
        reorder("ReorderAddressesInput", "ClientAddress", "The client's addresses in their new order."),
        ADDRESSES.reorder,
        None,
        "Puts a client's addresses in order.",
        needs=ClientAction.EDIT,
    ),
)
