"""`FICHA_OIDC_ISSUERS`: the issuers whose tokens are accepted, where there are several.

    [{"issuer": "https://id.example.mx", "audience": "ficha", "companies": ["com_…"], "client": "ficha-graphiql"}]

`jwks` is found by OpenID Connect Discovery where it is not given; `companyClaim` and `collaboratorClaim` are those of
the other settings.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

_MEMBERS: Final = ("issuer", "audience", "jwks", "companies", "client", "companyClaim", "collaboratorClaim")


@dataclass(frozen=True, kw_only=True)
class IssuerSettings:
    """An issuer of tokens; its tokens are for one of the `audiences`."""

    issuer: str
    audiences: tuple[str, ...]
    jwks: str = ""
    """URL or file of its keys; empty: found by discovery."""
    companies: tuple[UUID, ...] = ()
    """The companies for which only this issuer, and others that name them, may sign; empty: all that no issuer
    names."""
    client: str = ""
    """The public client with which GraphiQL signs in there; empty: it does not."""
    company_claim: str = ""
    collaborator_claim: str = ""
    """Empty: that of the other settings."""


def read_issuers(text: str) -> tuple[IssuerSettings, ...]:
    """The issuers of a JSON list, or of the file that the text names. ValueError says in one line what is wrong."""
    if not text:
        return ()
    if not text.lstrip().startswith("["):
        try:
            text = Path(text).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise ValueError("must be a JSON list, or a file with one that can be read") from None
    try:
        listed: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None
    if not isinstance(listed, list):
        raise ValueError("must be a list of objects")
    issuers = tuple(_read(item, number) for number, item in enumerate(cast("list[Any]", listed), 1))
    names = [each.issuer for each in issuers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"names the issuer {twice} twice")
    return issuers


def _read(item: Any, number: int) -> IssuerSettings:
    place = f"entry {number}"
    if not isinstance(item, dict):
        raise ValueError(f"{place} must be an object")
    entry = cast("dict[str, Any]", item)
    if unknown := next((name for name in entry if name not in _MEMBERS), None):
        raise ValueError(f"{place} has {unknown}, which is none of {', '.join(_MEMBERS)}")
    issuer = _text(entry, "issuer", place)
    audiences = tuple(_texts(entry, "audience", place))
    jwks = _text(entry, "jwks", place)
    if not issuer or not audiences:
        raise ValueError(f"{place} needs issuer and audience")
    if not jwks and urlsplit(issuer).scheme not in ("http", "https"):
        raise ValueError(f"{place} needs jwks: its issuer is no URL, by which it could be found")
    try:
        companies = tuple(UUID(id.removeprefix("com_")) for id in _texts(entry, "companies", place))
    except ValueError:
        raise ValueError(f"{place} must name companies by their ids") from None
    return IssuerSettings(
        issuer=issuer,
        audiences=audiences,
        jwks=jwks,
        companies=companies,
        client=_text(entry, "client", place),
        company_claim=_text(entry, "companyClaim", place),
        collaborator_claim=_text(entry, "collaboratorClaim", place),
    )


def _text(entry: Mapping[str, Any], name: str, place: str) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{place} must have a text in {name}")
    return value


def _texts(entry: Mapping[str, Any], name: str, place: str) -> Iterator[str]:
    """One text, or several in a list."""
    value = entry.get(name, [])
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    for each in listed:
        if not isinstance(each, str) or not each:
            raise ValueError(f"{place} must have texts in {name}")
        yield each
