"""Contracts of a supergraph, and the subgraph for routers that enforce access, in three composers: what clients see of
them, and what a router asks for."""

import json
import subprocess
from typing import Any

import pytest

from schema import MUTATIONS, subgraph_sdl
from tests.conformance.conftest import FOLDER, NODE, ROOT, without_policies

COMPOSERS = ("apollo", "theGuild", "cosmo")
CONTRACTS = {"mobile": ("admin", "system"), "public": ("admin", "system", "internal")}
"""The tags that each leaves out."""

ROOTS_OUT = {
    "Query": {"apiKeys", "auditLog", "invitations", "roles"},
    "Mutation": {
        # The company's settings
        "updateCompany", "setCompanyLogo", "setDefaultReminders", "createProspectState", "updateProspectState",
        "deleteProspectState", "createCompanyBankAccount", "updateCompanyBankAccount", "deleteCompanyBankAccount",
        "restoreCompanyBankAccount", "createFolioSeries", "updateFolioSeries", "createHoliday", "deleteHoliday",
        "createFunnelStage", "updateFunnelStage", "deleteFunnelStage", "createLossReason", "updateLossReason",
        "deleteLossReason", "createPriceList", "updatePriceList", "deletePriceList", "createPriceListItem",
        "updatePriceListItem", "deletePriceListItem",
        # Its people and keys
        "createApiKey", "revokeApiKey", "setRolePermissions", "updateCollaborator", "suspendCollaborator",
        "resumeCollaborator", "unbindCollaborator", "inviteCollaborator", "resendInvitation", "revokeInvitation",
        # What cannot be undone
        "eraseClient", "eraseClients",
        # What other systems send
        "recordExternalEvent", "recordExternalEvents", "registerStamp",
    },
}  # fmt: skip
TYPES_OUT = {
    "CollaboratorInvitation", "CollaboratorInvitationConnection", "CollaboratorInvitationEdge", "FichaApiKey",
    "FichaApiKeyConnection", "FichaApiKeyEdge", "FichaAuditEvent", "FichaAuditEventConnection", "FichaAuditEventEdge",
    "FichaRolePermissions",
}  # fmt: skip
ADMINISTRATIVE = {
    "Collaborator.invitation", "CreateApiKeyPayload.apiKey", "InviteCollaboratorPayload.invitation",
    "ResendInvitationPayload.invitation", "RevokeApiKeyPayload.apiKey", "SetRolePermissionsPayload.roles",
}  # fmt: skip
INTERNAL = {
    "Client.internalNote", "Client.taxpayerListing", "Client.taxpayerListings", "ConvertProspectInput.internalNote",
    "ConvertSalesDocumentInput.overrideReason", "CreateClientInput.internalNote", "SaveClientBaseInput.internalNote",
    "SaveClientInput.internalNote", "SendSalesDocumentInput.overrideReason", "UpdateClientInput.internalNote",
}  # fmt: skip
FIELDS_OUT = {"mobile": ADMINISTRATIVE, "public": ADMINISTRATIVE | INTERNAL}
"""Besides the fields `apiKey` of events, which are in no public contract."""

OF_COMPANY = {name for name, each in MUTATIONS.items() if {*each.fields} & ROOTS_OUT["Mutation"]}
OF_ADMINISTRATORS = {"api_keys", "audit_log", "collaborators", "invitations", "roles"}
WITH_KEYS_OR_NOTES = {"client_detail", "client_profile", "client_taxpayer_listing", "sales_document_detail"}
BY_NODE = {"price_list_items"}
"""Operations that begin at `node`, which the subgraph leaves to the gateway (ADR 77)."""
OPERATIONS_OUT = {
    "mobile": {*OF_COMPANY, *OF_ADMINISTRATORS},
    "public": {*OF_COMPANY, *OF_ADMINISTRATORS, *WITH_KEYS_OR_NOTES},
}
"""The canonical operations that do not fit: all others do."""


@pytest.fixture(scope="module")
def composed() -> Any:
    """What each composer makes of each trial."""
    plain, access = subgraph_sdl(), subgraph_sdl(access=True)
    trials = {name: {"sdl": plain, "exclude": tags} for name, tags in CONTRACTS.items()}
    trials["whole"] = {"sdl": plain, "exclude": ()}
    trials["access"] = {"sdl": access, "exclude": ()}
    trials["access without policies"] = {"sdl": without_policies(access), "exclude": ()}
    trials["access and mobile"] = {"sdl": without_policies(access), "exclude": CONTRACTS["mobile"]}
    files = sorted(ROOT.glob("operations/*.graphql")) + sorted(ROOT.glob("operations/mutations/*.graphql"))
    documents = {file.stem: file.read_text(encoding="utf-8") for file in files}
    text = json.dumps({"documents": documents, "trials": trials}).encode()
    done = subprocess.run([*NODE, "contracts.mjs"], cwd=FOLDER, input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.claims(
    "docs/protocol.md",
    "| `internal` | internal notes, reasons for overriding a check, the SAT's lists under art. 69-B, and the name of"
    " the API key that did something |",
    "`setCollaboratorAvatar` is in both, as everybody may change their own picture.",
    "ask the others to hide unreachable types",
    "| `mobile` | `admin`, `system` | the company's app for phones |",
    "| `public` | `admin`, `system`, `internal` | apps that others build |",
    "Both are composed in CI by the three composers; the test says which fields are out, and that all canonical"
    " operations without them are valid.",
)
@pytest.mark.parametrize("composer", COMPOSERS)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_leaves_out_what_its_tags_say(composed: Any, contract: str, composer: str) -> None:
    whole, left = composed["whole"][composer], composed[contract][composer]
    assert (whole["refused"], left["refused"]) == ([], [])
    out: set[str] = set()
    for name, fields in whole["fields"].items():
        if name in ROOTS_OUT or name in left["fields"]:
            out |= {f"{name}.{field}" for field in {*fields} - {*left["fields"][name]}}
    expected = {f"{root}.{field}" for root, fields in ROOTS_OUT.items() for field in fields} | FIELDS_OUT[contract]
    if contract == "public":
        events = [name for name in whole["fields"] if name.endswith("Event") and name != "FichaAuditEvent"]
        expected |= {f"{name}.apiKey" for name in events if "apiKey" in whole["fields"][name]}
    # The Guild's composer also leaves out the types to which nothing leads any more, as payloads.
    assert out == {each for each in expected if each.partition(".")[0] in left["fields"]}
    unreached = {*whole["fields"]} - {*left["fields"]} - TYPES_OUT
    assert {*whole["fields"]} - {*left["fields"]} >= TYPES_OUT
    assert {each.partition(".")[0] for each in expected - out} <= unreached
    assert bool(unreached) is (composer == "theGuild")


@pytest.mark.parametrize("composer", COMPOSERS)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_operations_that_a_contract_promises_are_valid(composed: Any, contract: str, composer: str) -> None:
    assert set(composed["whole"][composer]["invalid"]) == BY_NODE
    assert set(composed[contract][composer]["invalid"]) == OPERATIONS_OUT[contract] | BY_NODE


@pytest.mark.claims(
    "docs/protocol.md",
    "The composers of Apollo and The Guild take all three directives; Cosmo's does not know `@policy`, so take it out"
    " for that one.",
)
@pytest.mark.parametrize(
    ("trial", "composer"),
    [
        ("access", "apollo"),
        ("access", "theGuild"),
        ("access without policies", "apollo"),
        ("access without policies", "theGuild"),
        ("access without policies", "cosmo"),
    ],
)
def test_a_router_asks_for_what_ficha_asks_for(composed: Any, trial: str, composer: str) -> None:
    """In the supergraph, of every mutation its permission; of every type what stands in the subgraph."""
    result = composed[trial][composer]
    assert result["refused"] == []
    asks = result["asks"]
    scoped = {f"Mutation.{name}": [[e.permission]] for e in MUTATIONS.values() if not e.unless for name in e.fields}
    assert {name: lists for name, lists in asks["requiresScopes"].items() if name.startswith("Mutation.")} == scoped
    ruled = {"Mutation.setCollaboratorAvatar": [["admin"], ["own_avatar"]]} if trial == "access" else {}
    assert asks["policy"] == ruled
    roots = {f"{root}.{field}" for root in ("Query", "Mutation", "Subscription") for field in result["fields"][root]}
    assert {name for name in asks["authenticated"] if name.partition(".")[0] in ("Query", "Mutation")} <= roots
    assert roots - {*asks["authenticated"]} == set()
    assert asks["requiresScopes"]["Client"] == [["clients:read"]]
    assert asks["requiresScopes"]["ClientChangedEvent"] == [["history:read", "clients:read"]]
    assert asks["requiresScopes"]["Client.lastActivityAt"] == [["history:read"]]


def test_cosmo_does_not_know_policies(composed: Any) -> None:
    [refused] = composed["access"]["cosmo"]["refused"]
    assert 'The directive "@policy" declared on coordinates "Mutation.setCollaboratorAvatar" is not defined' in refused


@pytest.mark.parametrize("composer", COMPOSERS)
def test_access_and_contracts_go_together(composed: Any, composer: str) -> None:
    both = composed["access and mobile"][composer]
    assert (both["refused"], both["fields"]) == ([], composed["mobile"][composer]["fields"])
    assert both["asks"]["requiresScopes"]["Mutation.createContact"] == [["clients:write"]]
