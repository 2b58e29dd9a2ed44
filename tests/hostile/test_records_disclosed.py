"""What a record says is repeated, in a refusal or a warning, to nobody who may not read it: to no API key that only
writes."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select

import models
from domain.acuse import Acuse
from domain.cancellation import report_cancellation
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.cfdi_profile import update_cfdi_profile
from domain.client import create_client
from domain.collaborator import suspend_collaborator
from domain.conversion import ConvertedLine, convert_sales_document
from domain.inputs import Input
from domain.problem import Rejected
from domain.sales_document import create_sales_document, send_sales_document
from domain.tax_certificate import apply_cfdi_profile_proposal
from models.collaborator import Role
from models.viewer import Permission
from tests.cfdi import cfdi, payment
from tests.fixtures import NOON, Company
from tests.hostile.test_balances_disclosed import messages
from tests.hostile.test_constancias import certificate
from tests.writing import Writer

RFC = "EKU9003173C9"
LISTED = "COSC8001137NA"
UUIDS = "d9b4f2a0-3a55-4a6e-9a52-000000000001", "d9b4f2a0-3a55-4a6e-9a52-000000000002"
READING = frozenset(each for each in Permission if each.value.endswith(":read"))
LINE = models.SalesDocumentLine.__table__


@dataclass(frozen=True)
class There:
    """A company, and who writes in it and may read everything."""

    company: Company
    owner: Any
    writer: Writer


Case = tuple[str, Any, dict[str, Any], tuple[str, ...]]
"""A code, the command that leads to it, its input, and what of the record the message repeats."""


def _more_than_remains(there: There) -> Case:
    quote = _quote(there, there.company.client())
    there.writer.do(send_sales_document, {"id": quote})
    [id] = there.owner.scalars(select(LINE.c.id).where(LINE.c.sales_document_id == quote))
    input = {"id": quote, "to": "SALES_NOTE", "lines": [ConvertedLine(line_id=id, quantity=Decimal(8))]}
    return "QUANTITY_OVER_REMAINING", convert_sales_document, input, ("7.5",)


def _acuse_of_another(there: There) -> Case:
    invoice = there.company.add(models.SalesDocument, client_id=there.company.client(), uuid=UUID(UUIDS[0]), series="F")
    company = models.Company.__table__.c
    issuer = there.owner.scalar(select(company.rfc).where(company.id == there.company.id))
    answer = Acuse(issuer, NOON, [(UUID(UUIDS[1]), "201")])
    return "ACUSE_FOLIO", report_cancellation, {"id": invoice, "read_acuse": answer}, (UUIDS[0],)


def _constancia_of_another(there: There) -> Case:
    client = there.company.client(rfc="URE180429TM6")
    input = {"document_id": certificate(there.company, client, "601"), "include_address": False}
    return "CERTIFICATE_OF_ANOTHER", apply_cfdi_profile_proposal, input, ("URE180429TM6", RFC)


def _listed(there: There) -> Case:
    day = there.writer.now.date() - datetime.timedelta(days=1)
    listing = {"rfc": LISTED, "status": "PRESUMED", "published_on": day, "name": "Listado"}
    there.owner.execute(insert(models.TaxpayerListing).values(**listing))
    quote = _quote(there, there.company.client(rfc=LISTED))
    return "TAXPAYER_PRESUMED", send_sales_document, {"id": quote}, (LISTED,)


def _of_a_prospect(there: There) -> Case:
    there.company.client(rfc=RFC, legal_name="Escuela Kemper Urgate SA de CV", kind="PROSPECT")
    input = {"cfdi": read_cfdi(cfdi()), "on_unknown_client": "CREATE"}
    return "CFDI_PROSPECT_CONVERTED", import_cfdi, input, ("Escuela Kemper Urgate SA de CV",)


def _replaced(there: There) -> Case:
    _invoice(there)
    substitute = cfdi(uuid=UUIDS[1], Folio="2", related=[UUIDS[0]], relation="04")
    return "CFDI_REPLACED", import_cfdi, {"cfdi": read_cfdi(substitute)}, ("F-7341",)


def _with_another_balance(there: There) -> Case:
    _invoice(there)
    stated = 'MonedaDR="MXN" ImpSaldoAnt="500.00" ImpSaldoInsoluto="0.00"'
    paid = payment((UUIDS[0], "500.00"), of_document=stated)
    return "CFDI_BALANCE_DIFFERS", import_cfdi, {"cfdi": read_cfdi(paid)}, ("F-7341", "660.00")


def _quote(there: There, client: UUID) -> UUID:
    line = {"description": "Silla", "product_code": "56101504", "unit_code": "H87", "unit_price": Decimal(1)}
    values = {"client_id": client, "type": "QUOTE", "lines": [line | {"quantity": Decimal("7.5")}]}
    return there.writer.do(create_sales_document, values).id


def _invoice(there: There) -> None:
    there.company.billable(rfc=RFC, legal_name="ESCUELA KEMPER URGATE")
    there.writer.do(import_cfdi, {"cfdi": read_cfdi(cfdi(uuid=UUIDS[0], Serie="F", Folio="7341"))})


@pytest.mark.parametrize(
    "case",
    [
        _more_than_remains,
        _acuse_of_another,
        _constancia_of_another,
        _listed,
        _of_a_prospect,
        _replaced,
        _with_another_balance,
    ],
)
def test_a_message_repeats_of_a_record_only_what_may_be_read(
    company: Callable[..., Company], owner: Any, case: Callable[[There], Case]
) -> None:
    mine = company()
    reader, blind = Writer(mine), Writer(mine)
    blind.viewer = replace(blind.viewer, permissions=blind.viewer.permissions - READING)
    try:
        code, command, input, secrets = case(There(mine, owner, reader))
        said, silent = (messages(writer, command, input)[code] for writer in (reader, blind))
    finally:
        owner.execute(delete(models.TaxpayerListing).where(models.TaxpayerListing.rfc == LISTED))  # every company's
    for secret in secrets:
        assert said.count(secret) == 2, said  # in each language
        assert secret not in silent, silent
    assert "{" not in silent


def test_how_much_somebody_is_in_charge_of_is_told_to_who_may_read_all_of_it(company: Callable[..., Company]) -> None:
    mine = company()
    leaver = mine.people[Role.SALES]
    [client, *_] = [mine.client(owner_id=leaver) for _ in range(3)]
    for _ in range(2):
        mine.add(models.Deal, client_id=client, assignee_id=leaver)
    mine.add(models.FollowUp, client_id=client, assignee_id=leaver)
    writer = Writer(mine)
    everything = writer.viewer.permissions
    for withheld, clients, deals, follow_ups in (
        (set(), " (3)", " (2)", " (1)"),
        ({Permission.DEALS_READ}, " (3)", "", " (1)"),
        (READING, "", "", ""),
        ({Permission.CLIENTS_READ_ALL}, "", "", ""),
    ):
        writer.viewer = replace(writer.viewer, permissions=everything - withheld)
        [(code, message)] = messages(writer, suspend_collaborator, {"id": leaver}).items()
        assert code == "HAND_OVER_REQUIRED"
        assert message == (
            f"Tiene clientes{clients}, tratos abiertos{deals} o seguimientos pendientes{follow_ups}: indique a quién"
            f" pasan. They have clients{clients}, open deals{deals} or pending follow-ups{follow_ups}: say who takes"
            " them over."
        )


def test_where_a_cancellation_stands_is_told_to_who_may_read_it(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    invoice = mine.add(models.SalesDocument, client_id=client, uuid=UUID(UUIDS[0]))
    request = {"reason": "ERRORS_WITHOUT_RELATION", "requested_at": NOON, "sat_state": "REFUSED"}
    mine.add(models.Cancellation, client_id=client, sales_document_id=invoice, **request)
    reader, blind = Writer(mine), Writer(mine)
    blind.viewer = replace(blind.viewer, permissions=blind.viewer.permissions - READING)
    for writer, spanish, english in ((reader, " («Solicitud rechazada»)", " (“request refused”)"), (blind, "", "")):
        assert messages(writer, report_cancellation, {"id": invoice, "sat_state": "IN_PROCESS"}) == {
            "CANCELLATION_TRANSITION": f"La cancelación{spanish} no puede pasar a «En proceso»."
            f" The cancellation{english} cannot become “in process”."
        }


def test_what_is_wrong_with_recorded_cfdi_data_is_told_to_who_may_read_them(company: Callable[..., Company]) -> None:
    """Of what a key states itself it is told everything."""
    mine = company()
    client = mine.client(rfc=RFC, legal_name="Secreta SA de CV")
    profile = {"rfc": RFC, "name": "SECRETA SA DE CV", "tax_regime": "601", "taxpayer_status": "SUSPENDED"}
    mine.add(models.CfdiProfile, client_id=client, **profile)
    reader, blind = Writer(mine), Writer(mine)
    blind.viewer = replace(blind.viewer, permissions=blind.viewer.permissions - READING)
    blind_to_clients = Writer(mine)
    blind_to_clients.viewer = replace(reader.viewer, permissions=reader.viewer.permissions - {Permission.CLIENTS_READ})

    def told(writer: Writer, **stated: str) -> dict[str, str]:
        return messages(writer, update_cfdi_profile, {"client_id": client, **stated})

    assert "SA DE CV" in told(reader, payment_form="03")["CAPITAL_REGIME_IN_NAME"]
    assert "TAXPAYER_SUSPENDED" in told(reader, payment_form="03")
    assert "TAX_REGIME_PERSON_KIND" in told(reader, rfc="CUSC850516316")
    for writer in (blind, blind_to_clients):
        assert told(writer, payment_form="03") == {}
        assert told(writer, rfc="CUSC850516316").keys() == {"RECEPTOR_NOT_READY"}
        assert "SC DE RL" in told(writer, name="OTRA SC DE RL")["CAPITAL_REGIME_IN_NAME"]
        assert told(writer, postal_code="1").keys() == {"POSTAL_CODE_FORMAT"}
        new = {"legal_name": "Otra", "cfdi_profile": Input(payment_form="03")}
        assert "CFDI_USE_REQUIRED" in messages(writer, create_client, new)


def test_what_a_constancia_says_is_told_to_who_may_read_it(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client(rfc=RFC)
    reader, blind = Writer(mine), Writer(mine)
    blind.viewer = replace(blind.viewer, permissions=blind.viewer.permissions - READING)

    def told(writer: Writer, *codes: str | None, **stated: str) -> Any:
        id = certificate(mine, client, *codes, name="SECRETA SA DE CV")
        input = {"document_id": id, "include_address": False, **stated}
        try:
            return writer.do(apply_cfdi_profile_proposal, input)
        except Rejected as rejected:
            return [(each.code.name, each.message_es, each.allowed) for each in rejected.problems]

    unread = "La constancia tiene un régimen que no está en el catálogo con ese nombre{}: elija su clave."
    [(code, message, allowed)] = told(reader, None)
    assert (code, message) == ("TAX_REGIME_UNREAD", unread.format(" («Régimen None»)"))
    assert "601" in allowed
    assert told(blind, None) == [("TAX_REGIME_UNREAD", unread.format(""), ())]
    for codes, stated, code in (
        (("601", "603"), {}, "TAX_REGIME_CHOICE"),
        (("601", "603"), {"tax_regime": "626"}, "TAX_REGIME_NOT_LISTED"),
    ):
        for writer, allowed in ((reader, codes), (blind, ())):
            assert [(each[0], each[2]) for each in told(writer, *codes, **stated)] == [(code, allowed)]

    input = {"document_id": certificate(mine, client, "601", name="SECRETA SA DE CV"), "include_address": False}
    assert "SA DE CV" in messages(reader, apply_cfdi_profile_proposal, input)["CAPITAL_REGIME_IN_NAME"]
    assert messages(blind, apply_cfdi_profile_proposal, input) == {}
