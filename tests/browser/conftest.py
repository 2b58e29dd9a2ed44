"""A page of Chromium per test; where there is no Chromium the tests skip, in CI they fail."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import find_chromium, launch_chromium


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty page. Its browser is the test's own: while Playwright runs, no other test here may use asyncio."""
    executable = find_chromium()
    if executable is None:
        reason = "no Chromium: put one on the PATH or its path in CHROMIUM"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with launch_chromium(executable) as browser:
        yield browser.new_page(viewport={"width": 1600, "height": 1000})
