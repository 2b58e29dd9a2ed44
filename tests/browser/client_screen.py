"""The client page in a browser, as a person uses it: what one does and sees there, and what it requests."""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, expect

from demo import companies, kemper
from loaders.client import ClientEntity
from loaders.ids import encode
from models import Client
from tests.pages import ROOT, demand_web

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

Tab = Literal["", "commercial", "follow-ups", "billing", "documents"]


def kemper_id() -> str:
    """The global id of the demo's complete client."""
    [client] = (client for client in companies.demo().of(Client) if client.rfc == kemper.RFC)
    return encode(ClientEntity, client.id)


class ClientScreen:
    """The page at `base_url`/app."""

    def __init__(self, page: Page, base_url: str) -> None:
        demand_web()
        self.page = page
        self.url = f"{base_url}/app"
        self.requests: list[Request] = []
        self.complaints: list[str] = []  # console errors and warnings (a breach of the CSP is one), uncaught exceptions
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_page_error)

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_page_error(self, error: Error) -> None:
        self.complaints.append(error.message)

    def open_list(self) -> None:
        """Open the list of clients and wait for its rows."""
        self.page.goto(self.url)
        expect(self.table("Clientes").get_by_role("row").nth(1)).to_be_visible()

    def open_client(self, id: str, tab: Tab = "") -> None:
        """Open a client's record and wait for its name."""
        self.page.goto(f"{self.url}/clients/{id}{tab and f'/{tab}'}")
        expect(self.page.locator(".record-name h1")).to_be_visible()

    def select_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()
        expect(self.page.get_by_role("tabpanel")).to_be_visible()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def notices(self) -> Locator:
        return self.page.locator(".notices")

    def card(self, title: str) -> Locator:
        """The part of the page under a title."""
        return self.page.locator("section.card", has=self.page.get_by_role("heading", name=title))

    def table(self, name: str) -> Locator:
        return self.page.get_by_role("table", name=name, exact=True)

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def act(self, record: str, action: str) -> None:
        """Choose an action of a record's menu."""
        self.press(f"Acciones de {record}")
        self.page.get_by_role("menuitem", name=action).click()

    def fill(self, **values: str) -> None:
        """Type into the fields of the dialog's form, by their names in the mutation's input."""
        for name, value in values.items():
            self.dialog.locator(f'[data-field="{name}"]').locator("input, textarea").first.fill(value)

    def choose(self, field: str, choice: str) -> None:
        """Choose from the list of a field of the dialog's form. A screen reader sends such a click: a mouse would have
        the page scroll first, which may close the list."""
        self.page.locator(f'[role="dialog"] [data-field="{field}"] button').first.click()
        self.page.get_by_role("option", name=choice).first.dispatch_event("click")
        expect(self.page.get_by_role("listbox")).to_have_count(0)

    def pick(self, name: str, choice: str, within: Locator | None = None) -> None:
        """Choose from a list of a bar, by the list's name."""
        (within or self.page).get_by_role("button", name=name).first.click()
        self.page.get_by_role("option", name=choice, exact=True).dispatch_event("click")
        expect(self.page.get_by_role("listbox")).to_have_count(0)

    def confirm(self) -> None:
        """Say yes to what is asked before something is taken away."""
        self.page.get_by_role("alertdialog").get_by_role("button", name="Confirmar").click()

    def attach(self, button: str, *files: Path) -> None:
        """Choose files of this machine by a button, or by what a menu that is open has."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=button).or_(self.page.get_by_role("menuitem", name=button)).click()
        chooser.value.set_files(files)

    def save(self, button: str = "Guardar") -> None:
        """Send the dialog's form and wait until it is saved."""
        self.dialog.get_by_role("button", name=button, exact=True).click()
        expect(self.dialog).to_have_count(0)

    @property
    def origins(self) -> set[str]:
        """Of whom the page has requested anything; data addresses are requests of nobody."""
        urls = (urlsplit(request.url) for request in self.requests)
        return {f"{url.scheme}://{url.netloc}" for url in urls if url.scheme not in ("data", "blob")}

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now: rule and where."""
        self.page.evaluate(Path(AXE).read_text("utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(({ violations }) => violations)")
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
