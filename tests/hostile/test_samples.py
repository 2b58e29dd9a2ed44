"""CFDIs of many forms come in over the API with the sums that an independent reading of their XML finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from models import Client
from tests.cfdi import cfdi, credit, payment
from tests.domain.test_cfdi32 import cfdi32
from tests.fixtures import Company, global_id

D = Decimal
BRING = """
mutation ($input: ImportCfdiInput!) {
  importCfdi(input: $input) { salesDocument { id } userErrors { code message } warnings { code } }
}
"""
BOOKS = """
query ($id: ID!) {
  client(id: $id) {
    receivables { balance owed creditBalance }
    salesDocuments(first: 100) { nodes {
      state currency exchangeRate subtotal discount tax withheld total
      ... on SalesInvoice { uuid balance }
      ... on SalesCreditNote { uuid }
    } }
  }
}
"""


def cents(value: Decimal) -> Decimal:
    return value.quantize(D("0.01"), ROUND_HALF_UP)


@dataclass
class Stated:
    """What a file says of itself: read by the names of its nodes and attributes alone, whatever their case."""

    type: str
    issuer: str
    receptor: str
    name: str
    uuid: UUID | None
    currency: str
    rate: Decimal
    sums: Mapping[str, Decimal]
    at_once: bool
    paid: Decimal
    """What a file of type P pays, in pesos."""

    @classmethod
    def of(cls, content: bytes) -> "Stated":
        root = ET.fromstring(content.strip())  # noqa: S314  # our own files
        every = [*map(_node, root.iter())]
        head = every[0][1]
        first = dict(reversed(every))
        number = {name: cents(D(head.get(name, "0"))) for name in ("subtotal", "descuento", "total")}
        taxes = next((attributes for name, attributes in map(_node, root) if name == "impuestos"), {})
        local = first.get("impuestoslocales", {})
        sums = {
            "subtotal": number["subtotal"],
            "discount": number["descuento"],
            "tax": _sum(taxes, "totalimpuestostrasladados") + _sum(local, "totaldetraslados"),
            "withheld": _sum(taxes, "totalimpuestosretenidos") + _sum(local, "totalderetenciones"),
            "total": number["total"],
        }
        stamp = first.get("timbrefiscaldigital", {}).get("uuid")
        payments = [attributes for name, attributes in every if name == "pago"]
        return cls(
            type=head.get("tipodecomprobante", "")[:1].upper(),
            issuer=first.get("emisor", {}).get("rfc", "").strip(),
            receptor=first.get("receptor", {}).get("rfc", "").strip(),
            name=first.get("receptor", {}).get("nombre", "CLIENTE"),
            uuid=UUID(stamp) if stamp else None,
            currency=head.get("moneda", "MXN"),
            rate=D(head.get("tipocambio", "1")),
            sums=sums,
            at_once=head.get("metodopago") == "PUE" or head.get("version") == "3.2",
            paid=sum((cents(D(one["monto"]) * D(one.get("tipocambiop", "1"))) for one in payments), D(0)),
        )

    @property
    def balance(self) -> Decimal:
        """What is owed after the file alone, in pesos."""
        if self.type == "P":
            return -self.paid
        pesos = cents(self.sums["total"] * self.rate)
        if self.type == "E":
            return -pesos
        return D(0) if self.at_once else pesos


def _node(node: ET.Element) -> tuple[str, Mapping[str, str]]:
    """Name and attributes, in small letters."""
    return node.tag.rpartition("}")[2].lower(), {name.lower(): value for name, value in node.attrib.items()}


def _sum(attributes: Mapping[str, str], name: str) -> Decimal:
    return cents(D(attributes.get(name, "0")))


def brought(mine: Company, content: bytes) -> tuple[Stated, Any]:
    """Imports the file for a client of its own."""
    stated = Stated.of(content)
    client = mine.client(rfc=stated.receptor, legal_name=stated.name)
    text = content.decode("utf-8-sig")
    answer = mine.ask(BRING, input={"xml": text, "clientId": global_id(Client, client)})
    payload = (answer.body.get("data") or {}).get("importCfdi") or answer.body
    return stated, payload


def compared(mine: Company, stated: Stated) -> None:
    """The API says what the file does."""
    [client] = mine.owner.scalars(select(Client.id).where(Client.company_id == mine.id))
    books = mine.ask(BOOKS, id=global_id(Client, client)).data["client"]
    assert D(books["receivables"]["balance"]) == stated.balance
    assert D(books["receivables"]["owed"]) - D(books["receivables"]["creditBalance"]) == stated.balance
    documents = books["salesDocuments"]["nodes"]
    if stated.type == "P":
        assert documents == []
        return
    [document] = documents
    assert {name: D(document[name]) for name in stated.sums} == stated.sums
    assert (UUID(document["uuid"]), document["currency"]) == (stated.uuid, stated.currency)
    assert D(document["exchangeRate"]) == stated.rate
    if stated.type == "I":
        assert (document["state"], D(document["balance"])) == (
            ("PAID", D(0)) if stated.at_once else ("STAMPED", stated.sums["total"])
        )


USD = {"Moneda": "USD", "TipoCambio": "17.123456"}
LOCAL = (
    '<implocal:ImpuestosLocales xmlns:implocal="http://www.sat.gob.mx/implocal" version="1.0"'
    ' TotaldeRetenciones="5.00" TotaldeTraslados="30.00"><implocal:RetencionesLocales ImpLocRetenido="Obra"'
    ' TasadeRetencion="0.50" Importe="5.00"/><implocal:TrasladosLocales ImpLocTrasladado="ISH"'
    ' TasadeTraslado="3.00" Importe="30.00"/></implocal:ImpuestosLocales>'
)
PUE = {"MetodoPago": "PUE", "FormaPago": "03"}
PAID = str(uuid4())
FILES: Mapping[str, Callable[[], str]] = {
    "invoice": cfdi,
    "invoice 3.3": lambda: cfdi(version="3.3"),
    "invoice 3.2": cfdi32,
    "at once": lambda: cfdi(**PUE),
    "in dollars": lambda: cfdi(**USD),
    "in dollars at once": lambda: cfdi(**USD, **PUE),
    "local taxes": lambda: cfdi(complement=LOCAL, Total="1185.00"),
    "credit note": lambda: credit(str(uuid4())),
    "credit note in dollars": lambda: credit(str(uuid4()), **USD),
    "payment 2.0": lambda: payment((PAID, "580.00")),
    "payment 1.0": lambda: payment((PAID, "580.00"), version="3.3"),
    "payments of two": lambda: payment((PAID, "580.00"), (str(uuid4()), "1160.00")),
    "payment in dollars": lambda: payment(
        (PAID, "100.00"),
        of_payment='MonedaP="USD" TipoCambioP="18.00"',
        of_document='MonedaDR="USD" EquivalenciaDR="1"',
    ),
    "order mark": lambda: "\ufeff" + cfdi(),
    "blanks around": lambda: "\n" + cfdi() + "\n\n",
}  # fmt: skip


@pytest.mark.parametrize("form", FILES)
def test_a_file_comes_in_with_its_sums(company: Callable[..., Company], form: str) -> None:
    mine = company()
    stated, payload = brought(mine, FILES[form]().encode())
    assert payload["userErrors"] == []
    compared(mine, stated)
