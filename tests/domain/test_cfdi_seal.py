"""Whether a seal is verified, false, or not checked: never false for what could not be checked."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from domain.cfdi import read_cfdi
from domain.sat_certificates import SatCertificates
from models.sales_document import CfdiFinding, CfdiVerification
from tests.cfdi import cfdi, payment
from tests.domain.test_cfdi32 import cfdi32
from tests.sealing import SAT_NUMBER, certificate, sealed

UUID = "CEE4BE01-ADFA-4DEB-8421-ADD60F0BEDAC"
RFC = "DEM0101018K7"
LOCAL = (
    '<implocal:ImpuestosLocales xmlns:implocal="http://www.sat.gob.mx/implocal" version="1.0" TotaldeRetenciones="0.00"'
    ' TotaldeTraslados="20.00"><implocal:TrasladosLocales ImpLocTrasladado="IH" TasadeTraslado="2.00" Importe="20.00"/>'
    "</implocal:ImpuestosLocales>"
)
DONATION = '<d:Donatarias xmlns:d="http://www.sat.gob.mx/donat" version="1.1" leyenda="Gracias"/>'


def without(text: str, *names: str) -> str:
    for name in names:
        text = re.sub(rf' {name}="[^"]*"', "", text)
    return text


def resealed(**options: Any) -> str:
    return sealed(cfdi(seal=False), RFC, **options)


VERIFIED, NOT_CHECKED, FAILED = CfdiVerification

CASES = [
    pytest.param(cfdi(), VERIFIED, [], id="4.0"),
    pytest.param(cfdi(version="3.3"), VERIFIED, [], id="3.3"),
    pytest.param(cfdi32(), VERIFIED, [], id="3.2"),
    pytest.param(payment((UUID, "1.00")), VERIFIED, [], id="Pagos 2.0"),
    pytest.param(payment((UUID, "1.00"), version="3.3"), VERIFIED, [], id="Pagos 1.0"),
    pytest.param(cfdi(complement=LOCAL, Total="1180.00"), VERIFIED, [], id="local taxes"),
    pytest.param("\n" + cfdi() + "fin", VERIFIED, [], id="repaired"),
    pytest.param(cfdi().replace("Silla", "Mesa"), FAILED, ["SEAL_FALSE"], id="changed"),
    pytest.param(cfdi().replace("Silla &amp; mesa", "Silla  &amp;\n mesa "), VERIFIED, [], id="other white space"),
    pytest.param(cfdi(complement=DONATION), NOT_CHECKED, ["COMPLEMENT_UNKNOWN"], id="a complement without a list"),
    pytest.param(without(cfdi(), "Certificado"), NOT_CHECKED, ["CERTIFICATE_MISSING"], id="no certificate"),
    pytest.param(
        re.sub('Certificado="M[^"]*"', 'Certificado="TUlJ"', cfdi()), NOT_CHECKED, ["CERTIFICATE_UNREADABLE"],
        id="no certificate at all",
    ),
    pytest.param(without(cfdi(), "Sello"), FAILED, ["SEAL_MISSING", "STAMP_OF_ANOTHER_SEAL"], id="no seal"),
    pytest.param(
        re.sub(' Sello="[^"]*"', ' Sello="ñ|"', cfdi()), FAILED, ["SEAL_FALSE", "STAMP_OF_ANOTHER_SEAL"], id="no base64"
    ),
    pytest.param(cfdi(seal=False), FAILED, ["SEAL_MISSING", "CERTIFICATE_MISSING", "STAMP_INCOMPLETE"], id="nothing"),
    pytest.param(cfdi(stamped=""), FAILED, ["STAMP_INCOMPLETE"], id="a stamp without its time"),
    pytest.param(without(cfdi(), "SelloSAT"), FAILED, ["STAMP_INCOMPLETE"], id="a stamp without seal"),
    pytest.param(without(cfdi(), "NoCertificadoSAT"), FAILED, ["STAMP_INCOMPLETE"], id="a stamp without certificate"),
    pytest.param(
        re.sub('SelloCFD="[^"]*"', 'SelloCFD="AAAA"', cfdi()), FAILED, ["STAMP_OF_ANOTHER_SEAL"], id="another's stamp"
    ),
    pytest.param(
        re.sub(' NoCertificado="[^"]*"', ' NoCertificado="1"', cfdi()), FAILED,
        ["CERTIFICATE_NUMBER_DIFFERS", "SEAL_FALSE"], id="another number",
    ),
    pytest.param(sealed(cfdi(seal=False), "AAA010101AAA"), FAILED, ["CERTIFICATE_OF_ANOTHER"], id="another's seal"),
    pytest.param(
        resealed(until=datetime.datetime(2026, 3, 11, 5, 29, tzinfo=datetime.UTC)), FAILED,
        ["CERTIFICATE_NOT_VALID_THEN"], id="expired a minute before, in the zone of its place",
    ),
    pytest.param(
        resealed(until=datetime.datetime(2026, 3, 11, 5, 31, tzinfo=datetime.UTC)), VERIFIED, [],
        id="valid for a minute more",
    ),
    pytest.param(
        resealed(since=datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC)), FAILED, ["CERTIFICATE_NOT_VALID_THEN"],
        id="not yet valid",
    ),
]  # fmt: skip


@pytest.mark.claims(
    "docs/sales.md",
    "What cannot be checked is `NOT_CHECKED` and never `FAILED`.",
)
@pytest.mark.parametrize(("text", "verification", "findings"), CASES)
def test_three_outcomes_with_their_reasons(text: str, verification: CfdiVerification, findings: list[str]) -> None:
    seal = read_cfdi(text).seal
    assert (seal.verification, [finding.value for finding in seal.findings]) == (verification, findings)


def at_hand(folder: Path, *rfcs: str) -> SatCertificates:
    for rfc in rfcs:
        number = SAT_NUMBER if rfc == "SAT" else "1"
        issued = certificate(rfc, number=number, authority=rfc)
        pem = len(rfc) % 2
        encoded = issued.public_bytes(Encoding.PEM if pem else Encoding.DER)
        (folder / f"{rfc}.{'pem' if pem else 'cer'}").write_bytes(encoded)
    return SatCertificates.load(folder)


def test_without_the_sats_certificates_it_is_noted_that_they_were_not_used() -> None:
    seal = SatCertificates().verify(read_cfdi(cfdi()).seal)
    assert seal.verification is VERIFIED
    assert list(seal.findings) == [CfdiFinding.CHAIN_NOT_CHECKED, CfdiFinding.SAT_SEAL_NOT_CHECKED]


@pytest.mark.claims(
    "docs/sales.md",
    "`VERIFIED` says that the seal is its issuer's, of this content, and that the stamp is whole; who iss"
    "ued the certificate, and the SAT's seal, are verified where `FICHA_SAT_CERTIFICATES` has the SAT's c"
    "ertificates.",
)
def test_the_chain_and_the_stamp_are_verified_with_them(tmp_path: Path) -> None:
    for text in (cfdi(), cfdi(version="3.3"), cfdi32()):
        seal = at_hand(tmp_path, "AC", "SAT").verify(read_cfdi(text).seal)
        assert (seal.verification, list(seal.findings)) == (VERIFIED, [])


def test_an_issuer_that_is_not_at_hand_is_not_checked(tmp_path: Path) -> None:
    seal = at_hand(tmp_path, "OTHER").verify(read_cfdi(cfdi()).seal)
    assert seal.verification is NOT_CHECKED
    assert list(seal.findings) == [CfdiFinding.ISSUER_UNKNOWN, CfdiFinding.SAT_SEAL_NOT_CHECKED]


def test_an_issuer_that_only_bears_the_name_is_false(tmp_path: Path) -> None:
    seal = at_hand(tmp_path, "AC", "SAT").verify(read_cfdi(resealed(signer="IMPOSTOR")).seal)
    assert (seal.verification, list(seal.findings)) == (FAILED, [CfdiFinding.ISSUER_FALSE])


def test_a_stamp_that_the_sat_did_not_seal_is_false(tmp_path: Path) -> None:
    text = re.sub('UUID="[^"]*"', f'UUID="{UUID}"', cfdi())
    seal = at_hand(tmp_path, "AC", "SAT").verify(read_cfdi(text).seal)
    assert (seal.verification, list(seal.findings)) == (FAILED, [CfdiFinding.SAT_SEAL_FALSE])


def test_a_file_that_is_no_certificate_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not read")
    assert SatCertificates.load(tmp_path).certificates == []
    (tmp_path / "ac.cer").write_text("nothing")
    with pytest.raises(ValueError, match="no certificate"):
        SatCertificates.load(tmp_path)
