"""Seals the CFDIs of tests: with a key, a certificate and a certification authority that are made here."""

import base64
import datetime
import re
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import fromstring

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from domain.cadena import cadena_of, cadena_of_stamp

NUMBER = "00001000000512345678"
SAT_NUMBER = "00001000000598765432"
SINCE = datetime.datetime(2011, 1, 1, tzinfo=datetime.UTC)
UNTIL = datetime.datetime(2049, 1, 1, tzinfo=datetime.UTC)
STAMP = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"


@lru_cache
def key(_name: str) -> RSAPrivateKey:
    """One for each name."""
    return generate_private_key(65537, 2048)


def named(text: str, rfc: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, text)]
    if rfc:
        attributes.append(x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, f"{rfc} / VADA800927DJ3"))
    return x509.Name(attributes)


@lru_cache
def certificate(
    rfc: str,
    *,
    number: str = NUMBER,
    since: datetime.datetime = SINCE,
    until: datetime.datetime = UNTIL,
    authority: str = "AC",
    signer: str = "",
) -> x509.Certificate:
    """Of the RFC, issued by the authority (`AC` for `rfc="AC"` is its own), or by `signer` in its name."""
    builder = x509.CertificateBuilder(
        named(authority), named(rfc, "" if rfc == authority else rfc), key(rfc).public_key(),
        int.from_bytes(number.encode()), since, until,
    )  # fmt: skip
    return builder.sign(key(signer or authority), SHA256())


def signed(rfc: str, text: str, algorithm: Any = None) -> str:
    return base64.b64encode(key(rfc).sign(text.encode(), PKCS1v15(), algorithm or SHA256())).decode()


def sealed(text: str, rfc: str, **options: Any) -> str:
    """The CFDI with certificate, seal and, where it has a stamp, that of the SAT. Its root states no `NoCertificado`;
    one with a complement that cannot be verified is sealed wrongly."""
    old = ' version="3.2"' in text
    cert = certificate(rfc, **options)
    names = ("noCertificado", "certificado", "sello") if old else ("NoCertificado", "Certificado", "Sello")
    der = base64.b64encode(cert.public_bytes(Encoding.DER)).decode()
    text = _with(text, r"<cfdi:Comprobante\b", {names[0]: options.get("number", NUMBER), names[1]: der})
    root = fromstring(text.split("?>", 1)[-1])  # noqa: S314  # of a test
    cadena = cadena_of(root, root.get("Version") or root.get("version") or "") or ""
    seal = signed(rfc, cadena, SHA1() if old else None)  # noqa: S303  # as 3.2 has it
    text = _with(text, r"<cfdi:Comprobante\b", {names[2]: seal})
    if root.find(f".//{STAMP}") is None:
        return text
    new = ' Version="1.1"' in text[text.index("TimbreFiscalDigital") :]
    stamp = {"SelloCFD": seal, "NoCertificadoSAT": SAT_NUMBER} | ({"RfcProvCertif": "SPR190613I52"} if new else {})
    first = (lambda name: name) if new else (lambda name: name[0].lower() + name[1:])
    text = _with(text, r"<tfd:TimbreFiscalDigital\b", {first(name): value for name, value in stamp.items()})
    element = fromstring(text.split("?>", 1)[-1]).find(f".//{STAMP}")  # noqa: S314  # of a test
    assert element is not None
    sat = signed("SAT", cadena_of_stamp(element, "1.1" if new else "1.0"), None if new else SHA1())  # noqa: S303
    return _with(text, r"<tfd:TimbreFiscalDigital\b", {first("SelloSAT"): sat})


def _with(text: str, tag: str, values: dict[str, str]) -> str:
    stated = "".join(f' {name}="{value}"' for name, value in values.items())
    return re.sub(tag, lambda match: match[0] + stated, text, count=1)
