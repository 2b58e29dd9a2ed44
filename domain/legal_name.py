"""Legal names: how SAT registers them, and the capital regime (S.A. DE C.V. …) that trails them elsewhere."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from domain.text import single_line
from models.catalogs import fold

# The legal forms of companies, cooperatives, civil societies and of the financial laws, and their common abbreviations,
# spelled without dots; in parentheses what may be left out. There is no official list.
_LEGAL_FORMS: Final = re.split(
    r",\s+",
    """SA (DE CV), SAB (DE CV), SAPI (DE CV), SAPIB (DE CV), SAS (DE CV), SC (DE CV), SC DE RL (DE CV),
    SC DE P (DE RL) (DE CV), SC DE C (DE RL) (DE CV), SC DE AP (DE RL) (DE CV), SC DE RS (DE CV), SCL (DE CV), SCS, SNC,
    S EN NC, S EN C (DE CV), S EN C POR A (DE CV), S DE RL (DE CV), S DE RL (DE CV) MI, S DE RL DE IP (DE CV),
    SRL (DE CV), SRL (DE CV) MI, SPR (DE CV), SPR DE RL (DE CV), SPR DE RI (DE CV), SPR DE RS (DE CV), SSS, SMI, AC,
    ABP, IAP, IBP, AR, AR DE IC, A EN P, SOFOM ENR, SOFOM ER, SOFOM, SOFOL, SFP, SOCAP, SIID,
    SOCIEDAD ANONIMA (BURSATIL) (DE CV), SOCIEDAD ANONIMA PROMOTORA DE INVERSION (BURSATIL) (DE CV),
    SOCIEDAD DE RESPONSABILIDAD LIMITADA (DE INTERES PUBLICO) (DE CV), SOCIEDAD DE RESPONSABILIDAD LIMITADA (DE CV)
    MICROINDUSTRIAL, SOCIEDAD POR ACCIONES SIMPLIFICADA (DE CV), SOCIEDAD EN NOMBRE COLECTIVO (DE CV),
    SOCIEDAD EN COMANDITA SIMPLE (DE CV), SOCIEDAD EN COMANDITA POR ACCIONES (DE CV),
    SOCIEDAD COOPERATIVA (DE CONSUMO) (DE RESPONSABILIDAD LIMITADA) (DE CV),
    SOCIEDAD COOPERATIVA (DE CONSUMO) DE RESPONSABILIDAD SUPLEMENTADA (DE CV),
    SOCIEDAD COOPERATIVA DE PRODUCCION (DE RESPONSABILIDAD LIMITADA) (DE CV),
    SOCIEDAD COOPERATIVA DE PRODUCCION DE RESPONSABILIDAD SUPLEMENTADA (DE CV),
    SOCIEDAD COOPERATIVA DE AHORRO Y PRESTAMO (DE RESPONSABILIDAD LIMITADA) (DE CV),
    SOCIEDAD COOPERATIVA LIMITADA, SOCIEDAD COOPERATIVA SUPLEMENTADA, SOCIEDAD CIVIL (DE CV), ASOCIACION CIVIL,
    SOCIEDAD DE PRODUCCION RURAL (DE RESPONSABILIDAD LIMITADA) (DE CV),
    SOCIEDAD DE PRODUCCION RURAL DE RESPONSABILIDAD ILIMITADA (DE CV),
    SOCIEDAD DE PRODUCCION RURAL DE RESPONSABILIDAD SUPLEMENTADA (DE CV), SOCIEDAD DE SOLIDARIDAD SOCIAL,
    SOCIEDAD FINANCIERA DE OBJETO MULTIPLE (ENTIDAD NO REGULADA), SOCIEDAD FINANCIERA DE OBJETO MULTIPLE ENTIDAD
    REGULADA, SOCIEDAD FINANCIERA DE OBJETO MULTIPLE ENR, SOCIEDAD FINANCIERA DE OBJETO MULTIPLE ER,
    SOCIEDAD NACIONAL DE CREDITO, SOCIEDAD MUTUALISTA DE SEGUROS, ASOCIACION EN PARTICIPACION,
    ASOCIACION DE BENEFICENCIA PRIVADA, INSTITUCION DE ASISTENCIA PRIVADA, INSTITUCION DE BENEFICENCIA PRIVADA""",
)
_LONG: Final = {"CV": r"(?:CAPITAL[\s,]+VARIABLE|C\.?\s?V\.?)", "RL": r"(?:RESPONSABILIDAD[\s,]+LIMITADA|R\.?\s?L\.?)"}
"""Abbreviations that are written out, also behind others."""
_SEPARATORS: Final = " ,"
_WORDS: Final = frozenset({"DE", "EN", "POR", "Y", "NO"})
_PLAIN: Final = frozenset({"CIVIL", "RURAL"})


def _spelled(form: str) -> str:
    """A pattern of one legal form: an acronym's letters may be dotted and spaced out, a long word is a word."""
    pattern = ""
    for token in re.findall(r"\(([^)]*)\)|(\S+)", " ".join(form.split())):
        optional, word = token
        words = r"[\s,]+".join(map(_word, (optional or word).split()))
        if not pattern:
            pattern = words
        else:
            pattern += rf"(?:[\s,]+{words})?" if optional else rf"[\s,]+{words}"
    return pattern


def _word(token: str) -> str:
    if token in _WORDS or len(token) > 5 or token in _PLAIN:
        return token
    return _LONG.get(token) or r"\.?\s?".join(token) + r"\.?"


def _any_of(forms: Sequence[str]) -> str:
    return "|".join(map(_spelled, sorted(forms, key=len, reverse=True)))


# Compiled when a name is read: together they take 0.06 s, which nobody needs to start.
@cache
def trailing_regime() -> re.Pattern[str]:
    """The regime at the end of a name in capitals without accents, as the group `regime`."""
    return re.compile(rf"(?:^|(?<=[\s,]))(?P<regime>{_any_of(_LEGAL_FORMS)})[\s,]*$")


@cache
def _inner_regime() -> re.Pattern[str]:
    """One within a name. Only of several words: a single one, as SA or AR, may be part of the name."""
    return re.compile(
        rf"(?<=[^\s,])[\s,]+(?P<regime>{_any_of([form for form in _LEGAL_FORMS if ' ' in form.split('(')[0].strip()])}"
        r"|S\.?\s?A\.?[\s,]+DE[\s,]+C\.?\s?V\.?|S\.?\s?A\.?\s?P\.?\s?I\.?[\s,]+DE[\s,]+C\.?\s?V\.?)(?=[\s,()\-/]+[^\s,()\-/])"
    )


def capital_regime(name: str) -> str | None:
    """The regime at the end of the name or, behind its first word, within it; as the name has it."""
    folded = fold_upper(name)
    match = trailing_regime().search(folded) or _inner_regime().search(folded)
    return name[match.start("regime") : match.end("regime")] if match else None


def without_capital_regimes(name: str) -> str:
    """The name without the regimes that trail it or stand within it; one that is nothing else stays as it is."""
    name = without_capital_regime(name)
    while match := _inner_regime().search(fold_upper(name)):
        name = f"{name[: match.start('regime')].rstrip(_SEPARATORS)} {name[match.end('regime') :].lstrip(_SEPARATORS)}"
    return without_capital_regime(name)


def normalize_name(text: str) -> str:
    """A legal name as SAT registers it: capitals and single spaces; `Ñ`, `&`, accents, dots and quotes stay."""
    return single_line(single_line(text).upper())


def without_capital_regime(name: str) -> str:
    """The name without the regimes that trail it; a name that is nothing else stays as it is."""
    while (match := trailing_regime().search(fold_upper(name))) and (rest := name[: match.start()].rstrip(_SEPARATORS)):
        name = rest
    return name


def fold_upper(text: str) -> str:
    """Capitals without accents, character by character, so that positions are those of the (NFC) text."""
    return text.upper() if text.isascii() else "".join(map(_fold_character, text))


@lru_cache(10_000)
def _fold_character(character: str) -> str:
    return (fold(character)[:1] or character).upper()[:1]
