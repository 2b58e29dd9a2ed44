"""What a room loads when it is imported: what the contracts of import-linter say of files holds of the process too."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"schema", "resolvers", "domain", "loaders", "planner", "models", "storage", "server", "migrations", "demo"}


def loaded_by(*modules: str) -> set[str]:
    """Our rooms that importing the modules loads."""
    script = f"import {', '.join(modules)}, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in ran.stdout.split()} & ROOMS


def test_the_database_stands_on_nothing_of_ours_but_errors() -> None:
    modules = [f"database.{path.stem}" for path in (ROOT / "database").glob("*.py") if path.stem != "__init__"]
    assert len(modules) >= 8
    assert loaded_by(*modules) == set()


def test_units_of_work_need_no_schema() -> None:
    assert loaded_by("server.work") == {"server", "domain", "models"}


def test_the_command_s_help_loads_nothing_of_what_the_commands_do() -> None:
    script = "import server.command.cli, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "psycopg", "minio", "starlette", "uvicorn", "strawberry", "alembic", "domain", "models"}
    assert set(ran.stdout.split()) & heavy == set()


def test_a_command_is_in_the_file_of_its_name() -> None:
    from server.command.cli import cli

    others = {"__init__", "at_hand", "cli", "signals"}
    files = {path.stem for path in (ROOT / "server" / "command").glob("*.py")} - others
    # Python's own words are no names of modules, or hide its functions.
    renamed = {"import": "import_cfdi", "open": "open_page"}
    assert files == {renamed.get(name, name) for name in cli.commands}
