"""The schema by the field's own rules, and the changes of it that would break a client."""

import json
from pathlib import Path

from tests.conformance.conftest import ROOT, run


def test_graphql_eslint_has_no_complaint() -> None:
    assert run("lint.mjs", str(ROOT / "schema.graphql"), str(ROOT / "operations")).splitlines() == []


def test_graphql_inspector_sees_what_breaks_a_client(tmp_path: Path) -> None:
    before, after = tmp_path / "before.graphql", tmp_path / "after.graphql"
    before.write_text("type Query { a: Int, b: Int! }")
    after.write_text("type Query { b: Int, c: Int }")
    changed = json.loads(run("changes.mjs", str(before), str(after)))
    assert sorted(changed) == [
        "Field 'Query.b' changed type from 'Int!' to 'Int'",
        "Field 'a' was removed from object type 'Query'",
    ]
