"""README's first query, sent to a Ficha with the demo and the settings that it has by default."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from server.settings import Settings
from tests.fixtures import serving

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.claims("README.md", "In a second terminal, while `make run` is serving:")
def test_the_first_query_is_answered_as_readme_shows(demo_settings: Settings) -> None:
    [body] = re.findall(r"-d '(.*client\(rfc.*)'$", README, re.MULTILINE)
    [shown] = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", README, re.DOTALL))
    with serving(replace(demo_settings, rate_limit=Settings.from_env({}).rate_limit)) as ficha:
        headers = {"Authorization": f"Bearer {ficha.token('admin@demo.mx')}", "Content-Type": "application/json"}
        answer = ficha.http.post("/graphql", content=body.encode(), headers=headers).json()
    # The minute may have begun a little earlier.
    assert 0 < answer["extensions"]["rateLimit"].pop("resetsInSeconds") <= 60
    assert shown["extensions"]["rateLimit"].pop("resetsInSeconds") == 60
    assert answer == shown
