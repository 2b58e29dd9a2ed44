"""Whether a CFDI is what its issuer sealed: what can be verified of it without asking the SAT.

Its seal is verified against the certificate in it, which has to be the issuer's and valid at its date; the stamp's
parts have to be there. Where certificates of the SAT are at hand (`domain.sat_certificates`), so is the issuer's chain
to them, and the SAT's seal. Source: Anexo 20, I.D and III. Whether a CFDI is in force only the SAT can tell.
"""

import base64
import binascii
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from domain.cadena import cadena_of, cadena_of_stamp
from models.sales_document import CfdiFinding, CfdiVerification

_UNCHECKED: Final = (
    CfdiFinding.CERTIFICATE_MISSING,
    CfdiFinding.CERTIFICATE_UNREADABLE,
    CfdiFinding.COMPLEMENT_UNKNOWN,
    CfdiFinding.XML_MISSING,
    CfdiFinding.ISSUER_UNKNOWN,
)
"""What makes it *not checked*."""
_NOTES: Final = (CfdiFinding.CHAIN_NOT_CHECKED, CfdiFinding.SAT_SEAL_NOT_CHECKED)
"""What is told, and in the way of nothing."""
HASH: Final = SHA256()
"""Of what is sealed since CFDI 3.3 and TimbreFiscalDigital 1.1."""
OLD_HASH: Final = SHA1()  # noqa: S303  # what was sealed with it can be verified with nothing else
_MOST_NUMBER: Final = 20
_MOST_KEY_BITS: Final = 8_192


@dataclass(frozen=True, slots=True)
class Stamp:
    """What of the SAT's stamp takes the SAT's certificate to verify."""

    cadena: str
    seal: str
    certificate_number: str
    version: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What was found, and what is needed to go on: the certificate (DER in base64) and the stamp."""

    findings: Sequence[CfdiFinding]
    certificate: str | None
    stamp: Stamp | None

    @property
    def verification(self) -> CfdiVerification:
        """What the findings come to: false only where something is, not where it could not be checked."""
        findings = [finding for finding in self.findings if finding not in _NOTES]
        if not findings:
            return CfdiVerification.VERIFIED
        unchecked = all(finding in _UNCHECKED for finding in findings)
        return CfdiVerification.NOT_CHECKED if unchecked else CfdiVerification.FAILED


def seal_of(comprobante: Element, stamp: Element, version: str, issuer_rfc: str, issued_at: datetime.datetime) -> Seal:
    """Verifies the seal of a CFDI that was issued at that instant by that RFC."""
    seal, text = _both(comprobante, "Sello"), _both(comprobante, "Certificado")
    findings = [] if seal else [CfdiFinding.SEAL_MISSING]
    certificate = _certificate_in(text) if text else None
    if certificate is None:
        findings.append(CfdiFinding.CERTIFICATE_UNREADABLE if text else CfdiFinding.CERTIFICATE_MISSING)
    else:
        findings += _of_certificate(certificate, _both(comprobante, "NoCertificado"), issuer_rfc, issued_at)
        cadena = cadena_of(comprobante, version)
        if cadena is None:
            findings.append(CfdiFinding.COMPLEMENT_UNKNOWN)
        elif seal and not is_signed(certificate, seal, cadena, OLD_HASH if version == "3.2" else HASH):
            findings.append(CfdiFinding.SEAL_FALSE)
    parts = [_both(stamp, name) for name in ("UUID", "FechaTimbrado", "SelloCFD", "NoCertificadoSAT", "SelloSAT")]
    if not all(parts):
        findings.append(CfdiFinding.STAMP_INCOMPLETE)
    elif _compact(parts[2]) != _compact(seal):
        findings.append(CfdiFinding.STAMP_OF_ANOTHER_SEAL)
    der = None if certificate is None else base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    return Seal(findings, der, _stamp_of(stamp))


def _both(element: Element, name: str) -> str:
    """The attribute as 3.3 and 4.0 write it, or as 3.2 does."""
    return element.get(name) or element.get(name[0].lower() + name[1:]) or ""


def _compact(text: str) -> str:
    return "".join(text.split())


def _stamp_of(stamp: Element) -> Stamp | None:
    version, seal = _both(stamp, "Version"), _both(stamp, "SelloSAT")
    if version not in ("1.0", "1.1") or not seal:
        return None
    return Stamp(cadena_of_stamp(stamp, version), seal, _both(stamp, "NoCertificadoSAT")[:100], version)


def _certificate_in(text: str) -> x509.Certificate | None:
    """The certificate of the attribute: DER in base64; some write the base64 of a PEM."""
    try:
        data = base64.b64decode(_compact(text), validate=True)
        if data.startswith(b"-----BEGIN"):
            certificate = x509.load_pem_x509_certificate(data)
        else:
            certificate = x509.load_der_x509_certificate(data)
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        return None
    return certificate if isinstance(key, RSAPublicKey) and key.key_size <= _MOST_KEY_BITS else None


def _of_certificate(
    certificate: x509.Certificate, number: str, issuer_rfc: str, issued_at: datetime.datetime
) -> Iterator[CfdiFinding]:
    if number_of(certificate) != number:
        yield CfdiFinding.CERTIFICATE_NUMBER_DIFFERS
    if issuer_rfc not in _rfcs_of(certificate):
        yield CfdiFinding.CERTIFICATE_OF_ANOTHER
    if not certificate.not_valid_before_utc <= issued_at <= certificate.not_valid_after_utc:
        yield CfdiFinding.CERTIFICATE_NOT_VALID_THEN


def number_of(certificate: x509.Certificate) -> str:
    """The certificate's number as a CFDI has it (NoCertificado): the bytes of its serial number are digits."""
    serial = certificate.serial_number
    return serial.to_bytes((serial.bit_length() + 7) // 8, "big").decode("latin-1")[:_MOST_NUMBER]


def _rfcs_of(certificate: x509.Certificate) -> list[str]:
    """Of a company `ABC… / DEFG…`, with its representative's after its own, which counts."""
    try:
        attributes = certificate.subject.get_attributes_for_oid(NameOID.X500_UNIQUE_IDENTIFIER)
    except ValueError:
        return []
    texts = (each.value if isinstance(each.value, str) else each.value.decode("latin-1") for each in attributes)
    return [text.partition("/")[0].strip().upper() for text in texts]


def is_signed(certificate: x509.Certificate, seal: str, cadena: str, algorithm: HashAlgorithm) -> bool:
    """Whether the seal (base64) signs the text."""
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(base64.b64decode(_compact(seal), validate=True), cadena.encode(), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm, binascii.Error):
        return False
    return True
