"""A page that only puts values in their places shows the header and the five tabs, in both languages.

`page.html` is the page, `words.toml` has its own words: the titles of tabs, columns and marks. All else is in the
answers as people read it: labels, sentences, days, amounts. `client.es.html` and `client.en.html` are the kept pages; a
page that is another one is written beside the test's other files, to be looked at and copied there.
"""

import html
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from models.labels import ENUMS
from tests.fixtures import Ficha
from tests.screens.substitution import render

HERE = Path(__file__).resolve().parent
OPERATIONS = HERE.parents[1] / "operations"
MONTH = "2026-11"
LANGUAGES = {"es": "es-MX", "en": "en"}

pytestmark = pytest.mark.usefixtures("on_that_day")


def answer(ficha: Ficha, name: str, language: str, email: str = "admin@demo.mx", **variables: Any) -> Any:
    """The data of a canonical operation; what the viewer may not see is null there."""
    path = OPERATIONS / f"{name}.graphql"
    id = json.loads(path.with_suffix(".variables.json").read_text("utf-8"))["id"]
    response = ficha.http.post(
        "/graphql",
        json={"query": path.read_text("utf-8"), "variables": {"id": id, **variables}},
        headers={"Authorization": f"Bearer {ficha.token(email)}", "Accept-Language": LANGUAGES[language]},
    )
    body = response.json()
    assert {error["extensions"]["code"] for error in body.get("errors", ())} <= {"FORBIDDEN"}, body["errors"]
    return body["data"]


def screen(ficha: Ficha, language: str, email: str = "admin@demo.mx") -> Any:
    """The parts of the page by the one operation that asks for all of them."""
    parts = answer(ficha, "client_detail", language, email, month=MONTH)
    return parts | {"months": parts["commercialHistory"]}


def page(parts: Any, language: str) -> str:
    """The page. Links to files are signed, each time anew; the server's address is another one each time."""
    words = tomllib.loads((HERE / "words.toml").read_text("utf-8"))[language]
    rendered = render((HERE / "page.html").read_text("utf-8"), {"words": words}, parts)
    rendered = re.sub(r"http://[\w.:]+(/files/)[\w.-]+", r"\1…", rendered)
    rendered = re.sub(r"http://[\w.:]+(?=/avatars/)", "", rendered)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r" {2,}", " ", rendered))


def visible(rendered: str) -> list[str]:
    """The texts that a person sees, and those that appear when one points at something."""
    body = rendered[rendered.index("</style>") :]
    texts = re.findall(r">([^<]+)<", body) + re.findall(r'title="([^"]*)"', body)
    return [html.unescape(text).strip() for text in texts if text.strip()]


@pytest.mark.claims(
    "README.md",
    "`summary` says an event of the history or a payment reminder in a sentence.",
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_is_shown_by_substitution_alone(live_server: Ficha, language: str, tmp_path: Path) -> None:
    rendered = page(screen(live_server, language), language)
    (tmp_path / f"client.{language}.html").write_text(rendered, "utf-8")
    expected = (HERE / f"client.{language}.html").read_text("utf-8")
    assert rendered == expected, f"another page: look at {tmp_path}"


@pytest.mark.claims(
    "docs/screens.md",
    "`page.html` is filled with the answer of `ClientDetail`, and with those of the tabs' own operations, in Spanish"
    " and in English.",
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_tab_is_shown_by_its_own_operation(live_server: Ficha, language: str) -> None:
    """The contacts and the note, which are in no operation of their own, come with the screen."""
    whole = screen(live_server, language)
    header = answer(live_server, "client_header", language)["client"]
    billing = answer(live_server, "client_billing", language)["client"]
    history = answer(live_server, "client_history", language, month=MONTH)["client"]
    parts = {
        "header": header,
        "administrativePanel": header,
        "sidePanel": header,
        "detailTab": whole["detailTab"],
        "commercialNote": whole["commercialNote"],
        "months": answer(live_server, "history_months", language)["client"],
        "commercialHistory": history,
        "followUpsTab": answer(live_server, "client_follow_ups", language)["client"],
        "billingReceivables": billing,
        "billingReminders": billing,
        "billingCfdi": billing,
        "billingBank": billing,
        "documentsTab": answer(live_server, "client_documents", language)["client"],
    }
    assert page(parts, language) == page(whole, language)


@pytest.mark.parametrize("email", ["admin@demo.mx", "ventas@demo.mx", "consulta@demo.mx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_sees_a_code_or_a_notation_of_machines(live_server: Ficha, language: str, email: str) -> None:
    texts = visible(page(screen(live_server, language, email), language))
    codes = {code for labels in ENUMS.values() for code in labels} - {"RFC"}
    notations = (
        r"[A-Z]{2,}_[A-Z]+|\d{4}-\d\d-\d\dT|\bnull\b|\bNone\b|\bTrue\b|\{\{|(?<![\d,])\d{4,}\.\d\d"
        r"|\+\d{9,}|\d{15,}|^-?[\d,]+\.\d\d$"
    )
    """Constants, instants, Python's values, templates, bare amounts, telephones and accounts without groups."""
    for text in texts:
        assert text not in codes
        assert not re.search(notations, text)
    assert len(texts) > 150


@pytest.mark.claims(
    "docs/screens.md", "Titles of tabs and columns, and marks of what is true or false, are words of the page."
)
def test_the_words_of_both_languages_are_the_same_ones() -> None:
    words = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    assert list(words["es"]) == list(words["en"])
    used = set(re.findall(r"\{\{words\.(\w+)\}\}", (HERE / "page.html").read_text("utf-8")))
    assert used == set(words["es"])
