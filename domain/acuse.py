"""Reads the SAT's acknowledgement of requests to cancel CFDI (acuse de cancelación): in a child process, as it may be
anything.

    <Acuse Fecha="2026-03-12T10:00:00.1234567" RfcEmisor="EKU9003173C9">
      <Folios><UUID>…</UUID><EstatusUUID>201</EstatusUUID></Folios>
      <Signature …/>
    </Acuse>

It is in the namespace http://cancelacfd.sat.gob.mx or in none, and PACs hand it on bare, as CancelaCFDResult, or in the
envelope that it came in. It names neither reason nor substitute. Its seal is not checked.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from uuid import UUID
from xml.etree.ElementTree import Element

from domain.cfdi import outcome_of, read_in_child
from domain.cfdi_attributes import FIRST_DAY, SAT_ZONE
from domain.cfdi_xml import parse
from domain.problem import FILE_TOO_LARGE, Problem, Rejected, error, reject
from domain.text import single_line
from domain.wording import size_text
from storage.reading import Reader, Readers

ACUSE_NOT_ACUSE: Final = error(
    "El XML no es un acuse de cancelación: su raíz es {root}.",
    "The XML is no acknowledgement of a cancellation: its root is {root}.",
)
ACUSE_INCOMPLETE: Final = error(
    "Al acuse le falta {name}, o no se puede leer.", "{name} is missing in the acknowledgement, or cannot be read."
)
ACUSE_OUT_OF_RANGE: Final = error(
    "{name} del acuse dice {value}: debe estar entre {least} y {most}.",
    "{name} of the acknowledgement says {value}: it must be between {least} and {most}.",
)
ACUSE_TOO_MANY: Final = error(
    "El acuse tiene {count} nodos {name}: se admiten a lo más {most}.",
    "The acknowledgement has {count} {name} nodes: at most {most} are accepted.",
)

MOST_BYTES: Final = 1024 * 1024
"""An acuse of the most folios that one request may name is a tenth of that."""
MOST_FOLIOS: Final = 1_000

_NAMESPACES: Final = ("", "http://cancelacfd.sat.gob.mx")
_ROOTS: Final = ("Acuse", "CancelaCFDResult")
_ENVELOPES: Final = ("Envelope", "Body", "CancelaCFDResponse")
_MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Acuse:
    """What is taken over of it: whose CFDI, when, and the SAT's answer for each fiscal folio, as `201`."""

    issuer_rfc: str
    answered_at: datetime.datetime
    folios: Sequence[tuple[UUID, str]]

    def answers_to(self, uuid: UUID) -> Sequence[str]:
        """What the SAT answered of this fiscal folio, without repetitions."""
        return list(dict.fromkeys(code for folio, code in self.folios if folio == uuid))


def read(content: bytes | str) -> Acuse:
    """Reads it here, at once: what strangers sent is read by `read_apart`. Raises `Rejected`."""
    root = _acuse_in(parse(content).root)
    folios = [each for each in root if _name(each) == "Folios"]
    if len(folios) > MOST_FOLIOS:
        raise Rejected(Problem(ACUSE_TOO_MANY, values={"name": "Folios", "count": len(folios), "most": MOST_FOLIOS}))
    if not folios:
        raise reject(ACUSE_INCOMPLETE, name="Folios")
    return Acuse(
        _text(root.get("RfcEmisor"), "RfcEmisor"),
        _instant(_text(root.get("Fecha"), "Fecha")),
        [(_uuid(_child_text(each, "UUID")), _child_text(each, "EstatusUUID")) for each in folios],
    )


def _name(element: Element) -> str:
    """The element's name, where it is of the acuse's namespace or of none."""
    namespace, _, name = element.tag.rpartition("}")
    return name if namespace.removeprefix("{") in _NAMESPACES else ""


def _acuse_in(root: Element) -> Element:
    """The acuse itself, which may be in the envelope of the SAT's web service, one level in the other."""
    element = root
    while _name(element) not in _ROOTS:
        local = element.tag.rpartition("}")[2]
        if local not in _ENVELOPES or len(element) != 1:
            raise reject(ACUSE_NOT_ACUSE, root=root.tag[:_MOST_SHOWN])
        element = element[0]
    return element


def _child_text(parent: Element, name: str) -> str:
    texts = [each.text for each in parent if _name(each) == name]
    return _text(texts[0] if len(texts) == 1 else None, name)


def _text(value: str | None, name: str) -> str:
    line = single_line(value) if value and len(value) <= _MOST_SHOWN else ""
    if not line:
        raise reject(ACUSE_INCOMPLETE, name=name)
    return line


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise reject(ACUSE_INCOMPLETE, name="UUID") from None


def _instant(text: str) -> datetime.datetime:
    """An instant of the past; a clock that is fast may be a day ahead."""
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise reject(ACUSE_INCOMPLETE, name="Fecha") from None
    last = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    if not FIRST_DAY <= when.date() <= last:
        raise reject(ACUSE_OUT_OF_RANGE, name="Fecha", value=text, least=FIRST_DAY, most=last)
    return (when if when.tzinfo else when.replace(tzinfo=SAT_ZONE)).astimezone(datetime.UTC)


# In a child process

_TEXT: Final = Reader("domain.acuse:read_text")


async def read_apart(readers: Readers, content: str, company_id: UUID) -> Acuse:
    """`read`, of what a stranger sent, for the company. Raises `Rejected`, and what `Readers.read` raises."""
    data = content.encode(errors="replace")
    if len(data) > MOST_BYTES:
        raise reject(FILE_TOO_LARGE, most=size_text(MOST_BYTES))
    acuse = await read_in_child(readers, _TEXT, data, company_id)
    return Acuse(
        acuse["issuer_rfc"],
        datetime.datetime.fromisoformat(acuse["answered_at"]),
        [(UUID(uuid), code) for uuid, code in acuse["folios"]],
    )


def read_text(file: BinaryIO) -> Any:
    """The `outcome_of` an acuse, for `storage.reading`, of UTF-8 whatever the XML declares."""
    text = file.read(MOST_BYTES + 1).decode()
    return outcome_of(lambda: read(text))
