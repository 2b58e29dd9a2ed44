"""The schema by the field's own rules."""

from tests.conformance.conftest import ROOT, run


def test_graphql_eslint_has_no_complaint() -> None:
    assert run("lint.mjs", str(ROOT / "schema.graphql"), str(ROOT / "operations")).splitlines() == []
