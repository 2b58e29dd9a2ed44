"""Property tests of the rules: no deadline, for a busy machine is no fault, and no example database in the tree. And
what the tests of commands share, imported where it is used: a rule's test loads neither models nor server."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.writing import Writer

settings.register_profile("rules", deadline=None, database=None, print_blob=True)
settings.load_profile("rules")


@pytest.fixture
def mine(company: Any) -> Any:
    """A company of the test's own."""
    return company()


@pytest.fixture
def writer(mine: Any) -> "Writer":
    """Its administrator, who gives commands."""
    from tests.writing import Writer

    return Writer(mine)
