"""Write the guides as a site into site/html/, with a search that works without a network.

Usage: python docs/site/build.py [FOLDER], by default into site/. The pages are staged in its source/ first, with the
files that they link to: README is the start, all else stands where it stands here, so that links hold in both places.
It exits with 1 on a warning.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "site"
SOURCE = SITE / "source"
STYLE = Path(__file__).with_name("style.css")
_LINK = re.compile(r"\]\(([^)#\s:]+)")


def main() -> None:
    """Stage the pages and what they link to, and build."""
    shutil.rmtree(SITE, ignore_errors=True)
    for page in pages():
        _stage(page)
        for target in _linked(page):
            _stage(target)
    (SOURCE / "README.md").rename(SOURCE / "index.md")
    shutil.copy(STYLE, SOURCE / "style.css")
    for page in SOURCE.rglob("*.md"):
        page.write_text(page.read_text("utf-8").replace("(../README.md", "(../index.md"), "utf-8")
    config = Path(__file__).with_name("mkdocs.yml")
    command = [Path(sys.executable).with_name("mkdocs"), "build", "--strict", "--quiet", "--config-file", config]
    env = {
        "SITE_SOURCE": str(SOURCE),
        "SITE_HTML": str(SITE / "html"),
        "NO_MKDOCS_2_WARNING": "1",  # its theme tells of its own plans otherwise
        "PATH": "/usr/bin:/bin",
    }
    sys.exit(subprocess.run(command, env=env, check=False).returncode)


def pages() -> Iterator[Path]:
    """README, the guides with the decisions, and what else people read."""
    yield from (ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "operations/README.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def _linked(page: Path) -> Iterator[Path]:
    """The files of the project that the page links to."""
    for link in _LINK.findall(page.read_text("utf-8")):
        target = (page.parent / link).resolve()
        if target.is_file() and ROOT in target.parents:
            yield target


def _stage(file: Path) -> None:
    staged = SOURCE / file.relative_to(ROOT)
    staged.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, staged)


if __name__ == "__main__":
    main()
