"""The SAT's certificates that a process verifies CFDIs by."""

from domain.sat_certificates import NONE_AT_HAND, SatCertificates
from server.settings import Settings, SettingsError


def sat_certificates(settings: Settings) -> SatCertificates:
    """Those of the folder that is set up; none without one. Raises `SettingsError`."""
    folder = settings.sat_certificates
    if folder is None:
        return NONE_AT_HAND
    try:
        return SatCertificates.load(folder)
    except (OSError, ValueError) as error:
        raise SettingsError(f"FICHA_SAT_CERTIFICATES: {error}") from None
