"""Write what the image holds of others: sbom/*.cdx.json (CycloneDX, by its own tools) and NOTICE, which names each
package with its version and licence.

Usage: python -m deploy.sbom. The Python packages come into a virtual environment of their own first, as licences stand
in what is installed; npm's are read from the locks.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphiql.build import install, node_and_npm

ROOT = Path(__file__).resolve().parents[1]
SBOM = ROOT / "sbom"
PAGES = ("graphiql", "web")
"""The folders whose npm packages are bundled into pages."""
OWN_TOOLS = {"pip", "setuptools"}
"""What each virtual environment has by itself."""
UNSAID = {"protobuf": "BSD-3-Clause", "pypdfium2": "BSD-3-Clause AND Apache-2.0"}
"""Licences that a package states in words only."""


def main() -> None:
    """Write both; one line for each file."""
    SBOM.mkdir(exist_ok=True)
    _of_python(SBOM / "python.cdx.json")
    for page in PAGES:
        _of_npm(ROOT / page, SBOM / f"{page}.cdx.json")
    files = [SBOM / "python.cdx.json", *(SBOM / f"{page}.cdx.json" for page in PAGES)]
    (ROOT / "NOTICE").write_text(notice(files), "utf-8")
    for file in (*files, ROOT / "NOTICE"):
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")


def notice(files: list[Path]) -> str:
    """The text of NOTICE from the packages of some SBOMs."""
    lines = ["Ficha's image holds these packages of others, each under its own licence. Written by make sbom.", ""]
    for file in files:
        packages = sorted({*_packages(json.loads(file.read_bytes()))}, key=lambda package: package[0].lower())
        lines += [file.name.removesuffix(".cdx.json"), *(f"  {' '.join(package)}" for package in packages), ""]
    return "\n".join(lines)


def _of_python(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, "-m", "venv", folder)
        _run(
            f"{folder}/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
            "--require-hashes", "--requirement", ROOT / "requirements" / "app.txt",
        )  # fmt: skip
        command = Path(sys.executable).with_name("cyclonedx-py")
        _run(command, "environment", folder, "--output-reproducible", "--output-file", file)


def _of_npm(page: Path, file: Path) -> None:
    deploy = ROOT / "deploy"
    node = install(deploy)
    _, npm = node_and_npm()
    _run(
        *node, deploy / "node_modules" / "@cyclonedx" / "cyclonedx-npm" / "bin" / "cyclonedx-npm-cli.js",
        "--package-lock-only", "--omit", "dev", "--output-reproducible", "--output-file", file, page / "package.json",
        # npm calls peers of other versions an error, and they are bundled all the same.
        "--ignore-npm-errors",
        npm_execpath=npm[-1],
    )  # fmt: skip


def _packages(sbom: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence (an SPDX expression) of each package, twice where the SBOM has it twice."""
    for component in sbom["components"]:
        name = component["name"]
        group = f"{component['group']}/" if component.get("group") else ""
        if name not in OWN_TOOLS:
            yield f"{group}{name}", component["version"], _licence(component) or UNSAID[name]


def _licence(component: dict[str, Any]) -> str:
    stated = component.get("licenses", [])
    expressions = [entry["expression"] for entry in stated if "expression" in entry]
    ids = [entry["license"]["id"] for entry in stated if "id" in entry.get("license", {})]
    return " AND ".join(expressions or ids)


def _run(*command: str | Path, **env: str) -> None:
    """Run a command without its words, unless it fails."""
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
