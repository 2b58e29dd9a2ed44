"""Every field, list and root of the schema, asked for by each role, by another company, and by keys of one scope."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from graphql import GraphQLInputType, GraphQLNamedType, GraphQLObjectType, GraphQLUnionType, get_named_type
from psycopg import sql

from demo.companies import AJENA, DEMO
from domain.secret import Secret
from loaders.entity import Entity, entities
from loaders.history import HistoryEventEntity
from loaders.ids import encode
from models import Base
from models.collaborator import Role
from models.history import KIND_PERMISSIONS, HistoryEventKind
from models.ids import uuid7
from models.rights import PUBLIC
from models.viewer import BUNDLES, Permission
from server.execution.executor import GRAPHQL
from tests.cfdi import cfdi
from tests.fixtures import Answer, Ficha
from tests.security import walk
from tests.security.conftest import make_people

PEOPLE = {
    Role.ADMIN: "admin@demo.mx",
    Role.SALES_MANAGER: "gerencia@demo.mx",
    Role.SALES: "ventas@demo.mx",
    Role.BILLING: "cobranza@demo.mx",
    Role.READ_ONLY: "consulta@demo.mx",
}
NODE_TYPES = frozenset(type.name for type in walk.node_types())
AT_ONCE = 5
"""Records in one operation."""


@dataclass(frozen=True)
class Row:
    """A record of a company, as the owner of the tables sees it."""

    entity: type[Entity]
    id: UUID
    client: UUID | None
    kind: str | None

    @property
    def global_id(self) -> str:
        """Its id in the API."""
        return encode(self.entity, self.id)

    @property
    def type_name(self) -> str:
        """The name of its type in the API."""
        return self.entity.type_names[self.kind or ""] if self.entity.discriminator else self.entity.type_name

    @property
    def type(self) -> GraphQLObjectType:
        """Its type in the API."""
        return cast("GraphQLObjectType", walk.SCHEMA.type_map[self.type_name])


@dataclass
class World:
    """What is in the database: the records of each company, their texts, and whose clients are whose."""

    rows: dict[UUID, list[Row]] = field(default_factory=dict[UUID, list[Row]])
    texts: list[tuple[UUID, UUID | None, str]] = field(default_factory=list[tuple[UUID, UUID | None, str]])
    """Of each text its company and client."""
    accounts: dict[UUID, set[str]] = field(default_factory=dict[UUID, set[str]])
    public: str = ""
    """What a company without any records sees."""
    owners: dict[UUID, UUID | None] = field(default_factory=dict[UUID, UUID | None])
    """The collaborator in charge of each client."""


def read_world(url: str, companies: Sequence[UUID]) -> World:
    """Everything of these companies."""
    world = World()
    tables = {entity.table.name: entity for entity in entities()}
    with psycopg.connect(url) as owner:
        for table in (each for each in Base.metadata.sorted_tables if each.name not in PUBLIC):
            names = list(table.c.keys())
            company = "company_id" if "company_id" in names else "id"
            query = sql.SQL("select * from {} where {} = any(%s)")
            cursor = owner.execute(query.format(sql.Identifier(table.name), sql.Identifier(company)), (companies,))
            columns = [column.name for column in cursor.description or ()]
            for values in cursor:
                row = dict(zip(columns, values, strict=True))
                client = row["id"] if table.name == "client" else row.get("client_id")
                if table.name == "client":
                    world.owners[row["id"]] = row["owner_id"]
                if table.name in ("bank_account", "company_bank_account") and row["account_number"]:
                    world.accounts.setdefault(row["company_id"], set()).add(row["account_number"])
                if table.name in tables and tables[table.name].key in row:
                    entity = tables[table.name]
                    kind = row[entity.discriminator] if entity.discriminator else None
                    found = Row(entity, row[entity.key], client, kind)
                    if found.type_name in NODE_TYPES:
                        world.rows.setdefault(row[company], []).append(found)
                texts = [str(row["id"])] if "id" in row else []
                # An audit event tells what its caller sent: an address, a name that may be anybody's.
                if table.name != "audit_event":
                    texts += [value for value in row.values() if isinstance(value, str) and len(value) >= 6]
                world.texts += [(row[company], client, text) for text in texts]
    return world


@pytest.fixture(scope="module")
def world(live_server: Ficha) -> World:
    """The two demo companies."""
    with psycopg.connect(live_server.settings.database_url) as owner:
        for company in (DEMO, AJENA):
            # What the demo has none of.
            secret = Secret.new(company)
            owner.execute(
                "insert into api_key (company_id, id, name, secret_hash, scopes, created_by_id, expires_at)"
                " select company_id, %s, 'Tienda de ' || email, %s, '{clients:read}', id, now() + interval '1 hour'"
                " from collaborator where company_id = %s and role = 'ADMIN'",
                (secret.id, secret.hash, company),
            )
            owner.execute(
                "insert into audit_event (company_id, id, kind, api_key_id) values (%s, %s, 'API_KEY_USED', %s)",
                (company, uuid7(), secret.id),
            )
    found = read_world(live_server.settings.database_url, [DEMO, AJENA])
    assert {company: len(rows) > 50 for company, rows in found.rows.items()} == {DEMO: True, AJENA: True}
    empty = make_people(live_server.settings.database_url).email(Role.ADMIN)
    seen = [live_server.ask(empty, query).body["data"] for query in walk.roots_queries()]
    words = [name for type in walk.SCHEMA.type_map.values() for name in getattr(type, "values", ())]
    found.public = json.dumps([seen, words], ensure_ascii=False)
    return found


@dataclass(frozen=True)
class Asker:
    """Somebody who asks, and what they may see by what the declarations say."""

    ficha: Ficha
    world: World
    token: str
    company: UUID
    collaborator: UUID
    permissions: frozenset[Permission]

    @property
    def held(self) -> frozenset[str]:
        """Their permissions, as the schema writes them."""
        return frozenset(permission.value for permission in self.permissions)

    def ask(self, query: str, **variables: Any) -> Answer:
        """The answer, in which nothing may be that they do not see."""
        answers: list[Answer] = []
        # With the planner, and by the resolvers alone.
        for ficha in filter(None, (self.ficha, self.ficha.twin)):
            response = ficha.http.post(
                "/graphql",
                json={"query": query, "variables": variables},
                headers={"Authorization": f"Bearer {self.token}"},
            )
            text = without(response.content.decode(), variables)
            leaked = [mark for mark in self.marks if mark in text]
            assert not leaked, leaked[:5]
            answers.append(Answer(response.status_code, response.headers, response.json()))
        assert len({tuple(sorted(map(repr, answer.errors))) for answer in answers}) == 1
        return answers[0]

    def nodes(self, type: str, ids: Sequence[str]) -> Answer:
        """The answer to `walk.nodes_query` of these ids."""
        return self.ask(walk.nodes_query(type, len(ids)), **{f"i{number}": id for number, id in enumerate(ids)})

    def roots(self) -> int:
        """Asks for every root field, and holds each to what they may see. Returns the number of fields."""
        return sum(self.demand_as_declared(self.ask(query)) for query in walk.roots_queries())

    def sees_client(self, client: UUID | None) -> bool:
        """Whether a client of their company is in their sight."""
        everything = Permission.CLIENTS_READ_ALL in self.permissions
        return client is None or everything or self.world.owners[client] == self.collaborator

    @cached_property
    def marks(self) -> Sequence[str]:
        """Texts that only records out of their sight have."""
        seen, unseen = set[str](), set[str]()
        for company, client, text in self.world.texts:
            (seen if company == self.company and self.sees_client(client) else unseen).add(text)
        if Permission.BILLING_READ not in self.permissions:
            unseen |= self.world.accounts[self.company]
            seen -= self.world.accounts[self.company]
        visible = "\n".join([self.world.public, *seen])
        return [text for text in unseen - seen if text not in visible]

    def demand_as_declared(self, answer: Answer) -> int:
        """Every field is null with FORBIDDEN where its type asks for what they lack, and no other error is there.

        Returns how many fields there were.
        """
        errors = {
            tuple(error["path"]): (error["extensions"]["code"], error["extensions"].get("permission"))
            for error in answer.body.get("errors", ())
        }
        number = 0
        for found in walk.seen(answer.body["data"]):
            number += 1
            lacking = found.scopes - self.held
            code, permission = errors.pop(found.path, (None, None))
            if lacking:
                assert (found.is_null, code, permission in lacking) == (True, "FORBIDDEN", True), found
            else:
                assert code is None, (found, code)
        for path, (code, permission) in errors.items():
            assert (code, permission in self.held) == ("FORBIDDEN", False), path
            assert len(path) == 1, path  # a record by its id; see below
        return number


def without(text: str, given: Any) -> str:
    """The text without what the request itself said: repeating that tells nothing."""
    match given:
        case str():
            return text.replace(given, "")
        case dict() | list():
            for part in cast("Any", given.values() if isinstance(given, dict) else given):
                text = without(text, part)
    return text


def collaborator(url: str, email: str) -> tuple[UUID, UUID]:
    """Company and id."""
    with psycopg.connect(url) as owner:
        [found] = owner.execute("select company_id, id from collaborator where email = %s", (email,)).fetchall()
    return found


Askers = Callable[[str, Iterable[Permission] | None], Asker]


@pytest.fixture(scope="module")
def asker(live_server: Ficha, world: World) -> Askers:
    """Somebody who asks: the collaborator themselves, or a key of theirs with these scopes."""
    url = live_server.settings.database_url

    def make(email: str, scopes: Iterable[Permission] | None = None) -> Asker:
        company, id = collaborator(url, email)
        with psycopg.connect(url) as owner:
            [(role,)] = owner.execute("select role from collaborator where id = %s", (id,)).fetchall()
            if scopes is None:
                return Asker(live_server, world, live_server.token(email), company, id, BUNDLES[Role(role)])
            secret, given = Secret.new(company), frozenset(scopes)
            owner.execute(
                "insert into api_key (company_id, id, name, secret_hash, scopes, created_by_id, expires_at)"
                " values (%s, %s, 'walk', %s, %s, %s, now() + interval '1 hour')",
                (company, secret.id, secret.hash, [scope.value for scope in given], id),
            )
        return Asker(live_server, world, secret.text, company, id, given & BUNDLES[Role(role)])

    return make


def walk_nodes(who: Asker, rows: Sequence[Row]) -> int:
    """Asks for every field of the records, and holds each to what the asker may see. Returns the number of fields."""
    number = 0
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row.type.name, []).append(row)
    parts = [each[start : start + AT_ONCE] for each in by_type.values() for start in range(0, len(each), AT_ONCE)]
    for part in parts:
        answer = who.nodes(part[0].type.name, [row.global_id for row in part])
        assert answer.status == 200
        number += who.demand_as_declared(answer)
        forbidden = {tuple(error["path"]) for error in answer.body.get("errors", ())}
        for index, row in enumerate(part):
            # Which events there are is in part a matter of the event: those are not there rather than forbidden.
            of_event = KIND_PERMISSIONS[HistoryEventKind(row.kind)] if row.entity is HistoryEventEntity else frozenset()
            own = row.entity.permission
            lacks = own is not None and own not in who.permissions
            there = not lacks and who.sees_client(row.client) and of_event <= who.permissions
            assert ((f"n{index}",) in forbidden) == lacks, row
            assert (answer.body["data"][f"n{index}"] is not None) == there, row
    return number


def sample(rows: Sequence[Row], most: int) -> list[Row]:
    """Some rows of each type."""
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row.type.name, []).append(row)
    return [row for each in by_type.values() for row in each[:: max(1, len(each) // most)][:most]]


@pytest.mark.claims(
    "docs/reading.md",
    "An entity says which permission its rows ask for; every way to a row checks it, filters and counts included.",
)
@pytest.mark.claims(
    "docs/security.md",
    "Each kind of record asks for a permission, declared with the entity in `loaders/`.",
    "All ways to a row lead through one check: fields, lists, counts, filters, `node`.",
    "| lacks the permission | null, and `FORBIDDEN` at the path |",
)
@pytest.mark.sampled(2)
@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_sees_what_its_permissions_say(world: World, asker: Askers, role: Role) -> None:
    who = asker(PEOPLE[role], None)
    assert walk_nodes(who, sample(world.rows[DEMO], 2)) > 500
    assert who.roots() > 100


def test_whatever_has_an_id_is_a_record_of_the_schema() -> None:
    """`node` leads to every entity."""
    with_id = [entity for entity in entities() if entity.is_node]
    assert {name for entity in with_id for name in entity.types()} == NODE_TYPES


def test_every_kind_of_record_is_walked(world: World) -> None:
    """The demo has some of each; a new kind needs some there, or a place in this list."""
    not_in_the_demo = {
        "SalesCreditNote",
        "ClientDocumentUpload",
        "SalesPriceListItem",
        "SalesDocumentPaymentRegisteredEvent",
        "SalesDocumentPaymentReversedEvent",
        "CreditAppliedEvent",
        "CreditApplicationUndoneEvent",
        *(f"External{kind}Event" for kind in ("Email", "Meeting", "Visit", "Order", "Ticket", "Other")),
        *(name for name in walk.SCHEMA.type_map if name.endswith("ChangedEvent") and "SatState" not in name),
    }
    walked = {row.type.name for row in world.rows[DEMO]}
    assert {type.name for type in walk.node_types()} - walked <= not_in_the_demo


@pytest.mark.sampled(6)
@pytest.mark.parametrize("permission", Permission)
def test_a_key_sees_what_its_one_scope_says(world: World, asker: Askers, permission: Permission) -> None:
    rows = sample(world.rows[DEMO], 2)
    for scopes in ({permission}, {permission, Permission.CLIENTS_READ_ALL}):
        who = asker(PEOPLE[Role.ADMIN], scopes)
        walk_nodes(who, rows)
        who.roots()


@pytest.mark.claims(
    "docs/security.md",
    "| has it, but the record is out of sight, of another company, or not there | null, and no error |",
)
@pytest.mark.claims(
    "README.md",
    "A record that does not exist and one that the viewer may not see are both null.",
)
@pytest.mark.parametrize("role", PEOPLE)
def test_another_companys_records_are_not_there(world: World, asker: Askers, role: Role) -> None:
    """Just as if they did not exist: the same answer, apart from the id that was asked for."""
    who = asker(PEOPLE[role], None)
    for row in sample(world.rows[AJENA], 1):
        unknown = encode(row.entity, uuid7())
        foreign = who.nodes(row.type.name, [row.global_id])
        assert foreign.body.get("data") == {"n0": None}
        assert told(foreign, row.global_id) == told(who.nodes(row.type.name, [unknown]), unknown), row


REFERENCES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"
ENTITY_TYPES = frozenset(type.name for type in cast("GraphQLUnionType", GRAPHQL.type_map["_Entity"]).types)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("role", PEOPLE)
def test_an_entity_reference_leads_no_further_than_the_id_does(world: World, asker: Askers, role: Role) -> None:
    """For every type with a key: null where `nodes` gives null, and nothing of another company."""
    who = asker(PEOPLE[role], None)
    foreign = [row for row in sample(world.rows[AJENA], 1) if row.type.name in ENTITY_TYPES]
    for rows in (foreign, [row for row in sample(world.rows[DEMO], 2) if row.type.name in ENTITY_TYPES]):
        asked = [{"__typename": row.type.name, "id": row.global_id} for row in rows]
        found = [item and item["__typename"] for item in who.ask(REFERENCES, of=asked).body["data"]["_entities"]]
        nodes = [who.nodes(row.type.name, [row.global_id]).body["data"]["n0"] for row in rows]
        assert found == [node and row.type.name for node, row in zip(nodes, rows, strict=True)]
        assert rows is not foreign or not any(found)
    assert {row.type.name for row in foreign}


def told(answer: Answer, *ids: str) -> Any:
    """What an answer tells, apart from the ids that were asked for, the budget, and where in the document it is."""
    errors = [
        {name: part for name, part in error.items() if name != "locations"} for error in answer.body.get("errors", ())
    ]
    return answer.status, without(json.dumps([answer.body.get("data"), errors]), list(ids))


def test_the_other_company_sees_nothing_of_ours(world: World, live_server: Ficha, asker: Askers) -> None:
    with psycopg.connect(live_server.settings.database_url) as owner:
        [(email,)] = owner.execute(
            "select email from collaborator where company_id = %s and role = 'ADMIN' limit 1", (AJENA,)
        ).fetchall()
    who = asker(email, None)
    who.roots()
    walk_nodes(who, sample(world.rows[AJENA], 3))
    for row in sample(world.rows[DEMO], 1):
        assert who.nodes(row.type.name, [row.global_id]).body["data"] == {"n0": None}


BY_ID = [
    name
    for name, declared in cast("GraphQLObjectType", walk.SCHEMA.query_type).fields.items()
    if name not in ("node", "nodes") and "id" in declared.args
]


@pytest.mark.parametrize("name", BY_ID)
def test_a_root_field_by_id_finds_only_what_is_in_sight(world: World, asker: Askers, name: str) -> None:
    target = get_named_type(cast("GraphQLObjectType", walk.SCHEMA.query_type).fields[name].type)
    possible = {type.name for type in walk.node_types() if type is target or target in type.interfaces}
    who = asker(PEOPLE[Role.SALES], None)
    query = f"query ($id: ID!) {{ found: {name}(id: $id) {{ __typename id }} }}"
    for company in (DEMO, AJENA):
        for row in [row for row in world.rows[company] if row.type.name in possible][:40]:
            found = who.ask(query, id=row.global_id).data["found"]
            seen = company == DEMO and who.sees_client(row.client)
            assert found == ({"__typename": row.type.name, "id": row.global_id} if seen else None)


@pytest.mark.claims(
    "docs/security.md",
    "A viewer without `clients:read_all` sees the clients assigned to them, and what hangs from those.",
)
def test_lists_and_counts_hold_only_assigned_clients(world: World, asker: Askers) -> None:
    who = asker(PEOPLE[Role.SALES], None)
    query = """{
        clients(first: 100, deleted: INCLUDE) { totalCount nodes { id } }
        deals(first: 100) { totalCount nodes { client { id } } }
        followUps(first: 100) { totalCount nodes { client { id } } }
        salesDocuments(first: 100) { totalCount nodes { client { id } } }
        documents(first: 100) { totalCount nodes { client { id } } }
    }"""
    data = who.ask(query).data
    mine = {f"cli_{id}" for id, owner in world.owners.items() if owner == who.collaborator}
    assert {node["id"] for node in data["clients"]["nodes"]} == mine
    assert data["clients"]["totalCount"] == len(mine) > 3
    for name in ("deals", "followUps", "salesDocuments", "documents"):
        nodes = data[name]["nodes"]
        assert {node["client"]["id"] for node in nodes} <= mine
        assert data[name]["totalCount"] == len(nodes) > 0


def test_search_finds_nothing_out_of_sight(world: World, asker: Askers) -> None:
    who = asker(PEOPLE[Role.SALES], None)
    query = "query ($text: String!) { clients(search: $text, first: 100) { totalCount nodes { legalName } } }"
    names = {text for company, client, text in world.texts if company == AJENA or not who.sees_client(client)}
    for name in sorted(names)[:: max(1, len(names) // 60)]:
        who.ask(query, text=name[:200])  # the marks are looked for in every answer


@pytest.mark.parametrize(
    "filter",
    [
        "{deals: {some: {state: {eq: OPEN}}}}",
        '{receivables: {overdueBalance: {gt: "0"}}}',
        '{salesDocuments: {some: {total: {gt: "0"}}}}',
        "{followUps: {none: {state: {eq: DONE}}}}",
        "{not: {or: [{deals: {every: {state: {eq: OPEN}}}}]}}",
    ],
)
def test_a_filter_does_not_tell_what_is_hidden(asker: Askers, filter: str) -> None:
    who = asker(PEOPLE[Role.ADMIN], {Permission.CLIENTS_READ, Permission.CLIENTS_READ_ALL})
    answer = who.ask(f"{{ clients(filter: {filter}) {{ totalCount }} }}")
    assert (answer.body["data"], [error[:2] for error in answer.errors]) == (
        {"clients": None},
        [("FORBIDDEN", "clients")],
    )


EXPECTED_SCOPES = {
    "clients:read": "ClientsSummary TaxpayerListing ClientAddress ClientBankAccount CfdiProfile Client"
    " CompanyBankAccount ClientContact",
    "deals:read": "ClientDeal DealsSummary",
    "follow_ups:read": "FollowUp",
    "sales:read": "CreditApplication SalesDocumentCancellation CfdiRelation SalesCreditNote FolioSeries SalesInvoice"
    " ClientPayment SalesQuote SalesDocumentLine SalesDocumentTax SalesNote SalesDocumentTaxTotal",
    "documents:write": "ClientDocumentUpload",
    "documents:read": "ClientDocument",
    "billing:read": "AccountStatement DefaultReminder LedgerEntry PastReceivables PaymentReminders Receivables"
    " ReminderRule StatementLink",
    "billing:read clients:read": "ReceivablesSummary",
    "admin": "FichaApiKey FichaAuditEvent FichaRolePermissions CollaboratorInvitation",
    "history:read": "HistoryMonth",
    "history:read clients:read": "ClientCreatedEvent ProspectConvertedEvent ProspectStateChangedEvent"
    " ClientChangedEvent ContactChangedEvent AddressChangedEvent CfdiProfileChangedEvent BankAccountChangedEvent"
    " ExternalCallEvent ExternalMessageEvent ExternalEmailEvent ExternalMeetingEvent ExternalVisitEvent"
    " ExternalOrderEvent ExternalTicketEvent ExternalOtherEvent",
    "history:read deals:read": "DealCreatedEvent DealWonEvent DealLostEvent DealClosedEvent DealReopenedEvent"
    " DealChangedEvent",
    "history:read follow_ups:read": "FollowUpChangedEvent",
    "history:read clients:read sales:read": "SalesDocumentReadinessOverriddenEvent",
    "history:read sales:read": "SalesDocumentIssuedEvent SalesDocumentConvertedEvent SalesDocumentStateChangedEvent"
    " SalesDocumentCancellationReportedEvent SalesDocumentCancellationRequestedEvent"
    " SalesDocumentStampedEvent"
    " SalesDocumentChangedEvent SalesDocumentPaymentRegisteredEvent SalesDocumentPaymentReversedEvent"
    " CreditAppliedEvent CreditApplicationUndoneEvent",
    "history:read documents:read": "DocumentChangedEvent",
    "history:read billing:read": "CreditRefundedEvent PaymentReceivedEvent ReceivableTermsChangedEvent",
    "history:read billing:read clients:read": "PaymentRemindersChangedEvent",
}
"""By hand: what the directives are to say of each type. Types that are not here ask for nothing."""


@pytest.mark.claims(
    "docs/security.md",
    "The schema prints the same declarations as `@requiresScopes`.",
)
def test_the_directives_are_those_we_mean() -> None:
    said: dict[str, str] = {}
    for type in walk.SCHEMA.type_map.values():
        is_plain = isinstance(type, GraphQLObjectType) and not type.name.endswith(("Connection", "Edge"))
        if is_plain and (scopes := walk.scopes_of(type)):
            said[type.name] = " ".join(sorted(scopes, key=lambda scope: (scope != "history:read", scope)))
    assert said == {name: scopes for scopes, names in EXPECTED_SCOPES.items() for name in names.split()}


def test_every_root_field_asks_for_a_viewer() -> None:
    for root in (walk.SCHEMA.query_type, walk.SCHEMA.mutation_type, walk.SCHEMA.subscription_type):
        for name, declared in root.fields.items() if root else ():
            names = [directive.name.value for directive in declared.ast_node.directives] if declared.ast_node else []
            assert "authenticated" in names, name


# "Not there" and "not yours" cannot be told apart


@pytest.mark.claims(
    "docs/errors.md",
    "The two cannot be told apart.",
    "A record that does not exist, or that the viewer may not see, is null without an error.",
)
def test_what_is_not_yours_costs_as_many_statements_as_what_is_not_there(
    world: World, asker: Askers, statements: Callable[[], int]
) -> None:
    who = asker(PEOPLE[Role.ADMIN], None)
    for row in sample(world.rows[AJENA], 1):
        statements()
        who.nodes(row.type.name, [row.global_id])
        foreign = statements()
        who.nodes(row.type.name, [encode(row.entity, uuid7())])
        assert statements() == foreign, row


def test_what_is_not_yours_takes_as_long_as_what_is_not_there(world: World, asker: Askers) -> None:
    """Loosely: the medians of the CPU that 60 each took, in turns, differ by less than a third. That as many statements
    are sent is tested above."""
    who = asker(PEOPLE[Role.SALES], None)
    query = "query ($id: ID!) { client(id: $id) { id legalName contacts { name } } }"
    foreign = next(row for row in world.rows[AJENA] if row.type.name == "Client").global_id
    unassigned = next(
        row for row in world.rows[DEMO] if row.type.name == "Client" and not who.sees_client(row.client)
    ).global_id
    times: dict[str, list[float]] = {"foreign": [], "unassigned": [], "unknown": []}
    for _ in range(60):
        for kind, id in (("foreign", foreign), ("unassigned", unassigned), ("unknown", f"cli_{uuid7()}")):
            began = time.process_time()
            response = who.ficha.http.post(
                "/graphql",
                json={"query": query, "variables": {"id": id}},
                headers={"Authorization": f"Bearer {who.token}"},
            )
            times[kind].append(time.process_time() - began)
            assert response.json()["data"] == {"client": None}
    medians = [median(taken) for taken in times.values()]
    assert max(medians) < min(medians) * 4 / 3, times


# Mutations

MUTATIONS = walk.SCHEMA.mutation_type.fields if walk.SCHEMA.mutation_type else {}


def codes(value: Any) -> set[str]:
    """Every code of a user error in an answer."""
    if isinstance(value, dict):
        found = {part for name, part in cast("dict[str, Any]", value).items() if name == "code"}
        return found.union(*(codes(part) for part in cast("dict[str, Any]", value).values()))
    return set[str]().union(*(codes(part) for part in cast("list[Any]", value))) if isinstance(value, list) else set()


def others(rows: Sequence[Row], *kinds: str) -> dict[str, str]:
    """Ids for an input's fields that name a record of a certain kind, as `clientId`: the first such of the rows."""
    ids = {row.type_name[:1].lower() + row.type_name[1:] + "Id": row.global_id for row in reversed(rows)}
    ids["stageId"] = ids.pop("funnelStageId", "")
    ids["companyAccountId"] = ids.pop("companyBankAccountId", "")
    return {name: id for name, id in ids.items() if not kinds or name in kinds}


def one_of_each(rows: Sequence[Row]) -> list[Row]:
    """A row of each type; of a kind that is not among them, one that is not there either."""
    found = sample(rows, 1)
    missing = {entity for entity in entities() if "id" in entity.table.c} - {row.entity for row in found}
    return found + [Row(entity, uuid7(), None, None) for entity in missing if not entity.discriminator]


@dataclass(frozen=True)
class Mutation:
    """A mutation of the schema, which takes an input."""

    name: str

    @property
    def input(self) -> GraphQLInputType:
        """The type of its input."""
        return MUTATIONS[self.name].args["input"].type

    def document(self, select: Callable[[GraphQLNamedType], str]) -> str:
        """A document that sends it, and asks of its payload what is selected."""
        payload = select(get_named_type(MUTATIONS[self.name].type))
        return f"mutation ($input: {self.input}) {{ done: {self.name}(input: $input) {payload} }}"

    def values(self, id: str, others: dict[str, str]) -> Any:
        """An input in which ids are this one, but for fields that name others."""
        return walk.example(self.input, id, others) | MORE.get(self.name, {})

    def is_about(self, who: "Asker", id: str, others: dict[str, str]) -> bool:
        """Whether it takes an id of this kind: the others are refused as such, whoever asks."""
        return "BAD_ID" not in codes(who.ask(self.document(walk.codes), input=self.values(id, others)).body["data"])


MORE = {"importCfdi": {"xml": cfdi()}}
"""What an input needs besides, to come to what it names."""


@pytest.mark.sampled(7)
@pytest.mark.parametrize("name", [name for name, field in MUTATIONS.items() if walk.ids_in(field.args["input"].type)])
def test_a_mutation_finds_nothing_out_of_sight(world: World, asker: Askers, name: str) -> None:
    """A record of another company, or of a client of somebody else's, is answered for as one that does not exist."""
    mutation = Mutation(name)
    document = mutation.document(walk.selection)
    admin, sales = asker(PEOPLE[Role.ADMIN], None), asker(PEOPLE[Role.SALES], None)
    own, theirs = others(world.rows[DEMO]), others(world.rows[AJENA], "clientId")
    nobody = {"clientId": f"cli_{uuid7()}"}
    unassigned = [row for row in world.rows[DEMO] if not sales.sees_client(row.client)]
    missed = set[str]()

    def attempt(who: Asker, id: str, client: dict[str, str]) -> tuple[Answer, Any]:
        answer = who.ask(document, input=mutation.values(id, own | client))
        return answer, told(answer, id, client["clientId"])

    for row in one_of_each(world.rows[AJENA]):
        unknown = encode(row.entity, uuid7())
        if not mutation.is_about(admin, unknown, own | nobody):
            continue
        answer, absent = attempt(admin, unknown, nobody)
        missed |= codes(answer.body["data"])
        assert attempt(admin, row.global_id, theirs)[1] == absent, row
        hidden = [other for other in unassigned if other.type_name == row.type_name][:1]
        for other in hidden:
            absent = attempt(sales, unknown, nobody)[1]
            assert attempt(sales, other.global_id, others(unassigned, "clientId"))[1] == absent, other
    assert "NOT_FOUND" in missed


@pytest.mark.sampled(7)
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_forbidden_to_a_key_that_can_only_read(world: World, asker: Askers, name: str) -> None:
    who = asker(PEOPLE[Role.ADMIN], {permission for permission in Permission if "read" in permission.value})
    mutation = Mutation(name)
    rows = one_of_each(world.rows[DEMO])
    about = [row for row in rows if mutation.is_about(who, row.global_id, others(rows))]
    assert about
    for row in about:
        answer = who.ask(mutation.document(walk.selection), input=mutation.values(row.global_id, others(rows)))
        assert [error[:2] for error in answer.errors] == [("FORBIDDEN", "done")], answer.body
