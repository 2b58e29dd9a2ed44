"""Every package of the image has a wheel for each machine and Python that it is built for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.conformance
@pytest.mark.claims(
    "docs/deployment.md",
    "All packages that it needs have wheels for both and for Python 3.11 to 3.14, so nothing is compiled.",
)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_nothing_is_compiled(machine: str, python: str, tmp_path: Path) -> None:
    planned = subprocess.run(
        [
            Path(sys.executable).with_name("uv"), "pip", "install", "--dry-run", "--target", tmp_path,
            "--only-binary", ":all:",
            "--python-platform", f"{machine}-manylinux_2_28", "--python-version", python,
            "--require-hashes", "--requirement", ROOT / "requirements" / "app.txt",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert planned.returncode == 0, planned.stderr
    assert re.search(r"Would install \d+ packages", planned.stderr)
