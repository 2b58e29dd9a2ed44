"""A Chromium whose network is cut, and GraphiQL in it as a person uses it."""

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, expect, sync_playwright

from tests.pages import demand_graphiql

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # Chromium's own sandbox does not start as root, which a container is
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # the cut: no name resolves
)


PATIENCE = 60_000
"""Milliseconds in which what is awaited has to come, on a busy machine too."""
expect.set_options(timeout=PATIENCE)


def find_chromium() -> str | None:
    """The path in CHROMIUM, else the first Chromium on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launch_chromium(executable: str) -> Generator[Browser]:
    """Start it headless, with a profile that is thrown away."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


class GraphiQL:
    """The page at `base_url`/graphiql: what one does and sees there, what it requests and complains of."""

    def __init__(self, page: Page, base_url: str, fragment: str = "") -> None:
        demand_graphiql()
        self.page = page
        self.requests: list[Request] = []
        self.complaints: list[str] = []  # console errors and warnings (a breach of the CSP is one), uncaught exceptions
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_page_error)
        page.goto(f"{base_url}/graphiql{fragment and f'#{fragment}'}")
        self._wait()

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_page_error(self, error: Error) -> None:
        self.complaints.append(error.message)

    def reload(self) -> None:
        self.page.reload()
        self._wait()

    def _wait(self) -> None:
        """Until Monaco has drawn the operation and the schema has arrived (the spinner stands for it till then)."""
        expect(self.operation.locator(".view-line").first).to_be_visible()
        self.press("Show Documentation Explorer")
        expect(self.docs).to_contain_text("Root Types")
        self.press("Hide Documentation Explorer")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    @property
    def docs(self) -> Locator:
        return self.page.locator(".graphiql-doc-explorer")

    @property
    def explorer(self) -> Locator:
        return self.page.locator(".graphiql-explorer-root")

    @property
    def operation(self) -> Locator:
        """The operation as drawn: only the lines in sight."""
        return self.page.get_by_label("Operation Editor")

    @property
    def response(self) -> Locator:
        """The response as drawn: only the lines in sight."""
        return self.page.get_by_label("Result Window")

    @property
    def tabs(self) -> list[str]:
        return self.page.locator(".graphiql-tab-button").all_inner_texts()

    def select_tab(self, name: str) -> None:
        self.page.locator(".graphiql-tab-button", has_text=name).click()

    def close_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).get_by_label("Close Tab").click()
        self._until_stored(name, present=False)

    def text(self, editor: str) -> str:
        """All the text of `operation.graphql`, `variables.json`, `request-headers.json` or `response.json`."""
        models = "globalThis.__MONACO.editor.getModels()"
        return self.page.evaluate(f"name => {models}.find(({{ uri }}) => uri.path.endsWith(name)).getValue()", editor)

    def insert(self, text: str) -> None:
        """Put `text` before the operation."""
        self.operation.locator(".view-line").first.click()
        self.page.keyboard.press("ControlOrMeta+Home")
        self.page.keyboard.insert_text(text)
        self._until_stored(text, present=True)

    def _until_stored(self, text: str, *, present: bool) -> None:
        """GraphiQL stores the tabs half a second after a change: wait until what it stored has `text`, or no longer."""
        self.page.wait_for_function(
            "([text, present]) => localStorage.getItem('graphiql:tabState').includes(text) === present",
            arg=[json.dumps(text).strip('"'), present],
        )

    def execute(self) -> dict[str, Any]:
        """Press Execute and return the GraphQL response that GraphiQL shows."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.press("Execute query")
        expect(self.response.locator(".view-line").nth(1)).to_be_visible()
        return json.loads(self.text("response.json"))
