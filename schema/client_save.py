"""The whole form of a client, saved at once."""

from typing import TYPE_CHECKING

import strawberry

from domain import client_save as commands
from domain.client_save import ClientKey
from models.client import ClientKind
from models.viewer import Permission
from resolvers import client_save as answers
from resolvers import mutation
from schema.address import ClientAddressInput
from schema.bank_account import BankAccountInput
from schema.cfdi_profile import CfdiProfileInput
from schema.client import Client, ClientInput, ClientValuesInput
from schema.contact import ClientContactInput
from schema.enums import describe, label
from schema.fields import answered, column, shows
from schema.inputs import Command, OwnId, Ref, value
from schema.mutations import mutation as declared
from schema.payloads import Payload
from schema.payment_reminders import PaymentRemindersInput
from schema.receivables import ReceivableTermsInput
from schema.scalars import Rfc

if TYPE_CHECKING:
    from schema.address import ClientAddress
    from schema.bank_account import ClientBankAccount
    from schema.contact import ClientContact
    from schema.prospect_state import ProspectState

describe(
    ClientKey,
    "By what a client is found.",
    RFC=label("RFC del cliente", "Tax id (RFC)"),
    EXTERNAL_ID=label("Identificador externo", "External id", "its `externalId`."),
)

_ID = "The one that is changed; without id it is a new one."
_VERSION = "The `version` that was read; `CONFLICT` if it has another by now."


@strawberry.input(description="A contact in a client's form.")
class SaveClientContactInput(ClientContactInput):
    id: Ref["ClientContact"] | None = value(_ID)
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="An address in a client's form.")
class SaveClientAddressInput(ClientAddressInput):
    id: Ref["ClientAddress"] | None = value(_ID)
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="A bank account in a client's form.")
class SaveClientBankAccountInput(BankAccountInput):
    id: Ref["ClientBankAccount"] | None = value(_ID)
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="CFDI data in a client's form.")
class SaveCfdiProfileInput(CfdiProfileInput):
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="Terms in a client's form.")
class SaveReceivableTermsInput(ReceivableTermsInput):
    confirmed: bool = value("Sets a limit even if it is below what is already used.", default=False)
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="Payment reminders in a client's form. Rules and recipients are replaced as wholes.")
class SavePaymentRemindersInput(PaymentRemindersInput):
    expected_version: int | None = value(_VERSION)


@strawberry.input(description="What the form had read, before it was changed; only what is in it is compared.")
class SaveClientBaseInput(ClientValuesInput):
    contacts: list[SaveClientContactInput] | None = value("The contacts.")
    addresses: list[SaveClientAddressInput] | None = value("The addresses.")
    bank_accounts: list[SaveClientBankAccountInput] | None = value("The bank accounts; numbers may be masked.")
    cfdi_profile: CfdiProfileInput | None = value("CFDI data.")
    receivable_terms: ReceivableTermsInput | None = value("Terms.")
    payment_reminders: PaymentRemindersInput | None = value("Payment reminders.")


@strawberry.input(
    description="A client's form: creates a client, or changes the one of `id` or `matchBy`. What is absent stays."
)
class SaveClientInput(ClientInput, Command):
    id: OwnId | None = value("The client that is changed.")
    match_by: ClientKey | None = value(
        "Without `id`: changes the client that has this RFC or `externalId` already, and creates one if none has it."
    )
    expected_version: int | None = value(_VERSION)
    kind: ClientKind = value("Whether a new record already is a client.", default=ClientKind.CLIENT)
    prospect_state_id: Ref["ProspectState"] | None = value("The state of a new prospect.")
    rfc: Rfc | None = value("RFC; by default that of the CFDI data.")
    contacts: list[SaveClientContactInput] | None = value("Contacts, by their ids.")
    addresses: list[SaveClientAddressInput] | None = value("Addresses, by their ids.")
    bank_accounts: list[SaveClientBankAccountInput] | None = value("Bank accounts, by their ids; `billing:write`.")
    cfdi_profile: SaveCfdiProfileInput | None = value("CFDI data.")
    receivable_terms: SaveReceivableTermsInput | None = value("Terms; `billing:write`.")
    payment_reminders: SavePaymentRemindersInput | None = value("Payment reminders; `billing:write`.")
    remove_missing: bool = value(
        "Deletes what the lists that are stated leave out: of what `base` lists, if it has the list.", default=False
    )
    base: SaveClientBaseInput | None = value(
        "The values that were read. What only others changed since then stays; what both changed is a `CONFLICT`."
    )


@strawberry.type(description="A value that somebody else changed while the form was filled in (conflicto).")
@shows(answers.Conflict)
class ClientConflict:
    path: list[str] = column("Path to the value in the input.")
    base: str | None = column("What it was when the form read it, as text; a reference by its name.")
    theirs: str | None = column("What it is now; null too if the viewer may not see it.")
    mine: str | None = column("What the form says.")


@strawberry.type(description="The payload of `saveClient`.")
@shows(mutation.Outcome)
class SaveClientPayload(Payload):
    client: Client | None = answered(
        mutation.client, "The client's current state, after `CONFLICT` too; null if nothing was saved otherwise."
    )
    conflicts: list[ClientConflict] = answered(
        answers.conflicts, "The values that both sides changed, in three columns."
    )


MUTATIONS = (
    declared(
        SaveClientInput,
        commands.save_client,
        Client,
        "Saves a client's whole form in one transaction. Parts of billing need `billing:write` too, else they are"
        " `PERMISSION_MISSING` and nothing is saved.",
        needs=Permission.CLIENTS_WRITE,
        payload=SaveClientPayload,
    ),
)
