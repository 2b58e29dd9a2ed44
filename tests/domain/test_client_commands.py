"""Clients and prospects: created, edited, converted, deleted, restored, erased; duplicates; many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import text

from database.opening import SESSION, options
from database.transactions import ATTEMPTS
from database.wire import PgConnection, Pool, Sent
from domain.client import create_client, delete_client, erase_client, restore_client, update_client
from domain.contact import CONTACTS
from domain.deal import create_deal
from domain.follow_up import create_follow_up
from domain.problem import Rejected
from domain.prospect import convert_prospect
from errors import Forbidden, Unavailable
from models import (
    Address,
    CfdiProfile,
    Client,
    Contact,
    HistoryEvent,
    PriceList,
    ReceivableTerms,
    SalesDocument,
    Tombstone,
)
from models.collaborator import Role
from tests import writing
from tests.writing import Writer, events, rows

KEMPER = {
    "legal_name": "Escuela Kemper Urgate",
    "rfc": "EKU9003173C9",
    "contacts": [{"name": "Ana", "phone": "55 1234 5678", "email": "ana@kemper.mx"}],
    "addresses": [{"kind": "FISCAL", "street": "Av. Juárez", "postal_code": "44100"}],
    "cfdi_profile": {"name": "ESCUELA KEMPER URGATE", "tax_regime": "601", "cfdi_use": "G03", "postal_code": "42501"},
    "receivable_terms": {"terms": "CREDIT", "credit_days": 30},
}


def test_a_client_with_all_that_is_known_of_it_in_one_go(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    client = writer.do(create_client, KEMPER)
    assert rows(owner, mine, Client, "kind", "rfc", "owner_id", "version") == [
        ("CLIENT", "EKU9003173C9", mine.people[Role.ADMIN], 1)
    ]
    assert rows(owner, mine, Contact, "client_id", "phone", "position") == [(client.id, "+525512345678", 0)]
    assert rows(owner, mine, Address, "kind", "state", "municipality") == [("FISCAL", "JAL", "Guadalajara")]
    assert rows(owner, mine, CfdiProfile, "rfc", "name", "valid_to", "version") == [
        ("EKU9003173C9", "ESCUELA KEMPER URGATE", None, 1)
    ]
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days", "credit_limit") == [("CREDIT", 30, None)]
    assert events(owner, mine) == [("CLIENT_CREATED", {})]


def test_what_is_wrong_in_a_part_undoes_the_whole(company: Any, owner: Any) -> None:
    mine = company()
    wrong = KEMPER | {
        "cfdi_profile": {"tax_regime": "605", "cfdi_use": "G03"},
        "receivable_terms": {"terms": "CASH", "credit_days": 30},
        "addresses": [{"kind": "FISCAL", "street": "Uno"}, {"kind": "FISCAL", "street": "Dos"}],
    }
    assert Writer(mine).refused(create_client, wrong) == [
        ("FISCAL_ADDRESS_EXISTS", ("addresses", 1, "kind")),
        ("TAX_REGIME_PERSON_KIND", ("cfdi_profile", "tax_regime")),
        ("CASH_WITHOUT_CREDIT", ("receivable_terms", "terms")),
    ]
    assert rows(owner, mine, Client, "id") == []


def test_terms_ask_for_their_own_permission(company: Any) -> None:
    with pytest.raises(Forbidden, match="billing:write"):
        Writer(company(), Role.SALES).do(create_client, KEMPER)


def test_two_rfcs_that_differ_are_refused(company: Any) -> None:
    given = {"legal_name": "X", "rfc": "EKU9003173C9", "cfdi_profile": {"rfc": "URE180429TM6"}}
    assert Writer(company()).refused(create_client, given) == [("RFC_DIFFERS", ("cfdi_profile", "rfc"))]


@pytest.mark.claims(
    "docs/writing.md",
    "| `warnings` | Saved, but possibly wrong: an RFC's check digit, a postal code the SAT does not list. |",
)
@pytest.mark.parametrize("rfc", ["ACE900319JT9", "FNI970829JR9", "AUGJ651117623", "LME060822IH5", "RDE7910023J3"])
def test_a_registered_rfc_with_a_wrong_digit_is_only_warned_of(company: Any, rfc: str) -> None:
    """Cases R01, R03, R04, R05, R06."""
    writer = Writer(company())
    assert writer.warned(create_client, {"legal_name": "X", "rfc": rfc}) == [("RFC_CHECK_DIGIT", ("rfc",))]


@pytest.mark.parametrize("rfc", ["ROS561231GR8", "ESA2005273X1", "MTA0902267B6", "H&E951128469", "OÑO120726RX3"])
def test_a_prefix_is_no_country_and_letters_survive(company: Any, owner: Any, rfc: str) -> None:
    """Cases R09, R11, R12, R14."""
    mine = company()
    Writer(mine).do(create_client, {"legal_name": "Juan & José & 'Niño' & \"Niña\"", "rfc": rfc.lower()})
    assert rows(owner, mine, Client, "rfc", "legal_name") == [(rfc, "Juan & José & 'Niño' & \"Niña\"")]


@pytest.mark.claims(
    "docs/writing.md",
    "`allowDuplicates: true` turns them into warnings, except for an equal RFC: apart from the two "
    "generic ones, there is one record of each.",
)
def test_an_equal_rfc_is_refused_even_if_insisted(company: Any) -> None:
    """Cases D01, D05; the generic ones are everybody's."""
    mine = company()
    writer = Writer(mine)
    mine.client(rfc="EKU9003173C9")
    again = {"legal_name": "Otra", "rfc": "EKU9003173C9", "allow_duplicates": True}
    assert writer.refused(create_client, again) == [("DUPLICATE", ("rfc",))]
    for name in ("Uno", "Dos"):
        writer.do(create_client, {"legal_name": name, "rfc": "XAXX010101000"})


def test_another_company_may_have_the_rfc(company: Any) -> None:
    """Case D03."""
    for mine in (company(), company()):
        Writer(mine).do(create_client, {"legal_name": "Una", "rfc": "EKU9003173C9"})


@pytest.mark.claims(
    "docs/writing.md",
    "`createClient`, and `updateClient` with another name, look for records with the same RFC, a very "
    "similar name (accents, case, typos and the capital regime aside), and the same e-mail address or "
    "telephone: in the whole company, deleted records and those out of the viewer's sight included.",
    "Each match is a `DUPLICATE` whose `clients` are those that the viewer sees; of clients out of"
    " sight one learns a few times an hour, see [security](security.md#what-duplicates-disclose).",
)
def test_duplicates_out_of_sight_or_deleted_are_found_but_not_shown(company: Any) -> None:
    """Case D02."""
    mine = company()
    hidden = mine.client(rfc="EKU9003173C9", deleted_at=Writer(mine).now)
    with pytest.raises(Rejected, match="DUPLICATE") as caught:
        Writer(mine, Role.SALES).do(create_client, {"legal_name": "Otra", "rfc": "EKU9003173C9"})
    assert [problem.records for problem in caught.value.problems] == [()]
    with pytest.raises(Rejected, match="DUPLICATE") as caught:
        Writer(mine).do(create_client, {"legal_name": "Otra", "rfc": "EKU9003173C9"})
    assert [problem.records for problem in caught.value.problems] == [(hidden,)]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"legal_name": "Ferreteria El Tornillo de Oro, S.A. de C.V."}, ("legal_name",)),
        (
            {"legal_name": "Distinta", "contacts": [{"name": "B", "email": "Ventas@Tornillo.MX"}]},
            ("contacts", 0, "email"),
        ),
        ({"legal_name": "Distinta", "contacts": [{"name": "B", "phone": "01 55 1234 5678"}]}, ("contacts", 0, "phone")),
    ],
)
def test_what_resembles_another_record_has_to_be_insisted_on(company: Any, given: Any, path: Any) -> None:
    mine = company()
    writer = Writer(mine)
    existing = {
        "legal_name": "FERRETERÍA EL TORNILLO DE ORO",
        "contacts": [{"name": "A", "email": "ventas@tornillo.mx", "phone": "55 1234 5678"}],
    }
    writer.do(create_client, existing)
    assert writer.refused(create_client, given) == [("DUPLICATE", path)]
    assert writer.warned(create_client, given | {"allow_duplicates": True}) == [("DUPLICATE", path)]


def test_a_different_name_resembles_nobody(company: Any) -> None:
    writer = Writer(company())
    writer.do(create_client, {"legal_name": "FERRETERÍA EL TORNILLO DE ORO SA DE CV"})
    writer.do(create_client, {"legal_name": "FERRETERÍA EL CLAVO DE PLATA SA DE CV"})


def test_edits_tell_names_and_not_ids(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client(owner_id=mine.people[Role.SALES])
    prices = mine.add(PriceList, name="Mayoreo")
    given = {
        "id": client,
        "owner_id": mine.people[Role.SALES_MANAGER],
        "price_list_id": prices,
        "internal_note": "A\r\nB",
    }
    Writer(mine).do(update_client, given)
    assert events(owner, mine) == [
        (
            "CLIENT_CHANGED",
            {
                "change": "UPDATED",
                "label": "CLIENTE DE PRUEBA",
                "changes": [
                    {"field": "owner_id", "from": "Sales", "to": "Sales_Manager"},
                    {"field": "price_list_id", "from": None, "to": "Mayoreo"},
                    {"field": "internal_note", "from": None, "to": "A\nB"},
                ],
            },
        )
    ]


def test_what_is_referred_to_has_to_be_there(company: Any) -> None:
    mine, other = company(), company()
    given = {"id": mine.client(), "owner_id": other.people[Role.SALES], "price_list_id": mine.id}
    assert Writer(mine).refused(update_client, given) == [
        ("NOT_FOUND", ("owner_id",)),
        ("NOT_FOUND", ("price_list_id",)),
    ]


def test_an_external_id_is_of_one_record(company: Any) -> None:
    mine = company()
    mine.client(external_id="A-1")
    given = {"id": mine.client(), "external_id": "A-1"}
    assert Writer(mine).refused(update_client, given) == [("DUPLICATE_EXTERNAL_ID", ("external_id",))]


@pytest.mark.claims(
    "docs/writing.md",
    "So commands on one client run one after the other: 200 conversions of one prospect make one client, "
    "and two commands on one client cannot wait for each other.",
)
def test_two_hundred_conversions_at_once_make_one_client(company: Any, owner: Any) -> None:
    mine = company()
    prospect = mine.client(kind="PROSPECT")
    mine.add(HistoryEvent, client_id=prospect, as_prospect=True)
    done = Writer(mine).together(convert_prospect, [{"id": prospect, "expected_version": 1}] * 200)
    assert {type(result) for result in done} == {Client}
    assert rows(owner, mine, Client, "kind", "version", "converted_by_id") == [("CLIENT", 2, mine.people[Role.ADMIN])]
    assert rows(owner, mine, HistoryEvent, "kind", "as_prospect") == [
        ("CLIENT_CREATED", True),
        ("PROSPECT_CONVERTED", False),
    ]


def test_fifty_updates_at_once_lose_none_silently(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client()
    writer = Writer(mine)
    given = [{"id": client, "trade_name": f"Nombre {number}"} for number in range(50)]
    assert {type(result) for result in writer.together(update_client, given)} == {Client}
    assert rows(owner, mine, Client, "version") == [51]
    told = [details["changes"][0] for _, details in events(owner, mine)]
    assert {change["to"] for change in told} == {row["trade_name"] for row in given}

    given = [{"id": client, "trade_name": f"Otro {number}", "expected_version": 51} for number in range(50)]
    done = writer.together(update_client, given)
    assert sorted(type(result).__name__ for result in done) == ["Client"] + ["Stale"] * 49
    assert rows(owner, mine, Client, "version") == [52]


def test_of_two_at_once_with_one_rfc_one_is_refused(company: Any, owner: Any) -> None:
    mine = company()
    given = [{"legal_name": name, "rfc": "EKU9003173C9"} for name in ("Uno", "Dos", "Tres", "Cuatro")]
    done = Writer(mine).together(create_client, given)
    assert sorted(type(result).__name__ for result in done) == ["Client", "Rejected", "Rejected", "Rejected"]
    assert rows(owner, mine, Client, "rfc") == ["EKU9003173C9"]


@pytest.mark.claims(
    "docs/writing.md",
    "The command runs in a unit of work (`domain/work.py`): one transaction on one connection.",
)
@pytest.mark.parametrize("once", [False, True])
def test_killed_between_its_statements_it_leaves_all_or_nothing(
    company: Any, owner: Any, monkeypatch: pytest.MonkeyPatch, once: bool
) -> None:
    """All of it where the next attempt succeeds, nothing where each is killed."""
    tables = (Client, Contact, Address, CfdiProfile, ReceivableTerms, HistoryEvent)
    survived = kills = 0

    def open_doomed_pool(url: str, size: int) -> Pool:
        """Its connection is ended by the server right before the round trip after those that are survived."""

        class Doomed(PgConnection):
            async def ask(self, statements: Iterable[Sent]) -> list[Any]:
                nonlocal kills
                batch = list(statements)
                self.sent = 0 if ("begin", ()) in batch else self.sent + 1
                if self.sent == survived and not (once and kills):
                    kills += 1
                    owner.execute(text(f"select pg_terminate_backend({self.info.backend_pid}, 5000)"))
                return await super().ask(batch)

        async def opening(patience: Any) -> PgConnection:
            return await Doomed.open(url, patience, autocommit=True, options=options(SESSION))

        return Pool([opening], size)

    async def impatiently(jobs: Iterable[Callable[[], Awaitable[Any]]]) -> list[Any]:
        return await asyncio.gather(*(job() for job in jobs), return_exceptions=True)

    monkeypatch.setattr(writing, "open_pool", open_doomed_pool)
    monkeypatch.setattr(writing, "patiently", impatiently)
    while True:
        kills, mine = 0, company()
        done = Writer(mine).together(create_client, [KEMPER])[0]
        if not kills:
            break
        if once:
            assert isinstance(done, Client)
        else:
            assert isinstance(done, Unavailable)
            assert kills == ATTEMPTS
        for model in tables:
            assert len(rows(owner, mine, model, "company_id")) == once
        survived += 1
    assert survived >= 5


@pytest.mark.claims(
    "docs/writing.md",
    "| deleting | Soft. A deleted client takes no changes and nothing new until it is restored. "
    "`eraseClient` is for good and leaves a row in `tombstone`. |",
)
def test_a_deleted_client_takes_nothing_until_it_is_restored(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    client = mine.client()
    writer.do(delete_client, {"id": client, "expected_version": 1})
    refused = [("CLIENT_DELETED", ("client_id",))]
    assert writer.refused(create_deal, {"client_id": client, "title": "T"}) == refused
    assert writer.refused(create_follow_up, {"client_id": client, "name": "S", "starts_at": writer.now}) == refused
    assert writer.refused(CONTACTS.create, {"client_id": client, "name": "Ana"}) == refused
    assert writer.refused(update_client, {"id": client, "trade_name": "X"}) == [("CLIENT_DELETED", ("id",))]
    assert writer.refused(delete_client, {"id": client}) == [("CLIENT_DELETED", ("id",))]
    writer.do(restore_client, {"id": client})
    assert writer.refused(restore_client, {"id": client}) == [("RECORD_NOT_DELETED", ("id",))]
    writer.do(create_deal, {"client_id": client, "title": "T"})
    assert [details.get("change") for _, details in events(owner, mine)] == ["DELETED", "RESTORED", None]


def test_erasing_leaves_a_tombstone_and_nothing_else(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    client = writer.do(create_client, KEMPER)
    with pytest.raises(Forbidden, match="admin"):
        Writer(mine, Role.SALES_MANAGER).do(erase_client, {"id": client.id})
    writer.do(erase_client, {"id": client.id})
    assert rows(owner, mine, Tombstone, "id", "type", "erased_by_id") == [
        (client.id, "client", mine.people[Role.ADMIN])
    ]
    for model in (Client, Contact, Address, CfdiProfile, ReceivableTerms, HistoryEvent):
        assert rows(owner, mine, model, "company_id") == []


def test_with_documents_or_a_balance_it_cannot_be_erased(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client()
    mine.add(SalesDocument, client_id=client, subtotal=100, total=100)
    assert Writer(mine).refused(erase_client, {"id": client}) == [("HAS_DOCUMENTS", ("id",)), ("HAS_BALANCE", ("id",))]
    assert rows(owner, mine, Client, "id") == [client]
