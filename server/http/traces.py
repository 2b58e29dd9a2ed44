"""The trace of an operation that a gateway asks for with its answer, as `extensions.ftv1`: in base64, the message Trace
of Apollo's reports.proto (npm's @apollo/usage-reporting-protobuf)."""

import logging
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from server.execution.documents import Prepared

log = logging.getLogger("ficha")

ASKS: Final = "apollo-federation-include-trace"
"""The header by which a gateway asks; its value is `ftv1`."""


@dataclass(slots=True)
class Trace:
    """The trace of one operation: of it as a whole and of the fields at its root, which begin and end with it, as one
    statement may answer them all."""

    prepared: Prepared | None = None
    """The operation, as soon as it is known."""
    begun: int = field(default_factory=time.time_ns)
    clock: int = field(default_factory=time.perf_counter_ns)

    def extension(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """`ftv1` for the response of this body; nothing where no operation was executed."""
        data = body.get("data")
        if self.prepared is None or data is None:
            return {}
        try:
            names = list(orjson.loads(orjson.dumps(data)) or ())
            return {"ftv1": b64encode(self._written(self.prepared, names, body.get("errors", ()))).decode()}
        except Exception:  # a trace is no reason to fail an answer
            log.exception("a trace could not be written")
            return {}

    def _written(self, prepared: Prepared, names: Iterable[str], errors: Iterable[Mapping[str, Any]]) -> bytes:
        lasted = time.perf_counter_ns() - self.clock
        root = prepared.schema.get_root_type(prepared.kind)
        fields = dict(_selected(prepared, prepared.operation.definition.selection_set))
        of_root: list[bytes] = []
        of_fields = {name: list[bytes]() for name in names}
        for error in errors:
            [name, *_] = error.get("path") or [""]
            of_fields.get(str(name), of_root).append(_bytes(11, _error(error)))
        for name, parts in of_fields.items():
            declared: Any = root and root.fields.get(fields[name])
            kind = _text(3, str(declared.type)) if declared else b""
            original = _text(14, fields[name]) if fields[name] != name else b""
            parent = _text(13, root.name) if root else b""
            of_root.append(_bytes(12, b"".join([_text(1, name), kind, _number(9, lasted), *parts, parent, original])))
        times = _bytes(3, _instant(self.begun + lasted)) + _bytes(4, _instant(self.begun)) + _number(11, lasted)
        return times + _bytes(14, b"".join(of_root))


def _selected(prepared: Prepared, selected: SelectionSetNode) -> Iterator[tuple[str, str]]:
    """The names that fields at the root have in the response, and their own."""
    for part in selected.selections:
        match part:
            case FieldNode():
                yield (part.alias or part.name).value, part.name.value
            case FragmentSpreadNode():
                yield from _selected(prepared, prepared.operation.fragments[part.name.value].selection_set)
            case InlineFragmentNode():
                yield from _selected(prepared, part.selection_set)
            case _:
                raise TypeError(part)


def _error(error: Mapping[str, Any]) -> bytes:
    """The error by its code: texts may say what only the viewer may read."""
    code = str(error.get("extensions", {}).get("code", "INTERNAL"))
    shown = {"message": code, "path": error.get("path"), "extensions": {"code": code}}
    return _text(1, code) + _bytes(4, orjson.dumps(shown))


# The wire format of protocol buffers: a number of the field and of its kind, then a number, or a length and bytes.


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _instant(nanoseconds: int) -> bytes:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return _number(1, seconds) + _number(2, rest)
