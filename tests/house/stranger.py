"""A stranger copies the tree and makes the five changes of `changes.py`, each whole and with each part left out.

    python -m tests.house.stranger

prints the table that CONTRIBUTING.md quotes; the migrations are made on a PostgreSQL of its own.
"""

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from tests.house.changes import CHANGES, Change, Command, Edit

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("schema.graphql", "subgraph.graphql", "subgraph.access.graphql")
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What a Python printed, the seconds of CPU that it took, and how it ended."""

    lines: Sequence[str]
    cpu: float
    status: int


def copied(target: Path) -> Path:
    """A copy of all files of the checkout, the new ones too, without what is made from them. Its modules are compiled,
    once for all who load them; one that is edited is compiled anew, by its content."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for file in files:
        if (ROOT / file).is_file():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, target / file)
    compileall.compile_dir(target, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return target


def python(tree: Path, *arguments: str, **settings: str) -> str:
    """What a Python in the tree prints; it succeeds."""
    ran = subprocess.run(
        [sys.executable, "-B", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def ficha(tree: Path, database: str, *arguments: str) -> str:
    """What the command prints, run in the tree on this database; where there is none, on one of its own."""
    settings = {"FICHA_DATABASE_URL": database, "FICHA_DATA_DIR": str(tree / ".ficha")}
    return python(tree, "-m", "server.command.cli", *arguments, **settings)


def forgotten(tree: Path) -> Told:
    """What the quick check says of the tree."""
    told = measured(tree, "-m", "tests.house.forgotten")
    assert told.status == bool(told.lines), told.lines
    return told


def loading(tree: Path) -> float:
    """The seconds of CPU that it takes to load the schema alone, which every check of it begins with."""
    return measured(tree, "-c", "import schema").cpu


def measured(tree: Path, *arguments: str) -> Told:
    """A Python that ran in the tree."""
    process = subprocess.Popen(
        [sys.executable, "-B", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process.stdout as pipe:
        text = pipe.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Told(text.splitlines(), used.ru_utime + used.ru_stime, process.returncode)


def replace_once(file: Path, old: str, new: str) -> None:
    """Changes a text that is there once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def apply(tree: Path, part: Edit | Command, database: str) -> None:
    """Makes one part of a change."""
    if isinstance(part, Command):
        ficha(tree, database, *part.arguments)
        return
    for old, new in part.hunks:
        replace_once(tree / part.file, old, new)


def leave_out(tree: Path, part: Edit | Command) -> None:
    """Takes one part back from a tree that has all of them, or misspells it."""
    if isinstance(part, Command):
        for file in tree.glob(part.file):
            if not (ROOT / file.relative_to(tree)).exists():
                file.unlink()
    elif part.wrong:
        replace_once(tree / part.file, *part.wrong)
    else:
        for old, new in part.hunks:
            replace_once(tree / part.file, new, old)


def made(change: Change, directory: Path, database: str) -> Path:
    """A tree with the change whole; nothing is said of it but that generated files are to be printed."""
    tree = copied(directory / "whole")
    for part in change.parts:
        apply(tree, part, database)
    schema = [ficha(tree, database, "schema", *form) for form in ((), ("--subgraph",), ("--access",))]
    stale = [name for name, text in zip(GENERATED, schema, strict=True) if (tree / name).read_text("utf-8") != text]
    assert list(forgotten(tree).lines) == [
        f"{name} is not the schema that is declared: run `make schema`" for name in stale
    ]
    for name, text in zip(GENERATED, schema, strict=True):
        (tree / name).write_text(text, encoding="utf-8")
    assert not forgotten(tree).lines
    if change.proof:
        python(tree, "-c", change.proof)
    return tree


def left_out(change: Change, whole: Path, step: int = 1) -> Mapping[str, Told]:
    """What is told where each part is left out, or each `step`-th, by what it is; parts of the same name are of
    different files."""
    numbers = range(0, len(change.parts), step)

    def without(number: int) -> Told:
        tree = whole.with_name(f"without-{number}")
        shutil.copytree(whole, tree)
        leave_out(tree, change.parts[number])
        return forgotten(tree)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((change.parts[number].what for number in numbers), pool.map(without, numbers), strict=True))


def rows(change: Change) -> Iterator[str]:
    """The rows of the table for a change, which was measured to be so."""
    for number, part in enumerate(change.parts):
        lines = f"`ficha {part.arguments[0]}`" if isinstance(part, Command) else str(part.lines)
        wrong = "misspelt: " if isinstance(part, Edit) and part.wrong else ""
        first = f"**{change.name}**: {change.files} file{'s' * (change.files > 1)}" if number == 0 else ""
        yield f"| {first} | {part.what}, `{part.file}` | {lines} | {wrong}{part.told} |"


def table() -> str:
    """What CONTRIBUTING.md quotes."""
    head = ("| change | part, and its file | lines | where it is left out, you are told |", "|---|---|---|---|")
    return "\n".join([*head, *(row for change in CHANGES for row in rows(change))])


def main() -> None:
    """Makes all changes and prints the table, with the CPU that the sentences took."""
    slowest = 0.0
    for change in CHANGES:
        with tempfile.TemporaryDirectory(prefix="ficha-stranger-") as directory:
            told = left_out(change, made(change, Path(directory), ""))
            for part in change.parts:
                assert part.told in told[part.what].lines, told[part.what].lines
                slowest = max(slowest, told[part.what].cpu)
    print(f"{table()}\n\nEach is told within {slowest:.1f} s of CPU.")  # noqa: T201  # it is a command


if __name__ == "__main__":
    main()
