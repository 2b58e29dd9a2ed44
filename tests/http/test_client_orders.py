"""Lists of clients in the orders that are read in parts: kind, owner, state, RFC, last activity and next follow-up."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from loaders import few
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from tests.fixtures import NOON, Answer, Company, global_id
from tests.http.test_paging import ARGUMENTS, GIVEN, PAGE, both_ways, page_of

CLIENTS = f"""
query ({ARGUMENTS}, $orderBy: [ClientOrder!], $filter: ClientFilter) {{
  page: clients({GIVEN}, orderBy: $orderBy, filter: $filter) {{ totalCount {PAGE} }}
}}
"""
SHOWN = """
query ($first: Int, $orderBy: [ClientOrder!]) {
  page: clients(first: $first, orderBy: $orderBy) { nodes { lastActivityAt nextFollowUp { startsAt } } }
}
"""
OWNERS = ("ANA", "Ana B", "Beto", "Ñandú", "Óscar", "beto")
"""Two of them have one name, as it is ordered."""
STATES = (("Nuevo", 10), ("Contactado", 2), ("En espera", 10))
KINDS: Mapping[str, Permission] = {
    "CLIENT_CREATED": Permission.CLIENTS_READ,
    "SALES_DOCUMENT_ISSUED": Permission.SALES_READ,
    "PAYMENT_RECEIVED": Permission.BILLING_READ,
    "DEAL_WON": Permission.DEALS_READ,
    "FOLLOW_UP_CHANGED": Permission.FOLLOW_UPS_READ,
    "DOCUMENT_CHANGED": Permission.DOCUMENTS_READ,
}

hours = st.integers(0, 3)
a_client = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["CLIENT", "PROSPECT"]),
        "owner": st.sampled_from([None, *range(len(OWNERS))]),
        "state": st.sampled_from([None, *range(len(STATES))]),
        "rfc": st.sampled_from([None, "XAXX010101000", "XEXX010101000"]),
        "events": st.lists(st.tuples(st.sampled_from(sorted(KINDS)), hours), max_size=3),
        "follow_ups": st.lists(st.tuples(st.sampled_from(["PENDING", "IN_PROGRESS", "CANCELLED"]), hours), max_size=2),
    }
)
FIELDS = ("KIND", "OWNER", "PROSPECT_STATE", "RFC", "LAST_ACTIVITY", "NEXT_FOLLOW_UP")
an_order = st.lists(
    st.tuples(st.sampled_from([*FIELDS, "LEGAL_NAME"]), st.sampled_from(["ASC", "DESC"])), min_size=1, max_size=3,
    unique_by=lambda term: term[0],
)  # fmt: skip


class Clients:
    """A company's owners and states, and clients with the values by which they are ordered."""

    def __init__(self, own: Company) -> None:
        self.own = own
        self.owners = [
            own.add(models.Collaborator, name=name, email=f"{n}@x.mx", role="SALES") for n, name in enumerate(OWNERS)
        ]
        self.states = [own.add(models.ProspectState, name=name, position=place) for name, place in STATES]
        self.rows: list[dict[str, Any]] = []

    def add(self, values: Mapping[str, Any]) -> None:
        owner = None if values["owner"] is None else self.owners[values["owner"]]
        prospect = values["kind"] == "PROSPECT"
        state = None if values["state"] is None or not prospect else self.states[values["state"]]
        name = f"CLIENTE {len(self.rows) % 3}"
        id = self.own.client(
            kind=values["kind"], owner_id=owner, prospect_state_id=state, rfc=values["rfc"], legal_name=name
        )
        for kind, hour in values["events"]:
            self.own.add(models.HistoryEvent, client_id=id, kind=kind, occurred_at=at(hour))
        for stage, hour in values["follow_ups"]:
            self.own.add(models.FollowUp, client_id=id, state=stage, starts_at=at(hour), ends_at=at(hour))
        self.rows.append(dict(values) | {"id": id, "owner": owner, "state": state, "name": name})

    def values(self, permissions: frozenset[Permission]) -> Mapping[str, Callable[[dict[str, Any]], Any]]:
        """What each order goes by, for a viewer with these permissions."""
        names = [name.lower().replace("ñ", "n~").replace("ú", "u").replace("ó", "o") for name in OWNERS]
        owners = {id: (name, id) for id, name in zip(self.owners, names, strict=True)}
        states = {id: (place, id) for id, (_, place) in zip(self.states, STATES, strict=True)}

        def newest(row: dict[str, Any]) -> datetime.datetime | None:
            return max((at(hour) for kind, hour in row["events"] if KINDS[kind] in permissions), default=None)

        def first(row: dict[str, Any]) -> datetime.datetime | None:
            return min((at(hour) for state, hour in row["follow_ups"] if state != "CANCELLED"), default=None)

        return {
            "KIND": lambda row: row["kind"],
            "OWNER": lambda row: owners.get(row["owner"]),
            "PROSPECT_STATE": lambda row: states.get(row["state"]),
            "RFC": lambda row: row["rfc"],
            "LAST_ACTIVITY": newest,
            "NEXT_FOLLOW_UP": first,
            "LEGAL_NAME": lambda row: row["name"],
        }

    def ordered(self, order: Sequence[tuple[str, str]], permissions: frozenset[Permission]) -> list[dict[str, Any]]:
        """Those without the value last, ties by id in the last term's direction."""
        rows = sorted(self.rows, key=lambda row: row["id"], reverse=order[-1][1] == "DESC")
        for name, direction in reversed(order):
            value = self.values(permissions)[name]
            with_value = [row for row in rows if value(row) is not None]
            with_value.sort(key=value, reverse=direction == "DESC")
            rows = with_value + [row for row in rows if value(row) is None]
        return rows


def at(hour: int) -> datetime.datetime:
    return NOON + datetime.timedelta(hours=hour)


def ids(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [global_id(models.Client, row["id"]) for row in rows]


def terms(order: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"field": name, "direction": direction} for name, direction in order]


ROLES = {"READ_ONLY": [permission.value for permission in BUNDLES[Role.READ_ONLY] - {Permission.DEALS_READ}]}
"""A role that sees neither payments nor deals; BILLING sees both, SALES its own clients alone."""


@pytest.mark.parametrize("role", [Role.ADMIN, Role.READ_ONLY])
def test_any_order_is_pythons_order_both_ways(company: Callable[..., Company], role: Role) -> None:
    permissions = BUNDLES[role] - ({Permission.DEALS_READ} if role is Role.READ_ONLY else set())

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(a_client, min_size=1, max_size=9), an_order, st.integers(1, 10))
    def check(some: list[dict[str, Any]], order: list[tuple[str, str]], size: int) -> None:
        clients = Clients(company(role_permissions=ROLES))
        for values in some:
            clients.add(values)

        def ask(**cut: Any) -> Answer:
            return clients.own.ask(CLIENTS, role, orderBy=terms(order), **cut)

        expected = ids(clients.ordered(order, permissions))
        assert both_ways(ask, size) == (expected, expected)

    check()


@pytest.fixture
def clients(company: Callable[..., Company]) -> Clients:
    """Nine clients: of each order some have one value, some another, and some none."""
    clients = Clients(company(role_permissions=ROLES))
    for number in range(9):
        clients.add(
            {
                "kind": ("PROSPECT", "CLIENT", "PROSPECT")[number % 3],
                "owner": (0, None, 1, 2, 5, 0)[number % 6],
                "state": (0, 1, None, 2)[number % 4],
                "rfc": (None, "XAXX010101000")[number % 2],
                "events": [(kind, (number + place) % 4) for place, kind in enumerate(sorted(KINDS)[: number % 5])],
                "follow_ups": [(("PENDING", "CANCELLED")[number % 2], number % 3)] if number % 4 else [],
            }
        )
    return clients


@pytest.mark.sampled(5)
@pytest.mark.claims(
    "docs/reading.md",
    "An order by what many rows have in common, as an owner, or some rows lack, as a next follow-up, is read in parts:"
    " the rows of one value after those of another, and those without it.",
)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", FIELDS)
def test_each_order_alone_and_before_another(clients: Clients, field: str, direction: str) -> None:
    for order in (
        [(field, direction)],
        [(field, direction), ("LEGAL_NAME", "ASC")],
        [("LEGAL_NAME", "DESC"), (field, direction)],
    ):

        def ask(order: Any = order, **cut: Any) -> Answer:
            return clients.own.ask(CLIENTS, orderBy=terms(order), **cut)

        expected = ids(clients.ordered(order, frozenset(Permission)))
        for size in (1, 2, 4, 9):
            assert both_ways(ask, size) == (expected, expected)


@pytest.mark.parametrize("field", FIELDS)
def test_a_filter_leaves_the_order(clients: Clients, field: str) -> None:
    def ask(**cut: Any) -> Answer:
        return clients.own.ask(CLIENTS, orderBy=terms([(field, "DESC")]), filter={"kind": {"eq": "PROSPECT"}}, **cut)

    rows = clients.ordered([(field, "DESC")], frozenset(Permission))
    expected = ids([row for row in rows if row["kind"] == "PROSPECT"])
    assert both_ways(ask, 2) == (expected, expected)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", FIELDS)
def test_an_order_is_gone_through_where_many_may_pass_the_filter(
    clients: Clients, field: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a filter that leads to other records, the rows of the order are looked at one after the other."""
    monkeypatch.setattr(few, "FEW", 1)
    for row in clients.rows[::2]:
        clients.own.add(models.Contact, client_id=row["id"], name="Marta Ríos")
    for filter, rows in (
        ({"contacts": {"some": {"name": {"contains": "rios"}}}}, clients.rows[::2]),
        ({"contacts": {"none": {"name": {"contains": "rios"}}}}, clients.rows[1::2]),
    ):

        def ask(filter: Any = filter, **cut: Any) -> Answer:
            return clients.own.ask(CLIENTS, orderBy=terms([(field, direction)]), filter=filter, **cut)

        expected = ids([row for row in clients.ordered([(field, direction)], frozenset(Permission)) if row in rows])
        assert both_ways(ask, 2) == (expected, expected)


def test_whoever_sees_their_own_clients_finds_them_in_order(clients: Clients) -> None:
    seller = clients.own.people[Role.SALES]
    mine = clients.rows[::2]
    for row in mine:
        clients.own.change(models.Client, row["id"], owner_id=seller)
        row["owner"] = seller
    clients.rows, clients.owners = mine, [seller] * len(OWNERS)
    for field in FIELDS:
        order = [(field, "DESC")]

        def ask(order: Any = order, **cut: Any) -> Answer:
            return clients.own.ask(CLIENTS, Role.SALES, orderBy=terms(order), **cut)

        expected = ids(clients.ordered(order, BUNDLES[Role.SALES]))
        assert both_ways(ask, 2) == (expected, expected)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING, Role.READ_ONLY])
def test_clients_show_what_they_are_ordered_by(clients: Clients, role: Role) -> None:
    """Of neither order and field more can be told than the viewer sees."""
    permissions = BUNDLES[role] - ({Permission.DEALS_READ} if role is Role.READ_ONLY else set())
    values = clients.values(permissions)
    for field in ("LAST_ACTIVITY", "NEXT_FOLLOW_UP"):
        order = [(field, "ASC")]
        nodes = clients.own.ask(SHOWN, role, first=100, orderBy=terms(order)).data["page"]["nodes"]
        rows = clients.ordered(order, permissions)
        shown = [(node["lastActivityAt"], node["nextFollowUp"] and node["nextFollowUp"]["startsAt"]) for node in nodes]
        assert shown == [
            tuple(map(written, (values[name](row) for name in ("LAST_ACTIVITY", "NEXT_FOLLOW_UP")))) for row in rows
        ]


def written(instant: datetime.datetime | None) -> str | None:
    return instant and instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.parametrize(
    ("field", "permission"), [("LAST_ACTIVITY", "history:read"), ("NEXT_FOLLOW_UP", "follow_ups:read")]
)
def test_nobody_orders_by_what_they_may_not_see(company: Callable[..., Company], field: str, permission: str) -> None:
    bundle = [each.value for each in BUNDLES[Role.READ_ONLY] if each.value != permission]
    own = company(role_permissions={"READ_ONLY": bundle})
    own.client()
    answer = own.ask(CLIENTS, Role.READ_ONLY, orderBy=terms([(field, "ASC")]), first=1)
    assert answer.errors == [("FORBIDDEN", "page")]
    assert page_of(own.ask(CLIENTS, Role.READ_ONLY, orderBy=terms([("OWNER", "ASC")]), first=1))["totalCount"] == 1


def test_a_page_goes_on_after_its_owner_was_renamed(clients: Clients) -> None:
    """The rows of the other owners come once, wherever the name of the cursor's owner is now."""
    order = terms([("OWNER", "ASC")])
    first = page_of(clients.own.ask(CLIENTS, orderBy=order, first=1))
    clients.own.change(models.Collaborator, clients.owners[0], name="Zoé")
    rest = page_of(clients.own.ask(CLIENTS, orderBy=order, first=100, after=first["pageInfo"]["endCursor"]))
    others = [
        row for row in clients.ordered([("OWNER", "ASC")], frozenset(Permission)) if row["owner"] != clients.owners[0]
    ]
    shown = [node["id"] for node in rest["nodes"]]
    assert [id for id in shown if id in ids(others)] == ids(others)
