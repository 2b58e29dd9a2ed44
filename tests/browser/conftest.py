"""A page per test, in a Chromium per module; where there is no Chromium the tests skip, in CI they fail."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from models.collaborator import Role
from tests.browser.chromium import PATIENCE, find_chromium, launch_chromium
from tests.browser.client_screen import ClientScreen
from tests.fixtures import demanded

if TYPE_CHECKING:
    from tests.fixtures import Company, Ficha


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of no more than a module: while Playwright runs, nothing in this thread may use asyncio."""
    with launch_chromium(demanded(find_chromium(), "Chromium, nor its path in CHROMIUM,")) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page, with cookies and storage of its own."""
    with chromium.new_context(viewport={"width": 1600, "height": 1000}) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


@pytest.fixture
def screen(page: Page, live_server: "Ficha") -> ClientScreen:
    """The client page of the demo, in Spanish."""
    return ClientScreen(in_spanish(page), live_server.url)


@pytest.fixture
def screen_of(page: Page, monkeypatch: pytest.MonkeyPatch) -> "Callable[..., ClientScreen]":
    """The client page of a test's own company: `screen_of(mine, Role.SALES)`; one can see it as all its roles."""
    from server import app
    from server.access.tokens import Persona

    def screen_of(mine: "Company", first: Role = Role.ADMIN) -> ClientScreen:
        roles = sorted(Role, key=lambda role: role is not first)
        people = [
            Persona(name=role.title(), role=role, email=mine.email(role), token=mine.ficha.token(mine.email(role)))
            for role in roles
        ]
        monkeypatch.setattr(app, "demo_personas", lambda _: people)
        return ClientScreen(in_spanish(page), mine.ficha.url)

    return screen_of


def in_spanish(page: Page) -> Page:
    """The browser of these tests prefers English."""
    page.add_init_script("localStorage['ficha:language'] ??= 'es'")
    return page
