"""What verifying a CFDI came to, as it is kept with its document and told to who brings it."""

from typing import Final

from domain.cfdi_seal import Seal
from domain.problem import Problem, warning
from domain.work import UnitOfWork
from models import SalesDocument
from models.sales_document import CfdiFinding, CfdiVerification

CFDI_UNVERIFIED: Final = warning(
    "No se comprobó que el CFDI sea auténtico: {findings}. Compárelo con el del SAT.",
    "The CFDI was not verified to be authentic: {findings}. Compare it with the SAT's.",
)

_WORDS: Final = {
    CfdiFinding.XML_MISSING: ("falta su XML", "its XML is missing"),
    CfdiFinding.SEAL_MISSING: ("no tiene sello", "it has no seal"),
    CfdiFinding.SEAL_FALSE: ("el sello no es de este contenido", "the seal is not of this content"),
    CfdiFinding.CERTIFICATE_MISSING: ("no tiene certificado", "it has no certificate"),
    CfdiFinding.CERTIFICATE_UNREADABLE: ("su certificado no es legible", "its certificate cannot be read"),
    CfdiFinding.CERTIFICATE_NUMBER_DIFFERS: (
        "su certificado tiene otro número que el que declara",
        "its certificate has another number than it states",
    ),
    CfdiFinding.CERTIFICATE_OF_ANOTHER: (
        "su certificado es de otro RFC que el emisor",
        "its certificate is of another RFC than its issuer",
    ),
    CfdiFinding.CERTIFICATE_NOT_VALID_THEN: (
        "su certificado no estaba vigente en su fecha",
        "its certificate was not valid on its date",
    ),
    CfdiFinding.COMPLEMENT_UNKNOWN: (
        "lleva un complemento cuyo sello no se puede comprobar aquí",
        "it has a complement whose seal cannot be verified here",
    ),
    CfdiFinding.STAMP_INCOMPLETE: ("su timbre está incompleto", "its stamp is incomplete"),
    CfdiFinding.STAMP_OF_ANOTHER_SEAL: ("su timbre es de otro sello", "its stamp is of another seal"),
    CfdiFinding.ISSUER_UNKNOWN: (
        "la autoridad de su certificado no está entre las del SAT que se instalaron",
        "its certificate's authority is not among those of the SAT that were installed",
    ),
    CfdiFinding.ISSUER_FALSE: ("su certificado no es del SAT", "its certificate is not the SAT's"),
    CfdiFinding.SAT_SEAL_FALSE: ("el sello del SAT no es de este timbre", "the SAT's seal is not of this stamp"),
}


def keep(document: SalesDocument, seal: Seal) -> None:
    """Writes into the document what was found of its CFDI."""
    document.verification = seal.verification
    document.verification_findings = [finding.value for finding in seal.findings]


def tell(work: UnitOfWork, seal: Seal) -> None:
    """Warns where the CFDI is not verified."""
    if seal.verification is CfdiVerification.VERIFIED:
        return
    words = [_WORDS[finding] for finding in seal.findings if finding in _WORDS]
    values = {"findings": ", ".join(es for es, _ in words), "findings_en": ", ".join(en for _, en in words)}
    work.warnings.append(Problem(CFDI_UNVERIFIED, ("xml",), values))
