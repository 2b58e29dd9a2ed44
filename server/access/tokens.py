"""The demo's own token issuer: a key pair in the data directory, made when it is first needed."""

import contextlib
import datetime
import os
from pathlib import Path
from typing import TypedDict, cast
from uuid import UUID

import jwt
import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from errors import CommandRefused
from server.settings import Settings

ISSUER = "ficha-demo"
AUDIENCE = "ficha"
ALGORITHM = "EdDSA"


class CollaboratorUnknownError(CommandRefused):
    """There is no collaborator to issue a token for. The text is one line, for a person."""


def issue(settings: Settings, email: str, days: int) -> str:
    """A token of the demo issuer for the active collaborator with this e-mail address, whatever their company."""
    if settings.issuers:
        raise CollaboratorUnknownError(f"tokens come from {settings.issuers[0].issuer}, which the settings name")
    if not settings.demo:
        raise CollaboratorUnknownError("the demo issuer is off; FICHA_DEMO=on allows it")
    with psycopg.connect(settings.direct_url) as connection:
        matches = connection.execute(
            'select company_id, email from collaborator where lower(email collate "C") = lower(%s::text collate "C")'
            " and active",
            (email,),
        ).fetchall()
    if len(matches) != 1:
        raise CollaboratorUnknownError(
            f"{'no' if not matches else 'more than one'} active collaborator has the address {email}"
        )
    [(company, address)] = matches
    return _sign(settings, company, address, days)


class Persona(TypedDict):
    """A collaborator of the demo as whom one may see it, with a token of theirs."""

    name: str
    role: str
    email: str
    token: str


def personas(settings: Settings, email: str, days: int) -> list[Persona]:
    """The active collaborators of the company in which somebody has this e-mail address; that one first."""
    with psycopg.connect(settings.direct_url) as connection:
        rows = connection.execute(
            "select company_id, name, role::text, email from collaborator where active and company_id in"
            " (select company_id from collaborator where email = %s) order by email <> %s, name, id",
            (email, email),
        ).fetchall()
    return [
        Persona(name=name, role=role, email=address, token=_sign(settings, company, address, days))
        for company, name, role, address in rows
    ]


def _sign(settings: Settings, company: UUID, email: str, days: int) -> str:
    now = datetime.datetime.now(datetime.UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": email,
        "iat": now,
        "exp": now + datetime.timedelta(days=days),
        settings.jwt_company_claim: str(company),
        settings.jwt_collaborator_claim: email,
    }
    return jwt.encode(claims, signing_key(settings.data_dir), ALGORITHM)


def signing_key(directory: Path) -> Ed25519PrivateKey:
    """The issuer's private key. Two processes that make it at once agree on the first one."""
    file = directory / "demo-issuer.pem"
    if not file.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        directory.mkdir(parents=True, exist_ok=True)
        own = directory / f"demo-issuer.{os.getpid()}.pem"
        own.touch(0o600)
        own.write_bytes(pem)
        # Unlike a rename, a link does not replace an existing file, and the key is complete when it appears.
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(own)
        own.unlink()
    return cast("Ed25519PrivateKey", serialization.load_pem_private_key(file.read_bytes(), None))


def verification_key(directory: Path) -> Ed25519PublicKey:
    """The issuer's public key."""
    return signing_key(directory).public_key()
