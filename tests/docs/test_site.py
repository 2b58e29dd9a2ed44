"""The guides as a site: it is written without a warning, asks no other machine, is found by its search, and axe finds
nothing wrong with any kind of page."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.browser.chromium import find_chromium, launch_chromium
from tests.browser.client_screen import AXE
from tests.fixtures import demanded
from tests.pages import demand_web

ROOT = Path(__file__).resolve().parents[2]
KINDS = (
    "index.html",  # lists, code, pictures
    "docs/es/index.html",
    "docs/settings/index.html",  # a long table
    "docs/kit/typescript/index.html",
    "docs/protocol/index.html",  # code in several languages
    "CHANGELOG/index.html",
)
"""Pages that differ in what is on them."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "docs/site/build.py", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder / "html"


def test_no_page_loads_anything_from_another_machine(site: Path) -> None:
    loaded: set[str] = set()
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded |= set(re.findall(r"<(?:script|img|iframe)[^>]* src=\"?(https?://[^\" >]+)", text))
        loaded |= set(
            re.findall(r"<link[^>]* rel=\"?(?:stylesheet|preconnect|preload)\"?[^>]* href=\"?(https?:[^\" >]+)", text)
        )
    assert loaded == set()


def test_the_search_has_the_pages_in_both_languages(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    pages = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert {"", "docs/es/", "docs/kit/typescript/", "docs/settings/"} <= pages
    assert index["config"]["lang"] == ["en", "es"]


def test_every_guide_is_in_the_navigation() -> None:
    text = (ROOT / "docs" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    assert "\n  font: false\n" in text
    guides = [
        file.relative_to(ROOT).as_posix() for folder in ("docs", "docs/kit") for file in (ROOT / folder).glob("*.md")
    ]
    assert [guide for guide in guides if f": {guide}\n" not in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(site: Path, scheme: Literal["light", "dark"]) -> None:
    demand_web()  # axe is one of its packages
    executable = demanded(find_chromium(), "Chromium, nor its path in CHROMIUM,")
    found: list[str] = []
    with launch_chromium(executable) as browser:
        page = browser.new_page(color_scheme=scheme)
        for name in KINDS:
            page.goto((site / name).as_uri())
            page.evaluate(AXE.read_text("utf-8"))
            violations: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
            found += [f"{name} {each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]
    assert found == []
