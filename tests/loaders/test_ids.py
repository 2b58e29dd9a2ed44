"""Global ids: stable, and of their kind."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import BadInput
from loaders.arrays import read_all
from loaders.client import ClientEntity
from loaders.deal import DealEntity
from loaders.entity import entities
from loaders.ids import decode_as, encode, read_as, read_id
from models.ids import uuid7

PREFIXES = {
    "Address": "adr", "ApiKey": "key", "AuditEvent": "aud", "BankAccount": "bnk", "CfdiProfile": "cfp", "Client": "cli",
    "Collaborator": "col", "Company": "com", "Contact": "con", "Deal": "deal", "Document": "file", "FollowUp": "seg",
    "FunnelStage": "stg", "HistoryEvent": "evt", "LossReason": "lsr", "Payment": "pay", "PaymentReminders": "rem",
    "PriceList": "prl", "ReceivableTerms": "trm", "ReminderRule": "rul", "SalesDocument": "doc",
    "SalesDocumentLine": "lin",
}  # fmt: skip
"""For ever: an id that a client app kept must lead to the same record tomorrow."""


NODES = [entity for entity in entities() if entity.is_node]


def test_prefixes_stay_what_they_are() -> None:
    prefixes = {entity.model.__name__: entity.prefix for entity in entities()}
    assert {name: prefixes.get(name) for name in PREFIXES} == PREFIXES
    assert len(set(prefixes.values())) == len(prefixes)


def test_an_id_is_what_it_has_always_been() -> None:
    id = UUID("019900a1-7c00-7d3e-8000-00000000de30")
    assert encode(ClientEntity, id) == "cli_019900a1-7c00-7d3e-8000-00000000de30"


@given(st.uuids(), st.sampled_from(NODES))
def test_an_id_leads_back(id: UUID, entity: type) -> None:
    assert read_id(encode(entity, id), "id") == (entity, str(id))


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_id(text, "id")
    assert (raised.value.code, raised.value.field) == ("BAD_ID", "id")


def test_an_id_of_another_kind_is_refused() -> None:
    with pytest.raises(BadInput, match="otro tipo de registro"):
        decode_as(DealEntity, encode(ClientEntity, uuid7()), "id")


_CLIENT = "cli_019900a1-7c00-7d3e-8000-00000000de30"
_LIKE_IDS = st.sampled_from(
    [
        _CLIENT, "", ",", _CLIENT[:-1], _CLIENT + "0", f"{_CLIENT},{_CLIENT}", f"{_CLIENT},", _CLIENT.upper(),
        _CLIENT.replace("cli", "con"), _CLIENT + "\n", _CLIENT[:20], _CLIENT[20:], f"{_CLIENT[20:]},{_CLIENT[:20]}",
        _CLIENT[20:] + _CLIENT[:20], f"cli_{_CLIENT[:36]}", _CLIENT.replace("de30", "DE30"),
        _CLIENT.replace("7c", " c"), _CLIENT.replace("-7c00", "7c00-"), _CLIENT.replace("-", "0"),
        _CLIENT.replace("a1", "á1"), f"{_CLIENT[:-1]}-", f"{_CLIENT[:-1]}x", f"{_CLIENT[4:20]}cli_{_CLIENT[20:]}",
        "é" * 20, "cli_" * 10,
    ]
)  # fmt: skip


@given(st.lists(_LIKE_IDS | st.just(_CLIENT) | st.uuids().map(lambda id: encode(ClientEntity, id)), max_size=6))
def test_many_ids_are_read_as_each_of_them_is(values: list[str]) -> None:
    def each() -> list[bytes] | None:
        try:
            return [read_as(ClientEntity, value, "ids").encode() for value in values] or None
        except BadInput:
            return None

    assert read_all(ClientEntity, values) == each()


def test_new_ids_sort_after_old_ones() -> None:
    made = [uuid7(milliseconds) for milliseconds in (0, 1, 1_764_035_098_123, 2**48 - 1)]
    assert made == sorted(made)
    assert {(id.version, id.variant) for id in made} == {(7, "specified in RFC 4122")}
    assert len({uuid7() for _ in range(1000)}) == 1000
