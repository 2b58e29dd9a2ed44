"""A page of another origin asks with a real browser's fetch: let in by the setting, or told nothing."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.test_documents import site
from tests.fixtures import Ficha, serving

ASK = """async ([url, token, options]) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = options.method === "GET" ? undefined : JSON.stringify({ query: "{ __typename }" });
  try {
    const response = await fetch(url, { method: "POST", headers, body, ...options });
    const read = [...response.headers.keys()].filter((name) => !name.startsWith("content-"));
    return [response.status, read, (await response.json()).data];
  } catch (error) { return error.name; }
}"""
READ = ["cache-control", "ratelimit", "ratelimit-policy", "x-request-id"]


@pytest.mark.parametrize("allowed", [True, False])
def test_a_page_of_another_origin_asks(demo_settings: Any, live_server: Ficha, page: Page, allowed: bool) -> None:
    with site() as origin:
        origins = (origin if allowed else "https://app.example.mx",)
        with serving(replace(demo_settings, cors_origins=origins, rate_limit="1000/minute")) as ficha:
            page.goto(origin)
            token = live_server.token("admin@demo.mx")

            def ask(path: str = "/graphql", **options: Any) -> Any:
                return page.evaluate(ASK, [ficha.url + path, token, options])

            refused = "TypeError"
            data = {"__typename": "Query"}
            assert ask() == ([200, READ, data] if allowed else refused)
            by_get = ask("/graphql?query={__typename}", method="GET")
            assert by_get == ([200, sorted([*READ, "etag"]), data] if allowed else refused)
            assert ask(credentials="include") == refused  # no cookies, from nowhere
            assert ask(method="PUT") == refused
