"""Decisions are numbered without holes and dated."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"


def test_numbers_have_no_holes_and_each_has_its_date() -> None:
    files = sorted(FOLDER.glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for number, file in enumerate(files, 1):
        head = file.read_text(encoding="utf-8")
        assert re.match(rf"# {number}\. .+\n\n20\d\d-\d\d-\d\d\n", head), file.name
