"""Mapped classes as a session needs them."""

import subprocess
import sys


def test_a_new_process_reads_a_record_before_anything_else() -> None:
    """SQLAlchemy gives classes their attributes when its own session is first used, which no command uses."""
    script = """
import models
from database.mapped import mapped
client = mapped(models.Client).blank()
client.__dict__["legal_name"] = "UNO"
print(client.legal_name, client.converted_into_id)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("UNO None\n", "")
