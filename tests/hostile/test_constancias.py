"""Constancias as they come: unknown regimes, broken tables, other taxpayers, suspended ones, scans; and names."""

from typing import Any

import pytest

import models
from domain.bank_account import BankData, account_problems
from domain.cfdi_profile import Receptor, readiness, update_cfdi_profile
from domain.constancia import interpret
from domain.legal_name import without_capital_regimes
from domain.tax_certificate import apply_cfdi_profile_proposal
from models.bank_account import BankAccountRole
from storage.pdf import Pdf
from tests.constancia import COMPANY
from tests.fixtures import NOON, Company
from tests.writing import Writer, events, rows

TODAY = NOON.date()
HEAD = "RFC: EKU9003173C9 idCIF: 1"
AGRICULTURAL = "Régimen de Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras PM"


@pytest.fixture
def mine(company: Any) -> Company:
    return company()


def regimes(*pages: str) -> list[tuple[str | None, str, int]]:
    reading = interpret(Pdf([f"{HEAD} {pages[0]}", *pages[1:]]))
    return [(each["code"], each["since"], each["page"]) for each in reading["regimes"]]


# K02

TABLE = "Regímenes: Régimen Fecha Inicio Fecha Fin"


@pytest.mark.parametrize(
    ("pages", "read"),
    [
        # Broken between two rows, with the page's number and the heading again.
        (
            (
                f"{TABLE} Régimen General de Ley Personas Morales 17/03/1990 Página [1] de [3]",
                "Página [2] de [3] Régimen Fecha Inicio Fecha Fin Régimen Simplificado de Confianza 01/01/2022"
                " Obligaciones: Pago 01/01/2022",
            ),
            [("601", "1990-03-17", 1), ("626", "2022-01-01", 2)],
        ),
        # The heading at the foot of a page, all rows on the next one.
        (
            (f"{TABLE} Página [1] de [3]", "Régimen General de Ley Personas Morales 17/03/1990 Obligaciones:"),
            [("601", "1990-03-17", 2)],
        ),
        # Within a name.
        (
            (
                f"{TABLE} Régimen de las Personas Físicas con Actividades Página [1] de [3]",
                "Régimen Fecha Inicio Fecha Fin Empresariales y Profesionales 01/02/2010 Obligaciones:",
            ),
            [("612", "2010-02-01", 2)],
        ),
        # Over three pages, without an end.
        (
            (TABLE, "Régimen de Arrendamiento 01/02/2010", "Demás ingresos 03/04/2011"),
            [("606", "2010-02-01", 2), ("608", "2011-04-03", 3)],
        ),
        # Wrapped cells, whose dates stand in the first line.
        (
            (
                f"{TABLE} Régimen de Sueldos y Salarios e Ingresos 01/02/2010 Asimilados a Salarios"
                " Régimen de Incorporación Fiscal 01/01/2014 31/12/2021 Régimen de las Personas Físicas con"
                " 01/01/2022 Actividades Empresariales y Profesionales Obligaciones: Pago",
            ),
            [("605", "2010-02-01", 1), ("621", "2014-01-01", 1), ("612", "2022-01-01", 1)],
        ),
        (
            (f"{TABLE} Régimen de las Actividades Empresariales con ingresos a través 01/02/2020"
             " de Plataformas Tecnológicas Sus datos personales",),
            [("625", "2020-02-01", 1)],
        ),
        # A page's own noise with digits in it.
        (
            (
                f"{TABLE} Régimen de Arrendamiento 01/02/2010",
                "Contacto Av. Hidalgo 77, col. Guerrero, C.P. 06300 Atención 55 627 22 728 Demás ingresos 03/04/2011",
            ),
            [("606", "2010-02-01", 1), ("608", "2011-04-03", 2)],
        ),
    ],
    ids=["between rows", "next page", "within a name", "three pages", "wrapped", "wrapped last", "noise"],
)  # fmt: skip
def test_tables_over_pages_and_wrapped_cells(pages: tuple[str, ...], read: list[Any]) -> None:
    assert regimes(*pages) == read


def test_a_heading_in_capitals_without_accents_is_one() -> None:
    page = "REGIMENES: REGIMEN FECHA INICIO FECHA FIN REGIMEN GENERAL DE LEY PERSONAS MORALES 17/03/1990 OBLIGACIONES:"
    assert regimes(page) == [("601", "1990-03-17", 1)]


# K01


def certificate(mine: Company, client: Any, *listed: str | None, **values: str) -> Any:
    """A constancia whose regimes have these codes; None is one that is not known."""
    value = {"page": 1, "origin": "TEXT"}
    stated = {"rfc": "EKU9003173C9", "name": "ESCUELA KEMPER URGATE", "postal_code": "42501"} | values
    reading: dict[str, Any] = {"status": "READ"} | {name: value | {"value": text} for name, text in stated.items()}
    reading["regimes"] = [
        {"code": code, "name": f"Régimen {code}", "since": "2020-01-01", "until": None, "page": 1} for code in listed
    ]
    return mine.add(models.Document, client_id=client, kind="TAX_STATUS_CERTIFICATE", reading=reading)


def test_a_regime_of_another_name_is_known_by_its_words() -> None:
    assert regimes(f"{TABLE} {AGRICULTURAL} 01/01/2015 Obligaciones:") == [("622", "2015-01-01", 1)]


@pytest.mark.claims(
    "docs/documents.md",
    "So it has where none was read, or one has a name that the catalog does not know.",
)
@pytest.mark.parametrize(
    ("listed", "given", "done"),
    [
        ((None,), {}, "TAX_REGIME_UNREAD"),
        ((None,), {"tax_regime": "622"}, "622"),
        ((None,), {"tax_regime": "605"}, "TAX_REGIME_PERSON_KIND"),
        ((None,), {"tax_regime": "999"}, "TAX_REGIME_UNKNOWN"),
        (("601", None), {}, "TAX_REGIME_UNREAD"),
        (("601", None), {"tax_regime": "601"}, "601"),
        (("601", None), {"tax_regime": " 622 "}, "622"),
        (("601",), {}, "601"),
        (("601",), {"tax_regime": "622"}, "TAX_REGIME_NOT_LISTED"),
        (("601", "622"), {}, "TAX_REGIME_CHOICE"),
        (("601", "622"), {"tax_regime": "603"}, "TAX_REGIME_NOT_LISTED"),
        (("601", "601"), {}, "601"),
        ((), {}, "TAX_REGIME_NONE"),
        ((), {"tax_regime": "601"}, "601"),
    ],
)
def test_a_regime_that_is_not_known_is_asked_for(mine: Company, owner: Any, listed: Any, given: Any, done: str) -> None:
    """Case K01."""
    writer, client = Writer(mine), mine.client()
    input = {"document_id": certificate(mine, client, *listed), "include_address": False, **given}
    if done.isdigit():
        writer.do(apply_cfdi_profile_proposal, input)
        assert rows(owner, mine, models.CfdiProfile, "tax_regime") == [done]
    else:
        assert writer.refused(apply_cfdi_profile_proposal, input) == [(done, ("tax_regime",))]


# K03


@pytest.mark.claims(
    "docs/documents.md",
    "The constancia of another RFC than the client's has to be confirmed.",
)
@pytest.mark.parametrize("rfc", ["URE180429TM6", "XAXX010101000"])
def test_the_constancia_of_another_taxpayer_is_confirmed(mine: Company, owner: Any, rfc: str) -> None:
    """Case K03."""
    writer, client = Writer(mine), mine.client(rfc=rfc)
    input = {"document_id": certificate(mine, client, "601"), "include_address": False}
    assert writer.refused(apply_cfdi_profile_proposal, input) == [("CERTIFICATE_OF_ANOTHER", ("confirmed",))]
    writer.do(apply_cfdi_profile_proposal, input | {"confirmed": True})
    assert rows(owner, mine, models.Client, "rfc") == ["EKU9003173C9"]


@pytest.mark.parametrize("rfc", ["EKU9003173C9", None])
def test_the_clients_own_constancia_is_not(mine: Company, owner: Any, rfc: str | None) -> None:
    writer, client = Writer(mine), mine.client(rfc=rfc)
    writer.do(apply_cfdi_profile_proposal, {"document_id": certificate(mine, client, "601"), "include_address": False})
    assert rows(owner, mine, models.Client, "rfc") == ["EKU9003173C9"]


# K04


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ACTIVO", "ACTIVE"), ("REACTIVADO", "ACTIVE"), ("SUSPENDIDO", "SUSPENDED"), ("Suspendido", "SUSPENDED"),
        ("CANCELADO", "CANCELLED"), ("CANCELADO POR DEFUNCIÓN", "CANCELLED"), ("OTRO", None),
    ],
)  # fmt: skip
def test_the_status_is_read(written: str, read: str | None) -> None:
    reading = interpret(Pdf([f"{HEAD} Estatus en el padrón: {written} Fecha de último cambio de estado: 1 DE MAYO"]))
    assert reading.get("taxpayer_status", {}).get("value") == read


def test_a_suspended_taxpayer_stays_warned_of(mine: Company, owner: Any) -> None:
    """Case K04."""
    writer, client = Writer(mine), mine.client()
    suspended = certificate(mine, client, "601", taxpayer_status="SUSPENDED")
    warned = writer.warned(apply_cfdi_profile_proposal, {"document_id": suspended, "include_address": False})
    assert ("TAXPAYER_SUSPENDED", ("taxpayer_status",)) in warned
    writer.do(update_cfdi_profile, {"client_id": client, "cfdi_use": "G03"})

    def current() -> Any:
        return rows(owner, mine, models.CfdiProfile, "taxpayer_status")[-1]

    assert current() == "SUSPENDED"
    assert {"field": "taxpayer_status", "from": None, "to": "SUSPENDED"} in events(owner, mine)[0][1]["changes"]
    active = certificate(mine, client, "601", taxpayer_status="ACTIVE")
    writer.do(apply_cfdi_profile_proposal, {"document_id": suspended, "include_address": False})
    writer.do(apply_cfdi_profile_proposal, {"document_id": active, "include_address": False})
    assert current() == "ACTIVE"
    writer.do(update_cfdi_profile, {"client_id": client, "rfc": "URE180429TM6"})
    assert current() is None


def test_readiness_warns_of_it() -> None:
    codes = [
        [p.code.name for p in readiness(Receptor(taxpayer_status=status), TODAY).warnings if "TAXPAYER" in p.code.name]
        for status in (None, "ACTIVE", "SUSPENDED", "CANCELLED")
    ]
    assert codes == [[], [], ["TAXPAYER_SUSPENDED"], ["TAXPAYER_CANCELLED"]]


# K05

ADDRESS = ("street", "exterior_number", "interior_number", "neighborhood", "municipality", "state", "reference")


def plain(text: str) -> str:
    return text.translate(str.maketrans("áéíóúÁÉÍÓÚñÑ", "aeiouAEIOUnN"))


@pytest.mark.parametrize("change", [plain, str.upper, lambda text: plain(text).upper()])
def test_text_without_accents_is_read_all_the_same(change: Any) -> None:
    """Case K05."""
    text = change("\n".join([*COMPANY[:18], "Actividades Económicas:", "Orden Actividad 1 Escuelas", *COMPANY[18:]]))
    reading = interpret(Pdf([text]))
    expected = interpret(Pdf(["\n".join(COMPANY)]))
    assert {name: reading[name]["value"] for name in ("rfc", "name", *ADDRESS) if name in reading} == {
        name: expected[name]["value"] for name in ("rfc", "name", *ADDRESS) if name in expected
    }
    assert [each["code"] for each in reading["regimes"]] == ["601"]


@pytest.mark.claims(
    "docs/documents.md",
    "What is not certainly in its place, as in a scan whose columns were lost, is not proposed.",
)
@pytest.mark.parametrize(
    "text",
    [
        # All labels, then all values.
        "Código Postal: Tipo de Vialidad: Nombre de Vialidad: Número Exterior: Nombre de la Colonia: Nombre del"
        " Municipio o Demarcación Territorial: Nombre de la Entidad Federativa: Entre Calle: Y Calle: 42501 CALLE"
        " JUAREZ 12 CENTRO ACTOPAN HIDALGO HIDALGO MORELOS",
        # Two columns, each read to its end.
        "Código Postal: 42501 Nombre de Vialidad: Número Interior: Nombre de la Localidad: JUAREZ ACTOPAN Nombre de la"
        " Entidad Federativa: Tipo de Vialidad: CALLE",
        # Labels that are not known end up in the values.
        "Nombre de Vialidad: JUAREZ Nombre del Municipio o Demarcación Territorial: ACTOPAN Nombre de la Entidad"
        " Federativa: HIDALGO Y Cal1e: MORELOS Entre Calle: HIDALGO C0rreo: x@y.mx",
    ],
)
def test_columns_that_were_lost_fill_nothing_with_rubbish(text: str) -> None:
    reading = interpret(Pdf([f"{HEAD} {text}"]))
    assert [name for name in ADDRESS if name in reading] in ([], ["street", "municipality"])


def test_a_name_in_the_wrong_place_is_none() -> None:
    reading = interpret(Pdf([f"{HEAD} Nombre (s): Primer Apellido: Segundo Apellido: XOCHILT CASAS CHAVEZ CURP: X"]))
    assert "name" not in reading


# K07


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("ACME SOCIEDAD ANONIMA PROMOTORA DE INVERSION DE CAPITAL VARIABLE", "ACME"),
        ("ACME SOCIEDAD COOPERATIVA DE RESPONSABILIDAD LIMITADA", "ACME"),
        ("ACME, SOCIEDAD COOPERATIVA DE RESPONSABILIDAD LIMITADA DE CAPITAL VARIABLE", "ACME"),
        ("ACME SRL DE CV", "ACME"),
        ("ACME S.R.L. DE C.V.", "ACME"),
        ("ACME S. DE R.L.", "ACME"),
        ("ACME S DE RL DE CAPITAL VARIABLE", "ACME"),
        ("ACME SA DE CAPITAL VARIABLE", "ACME"),
        ("ACME SOCIEDAD ANÓNIMA BURSÁTIL DE C.V.", "ACME"),
        ("ACME SAPI", "ACME"),
        ("ACME S.C.", "ACME"),
        ("ACME A.C.", "ACME"),
        ("ACME S.A.S. DE C.V.", "ACME"),
        ("ACME SOCIEDAD DE PRODUCCION RURAL DE RESPONSABILIDAD LIMITADA", "ACME"),
        ("ACME SOCIEDAD FINANCIERA DE OBJETO MULTIPLE, ENTIDAD NO REGULADA", "ACME"),
        ("ACME SA DE CV SOFOM ENR", "ACME"),
        ("ACME INSTITUCION DE ASISTENCIA PRIVADA", "ACME"),
        ("ACME, S.A. DE C.V., SUCURSAL NORTE", "ACME SUCURSAL NORTE"),
        ("ACME SOCIEDAD ANONIMA DE CAPITAL VARIABLE (MEXICO)", "ACME (MEXICO)"),
        ("ACME S DE RL DE CV PLANTA 2", "ACME PLANTA 2"),
    ],
)
def test_legal_forms_are_noticed_with_a_suggestion(name: str, without: str) -> None:
    """Case K07."""
    problems = readiness(Receptor(rfc="EKU9003173C9", name=name), TODAY).problems
    [problem] = [each for each in problems if each.code.name == "CAPITAL_REGIME_IN_NAME"]
    assert problem.suggestion == without == without_capital_regimes(name)


@pytest.mark.parametrize(
    "name",
    ["GRUPO SA NORTE", "SOCIEDAD COOPERATIVA PESCADORES DE GUAYMAS", "ESCUELA KEMPER URGATE", "SALSAS AC NIELSEN",
     "CASA SAPIENCIA", "SOCIEDAD DE AUTORES Y COMPOSITORES DE MEXICO"],
)  # fmt: skip
def test_names_without_one_are_not(name: str) -> None:
    problems = readiness(Receptor(rfc="EKU9003173C9", name=name), TODAY).problems
    assert [each.code.name for each in problems if each.code.name == "CAPITAL_REGIME_IN_NAME"] == []


# K09


@pytest.mark.parametrize(
    ("form", "role", "number", "es", "en"),
    [
        ("03", "DEPOSIT", "1" * 17, "10 o 18 dígitos; escribió 17.", "10 or 18 digits; you wrote 17."),
        ("03", "PAYER", "1" * 17, "10, 16 o 18 dígitos; escribió 17.", "10, 16 or 18 digits; you wrote 17."),
        ("02", "PAYER", "1" * 12, "11 o 18 dígitos; escribió 12.", "11 or 18 digits; you wrote 12."),
        ("04", "PAYER", "1" * 15, "16 dígitos; escribió 15.", "16 digits; you wrote 15."),
        ("06", "PAYER", "1" * 9, "10 dígitos; escribió 9.", "10 digits; you wrote 9."),
        ("29", "PAYER", "1" * 14, "15 o 16 dígitos; escribió 14.", "15 or 16 digits; you wrote 14."),
        (
            "05", "PAYER", "1" * 9,
            "10, 11, 15, 16 o 18 dígitos, o 10–50 letras, dígitos y guiones bajos; escribió 9.",
            "10, 11, 15, 16 or 18 digits, or 10–50 letters, digits and underscores; you wrote 9.",
        ),
        ("03", "PAYER", "12A", "10, 16 o 18 dígitos; escribió 3 caracteres (12A).",
         "10, 16 or 18 digits; you wrote 3 characters (12A)."),
    ],
)  # fmt: skip
def test_a_number_of_the_wrong_length_is_told_so(form: str, role: str, number: str, es: str, en: str) -> None:
    """Case K09."""
    data = BankData(payment_form=form, role=BankAccountRole(role), account_number=number)
    [problem] = account_problems(data, TODAY)
    assert problem.message_es.endswith(f" lleva {es}")
    assert problem.message_en.endswith(f" has {en}")
