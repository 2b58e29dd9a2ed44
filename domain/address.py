"""A client's addresses: one fiscal address, any number of branches, in Mexico or abroad."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from domain.fields import CODE_UNKNOWN, Field, code_of, fields_of, line
from domain.inputs import ABSENT, Input
from domain.parts import Parts, siblings
from domain.policy import Asking
from domain.problem import POSTAL_CODE_FORMAT, POSTAL_CODE_UNKNOWN, Problem, Severity, error, reject, warning
from domain.work import UnitOfWork
from models import Address
from models.address import AddressKind
from models.catalogs import COUNTRIES, POSTAL_CODES, STATES, fold
from models.history import HistoryEventKind

FISCAL_ADDRESS_EXISTS: Final = error(
    "Ya tiene una dirección fiscal; solo puede haber una.", "It already has a fiscal address; there is only one."
)
POSTAL_CODE_ELSEWHERE: Final = warning(
    "El código postal es de otro estado: {state}.", "The postal code is of another state: {state}."
)


MEXICO = "MEX"

FIELDS = fields_of(
    Address,
    but=["position"],
    kind=Field(default=AddressKind.BRANCH),
    state=Field(code_of(STATES)),
    postal_code=Field(line(20)),
    country=Field(code_of(COUNTRIES)),
)


def _problems(address: Any) -> Iterator[Problem]:
    """What does not fit together."""
    country = COUNTRIES.get(address.country)
    pattern = "[0-9]{5}" if address.country == MEXICO else country and country.postal_code_pattern
    if address.postal_code and pattern and not re.fullmatch(pattern, address.postal_code):
        yield Problem(POSTAL_CODE_FORMAT, ("postal_code",))
        return
    state = STATES.get(address.state)
    if state and state.country != address.country:
        yield Problem(CODE_UNKNOWN, ("state",), {"code": state.code})
    if address.country == MEXICO and address.postal_code:
        known = POSTAL_CODES.get(address.postal_code)
        if known is None:
            yield Problem(POSTAL_CODE_UNKNOWN, ("postal_code",))
        elif address.state != known.state.code:
            values = {"state": known.state.name}
            yield Problem(POSTAL_CODE_ELSEWHERE, ("postal_code",), values, suggestion=known.state.code)


async def _settle(work: UnitOfWork, address: Address) -> Sequence[Address]:
    known = POSTAL_CODES.get(address.postal_code) if address.country == MEXICO else None
    if known:
        address.state = address.state or known.state.code
        address.municipality = address.municipality or (known.municipality and known.municipality.name)
        address.locality = address.locality or (known.locality and known.locality.name)
    work.judge(tuple(_problems(address)))
    if address.kind is AddressKind.FISCAL and await _is_second(work, address):
        raise reject(FISCAL_ADDRESS_EXISTS).at("kind")
    return ()


async def _is_second(work: UnitOfWork, address: Address) -> bool:
    """Whether the client has another fiscal address."""
    known = siblings(work, address)
    if known is not None:
        return any(each.kind is AddressKind.FISCAL for each in known)
    others = work.of(
        Address,
        Address.client_id == address.client_id,
        Address.id != address.id,
        Address.kind == AddressKind.FISCAL,
        Address.deleted_at.is_(None),
    )
    return await work.session.scalar(others) is not None


def _leaves(address: Address, input: Any) -> bool:
    """The fiscal address becomes a branch."""
    return address.kind is AddressKind.FISCAL and input.kind not in (ABSENT, AddressKind.FISCAL)


def restoring(_: Asking, address: Any, facts: Any) -> Iterator[Problem]:
    """The reasons why a deleted address cannot be restored: see `_settle`."""
    problems = tuple(_problems(address))
    yield from problems
    wrong = any(problem.severity is Severity.ERROR for problem in problems)
    if not wrong and address.kind == AddressKind.FISCAL and facts.fiscal_elsewhere:
        yield Problem(FISCAL_ADDRESS_EXISTS)


def _place(address: Any) -> tuple[str, ...]:
    names = ("street", "exterior_number", "interior_number", "postal_code")
    return tuple(fold(getattr(address, name) or "") for name in names)


def _is_same(address: Address, stated: Mapping[str, Any]) -> bool:
    """The fiscal one, of which there is one; or a branch at the same place."""
    if address.kind is not stated.get("kind", AddressKind.BRANCH):
        return False
    return address.kind is AddressKind.FISCAL or _place(address) == _place(Input(**stated))


def _give_in(address: Address, there: Sequence[Address]) -> None:
    """A second fiscal address elsewhere is a branch."""
    fiscal = next((each for each in there if each.kind is AddressKind.FISCAL), None)
    if fiscal and address.kind is AddressKind.FISCAL and _place(address) != _place(fiscal):
        address.kind = AddressKind.BRANCH


ADDRESSES = Parts(
    model=Address,
    fields=FIELDS,
    kind=HistoryEventKind.ADDRESS_CHANGED,
    label=lambda address: address.label or address.street,
    settle=_settle,
    compared=frozenset({"kind"}),
    leaves=_leaves,
    is_same=_is_same,
    give_in=_give_in,
)
