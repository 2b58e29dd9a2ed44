"""Documents by their hash: automatic persisted queries, and the documents that a manifest trusts.

Protocols: Apollo's `extensions.persistedQuery`, and `documentId` of GraphQL over HTTP's appendix on such documents.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson

from loaders.recent import Recent
from server.execution.parameters import Parameters, RequestRefused

MOST_CHARACTERS = 10_000_000
"""Characters of the documents that clients sent with their hash."""
_SHA_256 = re.compile(r"[0-9a-f]{64}")
_FORMS = "a folder of .graphql files, or a manifest of Relay or Apollo"


class PersistedQueryNotFound(RequestRefused):
    """This process has not seen the document of that hash; Apollo's clients then send both."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(200, "PersistedQueryNotFound")


class NotTrusted(RequestRefused):
    """The document is not trusted, and only trusted ones are executed."""

    code = "PERSISTED_QUERY_NOT_IN_LIST"

    def __init__(self) -> None:
        super().__init__(400, "El documento no está entre los permitidos.")


class ManifestError(ValueError):
    """The manifest cannot be read. The text is one line."""


class Persisted:
    """Finds the document of a request. With `only_trusted` it is one of the manifest's, or refused."""

    def __init__(self, trusted: Mapping[str, str], *, only_trusted: bool = False) -> None:
        self._trusted = trusted
        self._texts = frozenset(trusted.values()) if only_trusted else None
        self._seen: Recent[str, str] = Recent(MOST_CHARACTERS, lambda _, query: len(query))

    def document(self, parameters: Parameters) -> str:
        """The document's text. Raises what a RequestRefused can be."""
        key = _key(parameters)
        if key is None:
            if parameters.query is None:
                raise RequestRefused(400, "Falta query, que debe ser un texto.")
            return self._allowed(parameters.query)
        if parameters.query is None:
            document = self._trusted.get(key) or self._seen.get(key)
            if document is None:
                raise NotTrusted if self._texts is not None else PersistedQueryNotFound
            return document
        if hashlib.sha256(parameters.query.encode()).hexdigest() != key:
            raise RequestRefused(400, "provided sha does not match query")
        return self._seen.put(key, self._allowed(parameters.query))

    def _allowed(self, query: str) -> str:
        if self._texts is not None and query not in self._texts:
            raise NotTrusted
        return query


def _key(parameters: Parameters) -> str | None:
    """The hash, or the manifest's own id, that the request names its document by."""
    if parameters.document_id is not None:
        return parameters.document_id.removeprefix("sha256:")
    persisted: Any = parameters.extensions.get("persistedQuery")
    if persisted is None:
        return None
    match persisted:
        case {"version": 1, "sha256Hash": str(key)} if _SHA_256.fullmatch(key):
            return key
        case _:
            raise RequestRefused(400, "persistedQuery debe ser {version: 1, sha256Hash: …}.")


def read_manifest(path: Path) -> Mapping[str, str]:
    """The trusted documents by their ids and by their SHA-256. Raises ManifestError."""
    try:
        named = dict(_folder(path) if path.is_dir() else _file(path))
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from None
    if not named:
        raise ManifestError(f"{path} holds no documents: expected {_FORMS}")
    return named | {hashlib.sha256(text.encode()).hexdigest(): text for text in named.values()}


def _folder(path: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(path.glob("*.graphql")):
        yield file.stem, file.read_text(encoding="utf-8")


def _file(path: Path) -> Iterator[tuple[str, str]]:
    manifest: Any = orjson.loads(path.read_bytes())
    match manifest:
        case {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [*operations]}:
            for operation in operations:
                match operation:
                    case {"id": str(id), "body": str(body)}:
                        yield id, body
                    case _:
                        raise ManifestError("an operation lacks its id or body")
        case dict() if "format" not in manifest and all(
            isinstance(text, str) for text in cast("dict[str, Any]", manifest).values()
        ):
            yield from cast("dict[str, str]", manifest).items()
        case _:
            raise ManifestError(f"is not {_FORMS}")
