"""A stranger adds a scalar to contacts: the row, the input and type, and a migration that the command writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.test_revision import ficha

ROW = "    job_title: Mapped[str | None] = line_of(200)\n"
SHOWN = '    job_title: str | None = column("Position at the client (puesto).")\n'
STATED = '    job_title: str | None = value("Position at the client.")\n'
WRITE = """
import sys
from domain.contact import FIELDS
from domain.fields import read
from domain.inputs import Input
from domain.problem import Rejected
from schema import sdl

print(read(FIELDS, Input(name="Ana", nickname="  La  jefa "), creating=True)["nickname"])
try:
    read(FIELDS, Input(nickname="x" * 41), creating=False)
except Rejected as rejected:
    print(*(problem.code.name for problem in rejected.problems), *rejected.problems[0].path)
print(sdl().count('What friends say, at most 40 characters.'))
"""


@pytest.fixture
def nickname(tree: Path) -> None:
    """Each of the changes: what stands before the new line, in which file."""
    for file, line, new in (
        ("models/contact.py", ROW, "    nickname: Mapped[str | None] = line_of(40)\n"),
        ("schema/contact.py", SHOWN, '    nickname: str | None = column("What friends say.")\n'),
        ("schema/contact.py", STATED, '    nickname: str | None = value("What friends say.")\n'),
    ):
        path = tree / file
        text = path.read_text(encoding="utf-8")
        assert text.count(line) == 1
        path.write_text(text.replace(line, line + new), encoding="utf-8")


@pytest.mark.usefixtures("nickname")
def test_a_scalar_is_two_files_and_a_migration(tree: Path, new_database: str) -> None:
    ran = subprocess.run([sys.executable, "-B", "-c", WRITE], cwd=tree, capture_output=True, text=True, check=False)
    # Read, limited and described: in the type, in ContactInput, and in the inputs that create and update one.
    assert (ran.stdout.splitlines(), ran.stderr) == (["La jefa", "TEXT_TOO_LONG nickname", "4"], "")
    [*_, written] = ficha(tree, new_database, "revision", "Contacts have a nickname").splitlines()
    migration = Path(written).read_text(encoding="utf-8")
    assert "ck_contact_nickname_length" in migration
    assert migration.count("op.") == len(("add_column", "create_check_constraint", "f", "drop_constraint", "f", "drop"))


TYPO = """
from decimal import Decimal

from domain.conversion import ConvertSalesDocument
from domain.inputs import known
from domain.work import UnitOfWork


async def convert(work: UnitOfWork, input: ConvertSalesDocument) -> Decimal | None:
    for line in known(input.lines) or ():
        return known(line.quantty)
    return input.lins
"""


def test_a_misspelt_field_is_an_error_of_the_type_checker(tree: Path) -> None:
    (tree / "domain" / "typo.py").write_text(TYPO, encoding="utf-8")
    pyright = [Path(sys.executable).parent / "pyright", "--pythonpath", sys.executable, "domain/typo.py"]
    ran = subprocess.run(pyright, cwd=tree, capture_output=True, text=True, check=False)
    said = [line.partition("error: ")[2] for line in ran.stdout.splitlines() if "error: Cannot" in line]
    assert said == [
        'Cannot access attribute "quantty" for class "ConvertedLine"',
        'Cannot access attribute "lins" for class "ConvertSalesDocument"',
    ]
