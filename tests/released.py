"""The release before this one, as `released/release.toml` names it: its code comes from the repository's history."""

import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest

from tests.fixtures import ROOT

RELEASE = tomllib.loads((ROOT / "released" / "release.toml").read_text("utf-8"))
"""Its `version`, its `commit`, and the newest `migration` that it knows."""


def unpack(folder: Path) -> Path:
    """Its tree, in the folder. Skipped where its history is not there, as in a copy of the tree without Git's."""
    archive = folder / "release.tar"
    command = [shutil.which("git") or "git", "archive", f"--output={archive}", RELEASE["commit"]]
    try:
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"there is no history with {RELEASE['commit']}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "release", filter="data")
    return folder / "release"


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its tree, with the built pages of this one, of which no test here asks."""
    return unpack(tmp_path_factory.mktemp("released"))
