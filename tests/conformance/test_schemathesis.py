"""Operations that nobody thought of, made from the schema by schemathesis: none finds a fault, a leak or a stall."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from demo import seed
from demo.companies import DEMO
from loaders.entity import entities
from loaders.ids import encode
from server.settings import Settings
from server.store import open_store
from tests.conformance.conftest import ADMIN, FOLDER
from tests.fixtures import owning, serving

CASES = int(os.environ.get("FICHA_TEST_SCHEMATHESIS_CASES", "5"))
"""Of each field of Query and Mutation, for each role."""
SEED = os.environ.get("FICHA_TEST_SCHEMATHESIS_SEED", "20261125")


def ids(database_url: str) -> list[str]:
    """Some of each kind of record of the demo."""
    found: list[str] = []
    with owning(database_url) as owner:
        for entity in entities():
            if entity.is_node and "company_id" in entity.table.c:
                rows = owner.execute(
                    select(entity.table.c[entity.key]).where(entity.table.c.company_id == DEMO).limit(4)
                )
                found += [encode(entity, id) for (id,) in rows]
    return found


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("email", [ADMIN, "ventas@demo.mx", "consulta@demo.mx"])
def test_schemathesis_finds_nothing(new_database: str, settings: Settings, tmp_path: Path, email: str) -> None:
    """On a demo of its own: it changes what it finds, and deletes what it can."""
    pointed = replace(
        settings,
        database_url=new_database,
        s3_bucket="schemathesis",
        rate_limit="off",
        sign_in_limit="off",
        sweep_minutes=0,
    )
    with open_store(pointed) as store:
        seed(new_database, store)
    (tmp_path / "ids.json").write_text(json.dumps(ids(new_database)), encoding="utf-8")
    with serving(pointed) as ficha:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{ficha.url}/graphql"]
        options = {
            "header": f"Authorization: Bearer {ficha.token(email)}",
            "checks": "sound",
            "max-examples": str(CASES),
            "max-response-time": f"{2 * pointed.operation_seconds}",  # that it ends; the machine may be busy
            "seed": SEED,
            "generation-database": "none",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        told = {
            "PYTHONPATH": os.pathsep.join([str(FOLDER), str(FOLDER.parent), os.environ.get("PYTHONPATH", "")]),
            "SCHEMATHESIS_HOOKS": "hooks",
            "FICHA_IDS": str(tmp_path / "ids.json"),
        }
        done = subprocess.run(
            [*command, *given, "--continue-on-failure", "--no-shrink", "--no-color"],
            cwd=tmp_path, env=os.environ | told, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    selected, tested = map(int, re.findall(r"(?:Selected|Tested): (\d+)", done.stdout))
    generated, passed = map(int, re.findall(r"(\d+) generated, (\d+) passed", done.stdout)[0])
    assert (tested, passed) == (selected, generated)
    assert generated >= selected * min(CASES, 3)
