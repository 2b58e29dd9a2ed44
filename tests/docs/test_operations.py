"""The canonical operations: named as their files, valid in the schema, with variables that fit, and listed.

Here nothing is executed; what they answer and how many statements they send is tested where there is a database.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, OperationType, get_variable_values, parse, validate
from strawberry.utils.str_converters import to_snake_case

from demo import companies, kemper
from loaders.client import ClientEntity
from loaders.ids import encode
from models import Client
from schema import SCHEMA

FOLDER = Path(__file__).resolve().parents[2] / "operations"
FILES = sorted(FOLDER.glob("*.graphql"))
OPERATIONS = {
    "ApiKeys",
    "AuditLog",
    "CertificateProposal",
    "CfdiCatalogs",
    "ClientDeals",
    "ClientProfile",
    "ClientSalesDocuments",
    "ClientTrash",
    "ClientsTable",
    "DocumentRevisions",
    "EnumLabels",
    "FollowUpDetail",
    "FormChoices",
    "ReminderPreview",
    "SalesDocumentActions",
    "Viewer",
    "ClientActions",
    "ClientBilling",
    "ClientDetail",
    "ClientDocuments",
    "ClientFollowUps",
    "ClientHeader",
    "ClientHistory",
    "ClientLedger",
    "ClientStatement",
    "ClientsList",
    "ClientsSearch",
    "ClientsSummary",
    "CompanySettings",
    "Collaborators",
    "DealsBoard",
    "DealsSummary",
    "FollowUpsCalendar",
    "ClientTaxpayerListing",
    "HistoryMonths",
    "Invitations",
    "PriceListItems",
    "ReceivablesSummary",
    "Roles",
    "SalesDocumentDetail",
    "SatProducts",
    "SearchEverywhere",
}
PARTS = [
    "header",
    "administrativePanel",
    "sidePanel",
    "detailTab",
    "commercialNote",
    "commercialHistory",
    "followUpsTab",
    "billingReceivables",
    "billingReminders",
    "billingCfdi",
    "billingBank",
    "documentsTab",
]
"""The parts of the client detail screen, as its manual lists them."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def operation_of(file: Path) -> OperationDefinitionNode:
    """The one operation of the file."""
    definitions = parse(file.read_text(encoding="utf-8")).definitions
    [operation] = (node for node in definitions if isinstance(node, OperationDefinitionNode))
    return operation


def variables_of(file: Path) -> dict[str, Any]:
    return json.loads(file.with_suffix(".variables.json").read_text(encoding="utf-8"))


def test_the_operations_are_all_there() -> None:
    assert {operation_of(file).name.value for file in FILES} == OPERATIONS


@pytest.mark.claims(
    "operations/README.md",
    "A file is named after its operation, in snake_case.",
)
@each_file
def test_file_is_named_after_its_one_query(file: Path) -> None:
    operation = operation_of(file)
    assert operation.operation is OperationType.QUERY
    assert to_snake_case(operation.name.value) == file.stem


@each_file
def test_file_begins_by_saying_what_it_serves(file: Path) -> None:
    first, second, *_ = file.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"# [A-Z].{20,110}\.", first)
    assert not second.startswith("#")


@pytest.mark.claims(
    "operations/README.md",
    "It is complete in itself, for GraphQL has no imports: `client_detail` carries the fragment `Event` "
    "and `client_history` one like it, `TimelineEvent`.",
)
@each_file
def test_document_is_valid(file: Path) -> None:
    assert validate(SCHEMA._schema, parse(file.read_text(encoding="utf-8"))) == []


@pytest.mark.claims(
    "operations/README.md",
    "`subscriptions/` holds one for each of the screen's: `client_changed` is the subscription `ClientChanged`, which "
    "says that there is something new to read.",
)
def test_subscriptions_are_valid_and_named_as_their_files() -> None:
    files = sorted((FOLDER / "subscriptions").glob("*.graphql"))
    arguments = {file.stem: set(variables_of(file)) for file in files}
    assert arguments == {"client_changed": {"id"}, "history_event_added": {"clientId"}}
    for file in files:
        operation = operation_of(file)
        assert operation.operation is OperationType.SUBSCRIPTION
        assert to_snake_case(operation.name.value) == file.stem
        assert validate(SCHEMA._schema, parse(file.read_text(encoding="utf-8"))) == []


@pytest.mark.claims(
    "operations/README.md",
    "`bulk/` holds those list forms that a screen needs: `bulk/assign_clients` is `AssignClients`.",
)
def test_bulk_mutations_are_valid_and_named_as_their_files() -> None:
    files = sorted((FOLDER / "bulk").glob("*.graphql"))
    assert [file.stem for file in files] == ["assign_clients", "create_clients", "delete_clients", "restore_clients"]
    for file in files:
        operation = operation_of(file)
        assert operation.operation is OperationType.MUTATION
        assert to_snake_case(operation.name.value) == file.stem
        assert validate(SCHEMA._schema, parse(file.read_text(encoding="utf-8"))) == []
        values = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), variables_of(file))
        assert not isinstance(values, list), values


@pytest.mark.claims("operations/README.md", "Names of fragments are unique, as client apps' compilers ask.")
def test_names_of_fragments_are_unique() -> None:
    names = [
        definition.name.value
        for file in FOLDER.rglob("*.graphql")
        for definition in parse(file.read_text(encoding="utf-8")).definitions
        if isinstance(definition, FragmentDefinitionNode)
    ]
    assert len(names) == len(set(names)) > 4


@each_file
def test_variables_are_those_of_the_operation(file: Path) -> None:
    operation, variables = operation_of(file), variables_of(file)
    definitions = operation.variable_definitions or ()
    assert set(variables) <= {definition.variable.name.value for definition in definitions}
    values = get_variable_values(SCHEMA._schema, definitions, variables)
    assert not isinstance(values, list), values


@pytest.mark.claims(
    "operations/README.md",
    "Beside each stands `<name>.variables.json`, with the demo's complete client, so that it can be run as it is.",
)
@each_file
def test_id_is_that_of_the_complete_demo_client(file: Path) -> None:
    [client] = (client for client in companies.demo().of(Client) if client.rfc == kemper.RFC)
    assert variables_of(file).get("id", encode(ClientEntity, client.id)) == encode(ClientEntity, client.id)


@pytest.mark.claims(
    "operations/README.md",
    "In `client_detail` every part of the screen is an alias of `client(id: $id)`.",
)
def test_client_detail_has_one_top_level_field_for_each_part_of_the_screen() -> None:
    operation = operation_of(FOLDER / "client_detail.graphql")
    fields: list[Any] = list(operation.selection_set.selections)
    assert [field.alias.value for field in fields] == PARTS
    assert {field.name.value for field in fields} == {"client"}
    assert [definition.variable.name.value for definition in operation.variable_definitions] == ["id", "month"]


def test_operations_are_listed_with_their_statements() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(\w+)` \| .+ \| \d+ \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(file.stem, operation_of(file).name.value) for file in FILES]
