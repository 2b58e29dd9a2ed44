"""The SAT's certificates that an operator has put into a folder: of its certification authority, by which the issuers'
certificates were issued, and of the PACs', with which stamps are sealed. They are public and not part of Ficha."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from domain.cfdi import Cfdi
from domain.cfdi_seal import HASH, OLD_HASH, Seal, Stamp, is_signed, number_of
from models.sales_document import CfdiFinding


@dataclass(frozen=True, slots=True)
class SatCertificates:
    """The certificates at hand; none is a company that has not set them up, or has no use for them."""

    certificates: Sequence[x509.Certificate] = ()

    @classmethod
    def load(cls, folder: Path) -> "SatCertificates":
        """All certificates in the folder's files `*.cer`, `*.crt`, `*.der` and `*.pem`, in DER or PEM. Raises
        `ValueError` for a file that is none."""
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".cer", ".crt", ".der", ".pem"))
        certificates: list[x509.Certificate] = []
        for path in files:
            data = path.read_bytes()
            try:
                if b"-----BEGIN" in data:
                    certificates += x509.load_pem_x509_certificates(data)
                else:
                    certificates.append(x509.load_der_x509_certificate(data))
            except ValueError as error:
                raise ValueError(f"{path} is no certificate, in PEM or DER: {error}") from None
        return cls(certificates)

    def verified(self, cfdi: Cfdi) -> Cfdi:
        """The CFDI with what the certificates tell of it."""
        return replace(cfdi, seal=self.verify(cfdi.seal))

    def verify(self, seal: Seal) -> Seal:
        """The seal with what the certificates tell of its issuer's certificate and of its stamp."""
        findings = [*seal.findings]
        if seal.certificate:
            findings += self._of_chain(x509.load_der_x509_certificate(base64.b64decode(seal.certificate)))
        if seal.stamp:
            findings += self._of_stamp(seal.stamp)
        return replace(seal, findings=findings)

    def _of_chain(self, certificate: x509.Certificate) -> Sequence[CfdiFinding]:
        if not self.certificates:
            return [CfdiFinding.CHAIN_NOT_CHECKED]
        try:
            issuers = [each for each in self.certificates if each.subject == certificate.issuer]
        except ValueError:
            return [CfdiFinding.ISSUER_UNKNOWN]
        if not issuers:
            return [CfdiFinding.ISSUER_UNKNOWN]
        return [] if any(_issued(certificate, each) for each in issuers) else [CfdiFinding.ISSUER_FALSE]

    def _of_stamp(self, stamp: Stamp) -> Sequence[CfdiFinding]:
        algorithm = OLD_HASH if stamp.version == "1.0" else HASH
        sealing = [each for each in self.certificates if number_of(each) == stamp.certificate_number]
        if not sealing:
            return [CfdiFinding.SAT_SEAL_NOT_CHECKED]
        sealed = any(is_signed(each, stamp.seal, stamp.cadena, algorithm) for each in sealing)
        return [] if sealed else [CfdiFinding.SAT_SEAL_FALSE]


NONE_AT_HAND: Final = SatCertificates()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
