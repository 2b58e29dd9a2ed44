"""A copy of the tree, to be changed as a stranger would."""

from pathlib import Path

import pytest

from tests.house.stranger import copied


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of the checkout, the new ones too, without what is made from them."""
    return copied(tmp_path_factory.mktemp("tree"))
