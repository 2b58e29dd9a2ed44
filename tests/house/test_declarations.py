"""A forgotten or misspelt declaration is told at import, in a sentence that names the file and the mend."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EDITS = [
    (
        "loaders/client.py",
        'owner = ToOne(models.Collaborator, on="owner_id"',
        'owner = ToOne(models.Collaborator, on="ownr_id"',
        "loaders/client.py: ClientEntity.owner names ownr_id, which the table client does not have:"
        " did you mean owner_id?",
    ),
    (
        "loaders/client.py",
        'contacts = ToMany(models.Contact, key="client_id", order=("position",)',
        'contacts = ToMany(models.Contact, key="client_id", order=("positon",)',
        "loaders/client.py: ClientEntity.contacts names positon, which the table contact does not have:"
        " did you mean position?",
    ),
    (
        "loaders/client.py",
        '"UPDATED_AT": lambda c: c["updated_at"]',
        '"UPDATED_AT": lambda c: c["update_at"]',
        "loaders/client.py: ClientEntity.orders['UPDATED_AT'] names update_at, which the table client does not have:"
        " did you mean updated_at?",
    ),
    (
        "loaders/document.py",
        'c["replaced_at"]',
        'c["replacd_at"]',
        "names replacd_at, which the table document does not have: did you mean replaced_at?",
    ),
    (
        "loaders/client.py",
        '"LEGAL_NAME": lambda',
        '"LEGAL_NAM": lambda',
        "by ClientOrder, names LEGAL_NAME, which ClientEntity.orders does not have: did you mean LEGAL_NAM?",
    ),
    (
        "loaders/client.py",
        '"HistoryMonth", ("month", "event_count", ',
        '"HistoryMonth", ("month", "event_cont", ',
        "loaders/client.py: ClientEntity.history_months names event_cont, which its statement does not have:"
        " did you mean event_count?",
    ),
    (
        "loaders/client.py",
        '"HistoryMonth", (',
        '"HistoryMonths", (',
        "schema/client.py: Client.history_months shows HistoryMonth, whose row is called HistoryMonths: call it"
        " HistoryMonth in loaders/",
    ),
    (
        "loaders/receivables.py",
        '"CurrencyBalance", (',
        '"CurencyBalance", (',
        "schema/receivables.py: Receivables.currencies shows CurrencyBalance, whose row is called CurencyBalance:",
    ),
    (
        "loaders/client.py",
        'serves=("cfdi_readiness",)',
        'serves=("cfdi_redines",)',
        "loaders/client.py: ClientEntity.cfdi_profile names cfdi_redines, which the type Client does not have:"
        " did you mean cfdi_readiness?",
    ),
    (
        "schema/client.py",
        "    contacts: list[ClientContact] = related(",
        "    kontacts: list[ClientContact] = related(",
        "schema/client.py: Client.kontacts names kontacts, which ClientEntity does not have: did you mean contacts?",
    ),
    (
        "schema/contact.py",
        "    job_title: str | None = column(",
        "    job_titel: str | None = column(",
        "schema/contact.py: ClientContact.job_titel names job_titel, which ContactEntity does not have:"
        " did you mean job_title?",
    ),
    (
        "schema/contact.py",
        "    job_title: FichaStringFilter | None = value(",
        "    job_titel: FichaStringFilter | None = value(",
        "schema/contact.py: ClientContactFilter.job_titel names job_titel, which ContactEntity does not have:"
        " did you mean job_title?",
    ),
    (
        "schema/contact.py",
        "    job_title: str | None = value(",
        "    job_titel: str | None = value(",
        "schema/contact.py: CreateContactInput.job_titel is no column of Contact and not read by create:"
        " did you mean job_title?",
    ),
    (
        "schema/contact.py",
        "    job_title: str | None = value(",
        '    shoe_size: int | None = value("Size of shoes.")\n    job_title: str | None = value(',
        "schema/contact.py: CreateContactInput.shoe_size is no column of Contact and not read by create:"
        " add the column in models/contact.py, or name the field in the input of create in domain/parts.py",
    ),
    (
        "models/contact.py",
        "    phone_extension: Mapped[str | None] = line_of(10)",
        "    phone_extension: Mapped[str | None] = line_of(10)\n    fax: Mapped[str | None] = line_of(16)",
        "models/contact.py: Contact.fax is in no input: add it to ClientContactInput in schema/contact.py, or to `but`"
        " in domain/contact.py where commands set it",
    ),
    (
        "models/contact.py",
        "    job_title: Mapped[str | None] = line_of(200)",
        "    job_title: Mapped[str | None]",
        "models/contact.py: Contact.job_title has no limit: make it line_of(…) or text_of(…), or say how it is read in"
        " domain/contact.py",
    ),
    (
        "domain/contact.py",
        "    phone=Field(",
        "    fone=Field(",
        "domain/contact.py: fields_of(Contact) names fone, which the table contact does not have: did you mean phone?",
    ),
    (
        "domain/conversion.py",
        "    series: Maybe[str]",
        "    serie: Maybe[str]",
        "domain/conversion.py: ConvertSalesDocument.serie is in no input of a mutation: did you mean series?",
    ),
    (
        "domain/sales_document.py",
        "    sku: Maybe[str]",
        "    skew: Maybe[str]",
        "domain/sales_document.py: LineInput.skew is in no input of a mutation:",
    ),
    (
        "schema/receivables.py",
        "    overdue_balance: ",
        "    overdue_balanse: ",
        "Receivables.overdue_balanse names overdue_balanse, which the row of Receivables does not have:"
        " did you mean overdue_balance?",
    ),
    (
        "schema/tax_certificate.py",
        "    differs: ",
        "    difers: ",
        "schema/tax_certificate.py: ProposedValue.difers names difers, which the row of ProposedValue does not have:"
        " did you mean differs?",
    ),
    (
        "schema/node.py",
        "    start_cursor: ",
        "    begin_cursor: ",
        "schema/node.py: PageInfo.begin_cursor names begin_cursor, which the row of PageInfo does not have:",
    ),
    (
        "resolvers/bank_account.py",
        '@filled("account_number")',
        '@filled("account_numer")',
        "schema/bank_account.py: ClientBankAccount.account_number names account_numer, which BankAccountEntity does not"
        " have: did you mean account_number?",
    ),
    (
        "schema/client.py",
        'connection(\n        "The deals (tratos).", ClientDealFilter, ClientDealOrder, deletable=True\n    )',
        'related("The deals (tratos).")',
        "schema/client.py: Client.deals leads to ClientEntity.deals: declare it by connection(…)",
    ),
    (
        "models/history.py",
        "    CLIENT_CREATED = event(",
        '    CLIENT_CALLED = "CLIENT_CALLED"\n    CLIENT_CREATED = event(',
        "models/history.py: history kind CLIENT_CALLED does not say what it is and who may see it: write",
    ),
    (
        "models/viewer.py",
        "Permission.DEALS_CLOSE, ",
        "",
        "models/viewer.py: permission deals:close is in no role's bundle: add it to one in BUNDLES, or to ADMINS_ALONE",
    ),
    (
        "models/history.py",
        'records=["deal"]',
        'records=["dael"]',
        "models/history.py: history kind DEAL_CREATED names dael, which RECORDS in schema/history.py does not have:"
        " did you mean deal?",
    ),
]


@pytest.mark.sampled(6)
@pytest.mark.parametrize(("file", "right", "wrong", "sentence"), EDITS, ids=[edit[2].split("\n")[-1] for edit in EDITS])
def test_a_wrong_name_is_told_at_import(tree: Path, file: str, right: str, wrong: str, sentence: str) -> None:
    path = tree / file
    before = path.read_text(encoding="utf-8")
    assert before.count(right) >= 1
    path.write_text(before.replace(right, wrong), encoding="utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, "-B", "-c", "import schema"], cwd=tree, capture_output=True, text=True, check=False
        )
    finally:
        path.write_text(before, encoding="utf-8")
    assert ran.returncode == 1
    assert "errors.DeclarationError: " in ran.stderr
    assert sentence in ran.stderr.split("errors.DeclarationError: ")[1]


def test_the_companys_wall_is_written_once() -> None:
    """Whatever reads a company's rows says so by `loaders.entity.of_company`."""
    root = Path(__file__).resolve().parents[2]
    walls = [
        file.relative_to(root).as_posix()
        for room in ("loaders", "planner", "resolvers")
        for file in sorted((root / room).glob("*.py"))
        for _ in re.findall(r"(==|!=|in_\()\s*COMPANY\b", file.read_text("utf-8"))
    ]
    assert walls == ["loaders/entity.py"]
