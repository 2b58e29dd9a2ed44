"""Follow-ups in the orders of those of the screen's columns that lead elsewhere: state, assignee and deal."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

import models
from loaders import few
from models.collaborator import Role
from models.follow_up import FollowUpState
from models.viewer import BUNDLES, Permission
from tests.fixtures import NOON, Answer, Company, global_id
from tests.http.test_paging import ARGUMENTS, GIVEN, PAGE, both_ways

FOLLOW_UPS = f"followUps({GIVEN}, orderBy: $orderBy, filter: $filter) {{ totalCount {PAGE} }}"
ORDERED = f"{ARGUMENTS}, $orderBy: [FollowUpOrder!], $filter: FollowUpFilter"
ROOT = f"query ({ORDERED}) {{ page: {FOLLOW_UPS} }}"
OF_CLIENT = f"query ({ORDERED}, $id: ID!) {{ page: client(id: $id) {{ page: {FOLLOW_UPS} }} }}"
DEALS = ("árbol", "Estantería", "estanteria", "nube", "ñandú", "Zapatería")
PEOPLE = ("ana", "Beto", "Óscar")
"""Both as a Spanish speaker orders them; two deals have one title, and are ordered by their ids."""
NOBODY = 99

Row = dict[str, Any]


class FollowUps:
    """A client's follow-ups with the places of their states, people and deals; of some there is none."""

    def __init__(self, own: Company) -> None:
        self.own, self.client = own, own.client()
        deals = [own.add(models.Deal, client_id=self.client, title=title) for title in DEALS]
        people = [
            own.add(models.Collaborator, name=name, email=f"{n}@x.mx", role="SALES") for n, name in enumerate(PEOPLE)
        ]
        self.rows = [self.add(number, deals, people) for number in range(14)]

    def add(self, number: int, deals: list[UUID], people: list[UUID]) -> Row:
        state, person, deal = number * 3 % 4, number * 5 % 4, number * 5 % 7
        id = self.own.add(
            models.FollowUp,
            client_id=self.client,
            state=list(FollowUpState)[state],
            completed_at=NOON if state == 2 else None,
            assignee_id=people[person] if person < len(people) else None,
            deal_id=deals[deal] if deal < len(deals) else None,
        )
        return {
            "id": id,
            "STATE": state,
            "ASSIGNEE": person if person < len(people) else NOBODY,
            "DEAL": deal if deal < len(deals) else NOBODY,
        }

    def ordered(self, field: str, direction: str) -> list[str]:
        """Those of nobody, or without a deal, last."""
        descending = direction == "DESC"
        rows = sorted(self.rows, key=lambda row: row["id"], reverse=descending)
        rows.sort(key=lambda row: -row[field] if descending and row[field] != NOBODY else row[field])
        return [global_id(models.FollowUp, row["id"]) for row in rows]


@pytest.fixture
def follow_ups(company: Callable[..., Company]) -> FollowUps:
    without_deals = [each.value for each in BUNDLES[Role.READ_ONLY] - {Permission.DEALS_READ}]
    return FollowUps(company(role_permissions={"READ_ONLY": without_deals}))


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["STATE", "ASSIGNEE", "DEAL"])
def test_pages_are_in_the_order_both_ways(follow_ups: FollowUps, field: str, direction: str) -> None:
    terms = [{"field": field, "direction": direction}]
    expected = follow_ups.ordered(field, direction)
    for query, variables in ((ROOT, {}), (OF_CLIENT, {"id": global_id(models.Client, follow_ups.client)})):

        def ask(query: str = query, variables: Any = variables, **cut: Any) -> Answer:
            answer = follow_ups.own.ask(query, orderBy=terms, **variables, **cut)
            if variables:
                answer.data["page"] = answer.data["page"]["page"]
            return answer

        for size in (1, 3, 14):
            assert both_ways(ask, size) == (expected, expected)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["STATE", "ASSIGNEE", "DEAL"])
def test_the_order_is_gone_through_where_many_may_pass_the_filter(
    follow_ups: FollowUps, field: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(few, "FEW", 1)
    other = follow_ups.own.client(legal_name="OTRO")
    follow_ups.own.add(models.FollowUp, client_id=other)
    filter = {"client": {"legalName": {"contains": "prueba"}}}

    def ask(**cut: Any) -> Answer:
        return follow_ups.own.ask(ROOT, orderBy=[{"field": field, "direction": direction}], filter=filter, **cut)

    expected = follow_ups.ordered(field, direction)
    assert both_ways(ask, 3) == (expected, expected)


def test_their_order_by_deals_is_for_who_sees_deals(follow_ups: FollowUps) -> None:
    answer = follow_ups.own.ask(ROOT, Role.READ_ONLY, first=2, orderBy=[{"field": "DEAL"}])
    assert answer.errors == [("FORBIDDEN", "page")]
    assert follow_ups.own.ask(ROOT, Role.READ_ONLY, first=2, orderBy=[{"field": "ASSIGNEE"}]).errors == []
