"""The documents that an operator knows: those that the settings trust, and Ficha's own in `operations/`.

Only their operations have metrics under their names. Anybody who may send documents can make up names, and each would
be a series of Prometheus' for good.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"


def known_documents(trusted: Iterable[str]) -> frozenset[str]:
    """The SHA-256 of each of them, in hexadecimal."""
    own = (file.read_text("utf-8") for file in OPERATIONS.rglob("*.graphql"))
    return frozenset(hashlib.sha256(text.encode()).hexdigest() for text in (*own, *trusted))
