"""The parameters of a GraphQL request, whichever way it came: each of its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from errors import FichaError


class RequestRefused(FichaError):
    """It is no GraphQL request that is answered; `status` is HTTP's."""

    code = "BAD_REQUEST"

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a GraphQL request. Without `query` they name the document by its hash; see
    `server.execution.persisted`."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])
    document_id: str | None = None

    @classmethod
    def of(cls, body: object) -> "Parameters":
        """Those of a decoded JSON object."""
        if isinstance(body, list):
            raise RequestRefused(400, "No se aceptan lotes: envíe una operación por solicitud.")
        if not isinstance(body, dict):
            raise RequestRefused(400, "El cuerpo debe ser un objeto JSON.")
        members = cast("dict[str, Any]", body)
        for name, kind in _KINDS.items():
            if not isinstance(members.get(name), kind | None):
                raise RequestRefused(400, f"{name} no es del tipo esperado.")
        return cls(
            members.get("query"),
            members.get("variables") or {},
            members.get("operationName"),
            members.get("extensions") or {},
            members.get("documentId"),
        )


_KINDS: Mapping[str, type] = {
    "query": str,
    "variables": dict,
    "operationName": str,
    "extensions": dict,
    "documentId": str,
}
