"""The guides as a site: it is written without a warning, asks no other machine, and is found by its search."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site" / "html"


@pytest.fixture(scope="module")
def site() -> Path:
    done = subprocess.run(
        [sys.executable, "docs/site/build.py"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return SITE


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
    assert yaml.safe_load(text)["theme"]["font"] is False
    guides = [
        file.relative_to(ROOT).as_posix() for folder in ("docs", "docs/kit") for file in (ROOT / folder).glob("*.md")
    ]
    assert [guide for guide in guides if f": {guide}\n" not in text] == []
