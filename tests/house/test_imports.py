"""What a process loads is what it needs: each megabyte is paid by every worker."""

import subprocess
import sys

import pytest

ONLY_FOR_COMMANDS = ("alembic", "mako", "pygments")


@pytest.mark.parametrize("module", ["server.app", "server.command.cli"])
def test_a_worker_does_not_load_what_migrations_need(module: str) -> None:
    asks = f"import sys, {module}; print(*sorted({set(ONLY_FOR_COMMANDS)!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
