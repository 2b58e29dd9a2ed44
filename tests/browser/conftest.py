"""A page of Chromium per test; where there is no Chromium the tests skip, in CI they fail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import PATIENCE, find_chromium, launch_chromium
from tests.fixtures import demanded


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty page. Its browser is the test's own: while Playwright runs, no other test here may use asyncio."""
    executable = demanded(find_chromium(), "Chromium, nor its path in CHROMIUM,")
    with launch_chromium(executable) as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(PATIENCE)
        yield page
