"""What filters, orders and rows to be written cost, and how much of them one operation may ask for."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from server.execution.documents import Documents, Invalid
from server.execution.executor import GRAPHQL

ADMIN = "admin@demo.mx"
CONTAINS = {"contains": "a"}
CONTACT = {"contacts": {"some": {"name": CONTAINS}}}


def literal(value: Any) -> str:
    """A value in the notation of GraphQL; texts that are in capitals are enums."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return value if value.isupper() else f'"{value}"'


def given(argument: str, kind: str, value: Any, way: str) -> tuple[str, dict[str, Any]]:
    """The list of clients with an argument as a literal, as a variable, or as a literal around a variable."""
    match way:
        case "literal":
            return f"{{ clients({argument}: {literal(value)}) {{ totalCount }} }}", {}
        case "variable":
            return f"query ($a: {kind}) {{ clients({argument}: $a) {{ totalCount }} }}", {"a": value}
        case "default":
            return f"query ($a: {kind} = {literal(value)}) {{ clients({argument}: $a) {{ totalCount }} }}", {}
        case _:
            return f"query ($a: {kind}!) {{ clients({argument}: {{and: [$a]}}) {{ totalCount }} }}", {"a": value}


WAYS = ["literal", "variable", "default", "partly"]


def price(query: str, variables: dict[str, Any]) -> Any:
    """The operation's price, or what it has too much of."""
    documents = Documents(GRAPHQL)
    try:
        return documents.price(documents.prepare(query, None), variables).cost
    except Invalid as invalid:
        extensions = invalid.errors[0].extensions
        assert extensions
        assert extensions["code"] == "LIMIT_EXCEEDED"
        return extensions["limit"], extensions["most"], extensions["found"]


@pytest.mark.claims(
    "docs/protocol.md",
    "| what | costs |",
    "Filters, orders and inputs also have a cost, whether they are literals or variables:",
    '`contacts: {some: {name: {contains: "ana"}}}` costs 5 × (1 + 1) = 10.',
    "Relations within relations multiply.",
)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("filter_", "cost"),
    [
        ({}, 0),
        ({"legalName": CONTAINS}, 1),
        ({"legalName": {"contains": "a", "startsWith": "b"}, "rfc": {"eq": "c"}}, 3),
        ({"or": [{"legalName": CONTAINS}, {"tradeName": CONTAINS}, {}]}, 3),
        ({"not": {"not": {}}}, 1),
        # Five contacts: of each, that it is there, and its name.
        (CONTACT, 10),
        ({"contacts": {"some": {}, "none": {"email": CONTAINS}}}, 20),
        ({"owner": {"name": CONTAINS}}, 2),
        ({"receivables": {"balance": {"gt": "1"}}}, 11),
        # Twenty deals, each with its client and its five contacts.
        ({"deals": {"some": {"client": CONTACT}}}, 20 * (1 + 1 + 10)),
        ({"id": {"in": ["cli_x"] * 1000}}, 11),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_filter_costs_what_it_asks_for(way: str, filter_: Any, cost: int) -> None:
    extra = int(not filter_ and way == "partly")  # as an item of a list it is a condition
    assert price(*given("filter", "ClientFilter", filter_, way)) == 1 + 5 + cost + extra


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("filter_", "refused"),
    [
        ({"or": [{"legalName": CONTAINS}] * 100}, None),
        ({"or": [{"legalName": CONTAINS}] * 101}, ("conditions", 100, 101)),
        ({"and": [{}] * 101}, ("conditions", 100, 101)),
        ({"or": [{"not": {"and": []}}] * 101}, ("conditions", 100, 101)),
        ({"or": [{"legalName": {}}] * 101}, ("conditions", 100, 101)),
        ({"or": [CONTACT] * 20}, None),
        ({"or": [CONTACT] * 60}, ("relations", 20, 60)),
        ({"or": [{"owner": {}}] * 21}, ("relations", 20, 21)),
        ({"or": [{"contacts": {"some": {}, "every": {}, "none": {}}}] * 7}, ("relations", 20, 21)),
        ({"deals": {"some": {"or": [{"client": {"receivables": {}}}] * 11}}}, ("relations", 20, 23)),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_filter_asks_for_a_bounded_number_of_things(way: str, filter_: Any, refused: Any) -> None:
    found = price(*given("filter", "ClientFilter", filter_, way))
    assert isinstance(found, int) if refused is None else found == refused


@pytest.mark.parametrize("way", WAYS[:3])
@pytest.mark.parametrize("number", [10, 11, 99])
def test_an_order_has_a_bounded_number_of_terms(way: str, number: int) -> None:
    term = {"field": "LEGAL_NAME", "direction": "ASC"}
    found = price(*given("orderBy", "[ClientOrder!]", [term] * number, way))
    assert found == (16 if number == 10 else ("orders", 10, number))


@pytest.mark.claims(
    "docs/protocol.md",
    "The filters and orders of one operation, aliases included, have at most 100 conditions, lead through"
    " at most 20 relations, and have at most 50 terms of orders, 10 in each list.",
)
@pytest.mark.parametrize(
    ("arguments", "number", "refused"),
    [
        ("filter: {rfc: {eq: \"X\"}, legalName: {contains: \"a\"}}", 50, None),
        ("filter: {rfc: {eq: \"X\"}, legalName: {contains: \"a\", startsWith: \"b\"}}", 50, ("conditions", 100, 150)),
        ("filter: {owner: {name: {contains: \"a\"}}}", 21, ("relations", 20, 21)),
        ("orderBy: [{field: LEGAL_NAME}, {field: CREATED_AT}]", 26, ("orders", 50, 52)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("within", ["aliases", "fragments"])
def test_the_bounds_hold_for_the_whole_operation(arguments: str, number: int, refused: Any, within: str) -> None:
    part = f"clients({arguments}) {{ totalCount }}"
    query = (
        "{ " + " ".join(f"a{n}: {part}" for n in range(number)) + " }"
        if within == "aliases"
        else "{ ...F } fragment F on Query { " + " ".join(f"a{n}: {part}" for n in range(number)) + " }"
    )
    found = price(query, {})
    assert isinstance(found, int) if refused is None else found == refused


@pytest.mark.claims(
    "docs/protocol.md",
    "A filter of a nested list counts once for each parent.",
)
def test_a_filter_is_paid_for_each_parent() -> None:
    filter_ = '{title: {contains: "a"}}'
    query = "{ clients(first: %d) { nodes { deals(filter: %s) { nodes { id } } } } }"
    without = price("{ clients(first: 7) { nodes { deals { nodes { id } } } } }", {})
    assert price(query % (7, filter_), {}) - without == 7


def test_filters_that_lead_on_and_on_are_too_expensive() -> None:
    filter_: Any = CONTACT
    for _ in range(4):
        filter_ = {"deals": {"some": {"client": filter_}}}
    assert price(*given("filter", "ClientFilter", filter_, "variable"))[0] == "cost"


@pytest.mark.parametrize("value", [5, "x", [[]], {"nothing": 1}, {"and": 5}, {"contacts": {"never": {}}}, {"rfc": [1]}])
def test_a_filter_that_is_none_has_a_price_too(value: Any) -> None:
    """It is refused where it is coerced, with its own error."""
    assert isinstance(price("query ($a: ClientFilter) { clients(filter: $a) { totalCount } }", {"a": value}), int)


def test_the_price_is_that_of_the_variables_of_this_time() -> None:
    documents = Documents(GRAPHQL)
    query = "query ($f: ClientFilter, $s: String) { clients(filter: $f, search: $s) { totalCount } }"
    prepared = documents.prepare(query, None)
    for _ in range(2):
        costs = [
            documents.price(prepared, variables).cost
            for variables in ({}, {"f": None}, {"f": {"rfc": {"eq": "X"}}}, {"f": CONTACT}, {"s": "a"})
        ]
        assert costs == [6, 6, 7, 16, 16]
    assert len(prepared._prices) <= 5


def test_a_thousand_shapes_of_a_filter_are_few_prices() -> None:
    documents = Documents(GRAPHQL)
    prepared = documents.prepare("query ($f: ClientFilter) { clients(filter: $f) { totalCount } }", None)
    for number in range(1000):
        names = ["legalName" if number >> place & 1 else "tradeName" for place in range(10)]
        documents.price(prepared, {"f": {"or": [{name: CONTAINS} for name in names]}})
    assert len(prepared._prices) == 1


BULK = "createContacts(input: {rows: $rows}) { results { contact { id } userErrors { code } } }"


@pytest.mark.parametrize(
    ("aliases", "rows", "found"), [(1, 1, 27), (1, 200, 3410), (50, 200, ("cost", 10_000, 170_500))]
)
def test_a_bulk_mutation_costs_its_rows(aliases: int, rows: int, found: Any) -> None:
    query = "mutation ($rows: [CreateContactInput!]!) { " + " ".join(f"a{n}: {BULK}" for n in range(aliases)) + " }"
    assert price(query, {"rows": [{"clientId": "cli_x", "name": "a"}] * rows}) == found
    literal_rows = literal([{"clientId": "cli_x", "name": "a"}] * min(rows, 3))
    assert price("mutation { " + BULK.replace("$rows", literal_rows) + " }", {}) == 10 + 17 * min(rows, 3)


def test_all_rows_that_a_mutation_writes_cost_something() -> None:
    query = "mutation ($i: CreateClientsInput!) { createClients(input: $i) { userErrors { code } } }"
    contacts = [{"name": "a"}] * 100
    assert price(query, {"i": {"rows": [{"legalName": "B", "contacts": contacts}] * 19}}) == 10 + 5 + 19 * 510
    assert price(query, {"i": {"rows": [{"legalName": "B", "contacts": contacts}] * 20}})[0] == "cost"


@pytest.mark.parametrize(
    ("query", "variables", "limit"),
    [
        ("query ($f: ClientFilter) { clients(filter: $f) { totalCount } }", {"f": {"or": [CONTACT] * 60}}, "relations"),
        (
            "query ($o: [ClientOrder!]) { clients(orderBy: $o) { totalCount } }",
            {"o": [{"field": "LEGAL_NAME"}] * 99},
            "orders",
        ),
        (
            "mutation ($i: ClientFilter, $id: ID!) { restoreClient(input: {id: $id}) { client { owner { name } }"
            " userErrors { clients { deals(filter: {client: $i}) { totalCount } } } } }",
            {"id": "cli_x", "i": {"or": [{}] * 101}},
            "conditions",
        ),
        # More fragments within each other than an integer of 64 bits counts.
        (
            "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(90))
            + " fragment F90 on Query { __typename }",
            {},
            "fields",
        ),
    ],
)  # fmt: skip
def test_too_much_is_refused_before_anything_is_read(
    ask: Callable[..., Any], statements: Callable[[], list[int]], query: str, variables: Any, limit: str
) -> None:
    answer = ask(ADMIN, query, **variables)
    assert answer.status == 200
    extensions = answer.body["errors"][0]["extensions"]
    assert (extensions["code"], extensions["limit"]) == ("LIMIT_EXCEEDED", limit)
    assert extensions["found"] > extensions["most"]
    assert ("data" in answer.body, statements()) == (False, [])


PAGE = "query ($n: Int) { clients(first: $n) { nodes { id } } }"


@pytest.mark.parametrize(
    ("field", "page"),
    [("first", "clients(first: $n) { nodes { id } }"), ("last", "clients(last: $n) { edges { node { id } } }")],
)
def test_a_length_costs_the_same_however_its_number_is_written(field: str, page: str) -> None:
    query = f"query ($n: Int) {{ {page} }}"
    whole = price(query, {"n": 100})
    assert price(query, {"n": 100.0}) == whole > price(query, {field: 20})
    assert price(query, {"n": 1e3}) == price(query, {"n": 1000})


@pytest.mark.parametrize("others", [[True, False, "100", 0.5, None, float("inf"), float("nan"), [1], {"a": 1}]])
def test_what_is_no_number_leaves_no_price_for_a_number(others: list[Any]) -> None:
    """It is refused where it is coerced. To Python, true is 1, and 1 is 1.0: prices are kept by what GraphQL reads."""
    documents = Documents(GRAPHQL)
    prepared = documents.prepare(PAGE, None)
    for other in others:
        documents.price(prepared, {"n": other})
    assert [documents.price(prepared, {"n": n}).cost for n in (0, 1, 100, 100.0)] == [1, 2, 101, 101]


def test_a_directive_is_not_priced_by_a_number() -> None:
    documents = Documents(GRAPHQL)
    prepared = documents.prepare("query ($no: Boolean!) { clients @skip(if: $no) { nodes { id } } }", None)
    for other in (0, 1, 1.0, "x"):
        documents.price(prepared, {"no": other})
    assert [documents.price(prepared, {"no": no}).cost for no in (True, False)] == [0, 21]


def test_rows_of_the_same_weight_have_their_own_price() -> None:
    """Three rows weigh as much as one with four contacts, and have three results."""
    documents = Documents(GRAPHQL)
    query = "mutation ($i: CreateClientsInput!) { createClients(input: $i) { results { client { owner { id } } } } }"
    prepared = documents.prepare(query, None)
    one = {"rows": [{"legalName": "B", "contacts": [{"name": "a"}] * 4}]}
    three = {"rows": [{"legalName": "B"}] * 3}
    costs = [documents.price(prepared, {"i": i}).cost for i in (one, three)]
    assert costs == [price(query, {"i": i}) for i in (one, three)]
    assert costs[0] < costs[1]


@pytest.mark.parametrize("many", [{"a": ["x"] * 1000}, {"a": ["x"] * 500}])
def test_a_variable_within_a_literal_is_priced_each_time(many: Any) -> None:
    documents = Documents(GRAPHQL)
    prepared = documents.prepare(
        "query ($a: [String!]) { clients(filter: {legalName: {in: $a}}) { totalCount } }", None
    )
    assert [documents.price(prepared, v).cost for v in ({}, many, {"a": ["x"]})] == [
        6 + 1, 6 + 1 + len(many["a"]) // 100, 6 + 1
    ]  # fmt: skip


@pytest.mark.claims(
    "docs/protocol.md",
    "A list of values, as that of `in`, has at most 1,000 (`values`), and a text in a filter at most "
    "1,000 characters (`FILTER_TEXT_TOO_LONG`).",
)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("test", ["in", "notIn"])
def test_a_list_of_a_condition_is_of_a_bounded_length(way: str, test: str) -> None:
    def of(number: int) -> Any:
        return price(*given("filter", "ClientFilter", {"owner": {"name": {test: ["x"] * number}}}, way))

    assert isinstance(of(1000), int)
    assert of(1001) == ("values", 1000, 1001)


SCHEMA_WHOLE = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)
TYPES = "__schema { types { fields { name type { name } } } }"


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        (SCHEMA_WHOLE, None),
        ("{ ...F } fragment F on Query { " + TYPES + " __typename }", None),
        ("{ " + " ".join(f"x{n}: {TYPES}" for n in range(40)) + " }", ("introspection", 6000)),
        ("{ a: __typename ... { " + " ".join(f"x{n}: {TYPES}" for n in range(40)) + " } }", ("introspection", 6000)),
        ("{ " + TYPES + " viewer { permissions } }", ("introspection", 100)),
        ("{ ... { viewer { permissions } } ...F } fragment F on Query { " + TYPES + " }", ("introspection", 100)),
        ('{ viewer { permissions } __type(name: "Client") { fields { name } } }', None),
    ],
)
def test_an_introspection_is_at_most_that_of_the_whole_schema(query: str, refused: Any) -> None:
    found = price(query, {})
    assert isinstance(found, int) if refused is None else found[:2] == refused
