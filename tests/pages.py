"""The pages are built by npm packages, which nothing else in the tests needs."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def demand_graphiql() -> None:
    """Fails with a sentence where GraphiQL is not built; a test that shows its page calls this first."""
    _demand("GraphiQL", "graphiql")


def demand_web() -> None:
    """The same of the client page."""
    _demand("the client page", "web")


def _demand(page: str, folder: str) -> None:
    if not (ROOT / folder / "dist" / "index.html").exists():
        pytest.fail(f"{page} is not built: run `make {folder}`, then this test again", pytrace=False)
