"""A real OpenID provider on loopback (`conformance/provider`), and a person's way through it."""

import base64
import hashlib
import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.conformance.conftest import FOLDER, NODE

AUDIENCE = "ficha"


@dataclass
class Provider:
    """A provider that runs; `issuer` is its name and its address."""

    issuer: str
    process: "subprocess.Popen[str]"

    def rotate(self, kid: str) -> list[str]:
        """Signs with a new key from now on; the ids of the keys that are published."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"rotate": kid}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["kids"]

    def sign_in(self, client: str, redirect: str, login: str) -> dict[str, Any]:
        """The tokens that a person's browser gets: authorization code with PKCE, no secret."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": client,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": "openid offline_access",
            "prompt": "consent",
            "state": "s",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with httpx.Client(base_url=self.issuer, timeout=60, trust_env=False) as browser:
            response = browser.get(f"/auth?{urlencode(asked)}")
            while not (where := response.headers.get("location", "")).startswith(redirect):
                if response.is_redirect:
                    response = browser.get(where)
                else:
                    assert 'name="login"' in response.text, response.text
                    response = browser.post(response.url, data={"login": login})
            back = parse_qs(urlsplit(where).query)
            assert back["state"] == ["s"], back
            return self._token(
                client,
                grant_type="authorization_code",
                code=back["code"][0],
                redirect_uri=redirect,
                code_verifier=verifier,
            )

    def refresh(self, client: str, tokens: Mapping[str, Any]) -> dict[str, Any]:
        """The next tokens."""
        return self._token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def _token(self, client: str, **given: str) -> dict[str, Any]:
        answer = httpx.post(f"{self.issuer}/token", data={"client_id": client, **given}, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running_provider(
    clients: Mapping[str, Sequence[str]], people: Mapping[str, Mapping[str, Any]]
) -> Iterator[Provider]:
    """A provider at which these people sign in, each by a login that is their `sub`, from these clients."""
    process = subprocess.Popen(
        [*NODE, "provider/provider.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        told = {"audience": AUDIENCE, "clients": clients, "people": people}
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        yield Provider(json.loads(process.stdout.readline())["issuer"], process)
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()
