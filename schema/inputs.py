"""What filters and orders can say.

A filter's fields are all of them conditions (`and`); `and`, `or` and `not` combine filters; relations are filters of
their own, and `some`, `every` and `none` quantify over lists. Nothing given is no condition.
"""

import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import ID, UNSET

from schema.enums import (
    AddressKind,
    ClientKind,
    ClientOrderField,
    DealOrderField,
    DealState,
    DocumentKind,
    DocumentOrderField,
    FollowUpOrderField,
    FollowUpState,
    FollowUpType,
    OrderDirection,
    PaymentTerms,
    PriceListItemOrderField,
    Priority,
    Role,
    SalesDocumentOrderField,
    SalesDocumentState,
    SalesDocumentType,
)

T = TypeVar("T")


def where(description: str, name: str | None = None, default: object = UNSET) -> Any:
    """A field of an input that need not be given."""
    return strawberry.field(description=description, name=name, default=default)


@strawberry.input(description="Conditions on an id.")
class IdFilter:
    eq: ID | None = where("Is this record.")
    in_: list[ID] | None = where("Is one of these.", name="in")


@strawberry.input(description="Conditions on a text. `contains` and `startsWith` take no account of accents and case.")
class StringFilter:
    eq: str | None = where("Is exactly this; null: has none.")
    ne: str | None = where("Is not this; null: has one.")
    in_: list[str] | None = where("Is one of these.", name="in")
    not_in: list[str] | None = where("Is none of these.")
    contains: str | None = where("Has this in it.")
    starts_with: str | None = where("Begins with this.")


@strawberry.input(description="Conditions on a list of texts.")
class StringListFilter:
    has: str | None = where("Has exactly this among them.")


@strawberry.input(description="Conditions on an instant.")
class DateTimeFilter:
    eq: datetime.datetime | None = where("Is this one; null: has none.")
    ne: datetime.datetime | None = where("Is not this one; null: has one.")
    lt: datetime.datetime | None = where("Is before.")
    lte: datetime.datetime | None = where("Is before or at.")
    gt: datetime.datetime | None = where("Is after.")
    gte: datetime.datetime | None = where("Is at or after.")


@strawberry.input(description="Conditions on a calendar day.")
class DateFilter:
    eq: datetime.date | None = where("Is this one; null: has none.")
    ne: datetime.date | None = where("Is not this one; null: has one.")
    lt: datetime.date | None = where("Is before.")
    lte: datetime.date | None = where("Is before or on.")
    gt: datetime.date | None = where("Is after.")
    gte: datetime.date | None = where("Is on or after.")


@strawberry.input(description="Conditions on an amount.")
class DecimalFilter:
    eq: Decimal | None = where("Equals; null: has none.")
    ne: Decimal | None = where("Does not equal; null: has one.")
    lt: Decimal | None = where("Is less than.")
    lte: Decimal | None = where("Is at most.")
    gt: Decimal | None = where("Is more than.")
    gte: Decimal | None = where("Is at least.")


@strawberry.input(description="Conditions on a whole number.")
class IntFilter:
    eq: int | None = where("Equals; null: has none.")
    ne: int | None = where("Does not equal; null: has one.")
    in_: list[int] | None = where("Is one of these.", name="in")
    lt: int | None = where("Is less than.")
    lte: int | None = where("Is at most.")
    gt: int | None = where("Is more than.")
    gte: int | None = where("Is at least.")


@strawberry.input(description="Conditions on yes or no.")
class BooleanFilter:
    eq: bool | None = where("Is this.")


@strawberry.input(description="Conditions on one of several values.")
class Filter(Generic[T]):
    eq: T | None = where("Is this one; null: has none.")
    ne: T | None = where("Is not this one; null: has one.")
    in_: list[T] | None = where("Is one of these.", name="in")
    not_in: list[T] | None = where("Is none of these.")


@strawberry.input(description="Conditions on the records of a list.")
class ListFilter(Generic[T]):
    some: T | None = where("At least one of them matches.")
    every: T | None = where("All of them match; so does an empty list.")
    none: T | None = where("None of them matches; so does an empty list.")


_AND, _OR, _NOT = "All of these hold.", "At least one of these holds.", "This does not hold."


@strawberry.input(description="Conditions on a collaborator.")
class CollaboratorFilter:
    and_: list["CollaboratorFilter"] | None = where(_AND, name="and")
    or_: list["CollaboratorFilter"] | None = where(_OR, name="or")
    not_: "CollaboratorFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    name: StringFilter | None = where("Name.")
    email: StringFilter | None = where("E-mail address.")
    role: Filter[Role] | None = where("Role.")
    active: BooleanFilter | None = where("Whether they still work with Ficha.")


@strawberry.input(description="Conditions on a price list.")
class PriceListFilter:
    and_: list["PriceListFilter"] | None = where(_AND, name="and")
    or_: list["PriceListFilter"] | None = where(_OR, name="or")
    not_: "PriceListFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    name: StringFilter | None = where("Name.")
    currency: StringFilter | None = where("Currency.")


@strawberry.input(description="Conditions on an item of a price list.")
class PriceListItemFilter:
    and_: list["PriceListItemFilter"] | None = where(_AND, name="and")
    or_: list["PriceListItemFilter"] | None = where(_OR, name="or")
    not_: "PriceListItemFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    sku: StringFilter | None = where("The company's own code.")
    description: StringFilter | None = where("Description.")
    product_code: StringFilter | None = where("SAT's c_ClaveProdServ.")
    unit_price: DecimalFilter | None = where("Unit price.")


@strawberry.input(description="Conditions on a contact.")
class ContactFilter:
    and_: list["ContactFilter"] | None = where(_AND, name="and")
    or_: list["ContactFilter"] | None = where(_OR, name="or")
    not_: "ContactFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    name: StringFilter | None = where("Name.")
    job_title: StringFilter | None = where("Position at the client.")
    email: StringFilter | None = where("E-mail address.")
    phone: StringFilter | None = where("Telephone, E.164.")
    is_primary: BooleanFilter | None = where("Whether it is the main contact.")
    receives_reminders: BooleanFilter | None = where("Whether payment reminders go to it.")


@strawberry.input(description="Conditions on an address.")
class AddressFilter:
    and_: list["AddressFilter"] | None = where(_AND, name="and")
    or_: list["AddressFilter"] | None = where(_OR, name="or")
    not_: "AddressFilter | None" = where(_NOT, name="not")
    kind: Filter[AddressKind] | None = where("Fiscal or branch.")
    municipality: StringFilter | None = where("Municipio or alcaldía.")
    state: StringFilter | None = where("Code of the state, SAT's c_Estado.")
    postal_code: StringFilter | None = where("Postal code.")
    country: StringFilter | None = where("Code of the country, SAT's c_Pais.")


@strawberry.input(description="Conditions on a stage of the sales funnel.")
class FunnelStageFilter:
    and_: list["FunnelStageFilter"] | None = where(_AND, name="and")
    or_: list["FunnelStageFilter"] | None = where(_OR, name="or")
    not_: "FunnelStageFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    name: StringFilter | None = where("Name.")
    position: IntFilter | None = where("Place in the funnel.")


@strawberry.input(description="Conditions on what a CFDI needs of the client.")
class CfdiProfileFilter:
    and_: list["CfdiProfileFilter"] | None = where(_AND, name="and")
    or_: list["CfdiProfileFilter"] | None = where(_OR, name="or")
    not_: "CfdiProfileFilter | None" = where(_NOT, name="not")
    tax_regime: StringFilter | None = where("Code of the tax regime.")
    cfdi_use: StringFilter | None = where("Code of the use.")
    postal_code: StringFilter | None = where("Postal code.")
    payment_form: StringFilter | None = where("Code of the payment form.")
    payment_method: StringFilter | None = where("Code of the payment method.")


@strawberry.input(description="Conditions on terms and debts.")
class ReceivablesFilter:
    and_: list["ReceivablesFilter"] | None = where(_AND, name="and")
    or_: list["ReceivablesFilter"] | None = where(_OR, name="or")
    not_: "ReceivablesFilter | None" = where(_NOT, name="not")
    terms: Filter[PaymentTerms] | None = where("Payment terms.")
    credit_days: IntFilter | None = where("Credit days.")
    credit_limit: DecimalFilter | None = where("Credit limit; `eq: null` finds those without one.")
    balance: DecimalFilter | None = where("What the client owes.")
    overdue_balance: DecimalFilter | None = where("What is overdue.")
    credit_used: DecimalFilter | None = where("What counts against the limit.")
    credit_available: DecimalFilter | None = where("What is left of the limit.")


@strawberry.input(description="Conditions on a deal.")
class DealFilter:
    and_: list["DealFilter"] | None = where(_AND, name="and")
    or_: list["DealFilter"] | None = where(_OR, name="or")
    not_: "DealFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    title: StringFilter | None = where("Title.")
    estimated_value: DecimalFilter | None = where("Estimated value.")
    currency: StringFilter | None = where("Currency.")
    priority: Filter[Priority] | None = where("Priority.")
    state: Filter[DealState] | None = where("State.")
    expected_close_on: DateFilter | None = where("The day it should close.")
    closed_on: DateFilter | None = where("The day it was won, lost or closed.")
    final_value: DecimalFilter | None = where("Final value.")
    created_at: DateTimeFilter | None = where("When it was created.")
    stage: FunnelStageFilter | None = where("Its stage.")
    assignee: CollaboratorFilter | None = where("Who is in charge of it.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.inputs")] | None = where("Its client.")


@strawberry.input(description="Conditions on a follow-up.")
class FollowUpFilter:
    and_: list["FollowUpFilter"] | None = where(_AND, name="and")
    or_: list["FollowUpFilter"] | None = where(_OR, name="or")
    not_: "FollowUpFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    key: StringFilter | None = where("Key, as `SEG-000123`.")
    name: StringFilter | None = where("Name.")
    type: Filter[FollowUpType] | None = where("What it consists of.")
    starts_at: DateTimeFilter | None = where("Start.")
    ends_at: DateTimeFilter | None = where("End.")
    priority: Filter[Priority] | None = where("Priority.")
    state: Filter[FollowUpState] | None = where("State.")
    is_overdue: BooleanFilter | None = where("Whether it is overdue.")
    deal: DealFilter | None = where("The deal it is for.")
    assignee: CollaboratorFilter | None = where("Who is to do it.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.inputs")] | None = where("Its client.")


@strawberry.input(description="Conditions on a sales document.")
class SalesDocumentFilter:
    and_: list["SalesDocumentFilter"] | None = where(_AND, name="and")
    or_: list["SalesDocumentFilter"] | None = where(_OR, name="or")
    not_: "SalesDocumentFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    type: Filter[SalesDocumentType] | None = where("Quote, sales note, invoice or credit note.")
    folio: StringFilter | None = where("Folio.")
    state: Filter[SalesDocumentState] | None = where("State.")
    issued_at: DateTimeFilter | None = where("When it was issued.")
    due_on: DateFilter | None = where("When it falls due.")
    expires_on: DateFilter | None = where("The last day that a quote holds.")
    currency: StringFilter | None = where("Currency.")
    total: DecimalFilter | None = where("Total.")
    balance: DecimalFilter | None = where("What remains to be paid.")
    is_overdue: BooleanFilter | None = where("Whether it is owed and past its due date.")
    is_expired: BooleanFilter | None = where("Whether it is a quote that ran out unanswered.")
    issued_by: CollaboratorFilter | None = where("Who issued it.")
    deal: DealFilter | None = where("The deal that it came from.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.inputs")] | None = where("Its client.")


@strawberry.input(description="Conditions on a document.")
class DocumentFilter:
    and_: list["DocumentFilter"] | None = where(_AND, name="and")
    or_: list["DocumentFilter"] | None = where(_OR, name="or")
    not_: "DocumentFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    kind: Filter[DocumentKind] | None = where("What it is.")
    name: StringFilter | None = where("File name.")
    content_type: StringFilter | None = where("Media type.")
    tags: StringListFilter | None = where("Tags.")
    size: IntFilter | None = where("Size in bytes.")
    expires_on: DateFilter | None = where("When it expires; `lt` finds what expires before a day.")
    created_at: DateTimeFilter | None = where("When it was uploaded.")
    uploaded_by: CollaboratorFilter | None = where("Who uploaded it.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.inputs")] | None = where("Its client.")


@strawberry.input(description="Conditions on a client.")
class ClientFilter:
    and_: list["ClientFilter"] | None = where(_AND, name="and")
    or_: list["ClientFilter"] | None = where(_OR, name="or")
    not_: "ClientFilter | None" = where(_NOT, name="not")
    id: IdFilter | None = where("Id.")
    kind: Filter[ClientKind] | None = where("Client or prospect.")
    legal_name: StringFilter | None = where("Legal name.")
    trade_name: StringFilter | None = where("Trade name.")
    rfc: StringFilter | None = where("RFC.")
    external_id: StringFilter | None = where("Id in the company's other systems.")
    created_at: DateTimeFilter | None = where("When the record was created.")
    updated_at: DateTimeFilter | None = where("When it was last changed.")
    converted_at: DateTimeFilter | None = where("When the prospect became a client.")
    owner: CollaboratorFilter | None = where("The collaborator in charge.")
    price_list: PriceListFilter | None = where("Default price list.")
    cfdi_profile: CfdiProfileFilter | None = where("What a CFDI needs of it.")
    receivables: ReceivablesFilter | None = where("Terms and debts.")
    contacts: ListFilter[ContactFilter] | None = where("Its contacts.")
    addresses: ListFilter[AddressFilter] | None = where("Its addresses.")
    deals: ListFilter[DealFilter] | None = where("Its deals.")
    follow_ups: ListFilter[FollowUpFilter] | None = where("Its follow-ups.")
    sales_documents: ListFilter[SalesDocumentFilter] | None = where("Its sales documents.")
    documents: ListFilter[DocumentFilter] | None = where("Its documents.")


_FIELD, _DIRECTION = "By what.", "Which way."


@strawberry.input(description="A term of an order of clients.")
class ClientOrder:
    field: ClientOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)


@strawberry.input(description="A term of an order of deals.")
class DealOrder:
    field: DealOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)


@strawberry.input(description="A term of an order of follow-ups.")
class FollowUpOrder:
    field: FollowUpOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)


@strawberry.input(description="A term of an order of sales documents.")
class SalesDocumentOrder:
    field: SalesDocumentOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)


@strawberry.input(description="A term of an order of a price list's items.")
class PriceListItemOrder:
    field: PriceListItemOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)


@strawberry.input(description="A term of an order of documents.")
class DocumentOrder:
    field: DocumentOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(description=_DIRECTION, default=OrderDirection.ASC)
