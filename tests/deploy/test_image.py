"""The image's recipe: who runs in it, how it says that it is well, what of others it holds."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.fixtures import Ficha

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


@pytest.mark.claims(
    "docs/deployment.md",
    "`docker build .` makes one of the server alone, for amd64 and arm64.",
    "Its base is the build argument `PYTHON_IMAGE`, it runs as uid 10001, and it writes to `/data` and `/tmp` only.",
)
def test_nobody_runs_as_root_in_it() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]
    assert "useradd --system --uid 10001 --home-dir /data" in DOCKERFILE
    after = DOCKERFILE[DOCKERFILE.rindex("USER 10001") :]
    assert "RUN" not in after
    assert "COPY" not in after


def test_its_health_check_says_whether_it_is_ready(live_server: Ficha) -> None:
    command = ast.literal_eval(
        DOCKERFILE[DOCKERFILE.index("CMD [", DOCKERFILE.index("HEALTHCHECK")) + 4 :].splitlines()[0]
    )
    assert command[:2] == ["python", "-c"]

    def answers(port: int) -> bool:
        env = {**os.environ, "PORT": str(port)}
        asked = subprocess.run([sys.executable, *command[1:]], env=env, capture_output=True, check=False)
        return asked.returncode == 0

    assert answers(int(live_server.url.rpartition(":")[2]))
    assert not answers(9)  # discard: nobody listens there


@pytest.mark.claims(
    "docs/deployment.md",
    "`make sbom` lists them in CycloneDX form; [NOTICE](../NOTICE) names each of them with its licence.",
)
def test_notice_names_what_the_lock_pins() -> None:
    lines = (ROOT / "NOTICE").read_text("utf-8").splitlines()
    python = lines[lines.index("python") + 1 : lines.index("", lines.index("python"))]
    named = {
        canonicalize_name(name): (version, licence) for name, version, licence in (x.split(None, 2) for x in python)
    }
    pinned = [
        Requirement(line.rstrip(" \\"))
        for line in (ROOT / "requirements" / "app.txt").read_text().splitlines()
        if re.match(r"\w", line)
    ]
    here = {"sys_platform": "linux", "platform_machine": "x86_64", "platform_python_implementation": "CPython"}
    assert {name: version for name, (version, _) in named.items()} == {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in pinned
        if pin.marker is None
        or pin.marker.evaluate({**here, "python_version": "3.11", "python_full_version": "3.11.7"})
    }
    assert all(licence for _, licence in named.values())
