"""What an action promises holds: it is allowed if, and only if, its mutation with the least valid input is not refused.

Random records, roles and permissions; every action of each record with every mutation that takes it. The reasons are
the codes of the user errors. Both executors are asked.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.policy import SalesDocumentAction
from models.collaborator import Role
from tests.fixtures import Company, unconstrained
from tests.hostile.actions import CASES, EVERY, Subject, World, companies, least_input, query_of

ACTIONS = """
query ($id: ID!) {{
  node(id: $id) {{ ... on {type} {{ actions {{ action allowed reasons {{ code message help permission }} }} }} }}
}}
"""
OTHERWISE = {(SalesDocumentAction, SalesDocumentAction.CREDIT)}
"""Of what the least input is about another record: its mutation tells it in other words."""


FROM_BEFORE = {
    "address": ("postal_code",),
    "bank_account": ("bank_code", "bank_rfc", "payment_form", "payer_account", "deposit_account"),
    "cfdi_profile": ("cfdi_use",),
    "company": ("postal_code",),
    "sales_document": ("payment_form",),
}
"""What rows that are older than the constraints may break."""


@contextmanager
def from_before(owner: Connection) -> Iterator[None]:
    """Within, rows come in as before the constraints."""
    with ExitStack() as stack:
        for table, names in FROM_BEFORE.items():
            stack.enter_context(unconstrained(owner, table, *names))
        yield


@pytest.fixture
def some(company: Callable[..., Company], owner: Connection) -> list[Company]:
    with from_before(owner):
        return companies(company, Random(1), 6)  # noqa: S311  # test data


@pytest.mark.claims(
    "docs/writing.md",
    "A mutation says which actions it is (`needs=DealAction.WIN` in the noun's file), and what refuses an action has "
    "one place, which both ask:",
)
def test_every_action_is_taken_by_a_mutation() -> None:
    taken = {(type(action), action) for _, action in CASES}
    assert [action for action in EVERY if (type(action), action) not in taken] == []


@pytest.mark.claims(
    "docs/writing.md",
    "Clients, contacts, addresses, bank accounts, deals, follow-ups, files and sales documents have `actions`: each "
    "action, whether the viewer can take it now, and if not, every reason with its code, a message, what would help, "
    "and the permission that is missing.",
    "An action is allowed if, and only if, its mutation would answer without `userErrors` when it is sent "
    "`validateOnly` with the least input that is valid.",
    "`tests/hostile/test_actions.py` holds the rule over random records, roles and permissions.",
)
@pytest.mark.claims(
    "docs/security.md",
    "`actions`, `availableActions` and the fields `viewerCan…` ask the rules that the mutations ask "
    "([writing](writing.md#actions-and-why-not)).",
)
def test_actions_hold(some: list[Company]) -> None:
    assert hold(some, examples=12, derandomize=True) > 300


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_ten_thousand_actions_hold(some: list[Company]) -> None:
    assert hold(some, examples=500, derandomize=False) > 10_000


def hold(some: list[Company], *, examples: int, derandomize: bool) -> int:
    """How many actions were tried."""
    tried: list[int] = []

    @settings(
        max_examples=examples,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 1 << 64), st.integers(0, len(some) - 1), st.sampled_from(Role))
    def holds(seed: int, number: int, role: Role) -> None:
        company = some[number]
        world = World(company, Random(seed))  # noqa: S311  # test data
        with from_before(company.owner):
            subjects = list(world.subjects())
        tried.append(sum(_tried(company, role, subject) for subject in subjects))

    holds()
    return sum(tried)


def _tried(company: Company, role: Role, subject: Subject) -> int:
    answer = company.ask(ACTIONS.format(type=subject.type_name), role, id=subject.id)
    shown = (answer.body.get("data") or {}).get("node")
    if shown is None:  # neither is there for the viewer, nor what can be done with it
        return 0
    states = {state["action"]: state for state in shown["actions"]}
    assert list(states) == list(subject.kind)
    number = 0
    for declared, action in CASES:
        if type(action) is not subject.kind:
            continue
        state = states[action]
        assert state["allowed"] is (state["reasons"] == [])
        assert all(reason["message"] and reason["help"] for reason in state["reasons"])
        given = least_input(declared, action, subject.ids)
        told = company.ask(query_of(declared), role, input=given)
        number += 1
        _agree(state, told, (declared.name, action, given))
    return number


def _agree(state: Any, told: Any, case: Any) -> None:
    codes = {reason["code"] for reason in state["reasons"]}
    if "errors" in told.body:
        [error] = told.body["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN", (case, error)
        assert codes == {"PERMISSION_MISSING"}, (case, state)
        assert error["extensions"]["permission"] in {reason["permission"] for reason in state["reasons"]}, (case, state)
        return
    [payload] = told.data.values()
    errors = {error["code"] for error in payload["userErrors"]}
    if errors == {"RECORD_BREAKS_RULE"}:  # whatever one does with a row from before: no fault, and told what to correct
        return
    assert state["allowed"] is (errors == set()), (case, state, errors)
    if (type(case[1]), case[1]) not in OTHERWISE:
        assert codes == errors, (case, state)
