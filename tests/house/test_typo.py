"""A misspelt field of an input is an error of the type checker, wherever a command reads it."""

import subprocess
import sys
from pathlib import Path

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
