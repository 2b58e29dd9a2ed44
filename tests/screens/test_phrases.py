"""The seed's phrases and those of its sister pages: one operation each, with its exact answer on the demo.

`phrases/` has a file for each operation, whose first line is the phrase, and one with its answer. `docs/screens.md` is
the table of them. Mutations are asked `validateOnly`, so that the demo stays as it is.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures import ROOT, Ficha

PHRASES = sorted((Path(__file__).parent / "phrases").glob("*.graphql"))

pytestmark = pytest.mark.usefixtures("on_that_day")


def phrase(path: Path) -> str:
    """What the page of the manual says."""
    return path.read_text("utf-8").splitlines()[0].removeprefix("# ")


def operation(path: Path) -> str:
    return path.read_text("utf-8").split("\n", 1)[1]


def comparable(data: Any) -> Any:
    """Links to files are signed, each time anew; the server's address is another one each time."""
    text = re.sub(r"http://[\w.:]+(/files/)[\w.-]+", r"\1…", json.dumps(data, ensure_ascii=False))
    return json.loads(re.sub(r"http://[\w.:]+(?=/avatars/)", "", text))


@pytest.mark.claims(
    "docs/screens.md",
    "Each phrase of the manual's page and of its sister pages is one operation, whose answer a page can show as it is.",
)
@pytest.mark.claims(
    "docs/screens.md", "The answers on the demo are kept beside the operations, in `tests/screens/phrases/`."
)
@pytest.mark.parametrize("path", PHRASES, ids=lambda path: path.stem)
def test_a_phrase_is_one_operation(live_server: Ficha, path: Path, tmp_path: Path) -> None:
    shown = comparable(live_server.ask("admin@demo.mx", operation(path)).data)
    (tmp_path / f"{path.stem}.json").write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert shown == json.loads(path.with_suffix(".json").read_text("utf-8")), f"another answer: look at {tmp_path}"


@pytest.mark.claims("docs/screens.md", "| phrase | operation |")
def test_the_table_has_every_phrase() -> None:
    table = re.findall(r"^\| (.+) \| \[`(\w+)`\]", (ROOT / "docs" / "screens.md").read_text("utf-8"), re.MULTILINE)
    assert table == [(phrase(path), path.stem) for path in PHRASES]
