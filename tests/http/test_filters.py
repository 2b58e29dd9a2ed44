"""Filters: what they find is what Python finds in the same rows; whatever they say, they are answered."""

import datetime
import operator
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, get_named_type, is_list_type
from graphql import is_non_null_type as required
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from loaders import bounds
from loaders.entity import entities
from models.collaborator import Role
from schema import SCHEMA
from tests.fixtures import NOON, Company, global_id

DAY = datetime.timedelta(days=1)
TYPES = SCHEMA._schema.type_map
PREFIXES = {entity.type_name: entity.prefix for entity in entities()}
slowly = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))

# What a filter finds, in Python.


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def known(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison in which what is not there is neither this nor that."""
    return lambda have, want: have is not None and want is not None and test(have, want)


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "in": known(lambda have, want: have in want),
    "notIn": lambda have, want: want is None or have is None or have not in want,
    "lt": known(operator.lt),
    "lte": known(operator.le),
    "gt": known(operator.gt),
    "gte": known(operator.ge),
    "contains": known(lambda have, want: folded(want) in folded(have)),
    "startsWith": known(lambda have, want: folded(have).startswith(folded(want))),
}
QUANTIFIERS: Mapping[str, Callable[[list[bool]], bool]] = {
    "some": any,
    "every": all,
    "none": lambda matches: not any(matches),
}


def holds(row: Any, tree: Mapping[str, Any]) -> bool:
    """Whether the filter holds for the row: a dict in which relations are dicts, None or lists of them."""
    return all(part is None or holds_part(row, name, part) for name, part in tree.items())


def holds_part(row: Any, name: str, part: Any) -> bool:
    if name == "and":
        return all(holds(row, item) for item in part)
    if name == "or":
        return not part or any(holds(row, item) for item in part)
    if name == "not":
        return not holds(row, part)
    have = row[name]
    if name in RELATIONS:
        return have is not None and holds(have, part)
    if isinstance(have, list):
        return all(
            shape is None or QUANTIFIERS[quantifier]([holds(item, shape) for item in have])
            for quantifier, shape in part.items()
        )
    return all(OPERATORS[name](have, read(want, have)) for name, want in part.items())


def read(want: Any, have: Any) -> Any:
    """A value of a filter as the kind of thing that the row has."""
    if isinstance(want, list):
        return [read(item, have) for item in want]
    match have:
        case Decimal() if want is not None:
            return Decimal(want)
        case datetime.datetime() if want is not None:
            return datetime.datetime.fromisoformat(want)
        case datetime.date() if want is not None:
            return datetime.date.fromisoformat(want)
        case _:
            return want


RELATIONS = {"owner", "receivables", "client", "assignee"}

# The rows.


@pytest.fixture
def own(company: Callable[..., Company]) -> tuple[Company, dict[str, Any]]:
    """A company, and its clients as they should be found, by id."""
    own = company()
    owners = {role: {"email": own.email(role), "role": role.value, "active": True} for role in (Role.SALES, Role.ADMIN)}
    shapes: list[tuple[Any, ...]] = [
        # name, trade name, external id, owner, created, limit, total of an overdue invoice, deals, contacts
        ("ALFA", None, None, None, NOON, None, None, [], []),
        ("Ábaco", "Uno", "x-1", Role.SALES, NOON + DAY, "0", "50", [("OPEN", None)], ["ana@uno.mx"]),
        ("abaco", "UNO", "x-2", Role.SALES, NOON, "100", "50", [("OPEN", NOON.date()), ("WON", None)], [None]),
        ("ÑANDU", "dos", None, Role.ADMIN, NOON - DAY, "100", None, [("WON", NOON.date())], ["ANA@uno.mx", None]),
        ("NANDU", None, "x-3", Role.ADMIN, NOON + DAY, None, "150.50", [("LOST", None)], ["beto@dos.mx"]),
        ("100% PURA_", 'com"illas\\', None, None, NOON, "50.25", "50.25", [], ["ana@uno.mx", "beto@dos.mx"]),
    ]
    rows: dict[str, Any] = {}
    for name, trade_name, external_id, owner, created_at, limit, owed, deals, contacts in shapes:
        client = own.client(
            legal_name=name, trade_name=trade_name, external_id=external_id, created_at=created_at,
            owner_id=owner and own.people[owner],
        )  # fmt: skip
        if limit is not None:
            own.add(models.ReceivableTerms, client_id=client, credit_limit=limit)
        if owed:
            own.add(models.SalesDocument, client_id=client, subtotal=owed, total=owed, due_on=datetime.date(2026, 1, 1))
        for state, day in deals:
            lost = {"closed_on": NOON.date()} if state != "OPEN" else {}
            reason = {"loss_reason_id": own.add(models.LossReason, name=name)} if state == "LOST" else {}
            won = {"final_value": 1} if state == "WON" else {}
            own.add(models.Deal, client_id=client, state=state, expected_close_on=day, **lost, **reason, **won)
        # What was deleted is none of the client's.
        own.add(models.Deal, client_id=client, title="Borrado", deleted_at=NOON)
        for email in contacts:
            own.add(models.Contact, client_id=client, email=email)
        debt = Decimal(owed or "0.00")
        rows[global_id(models.Client, client)] = {
            "legalName": name,
            "tradeName": trade_name,
            "externalId": external_id,
            "createdAt": created_at,
            "owner": owner and owners[owner],
            "receivables": {
                "creditLimit": limit and Decimal(limit),
                "overdueBalance": debt,
                "creditAvailable": limit and Decimal(limit) - debt,
            },
            "deals": [{"state": state, "expectedCloseOn": day} for state, day in deals],
            "contacts": [{"email": email} for email in contacts],
        }
    return own, rows


def operators_of(operators: str, values: st.SearchStrategy[Any], *, many: bool = True) -> st.SearchStrategy[Any]:
    lists = st.lists(values, max_size=3)
    optional: dict[str, Any] = {
        name: (lists if name in ("in", "notIn") else values | st.none()) for name in operators.split()
    }
    return st.fixed_dictionaries({}, optional=optional).filter(lambda given: len(given) <= (2 if many else 1))


text = operators_of(
    "eq ne in notIn contains startsWith",
    st.sampled_from(["ALFA", "Ábaco", "abaco", "Uno", "uno", "ÑAN", "nandu", "x-1", "", "%", "_", "\\", '"', "a", "z"]),
)
amount = operators_of("eq ne lt lte gt gte", st.sampled_from(["0", "50", "50.25", "100.00", "150.5", "-50"]))
instants = st.sampled_from(
    ["2026-03-10T18:00:00Z", "2026-03-10T12:00:00-06:00", "2026-03-11T18:00:00.000001Z", "2026-03-09T00:00:00+09:00"]
)
instant = operators_of("eq ne lt lte gt gte", instants)
days = operators_of("eq ne lt lte gt gte", st.sampled_from(["2026-03-10", "2026-03-09", "2026-03-11"]))
state = operators_of("eq ne in notIn", st.sampled_from(["OPEN", "WON", "LOST"]))
role = operators_of("eq ne in notIn", st.sampled_from(["SALES", "ADMIN", "BILLING"]))


def combined(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Filters of these fields, combined."""
    simple = st.fixed_dictionaries({}, optional=fields).filter(lambda given: len(given) <= 2)
    return st.recursive(
        simple,
        lambda inner: st.fixed_dictionaries(
            {}, optional={"and": st.lists(inner, max_size=2), "or": st.lists(inner, max_size=2), "not": inner}
        ),
        max_leaves=3,
    )


def quantified(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional={"some": inner, "every": inner, "none": inner})


client_filter = combined(
    {
        "legalName": text,
        "tradeName": text,
        "externalId": text,
        "createdAt": instant,
        "owner": combined({"role": role, "email": text}),
        "receivables": st.fixed_dictionaries(
            {}, optional={"creditLimit": amount, "overdueBalance": amount, "creditAvailable": amount}
        ),
        "deals": quantified(combined({"state": state, "expectedCloseOn": days})),
        "contacts": quantified(combined({"email": text})),
    }
)
CLIENTS = "query ($filter: ClientFilter) { clients(filter: $filter, first: 100) { totalCount nodes { id } } }"


def found(own: Company, tree: Any) -> set[str]:
    clients = own.ask(CLIENTS, filter=tree).data["clients"]
    assert clients["totalCount"] == len(clients["nodes"])
    return {node["id"] for node in clients["nodes"]}


@pytest.mark.claims(
    "README.md",
    "`contains` and `startsWith` ignore accents and case.",
    "`eq: null` finds rows without the value; `ne` and `notIn` keep them, unlike SQL.",
)
def test_a_filter_finds_what_python_finds(own: tuple[Company, dict[str, Any]]) -> None:
    house, rows = own

    @slowly
    @given(client_filter)
    def check(tree: Any) -> None:
        assert found(house, tree) == {id for id, row in rows.items() if holds(row, tree)}

    check()


NAMED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["ALFA", "Ábaco", "abaco", "ÑANDU", "NANDU", "100% PURA_"]),
    ({"tradeName": {"eq": None}}, ["ALFA", "NANDU"]),
    ({"tradeName": {"ne": None}}, ["Ábaco", "abaco", "ÑANDU", "100% PURA_"]),
    ({"tradeName": {"ne": "Uno"}}, ["ALFA", "abaco", "ÑANDU", "NANDU", "100% PURA_"]),
    ({"tradeName": {"notIn": ["Uno", "UNO"]}}, ["ALFA", "ÑANDU", "NANDU", "100% PURA_"]),
    ({"tradeName": {"in": []}}, []),
    ({"tradeName": {"contains": '"'}}, ["100% PURA_"]),
    ({"legalName": {"contains": "ABACO"}}, ["Ábaco", "abaco"]),
    ({"legalName": {"contains": "%"}}, ["100% PURA_"]),
    ({"legalName": {"startsWith": "ñ"}}, ["ÑANDU", "NANDU"]),
    ({"owner": {}}, ["Ábaco", "abaco", "ÑANDU", "NANDU"]),
    ({"not": {"owner": {}}}, ["ALFA", "100% PURA_"]),
    ({"not": {"owner": {"role": {"eq": "SALES"}}}}, ["ALFA", "ÑANDU", "NANDU", "100% PURA_"]),
    ({"owner": {"role": {"eq": "SALES"}}}, ["Ábaco", "abaco"]),
    ({"deals": {"some": {"state": {"eq": "OPEN"}}}}, ["Ábaco", "abaco"]),
    ({"deals": {"every": {"state": {"eq": "OPEN"}}}}, ["ALFA", "Ábaco", "100% PURA_"]),
    ({"deals": {"none": {}}}, ["ALFA", "100% PURA_"]),
    ({"deals": {"some": {"expectedCloseOn": {"eq": None}}}}, ["Ábaco", "abaco", "NANDU"]),
    ({"contacts": {"some": {"email": {"contains": "ana@UNO"}}}}, ["Ábaco", "ÑANDU", "100% PURA_"]),
    ({"receivables": {"overdueBalance": {"gt": "50"}}}, ["NANDU", "100% PURA_"]),
    ({"receivables": {"creditLimit": {"eq": None}}}, ["ALFA", "NANDU"]),
    ({"receivables": {"creditAvailable": {"lt": "0"}}}, ["Ábaco"]),
    ({"or": []}, ["ALFA", "Ábaco", "abaco", "ÑANDU", "NANDU", "100% PURA_"]),
    ({"and": [], "not": None, "owner": None}, ["ALFA", "Ábaco", "abaco", "ÑANDU", "NANDU", "100% PURA_"]),
    (
        {"createdAt": {"gte": "2026-03-10T12:00:00-06:00", "lt": "2026-03-10T18:00:00.001Z"}},
        ["ALFA", "abaco", "100% PURA_"],
    ),
]


@pytest.mark.claims(
    "README.md",
    "Filters reach through relations, with `some`, `every` and `none` on lists: `{deals: {some: {state: "
    "{eq: OPEN}}}}`.",
)
@pytest.mark.parametrize(("tree", "names"), NAMED, ids=str)
def test_a_filter_finds_these_clients(
    own: tuple[Company, dict[str, Any]], tree: dict[str, Any], names: list[str]
) -> None:
    house, rows = own
    assert sorted(rows[id]["legalName"] for id in found(house, tree)) == sorted(names)
    assert sorted(row["legalName"] for row in rows.values() if holds(row, tree)) == sorted(names)


def test_a_text_begins_with_a_few_digits(company: Callable[..., Company]) -> None:
    """Other than in a search, a number of one or two digits need not be a whole word."""
    own = company()
    clients = {name: own.client(legal_name=name) for name in ("12 HERMANOS", "1234 ACEROS", "1A", "LA 12", "20 Y 1")}
    for number, client in enumerate(clients.values(), 1):
        own.add(
            models.Contact, client_id=client, name="Ana", phone=None, email=f"{number}1@uno.mx", job_title="2o al mando"
        )
        own.add(models.SalesDocument, client_id=client, external_folio=f"{number}-A", number=number)

    def names(condition: Any) -> list[str]:
        query = "query ($filter: ClientFilter) { clients(filter: $filter) { totalCount nodes { legalName } } }"
        page = own.ask(query, filter=condition).data["clients"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["legalName"] for node in page["nodes"]]

    assert names({"legalName": {"startsWith": "12"}}) == ["12 HERMANOS", "1234 ACEROS"]
    assert names({"legalName": {"startsWith": "1"}}) == ["12 HERMANOS", "1234 ACEROS", "1A"]
    assert names({"legalName": {"startsWith": "2"}}) == ["20 Y 1"]
    assert names({"contacts": {"some": {"email": {"startsWith": "3"}}}}) == ["1A"]
    assert len(names({"contacts": {"some": {"jobTitle": {"startsWith": "2"}}}})) == 5
    assert names({"salesDocuments": {"some": {"folio": {"startsWith": "5"}}}}) == ["20 Y 1"]


def test_a_filter_by_id_takes_ids_of_its_kind_only(own: tuple[Company, dict[str, Any]], company: Any) -> None:
    house, rows = own
    one, other = list(rows)[:2]
    deal = global_id(models.Deal, house.add(models.Deal, client_id=house.client()))
    foreign = global_id(models.Client, company().client())
    assert found(house, {"id": {"eq": one}}) == {one}
    assert found(house, {"id": {"in": [one, other, foreign]}}) == {one, other}
    for tree, field in (
        ({"id": {"eq": deal}}, "filter.id"),
        ({"id": {"in": [one, "nada"]}}, "filter.id"),
        ({"owner": {"id": {"eq": one}}}, "filter.owner.id"),
        ({"deals": {"some": {"id": {"eq": one}}}}, "filter.deals.id"),
        ({"followUps": {"some": {"id": {"eq": one}}}}, "filter.followUps.id"),
    ):
        assert house.ask(CLIENTS, filter=tree).errors == [("BAD_ID", "clients", field)]


def test_a_filter_is_no_way_around_a_permission(own: tuple[Company, dict[str, Any]]) -> None:
    house, _ = own
    for tree in (
        {"receivables": {"balance": {"gt": "0"}}},
        {"not": {"receivables": {}}},
        {"or": [{"deals": {"some": {"client": {"receivables": {"creditLimit": {"eq": None}}}}}}]},
    ):
        answer = house.ask(CLIENTS, Role.READ_ONLY, filter=tree)
        assert (answer.errors, answer.body["data"]) == ([("FORBIDDEN", "clients")], {"clients": None})


# Whatever a filter says: made from the schema, so that a filter that is added is tried too.

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "String": st.sampled_from(["", "a", "Á", "%", "\\", "'", "OPEN", "🤖", "x" * 300]),
    "Int": st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31)]),
    "Decimal": st.sampled_from(["0", "-1.5", "999999999999999.999999", 7]),
    "Date": st.sampled_from(["2026-03-10", "0001-01-01", "9999-12-31"]),
    "DateTime": st.sampled_from(["2026-03-10T18:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]),
    "Boolean": st.booleans(),
}


def any_value(kind: GraphQLInputType, depth: int, owner: str) -> st.SearchStrategy[Any]:
    if required(kind):
        return any_value(kind.of_type, depth, owner)
    if is_list_type(kind):
        return st.lists(any_value(kind.of_type, depth, owner), max_size=2)
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return st.sampled_from(sorted(named.values))
    if isinstance(named, GraphQLInputObjectType):
        return any_filter(named, depth, owner)
    if named.name == "ID":
        return st.just(f"{PREFIXES[owner.removesuffix('Filter')]}_00000000-0000-7000-8000-000000000000")
    return VALUES[named.name]


def any_filter(kind: GraphQLInputObjectType, depth: int, owner: str = "") -> st.SearchStrategy[Any]:
    """Any filter of this type, of at most two fields on each level and so many levels."""
    owner = kind.name if kind.name.endswith("Filter") and "id" in kind.fields else owner
    usable = {
        name: field
        for name, field in kind.fields.items()
        if depth > 0 or not isinstance(get_named_type(field.type), GraphQLInputObjectType)
    }
    if not usable:
        return st.just({})
    names = st.lists(st.sampled_from(sorted(usable)), max_size=2, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries(
            {name: st.none() | any_value(usable[name].type, depth - 1, owner) for name in chosen}
        )
    )


@pytest.mark.claims(
    "README.md",
    "The fields of a filter must all hold; `and`, `or` and `not` combine filters.",
)
def test_stages_and_debts_are_filtered_with_and_or_not(company: Any) -> None:
    mine = company()
    stages = [mine.add(models.FunnelStage, name=name, position=n) for n, name in enumerate(("Uno", "Dos", "Tres"), 1)]
    for stage, limit in zip(stages, (100, 200, None), strict=True):
        client = mine.client(legal_name=f"C{limit}")
        mine.add(models.Deal, client_id=client, title=f"T{limit}", stage_id=stage)
        mine.add(models.ReceivableTerms, client_id=client, credit_limit=limit)

    def found(field: str, name: str, kind: str, tree: Any) -> list[str]:
        query = f"query ($f: {kind}) {{ {field}(filter: $f, first: 9) {{ nodes {{ {name} }} }} }}"
        return sorted(node[name] for node in mine.ask(query, f=tree).data[field]["nodes"])

    def deals(tree: Any) -> list[str]:
        return found("deals", "title", "ClientDealFilter", {"stage": tree})

    def clients(tree: Any) -> list[str]:
        return found("clients", "legalName", "ClientFilter", {"receivables": tree})

    assert deals({"or": [{"name": {"eq": "Uno"}}, {"position": {"gt": 2}}]}) == ["T100", "TNone"]
    assert deals({"and": [{"position": {"gt": 1}}, {"not": {"name": {"eq": "Tres"}}}]}) == ["T200"]
    assert clients({"or": [{"creditLimit": {"eq": "100"}}, {"creditLimit": {"eq": None}}]}) == ["C100", "CNone"]
    assert clients({"and": [{"creditDays": {"eq": 30}}, {"not": {"creditLimit": {"lt": "200"}}}]}) == ["C200", "CNone"]


@pytest.mark.claims(
    "docs/protocol.md",
    "A list of the whole company that looks at thousands of records, of which too few pass its filter, is"
    " `FILTER_TOO_BROAD`, and `data` is null.",
)
def test_a_filter_that_hardly_any_record_passes_is_refused(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = company()
    for name in ("A", "B", "C"):
        client = mine.client(legal_name=name)
        mine.add(models.Contact, client_id=client, name=name, job_title="Buzo")
    # A plan is kept for its shape: no other test has this one.
    monkeypatch.setattr(bounds, "MOST_AT_LENGTH", 2)
    filter = "{ contacts: { none: { and: [{ jobTitle: { eq: $title } }, { jobTitle: { ne: null } }] } } }"
    query = f"query ($title: String) {{ clients(filter: {filter}, first: 1) {{ nodes {{ legalName }} }} }}"
    refused = mine.ask(query, title="Buzo")
    assert (refused.body["data"], refused.errors) == (None, [("FILTER_TOO_BROAD",)])
    assert mine.ask(query, title="Astronauta").data == {"clients": {"nodes": [{"legalName": "A"}]}}


@pytest.mark.parametrize(("direction", "cut"), [("ASC", "first"), ("DESC", "last")])
def test_a_part_of_an_order_that_fills_the_page_is_enough(
    company: Any, monkeypatch: pytest.MonkeyPatch, direction: str, cut: str
) -> None:
    mine = company()
    owned = [mine.client(legal_name=name, owner_id=mine.people[Role.SALES]) for name in ("A", "B", "C")]
    ownerless = [mine.client(legal_name=name, owner_id=None) for name in ("D", "E", "F")]
    for client in ownerless if cut == "first" else owned:
        mine.add(models.Contact, client_id=client, name="Uno", job_title="Buzo")
    monkeypatch.setattr(bounds, "MOST_AT_LENGTH", 2)
    filter = "{ contacts: { none: { or: [{ jobTitle: { eq: $title } }, { jobTitle: { eq: null } }] } } }"
    order = f"orderBy: [{{ field: OWNER, direction: {direction} }}]"
    query = f"query ($title: String) {{ clients(filter: {filter}, {order}, {cut}: 1) {{ nodes {{ legalName }} }} }}"
    answer = mine.ask(query, title="Buzo")
    assert answer.data == {"clients": {"nodes": [{"legalName": "A" if cut == "first" else "D"}]}}


LISTS = {
    "clients": "ClientFilter", "deals": "ClientDealFilter", "followUps": "FollowUpFilter",
    "salesDocuments": "SalesDocumentFilter", "documents": "ClientDocumentFilter",
}  # fmt: skip


def filter_type(name: str) -> GraphQLInputObjectType:
    kind = TYPES[name]
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


@pytest.mark.parametrize("field", LISTS)
def test_any_two_filters_are_answered_and_obey_de_morgan(own: tuple[Company, dict[str, Any]], field: str) -> None:
    house, _ = own
    client = house.client(legal_name="CON TODO")
    house.add(models.FollowUp, client_id=client)
    house.add(models.Document, client_id=client, tags=["a"])
    query = f"query ($filter: {LISTS[field]}) {{ {field}(filter: $filter, first: 100) {{ nodes {{ id }} }} }}"

    def ids(tree: Any) -> set[str]:
        return {node["id"] for node in house.ask(query, filter=tree).data[field]["nodes"]}

    everything = ids({})
    assert everything
    one_filter = any_filter(filter_type(LISTS[field]), 3)

    @settings(slowly, max_examples=6)
    @given(one_filter, one_filter)
    def check(one: Any, other: Any) -> None:
        ones, others = ids(one), ids(other)
        assert ids({"and": [one, other]}) == ones & others
        assert ids({"or": [one, other]}) == ones | others
        assert ids({"not": one}) == everything - ones
        assert ids({"not": {"and": [one, other]}}) == ids({"or": [{"not": one}, {"not": other}]})

    check()
