"""`ficha company`: from an empty PostgreSQL to a company that works, by command alone; suspended, resumed, listed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from models.ids import uuid7
from schema import sdl
from server.settings import Settings
from tests.demo.conftest import empty_database
from tests.fixtures import Ficha, serving
from tests.server.test_cli import ficha

OPTIONS = {
    "--name": "ESCUELA KEMPER URGATE",
    "--rfc": "EKU9003173C9",
    "--tax-regime": "601",
    "--postal-code": "42501",
    "--time-zone": "America/Tijuana",
    "--currency": "MXN",
    "--admin-name": "Ana Ríos",
    "--admin-email": "ana@kemper.mx",
}
EVERYTHING = """{
  viewer {
    permissions
    collaborator { name email role }
    company {
      id name rfc taxRegime { code } postalCode timeZone currency workingWeekdays keepsOfficialHolidays version
      funnelStages { name } lossReasons { name } prospectStates { name position active }
      folioSeries { type series nextNumber isDefault active } defaultReminders { moment days hour repeatEveryDays }
      bankAccounts { id } holidays { id }
    }
  }
}"""


ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


class Own:
    """A database of one's own, without anything in it, and the commands on it."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.settings = replace(settings, database_url=url, sweep_minutes=0, viewer_cache_seconds=0)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the command `ficha` on it."""
        return ficha(*arguments, **self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the command `ficha`, as variables."""
        s3 = self.settings
        return {
            "FICHA_DATABASE_URL": s3.database_url,
            "FICHA_DATA_DIR": str(s3.data_dir),
            "FICHA_DEMO": "on",
            "FICHA_S3_ENDPOINT": s3.s3_endpoint,
            "FICHA_S3_ACCESS_KEY": s3.s3_access_key,
            "FICHA_S3_SECRET_KEY": s3.s3_secret_key,
        }

    def create(self, **changed: str | None) -> subprocess.CompletedProcess[str]:
        """Makes a company; options can be changed, or left out with None."""
        given = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
        return self.run(
            "company", "create", *(part for name, value in given.items() if value for part in (name, value))
        )

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """What the tables' owner reads."""
        with psycopg.connect(self.settings.database_url) as owner:
            return owner.execute(statement.encode()).fetchall()


@pytest.fixture
def own(database_url: str, settings: Settings) -> Generator[Own]:
    """An empty database, whose owner has no special rights but to take on the application's role."""
    owner = f"own_{uuid4().hex}"
    with empty_database(database_url, owner=owner, migrated=False) as url:
        with psycopg.connect(database_url) as admin:
            admin.execute(sql.SQL("grant ficha_app to {}").format(sql.Identifier(owner)))
        yield Own(url, settings)


@pytest.mark.claims(
    "docs/companies.md",
    "No mutation creates a company: the operator of the server does",
    "The database is brought up to date first, so an empty one will do.",
    "In one transaction the company gets its first administrator, funnel stages, loss reasons",
    "The command prints the company's id (`com_…`) and the address",
)
@pytest.mark.claims(
    "docs/settings.md",
    "Demo data are put into a database of your own only by `ficha seed`",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "`ficha company create` makes a company and its administrator.",
)
def test_an_empty_database_becomes_a_company_that_works(own: Own) -> None:
    done = own.create()
    assert (done.returncode, done.stderr) == (0, "")
    assert "createCompany(" not in sdl()
    [id] = re.findall(r"\AESCUELA KEMPER URGATE \(EKU9003173C9\) is there: (com_[0-9a-f-]{36})\n", done.stdout)
    assert "Administrator: Ana Ríos, ana@kemper.mx\n" in done.stdout
    assert f"\n  company: {id}\n  email: ana@kemper.mx\n" in done.stdout
    with serving(own.settings) as served:
        viewer = served.ask("ana@kemper.mx", EVERYTHING).data["viewer"]
        company = viewer["company"]
        assert viewer["collaborator"] == {"name": "Ana Ríos", "email": "ana@kemper.mx", "role": "ADMIN"}
        assert "company:write" in viewer["permissions"]
        assert {name: company[name] for name in ("id", "rfc", "taxRegime", "postalCode", "timeZone", "currency")} == {
            "id": id,
            "rfc": "EKU9003173C9",
            "taxRegime": {"code": "601"},
            "postalCode": "42501",
            "timeZone": "America/Tijuana",
            "currency": "MXN",
        }
        begins = ("funnelStages", "lossReasons", "prospectStates", "folioSeries", "defaultReminders", "bankAccounts")
        assert [len(company[name]) for name in begins] == [5, 5, 5, 4, 3, 0]
        assert [each["nextNumber"] for each in company["folioSeries"]] == [1] * 4
        _sell(served)
    kinds = own.query("select kind, actor_id is null from audit_event order by occurred_at, id")
    assert kinds == [("COMPANY_CREATED", True)]


@pytest.mark.claims(
    "README.md",
    "In the same terminal, beside the demo.",
    "What you leave out of the first command it asks for:",
    "The answer has your first client, with Ana Ríos in charge of it.",
    "GraphiQL works in your company once you put this token into its headers.",
)
def test_the_first_client_of_a_company_as_readme_shows(own: Own) -> None:
    [script] = re.findall(r"### Your own company\n.*?```sh\n(.*?)```", README, re.DOTALL)
    assert own.run("migrate").returncode == 0
    with serving(own.settings) as served:
        script = script.replace(".venv/bin/ficha", f"{sys.executable} -m server.command.cli")
        script = script.replace("http://127.0.0.1:8000", served.url)
        done = subprocess.run(
            ["sh", "-ec", script],
            cwd=ROOT,
            env=os.environ | own.environment,
            capture_output=True,
            text=True,
            check=True,
        )
    company, answer = done.stdout.split('{"data"')
    assert company.startswith("MI EMPRESA (URE180429TM6) is there: ")
    payload = json.loads(f'{{"data"{answer}')["data"]["createClient"]
    assert payload == {"client": {"legalName": "PRIMER CLIENTE", "owner": {"name": "Ana Ríos"}}, "userErrors": []}


def _sell(served: Ficha) -> None:
    """A client, a deal in the first stage, a quote with the first folio."""

    def done(name: str, kind: str, shown: str, /, **given: object) -> dict[str, object]:
        document = (
            f"mutation ($input: {kind}Input!) {{ done: {name}(input: $input) {{ {shown} userErrors {{ code }} }} }}"
        )
        found = served.ask("ana@kemper.mx", document, input=given).data["done"]
        assert found["userErrors"] == []
        return found

    client = done("createClient", "CreateClient", "client { id }", kind="CLIENT", legalName="PRIMER CLIENTE")["client"]
    assert isinstance(client, dict)
    deal = done("createDeal", "CreateDeal", "deal { stage { name } }", clientId=client["id"], title="Primero")
    assert deal["deal"] == {"stage": {"name": "Contacto"}}
    line = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1", "unitPrice": "10"}
    quote = done(
        "createSalesDocument",
        "CreateSalesDocument",
        "salesDocument { folio }",
        clientId=client["id"],
        type="QUOTE",
        lines=[line],
    )
    assert quote["salesDocument"] == {"folio": "COT-1"}


@pytest.mark.claims(
    "docs/companies.md",
    "What is not given is asked for.",
)
def test_what_is_not_given_is_asked_for_until_it_can_be(own: Own) -> None:
    answers = ["Comercial Ríos", "no es", "rioa8001019b1", "612", "06600", "", "mxn", "Ana", "ana@rios.mx"]
    env = {"FICHA_DATABASE_URL": own.settings.database_url, "FICHA_DATA_DIR": str(own.settings.data_dir)}
    asked = ficha("company", "create", text="\n".join(answers) + "\n", **env)
    assert asked.returncode == 0, asked.stderr
    assert "Error: An RFC has 12 characters (company) or 13 (person)" in asked.stderr
    assert own.query("select name, rfc, tax_regime, postal_code, time_zone, currency from company") == [
        ("Comercial Ríos", "RIOA8001019B1", "612", "06600", "America/Mexico_City", "MXN")
    ]


def test_nobody_to_answer_is_a_missing_option(own: Own) -> None:
    done = own.create(tax_regime=None)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("ficha: Missing option '--tax-regime'. (see `ficha --help`)\n")


def test_what_cannot_be_is_told_all_at_once_and_leaves_nothing(own: Own) -> None:
    done = own.create(time_zone="America/Atlantis", currency="XYZ", postal_code="4250", admin_email="ana@@x")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    for told in (
        "time_zone: The time zone “America/Atlantis” is not in the IANA database.",
        "currency: The code XYZ is not in the catalog.",
        "postal_code: The postal code must have 5 digits.",
        "administrator.email: The e-mail address is not valid.",
    ):
        assert told in done.stderr
    done = own.create(rfc="XAXX010101000")
    assert "rfc: XAXX010101000 is a generic RFC: state the company's own." in done.stderr
    done = own.create(tax_regime="612")
    assert "tax_regime: The tax regime 612 is not valid for the RFC's kind of person." in done.stderr
    assert own.query("select count(*) from company") == [(0,)]


@pytest.mark.claims(
    "docs/companies.md",
    "id, RFC, name, time zone, currency, state and active collaborators of each",
    "nobody in it can sign in: valid credentials get `COMPANY_SUSPENDED` (403)",
    "its people can sign in again",
)
@pytest.mark.claims(
    "docs/security.md",
    "| `COMPANY_CREATED`, `COMPANY_SUSPENDED`, `COMPANY_RESUMED` | by `ficha company`",
    "Valid credentials of a suspended company (`ficha company suspend`) get `COMPANY_SUSPENDED`, HTTP 403",
)
def test_a_company_is_made_once_listed_suspended_and_resumed(own: Own) -> None:
    own.create()
    again = own.create(name="OTRA", rfc="eku-900317-3c9", admin_email="otra@kemper.mx")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "ficha: rfc: This RFC already belongs to another company: check it.\n"
    assert own.query("select (select count(*) from company), (select count(*) from collaborator)") == [(1, 1)]

    def listed() -> list[str]:
        [line] = own.run("company", "list").stdout.splitlines()
        return line.split("\t")[1:]

    active = ["EKU9003173C9", "ESCUELA KEMPER URGATE", "America/Tijuana", "MXN", "active", "1 collaborators"]
    assert listed() == active
    [(id,)] = own.query("select 'com_' || id from company")
    counts = "select (select count(*) from funnel_stage), (select count(*) from folio_series)"
    before = own.query(counts)
    with serving(own.settings) as served:
        asks = "{ viewer { company { id } } }"
        assert served.ask("ana@kemper.mx", asks).status == 200
        for name in ("escuela kemper urgate", "EKU 900317 3C9", str(id)):
            done = own.run("company", "suspend", name)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == "ESCUELA KEMPER URGATE is suspended: nobody in it can sign in\n"
            assert listed()[4].startswith("suspended since 20")
            refused = served.ask("ana@kemper.mx", asks)
            assert (refused.status, refused.errors) == (403, [("COMPANY_SUSPENDED",)])
            assert own.run("company", "resume", name).returncode == 0
            assert served.ask("ana@kemper.mx", asks).data["viewer"]["company"]["id"] == id
    assert (listed(), own.query(counts)) == (active, before)
    nobody = own.run("company", "suspend", "NADIE")
    assert nobody.stderr == "ficha: there is no company NADIE: see `ficha company list`\n"
    assert own.run("check").returncode == 0


@pytest.mark.claims(
    "docs/companies.md",
    "lists data that a person should check, and exits with 1 if there is any: companies with one RFC",
)
@pytest.mark.claims(
    "docs/sales.md",
    "`ficha check` lists what is pending after 72 hours, when it can no longer be stamped.",
)
def test_check_lists_what_wants_a_look(own: Own) -> None:
    own.create()
    with psycopg.connect(own.settings.database_url) as owner:
        owner.execute(
            "insert into company (id, name, rfc, rfc_repeated, postal_code)"
            " values (gen_random_uuid(), 'COPIA', 'EKU9003173C9', true, '42501')"
        )
        owner.execute(
            "insert into client (company_id, id, kind, legal_name)"
            " select id, id, 'CLIENT', 'X' from company where not rfc_repeated"
        )
        owner.execute(
            "insert into bank_account (company_id, id, client_id, role, payment_form, account_number)"
            " select id, id, id, 'DEPOSIT', '03', '012180001234567899' from company where not rfc_repeated"
        )
        # Two are pending for too long.
        for number, (type_, state, hours, uuid) in enumerate(
            (
                ("INVOICE", "SENT", 73, None),
                ("CREDIT_NOTE", "SENT", 500, None),
                ("INVOICE", "PAID", 1, None),
                ("INVOICE", "DRAFT", 500, None),
                ("INVOICE", "CANCELLED", 500, None),
                ("INVOICE", "STAMPED", 500, uuid7()),
                ("SALES_NOTE", "SENT", 500, None),
            ),
            1,
        ):
            owner.execute(
                "insert into sales_document (company_id, id, client_id, type, series, number, state, issued_at, uuid,"
                " subtotal, total) select id, gen_random_uuid(), id, %s, 'F', %s, %s,"
                " now() - %s * interval '1 hour', %s, 0, 0 from company where not rfc_repeated",
                (type_, number, state, hours, uuid),
            )
    done = own.run("check")
    findings = done.stdout.splitlines()
    for pattern in (
        r"RFC EKU9003173C9 is of several companies: com_\S+ ESCUELA .*, com_\S+ COPIA\. .*",
        r"ESCUELA KEMPER URGATE \(com_\S+\): 1 accounts for deposits with 1 numbers were .*",
        r"ESCUELA KEMPER URGATE \(com_\S+\): 2 issued invoices and credit notes have no fiscal folio after 72 hours,"
        r" the oldest since \d{4}-\d\d-\d\d: F-2, F-1\. Those that were stamped: .*",
        r"5 times the sums of an issued document are not those of its lines: (\S{36}, ){3}.*",
        r"\d times a series goes on behind a folio that it gave out: .*",
    ):
        assert len([each for each in findings if re.fullmatch(pattern, each)]) == 1, pattern
    # And the history of none of these rows, nor their series.
    assert len(findings) > 5
    assert (done.returncode, done.stderr) == (1, f"ficha: {len(findings)} to look at: see above\n")
