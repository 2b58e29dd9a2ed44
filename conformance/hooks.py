"""What schemathesis gives as arguments and looks for in the answers. It imports this module: SCHEMATHESIS_HOOKS.

FICHA_IDS names a file with ids of the records that there are, as a JSON list; most ids that it gives are among them.
"""

import json
import os
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as some
from schemathesis.graphql import nodes

from tests.leaks import LEAKS

IDS = json.loads(Path(os.environ["FICHA_IDS"]).read_text(encoding="utf-8"))
schemathesis.graphql.scalar("ID", (some.sampled_from(IDS) | some.sampled_from(IDS) | some.text()).map(nodes.String))
schemathesis.graphql.scalar(
    "Decimal",
    (some.decimals(allow_nan=False).map(str) | some.sampled_from(["1.50", "1e400", "NaN", "9" * 30])).map(nodes.String),
)
schemathesis.graphql.scalar("EmailAddress", (some.emails() | some.text()).map(nodes.String))


@schemathesis.check
def sound(_: Any, response: Any, case: Any) -> None:
    """No fault of the server's own, and no word of how it is made: its own check takes every error for a fault."""
    assert response.status_code < 500
    for error in response.json().get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL", error
        leak = LEAKS.search(error["message"])
        assert leak is None or leak.group() in str(case.body), error
