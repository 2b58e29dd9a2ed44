"""The data of a constancia, beside those on record."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from strawberry import Info
from strawberry.utils.str_converters import to_camel_case

from domain.tax_certificate import ADDRESS, PROFILE, CertificateStatus, Origin, Reading, regimes_in_force
from models.cfdi_profile import TaxpayerStatus
from resolvers.context import context, operation


@dataclass(frozen=True, slots=True)
class Value:
    """A value that was read."""

    field: str
    value: str
    current: str | None
    origin: Origin
    page: int

    @property
    def differs(self) -> bool:
        """Whether the record says otherwise."""
        return self.value != self.current


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime that was read; `tax_regime` is its code."""

    name: str
    tax_regime: str | None
    since: datetime.date
    until: datetime.date | None
    is_current: bool
    page: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that was read."""

    status: CertificateStatus
    issued_on: datetime.date | None
    cif_id: str | None
    taxpayer_status: TaxpayerStatus | None
    values: Sequence[Value]
    tax_regimes: Sequence[Regime]
    asks_tax_regime: bool


async def proposal(root: Any, info: Info) -> Proposal | None:
    """What was read when the document was uploaded, beside the client's record of now."""
    reading: Reading | None = root.reading
    if reading is None:
        return None
    client = await _load(root, info, "client")
    profile = await _record(client, info, "cfdi_profile")
    address = await _record(client, info, "fiscal_address")
    request = context(info)
    in_force = regimes_in_force(reading, request.viewer.today(request.now))
    issued_on, status = reading.get("issued_on"), reading.get("taxpayer_status")
    return Proposal(
        CertificateStatus(reading["status"]),
        issued_on and datetime.date.fromisoformat(issued_on["value"]),
        reading.get("cif_id", {}).get("value"),
        status and TaxpayerStatus(status["value"]),
        [*_values(reading, PROFILE, profile), *_values(reading, ADDRESS, address, "fiscalAddress.")],
        [_regime(each, profile) for each in reading.get("regimes", ())],
        len(in_force) != 1 or in_force[0]["code"] is None,
    )


async def _load(row: Any, info: Info, name: str) -> Any:
    loaded = operation(info).load(row, name)
    return await loaded if isawaitable(loaded) else loaded


async def _record(row: Any, info: Info, name: str) -> dict[str, Any]:
    record = await _load(row, info, name)
    return record._asdict() if record else {}


def _values(reading: Reading, names: Sequence[str], record: Mapping[str, Any], prefix: str = "") -> Iterator[Value]:
    for name in names:
        if read := reading.get(name):
            field = prefix + to_camel_case(name)
            yield Value(field, read["value"], record.get(name), Origin(read["origin"]), read["page"])


def _regime(read: Mapping[str, Any], profile: Mapping[str, Any]) -> Regime:
    until = read["until"] and datetime.date.fromisoformat(read["until"])
    return Regime(
        read["name"],
        read["code"],
        datetime.date.fromisoformat(read["since"]),
        until,
        read["code"] is not None and read["code"] == profile.get("tax_regime"),
        read["page"],
    )
