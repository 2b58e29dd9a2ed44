"""An OIDC issuer on the loopback, with real keys: it publishes a JWK Set and signs what a test wants signed."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa

NAME = "https://id.example.mx"
AUDIENCE = "ficha-test"


class SigningKey:
    """A key pair for one algorithm, under its key id."""

    def __init__(self, algorithm: str, kid: str) -> None:
        self.algorithm, self.kid = algorithm, kid
        self.private: Any = {
            "RS256": lambda: generate_rsa(65537, 2048),
            "ES256": lambda: generate_ec(SECP256R1()),
            "EdDSA": Ed25519PrivateKey.generate,
        }[algorithm]()

    def public_jwk(self, **changes: Any) -> dict[str, Any]:
        """What the issuer publishes of it."""
        made: Any = jwt.get_algorithm_by_name(self.algorithm)
        published = made.to_jwk(self.private.public_key(), as_dict=True)
        published.pop("key_ops", None)
        return published | {"kid": self.kid, "alg": self.algorithm, "use": "sig"} | changes

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        """A token with exactly these claims; a header that is None is left out."""
        given = {name: value for name, value in ({"kid": self.kid} | headers).items() if value is not None}
        return jwt.encode(claims, self.private, self.algorithm, headers=given)


def claims(company: UUID | str, email: str, /, **changes: Any) -> dict[str, Any]:
    """Those of a good token, some of them changed; None takes one away."""
    now = int(time.time())
    made = {
        "iss": NAME,
        "aud": AUDIENCE,
        "sub": email,
        "iat": now,
        "exp": now + 300,
        "company": str(company),
        "email": email,
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


class Issuer:
    """Serves `keys`; `requests` counts who asked. While `down` it answers 500; while `gate` is closed, not at all."""

    def __init__(self) -> None:
        self.keys = [SigningKey("RS256", "rsa"), SigningKey("ES256", "ec"), SigningKey("EdDSA", "ed")]
        self.extra: list[dict[str, Any]] = []
        self.requests = 0
        self.down = False
        self.gate = threading.Event()
        self.gate.set()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class's name
                issuer.requests += 1
                issuer.gate.wait(60)
                published = [key.public_jwk() for key in issuer.keys] + issuer.extra
                body = json.dumps({"keys": published}).encode()
                self.send_response(500 if issuer.down else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"

    def key(self, algorithm: str) -> SigningKey:
        """The first key for the algorithm."""
        return next(key for key in self.keys if key.algorithm == algorithm)


@contextmanager
def running_issuer() -> Generator[Issuer]:
    """An issuer that answers."""
    issuer = Issuer()
    thread = threading.Thread(target=issuer.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield issuer
    finally:
        issuer.gate.set()
        issuer.server.shutdown()
        issuer.server.server_close()
        thread.join()
