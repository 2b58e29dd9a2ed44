"""A stranger makes the five changes, in as few files as promised, and is told of each part that they leave out. Most
rooms take part in a new mutation; `make deep` makes the others too, and leaves out each part."""

from pathlib import Path

import pytest

from tests.house.changes import CHANGES, MUTATION, Change
from tests.house.forgotten import sentences
from tests.house.stranger import ROOT, left_out, loading, made, python, table

MOST = 6
"""CPU until it is told, in what loading the schema takes there: 3.5 on an idle machine and beside busy neighbours."""

OPERATIONS = "tests/operations/test_mutations.py"
"""They send the canonical mutation to a server and look at what it leaves."""

each_change = pytest.mark.parametrize(
    ("change", "step"),
    [(MUTATION, 5), *(pytest.param(change, 1, marks=pytest.mark.deep) for change in CHANGES)],
    ids=lambda value: value.name.replace(" ", "_") if isinstance(value, Change) else str(value),
)


def test_nothing_is_forgotten() -> None:
    if told := sentences():
        pytest.fail("\n".join(told), pytrace=False)


@each_change
def test_a_change_works_and_each_part_left_out_is_told(
    change: Change, step: int, tmp_path: Path, new_database: str
) -> None:
    whole = made(change, tmp_path, new_database)
    assert change.files <= change.most
    if change.tests:
        python(whole, "-m", "pytest", "-q", "-n", "0", OPERATIONS, "-k", change.tests, PYTEST_ADDOPTS="")
    told = left_out(change, whole, step)
    for part in change.parts[::step]:
        assert part.told in told[part.what].lines
        assert not any("Traceback" in line for line in told[part.what].lines)
    assert max(each.cpu for each in told.values()) < MOST * loading(whole)


def test_contributing_quotes_what_was_measured() -> None:
    assert table() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), f"paste this:\n{table()}"
