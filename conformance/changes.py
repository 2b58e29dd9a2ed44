"""Show what in schema.graphql would break the clients of the commit before, as graphql-inspector sees it.

Usage: python conformance/changes.py [COMMIT], HEAD~1 unless told. It informs; to break or not is the reviewer's to say.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from install import HERE, install

if __name__ == "__main__":
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD~1"
    root = HERE.parent
    shown = subprocess.run(["git", "show", f"{commit}:schema.graphql"], cwd=root, capture_output=True, check=False)
    if shown.returncode:
        click.echo(f"schema.graphql: not in {commit}, nothing to compare with")
        sys.exit()
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "before.graphql")
        before.write_bytes(shown.stdout)
        command = [*install(HERE), "changes.mjs", str(before), str(root / "schema.graphql")]
        changes = json.loads(subprocess.run(command, cwd=HERE, capture_output=True, check=True).stdout)
    for change in changes:
        click.echo(f"breaks clients of {commit}: {change}")
    click.echo(f"schema.graphql: {len(changes)} breaking changes since {commit}")
