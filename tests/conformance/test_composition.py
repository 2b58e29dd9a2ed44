"""What other teams' subgraphs have, beside Ficha, in three composers: it composes, and their types stay theirs."""

import json
import subprocess
from typing import Any

import pytest

from conformance.federation import FOLDER as DESK
from schema import subgraph_sdl
from tests.conformance.conftest import FOLDER, NODE, without_policies

HEAD = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject", "@tag", "@inaccessible"
])
"""
TRIALS = {
    "nothing": "type Query { ping: String }",
    "Relay's node": """
        interface Node { id: ID! }
        type Ticket implements Node @key(fields: "id") { id: ID! subject: String! }
        type Query { node(id: ID!): Node @shareable nodes(ids: [ID!]!): [Node]! @shareable }
    """,
    "a currency": "type Currency { code: String! name: String! } type Query { money: Currency }",
    "an address": "type Address { street: String! city: String! } type Query { warehouse: Address }",
    "a tax regime": 'type TaxRegime @key(fields: "code") { code: String! } type Query { regime: TaxRegime }',
    "a payment": 'type Payment @key(fields: "id") { id: ID! gateway: String! } type Query { charge: Payment }',
    "a company": 'type Company @key(fields: "id") { id: ID! plan: String! } type Query { tenant: Company }',
    "a user error": "type UserError { message: String! path: [String!] } type Query { checked: [UserError!]! }",
    "an enum Priority": "enum Priority { LOW BLOCKER } type Query { priority: Priority }",
    "a document": 'type Document @key(fields: "id") { id: ID! pages: Int } type Query { scan: Document }',
    "a contact and a role": "type Contact { skype: String } enum Role { GUEST } type Query { a: Contact b: Role }",
    "a field of our client": 'type Client @key(fields: "id") { id: ID! openTickets: Int! } type Query { ping: String }',
    "a field of our client, by its id elsewhere": """
        type Client @key(fields: "externalId") { externalId: String points: Int! } type Query { best: Client }
    """,
    "a field of our address": """
        type ClientAddress @key(fields: "id") { id: ID! latitude: Float } type Query { ping: String }
    """,
    "a field of our file": 'type ClientDocument @key(fields: "id") { id: ID! pages: Int } type Query { a: String }',
    "a field of our tax regime": """
        type SatTaxRegime @key(fields: "code") { code: String! guide: String } type Query { ping: String }
    """,
    "a reference to our tax regime": """
        type SatTaxRegime @key(fields: "code", resolvable: false) { code: String! } type Query { regime: SatTaxRegime }
    """,
    "a reference to our company": """
        type FichaCompany @key(fields: "id", resolvable: false) { id: ID! } type Query { tenant: FichaCompany }
    """,
    "a field of all our events": """
        type HistoryEvent @key(fields: "id") @interfaceObject { id: ID! sentiment: String } type Query { ping: String }
    """,
    "a field of all our sales documents": """
        type SalesDocument @key(fields: "id") @interfaceObject { id: ID! parcel: String } type Query { ping: String }
    """,
    "a field of our products and units": """
        type SatProduct @key(fields: "code") { code: String! stock: Int! }
        type SatUnit @key(fields: "code") { code: String! symbol: String }
        type Query { ping: String }
    """,
    "a reference to our product": """
        type SatProduct @key(fields: "code", resolvable: false) { code: String! }
        type Item @key(fields: "sku") { sku: String! product: SatProduct }
        type Query { item: Item }
    """,
    "a field of our receivables": """
        type Receivables @key(fields: "id") { id: ID! risk: String! } type Query { ping: String }
    """,
    "a field of our key": """
        type FichaActingApiKey @key(fields: "id") { id: ID! machine: String } type Query { ping: String }
    """,
    "a field of our credit, from our amounts": """
        type Client @key(fields: "id") {
          id: ID! receivables: Receivables @external risk: String @requires(fields: "receivables { balance }")
        }
        type Receivables @key(fields: "id") { id: ID! balance: Decimal! @external }
        scalar Decimal
        type Query { ping: String }
    """,
    "a field taken over": """
        type Client @key(fields: "id") { id: ID! internalNote: String @override(from: "ficha") }
        type Query { ping: String }
    """,
    "a field taken over for a tenth": """
        type Client @key(fields: "id") { id: ID! internalNote: String @override(from: "ficha", label: "percent(10)") }
        type Query { ping: String }
    """,
    "scalars and pages": """
        scalar Decimal scalar DateTime
        type PageInfo @shareable {
          hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
        }
        type Query { total: Decimal at: DateTime page: PageInfo }
    """,
    "a field that needs ours": """
        type Client @key(fields: "id") {
          id: ID! legalName: String! @external slug: String @requires(fields: "legalName")
        }
        type Query { ping: String }
    """,
}
"""A subgraph of another team, by what it has."""
OF_AMOUNTS = "a field of our credit, from our amounts"
UNGUARDED = f"{OF_AMOUNTS}, for a router that enforces access"
GUARDED = f"{UNGUARDED}, which asks for the permission"


@pytest.fixture(scope="module")
def composed() -> Any:
    """What each composer refuses of each trial."""
    ours = subgraph_sdl()
    trials = {name: {"ficha": ours, "theirs": HEAD + sdl} for name, sdl in TRIALS.items()}
    trials["Ficha alone"] = {"ficha": ours}
    guarding = without_policies(subgraph_sdl(access=True))
    theirs = TRIALS[OF_AMOUNTS]
    asking = theirs.replace("risk: String", 'risk: String @requiresScopes(scopes: [["billing:read"]])')
    head = HEAD.replace('"@tag"', '"@tag", "@requiresScopes"')
    trials[UNGUARDED] = {"ficha": guarding, "theirs": HEAD + theirs}
    trials[GUARDED] = {"ficha": guarding, "theirs": head + asking}
    trials["the support desk"] = {"ficha": ours, "tickets": (DESK / "tickets.graphql").read_text(encoding="utf-8")}
    command = [*NODE, "compose.mjs"]
    done = subprocess.run(command, cwd=FOLDER, input=json.dumps(trials).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.claims(
    "docs/protocol.md",
    "It composes on its own, and next to typical subgraphs of other teams, with the composers of Apollo, The Guild and"
    " Cosmo.",
    "`PageInfo` is `@shareable`.",
)
@pytest.mark.claims("docs/federation.md", "`HistoryEvent` can be extended in the same way.")
@pytest.mark.parametrize("trial", [*TRIALS, "Ficha alone", "the support desk", GUARDED])
def test_a_subgraph_of_another_team_composes(composed: Any, trial: str) -> None:
    if trial == "a field taken over for a tenth":
        del composed[trial]["cosmo"]  # it has no progressive override
    assert [refused for refused in composed[trial].values() if refused] == []


@pytest.mark.claims(
    "docs/protocol.md",
    "A field of yours that `@requires` something that asks for a permission has to ask for it too",
    "Apollo's and The Guild's composers refuse it otherwise.",
)
def test_what_needs_a_guarded_field_is_guarded_itself(composed: Any) -> None:
    refused = composed[UNGUARDED]
    assert {name: len(texts) for name, texts in refused.items()} == {"apollo": 1, "theGuild": 1, "cosmo": 0}
    assert 'Field "Client.risk" does not specify necessary' in refused["apollo"][0]
