"""GraphiQL's page is built by npm packages, which nothing else in the tests needs."""

from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "graphiql" / "dist" / "index.html"


def demand_graphiql() -> None:
    """Fails with a sentence where GraphiQL is not built; a test that shows its page calls this first."""
    if not PAGE.exists():
        pytest.fail("GraphiQL is not built: run `make graphiql`, then this test again", pytrace=False)
