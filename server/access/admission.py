"""Admits a request: authenticates its viewer and applies the rate limit. Refusals are HTTP statuses and headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from errors import CompanySuspended, FichaError, Retryable, Unauthenticated
from server.access.companies import COMPANY_HEADER
from server.access.identity import Caller, HeaderTooLong, Identity
from server.access.limits import Budget, Limit, RateLimited

_COMPANY = COMPANY_HEADER.encode()


@dataclass(frozen=True, slots=True)
class Admitted:
    """The admitted caller, their address, and what is left of their budget; None without a limit."""

    caller: Caller
    address: str
    budget: Budget | None


class Admission:
    """The door of `/graphql`."""

    def __init__(self, identity: Identity, limit: Limit) -> None:
        self._identity = identity
        self._limit = limit

    async def admit(self, request: HTTPConnection) -> Admitted:
        """The caller, one request taken from their budget. Raises what `Identity.caller` and `Limit.spend` raise."""
        address = request.client.host if request.client else ""
        caller = await self._identity.caller(authorization(request), address, _company(request))
        return Admitted(caller, address, await self._limit.spend(caller.budget))

    async def connected(self, payload: Mapping[str, Any], socket: HTTPConnection) -> Caller:
        """The caller whom the payload of a WebSocket's first message names. Raises what `Identity.caller` raises."""
        return await self._identity.connection(payload, socket.client.host if socket.client else "")

    async def spend(self, caller: Caller) -> Budget | None:
        """Takes one operation on a WebSocket from the caller's budget of requests. Raises what `Limit.spend` raises."""
        return await self._limit.spend(caller.budget)


def authorization(request: HTTPConnection) -> list[str]:
    """The request's Authorization headers."""
    return [value.decode("latin-1") for name, value in request.scope["headers"] if name == b"authorization"]


def _company(request: HTTPConnection) -> str:
    """The company that the request names; of several, the last."""
    named = [value for name, value in request.scope["headers"] if name == _COMPANY]
    return named[-1].decode("latin-1") if named else ""


def refusal(error: FichaError) -> tuple[int, dict[str, str]]:
    """The status and headers of a response to a request of which nothing was executed."""
    match error:
        case HeaderTooLong():
            return 431, {}
        case CompanySuspended():
            return 403, {}
        case Unauthenticated():
            return 401, {"WWW-Authenticate": "Bearer"}
        case RateLimited():
            return 429, {"Retry-After": str(error.budget.seconds_left), **error.budget.headers}
        case Retryable():
            return 503, {"Retry-After": str(error.retry_after)}
        case _:
            return 400, {}
