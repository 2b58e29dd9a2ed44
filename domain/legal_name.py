"""Legal names: how SAT registers them, and the capital regime (S.A. DE C.V. …) that trails them elsewhere."""

import re
from typing import Final

from domain.text import single_line
from models.catalogs import fold

# Legal forms that trail a company's name, spelled without dots. There is no official list; these are the forms of the
# companies, cooperatives, civil societies and financial laws, and their common abbreviations.
_CAPITAL_REGIMES: Final = re.split(
    r",\s+",
    """SA, SA DE CV, SAB, SAB DE CV, SAPI, SAPI DE CV, SAPIB, SAPIB DE CV, SAS, SAS DE CV, SC, SC DE CV, SC DE RL,
    SC DE RL DE CV, SC DE P DE RL, SC DE P DE RL DE CV, SC DE C DE RL, SC DE C DE RL DE CV, SC DE AP DE RL,
    SC DE AP DE RL DE CV, SC DE RS, SCL, SCS, SNC, S EN NC, S EN C, S EN C DE CV, S EN C POR A, S EN C POR A DE CV,
    S DE RL, S DE RL DE CV, S DE RL MI, S DE RL DE CV MI, S DE RL DE IP, S DE RL DE IP DE CV, SPR, SPR DE RL,
    SPR DE RL DE CV, SPR DE RI, SPR DE RS, SSS, SMI, AC, ABP, IAP, IBP, AR, AR DE IC, A EN P, SOFOM ENR, SOFOM ER,
    SOFOM, SOFOL, SFP, SOCAP, SIID, SOCIEDAD ANONIMA, SOCIEDAD ANONIMA DE CAPITAL VARIABLE, SOCIEDAD CIVIL,
    ASOCIACION CIVIL, SOCIEDAD DE RESPONSABILIDAD LIMITADA,
    SOCIEDAD DE RESPONSABILIDAD LIMITADA DE CAPITAL VARIABLE, SOCIEDAD POR ACCIONES SIMPLIFICADA,
    SOCIEDAD NACIONAL DE CREDITO""",
)
_SEPARATORS: Final = " ,"
_WORDS: Final = frozenset({"DE", "EN", "POR"})


def _spelled(regime: str) -> str:
    """A pattern of one regime: an acronym's letters may be dotted and spaced out, a long word is a word."""
    tokens = (
        token if token in _WORDS or len(token) > 5 else r"\.?\s?".join(token) + r"\.?" for token in regime.split()
    )
    return r"[\s,]+".join(tokens)


TRAILING_REGIME: Final = re.compile(
    rf"(?:^|(?<=[\s,]))(?P<regime>{'|'.join(map(_spelled, sorted(_CAPITAL_REGIMES, key=len, reverse=True)))})[\s,]*$"
)
"""The regime at the end of a name in capitals without accents, as the group `regime`."""


def normalize_name(text: str) -> str:
    """A legal name as SAT registers it: capitals and single spaces; `Ñ`, `&`, accents, dots and quotes stay."""
    return single_line(single_line(text).upper())


def without_capital_regime(name: str) -> str:
    """The name without the regimes that trail it; a name that is nothing else stays as it is."""
    while (match := TRAILING_REGIME.search(fold_upper(name))) and (rest := name[: match.start()].rstrip(_SEPARATORS)):
        name = rest
    return name


def fold_upper(text: str) -> str:
    """Capitals without accents, character by character, so that positions are those of the (NFC) text."""
    return "".join((fold(character)[:1] or character).upper() for character in text)
