"""`ficha import cfdi`: a folder is gone through to its end, whatever is in it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from models import Client, Payment, SalesDocument
from models.collaborator import Role
from tests.cfdi import LINE, cfdi, credit, payment
from tests.writing import rows


@pytest.fixture
def run(demo_settings: Any) -> Any:
    """Runs the command on the worker's database and bucket."""
    environment = {
        "FICHA_DATABASE_URL": demo_settings.database_url,
        "FICHA_S3_ENDPOINT": demo_settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": demo_settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": demo_settings.s3_secret_key,
        "FICHA_S3_BUCKET": demo_settings.s3_bucket,
        "FICHA_DATA_DIR": str(demo_settings.data_dir),
    }

    def ficha(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "server.command.cli", "import", "cfdi", *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=100, env=os.environ | environment,
        )  # fmt: skip

    return ficha


@pytest.mark.claims(
    "docs/sales.md",
    "take CFDI 3.2, 3.3 and 4.0 of type I, E and P that the company itself issued.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "The command imports invoices first, then credit notes, then payments, whatever the files are called.",
    "It prints a line for each refusal and each warning, and finally the totals; it exits with 1 if any file was "
    "refused.",
)
def test_a_folder_is_brought_in_and_each_refusal_is_told(company: Any, owner: Any, run: Any, tmp_path: Path) -> None:
    mine = company()
    mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    invoice = str(uuid4())
    plain = {"UsoCFDI": None, "DomicilioFiscalReceptor": None, "RegimenFiscalReceptor": None}
    half = {
        "lines": LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace('"2"', '"1"'),
        "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>',
        "SubTotal": "500.00",
        "Total": "580.00",
    }
    (tmp_path / "deep").mkdir()
    # Named so that by name the payment would come first, and the invoice last.
    for name, text in (
        ("a-pago.xml", payment((invoice, "580.00"), receptor=plain)),
        ("b-nota.XML", credit(invoice, receptor=plain, **half)),
        ("deep/z-factura.xml", cfdi(uuid=invoice, receptor=plain)),
        ("c-otro.xml", cfdi(issuer="URE180429TM6")),
        ("d-roto.xml", "<cfdi"),
        ("e-lols.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("nota.txt", "no es un CFDI"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "f-grande.xml").open("wb") as large:
        large.truncate(100 * 1024 * 1024)

    done = run("--as", mine.email(Role.ADMIN), tmp_path)
    lines = done.stdout.splitlines()
    assert [line.removeprefix(f"{tmp_path}/").partition(": ")[0] for line in lines] == [
        "d-roto.xml", "e-lols.xml", "f-grande.xml", "c-otro.xml", "3 imported, 0 already on record, 4 refused",
    ]  # fmt: skip
    reasons = [line.split(": ")[1] for line in lines[:-1]]
    assert reasons == ["CFDI_NOT_XML", "CFDI_DOCTYPE", "CFDI_TOO_LARGE", "CFDI_ISSUER_OTHER"]
    assert (done.returncode, done.stderr) == (1, "ficha: 4 of 7 files were refused: see above\n")
    assert rows(owner, mine, SalesDocument, "folio", "state") == [("A-77", "PAID"), ("NC-1", "STAMPED")]
    assert len(rows(owner, mine, Payment, "id")) == 1

    again = run("--as", mine.email(Role.ADMIN), tmp_path / "deep", tmp_path / "a-pago.xml")
    assert again.stdout.splitlines()[-1] == "0 imported, 2 already on record, 0 refused"
    assert again.returncode == 0


@pytest.mark.claims(
    "docs/sales.md", "The command does so with `--on-unknown-client create`; without it such a file is refused."
)
def test_an_unknown_client_is_created_where_that_is_chosen(company: Any, owner: Any, run: Any, tmp_path: Path) -> None:
    mine = company()
    (tmp_path / "factura.xml").write_text(cfdi(), encoding="utf-8")
    arguments = ("--as", mine.email(Role.ADMIN), tmp_path)
    refused = run(*arguments)
    assert (refused.returncode, refused.stdout.count("CFDI_CLIENT_UNKNOWN")) == (1, 1)
    assert rows(owner, mine, Client, "id") == []
    created = run("--on-unknown-client", "create", *arguments)
    assert (created.returncode, created.stdout.splitlines()[-1]) == (0, "1 imported, 0 already on record, 0 refused")
    assert rows(owner, mine, Client, "rfc", "legal_name") == [("EKU9003173C9", "ESCUELA KEMPER URGATE")]
    assert "--on-unknown-client" in run("--help").stdout


def test_nobody_is_told_so(run: Any, tmp_path: Path) -> None:
    done = run("--as", "nadie@example.com", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no active collaborator has the address nadie@example.com" in done.stderr
