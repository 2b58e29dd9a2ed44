"""What is in the store."""

import asyncio
from collections.abc import Callable

import pytest

from server.store import open_store
from storage.keys import company_prefix
from tests.fixtures import Company, Ficha


@pytest.fixture
def stored(live_server: Ficha) -> Callable[[Company], list[str]]:
    """The keys of a company's objects, without thumbnails, which are there when they are drawn."""

    def keys(company: Company) -> list[str]:
        with open_store(live_server.settings) as store:
            objects = asyncio.run(store.list_objects(company_prefix(company.id)))
            return [each.key for each in objects if "/thumbnails/" not in each.key]

    return keys
