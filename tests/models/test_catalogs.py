"""The catalogs hold what the official ones hold: counts, spot values, every use and regime pair, border zones."""

import csv
import lzma
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.catalogs import (
    BANKS,
    CFDI_USES,
    COUNTRIES,
    CURRENCIES,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    POSTAL_CODES,
    STATES,
    TAX_REGIMES,
    Catalog,
    Entry,
    PersonKind,
    Place,
)

DATA = Path(__file__).parents[2] / "models" / "catalogs" / "data"
TODAY = date(2026, 11, 25)
PERSON, COMPANY = PersonKind.PERSON, PersonKind.COMPANY
REGIMES = [
    "601", "603", "605", "606", "607", "608", "610", "611", "612", "614",
    "615", "616", "620", "621", "622", "623", "624", "625", "626",
]  # fmt: skip

# c_UsoCFDI against c_RegimenFiscal, one bit for each regime in the order above; then the kinds of person.
BUSINESS = "1101000010001111111"
DEDUCTION = "0011110111100000010"
ANY = "1" * 19
USES = {
    **dict.fromkeys(["G01", "G03", *(f"I0{n}" for n in range(1, 9))], (BUSINESS, "PC")),
    "G02": ("1101000010011111111", "PC"),
    **dict.fromkeys([f"D{n:02}" for n in range(1, 11)], (DEDUCTION, "P")),
    "S01": (ANY, "PC"),
    "CP01": (ANY, "PC"),
    "CN01": ("0010000000000000000", "P"),
}


@pytest.mark.parametrize(
    ("catalog", "count"),
    [
        (TAX_REGIMES, 19),
        (CFDI_USES, 24),
        (PAYMENT_FORMS, 22),
        (PAYMENT_METHODS, 2),
        (CURRENCIES, 183),
        (COUNTRIES, 250),
        (STATES, 95),
        (BANKS, 135),
    ],
)
def test_counts(catalog: Catalog[Any], count: int) -> None:
    assert len(catalog) == count
    codes = [entry.code for entry in catalog]
    assert len(set(codes)) == count
    assert all(entry.name == entry.name.strip() != "" for entry in catalog)


def test_every_use_and_regime_pair() -> None:
    derived = {
        use.code: (
            "".join("1" if regime in use.tax_regimes else "0" for regime in REGIMES),
            "".join(letter for letter, kind in (("P", PERSON), ("C", COMPANY)) if kind in use.person_kinds),
        )
        for use in CFDI_USES
    }
    assert derived == USES
    assert sum(pairs.count("1") for pairs, _ in USES.values()) == 10 * 11 + 12 + 10 * 9 + 19 + 19 + 1


def test_the_kinds_of_person_of_every_regime() -> None:
    both, company = {"610", "626"}, {"601", "603", "620", "622", "623", "624"}
    assert [regime.code for regime in TAX_REGIMES] == REGIMES
    for regime in TAX_REGIMES:
        expected = {PERSON, COMPANY} if regime.code in both else {COMPANY} if regime.code in company else {PERSON}
        assert regime.person_kinds == expected, regime.code


@pytest.mark.parametrize(
    ("catalog", "codes"),
    [
        (TAX_REGIMES, ["609", "628", "629", "630"]),
        (CFDI_USES, ["P01"]),
        (PAYMENT_FORMS, ["07", "09", "10", "11", "16", "98"]),
    ],
)
def test_withdrawn_codes_are_not_in_the_catalogs(catalog: Catalog[Any], codes: list[str]) -> None:
    assert [code for code in codes if code in catalog] == []


def test_validity_is_dated() -> None:
    assert CURRENCIES.get("VES", date(2023, 5, 28)) is None
    assert CURRENCIES.get("VES", date(2023, 5, 29)) is CURRENCIES.get("VES")
    assert TAX_REGIMES.all(date(2021, 12, 31)) == ()
    assert len(TAX_REGIMES.all(date(2022, 1, 1))) == 19
    assert TAX_REGIMES.get(None) is None
    assert TAX_REGIMES.get("") is None


def test_both_dates_belong_to_the_validity() -> None:
    entry = Entry(code="P01", name="Por definir", valid_from=date(2017, 3, 31), valid_to=date(2023, 6, 30))
    assert [entry.valid(date(2017, 3, 30)), entry.valid(date(2017, 3, 31))] == [False, True]
    assert [entry.valid(date(2023, 6, 30)), entry.valid(date(2023, 7, 1))] == [True, False]


def test_search_ignores_case_and_accents() -> None:
    assert [regime.code for regime in TAX_REGIMES.search("regimen simplificado")] == ["626"]
    assert [bank.code for bank in BANKS.search("BAJIO")] == ["030"]
    assert [form.code for form in PAYMENT_FORMS.search("03")] == ["03"]
    assert BANKS.search("no such bank") == ()


def test_account_patterns_by_payment_form() -> None:
    deposit = "[0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50}"
    assert {form.code: (form.payer_account, form.deposit_account) for form in PAYMENT_FORMS if form.payer_account} == {
        "02": ("[0-9]{11}|[0-9]{18}", deposit),
        "03": ("[0-9]{10}|[0-9]{16}|[0-9]{18}", "[0-9]{10}|[0-9]{18}"),
        "04": ("[0-9]{16}", deposit),
        "05": (deposit, deposit),
        "06": ("[0-9]{10}", None),
        "28": ("[0-9]{16}", deposit),
        "29": ("[0-9]{15,16}", deposit),
    }
    assert [form.code for form in PAYMENT_FORMS if form.banked] == ["02", "03", "04", "05", "06", "28", "29"]


def test_currencies_have_their_decimals() -> None:
    decimals = {currency.code: currency.decimals for currency in CURRENCIES}
    assert {code: decimals[code] for code in ("MXN", "USD", "JPY", "KWD", "CLF", "XXX")} == {
        "MXN": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4, "XXX": 0,
    }  # fmt: skip
    assert Counter(decimals.values()) == {0: 31, 2: 144, 3: 7, 4: 1}


def test_countries_with_a_tax_id_pattern() -> None:
    patterns = {country.code: country.tax_id_pattern for country in COUNTRIES if country.tax_id_pattern}
    assert patterns == {
        "CAN": "[0-9]{9}",
        "MEX": "[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]",
        "USA": "[0-9]{9}",
    }


def test_banks_have_two_codes_that_are_not_confused() -> None:
    bbva = BANKS.get("012")
    assert bbva is not None
    assert (bbva.banxico_code, bbva.name, bbva.rfc, bbva.active) == ("40012", "BBVA México", "BBA830831LJ2", True)
    assert BANKS.get("001") is not None
    assert BANKS.get("2001") is None
    assert BANKS.get("40012") is None
    assert all(len(bank.code) == 3 and bank.code.isdigit() for bank in BANKS)


def test_a_bank_that_left_is_named_but_not_offered() -> None:
    ixe = BANKS.get("032")
    assert ixe is not None
    assert not ixe.active
    assert BANKS.get("032", TODAY) is None
    assert len(BANKS.all(TODAY)) == sum(bank.active for bank in BANKS) == 98


def test_bank_rfcs() -> None:
    rfcs = {bank.code: bank.rfc for bank in BANKS if bank.rfc}
    assert len(rfcs) == len(set(rfcs.values())) == 72
    assert {code: rfcs[code] for code in ("002", "009", "014", "060", "072")} == {
        "002": "BNM840515VB1",
        "009": "BNO670315CD0",
        "014": "BSM970519DU8",
        "060": "BAN950525MD6",
        "072": "BMN930209927",
    }


def test_every_mexican_state_has_a_time_zone() -> None:
    assert Counter(state.country for state in STATES) == {"MEX": 32, "USA": 50, "CAN": 13}
    assert all((state.time_zone is not None) == (state.country == "MEX") for state in STATES)


def every_postal_code() -> list[str]:
    return [code for code in (f"{number:05}" for number in range(100_000)) if code in POSTAL_CODES]


def test_postal_codes_by_state_border_and_time_zone() -> None:
    codes = every_postal_code()
    found = [place for code in codes if (place := POSTAL_CODES.get(code))]
    assert len(codes) == len(found) == len(POSTAL_CODES) == 95_749
    assert Counter(place.border_incentive for place in found) == {0: 89_573, 1: 5_519, 2: 657}
    assert Counter(place.state.code for place in found) == {
        "AGU": 999, "BCN": 2000, "BCS": 1000, "CAM": 1000, "CHH": 3000, "CHP": 2000, "CMX": 16_000, "COA": 3000,
        "COL": 970, "DUR": 2000, "GRO": 3000, "GUA": 3000, "HID": 2000, "JAL": 6000, "MEX": 7831, "MIC": 4000,
        "MOR": 1000, "NAY": 1001, "NLE": 4000, "OAX": 3989, "PUE": 4000, "QUE": 1000, "ROO": 1000, "SIN": 3000,
        "SLP": 2000, "SON": 3000, "TAB": 1000, "TAM": 3000, "TLA": 993, "VER": 5966, "YUC": 1000, "ZAC": 2000,
    }  # fmt: skip
    assert Counter(place.time_zone.removeprefix("America/") for place in found) == {
        "Mexico_City": 67_748, "Monterrey": 9_960, "Mazatlan": 4_990, "Hermosillo": 3_000, "Chihuahua": 2_120,
        "Matamoros": 2_040, "Merida": 2_000, "Tijuana": 2_000, "Cancun": 1_000, "Ciudad_Juarez": 830,
        "Ojinaga": 50, "Bahia_Banderas": 11,
    }  # fmt: skip
    assert sum(place.municipality is not None for place in found) == 95_749 - 62_957 - 1  # 00000 names none
    assert sum(place.locality is not None for place in found) == 95_749 - 83_507 - 1


def test_municipalities_whose_zone_is_not_their_state_s() -> None:
    expected = {
        "America/Ciudad_Juarez": {
            ("CHH", n) for n in ("Ascensión", "Guadalupe", "Janos", "Juárez", "Praxedis G. Guerrero")
        },
        "America/Ojinaga": {("CHH", n) for n in ("Coyame del Sotol", "Manuel Benavides", "Ojinaga")},
        "America/Bahia_Banderas": {("NAY", "Bahía de Banderas")},
        "America/Matamoros": {
            *(("COA", n) for n in ("Acuña", "Allende", "Guerrero", "Hidalgo", "Jiménez", "Morelos", "Nava", "Ocampo")),
            *(("COA", n) for n in ("Piedras Negras", "Villa Unión", "Zaragoza")),
            ("NLE", "Anáhuac"),
            *(("TAM", n) for n in ("Camargo", "Guerrero", "Gustavo Díaz Ordaz", "Matamoros", "Mier")),
            *(("TAM", n) for n in ("Miguel Alemán", "Nuevo Laredo", "Reynosa", "Río Bravo", "Valle Hermoso")),
        },
    }
    found: dict[str, set[tuple[str, str]]] = {}
    for place in map(POSTAL_CODES.get, every_postal_code()):
        if place and place.municipality and place.time_zone != place.state.time_zone:
            found.setdefault(place.time_zone, set()).add((place.state.code, place.municipality.name))
    assert found == expected


@pytest.mark.parametrize(
    ("code", "state", "municipality", "locality", "border", "zone"),
    [
        ("01000", "CMX", Place("010", "Álvaro Obregón"), Place("01", "Ciudad de México"), 0, "America/Mexico_City"),
        ("01001", "CMX", None, None, 0, "America/Mexico_City"),
        ("22000", "BCN", Place("004", "Tijuana"), Place("04", "Tijuana"), 1, "America/Tijuana"),
        ("32000", "CHH", Place("037", "Juárez"), Place("06", "Juárez"), 1, "America/Ciudad_Juarez"),
        ("32880", "CHH", Place("052", "Ojinaga"), Place("13", "Manuel Ojinaga"), 1, "America/Ojinaga"),
        ("63732", "NAY", Place("020", "Bahía de Banderas"), Place("12", "Bucerías"), 0, "America/Bahia_Banderas"),
        ("65000", "NLE", Place("005", "Anáhuac"), None, 1, "America/Matamoros"),
        ("77500", "ROO", Place("005", "Benito Juárez"), Place("01", "Cancún"), 0, "America/Cancun"),
        ("83000", "SON", Place("030", "Hermosillo"), Place("07", "Hermosillo"), 0, "America/Hermosillo"),
    ],
)
def test_a_postal_code_tells_its_place(
    code: str, state: str, municipality: Place | None, locality: Place | None, border: int, zone: str
) -> None:
    place = POSTAL_CODES.get(code)
    assert place is not None
    assert (place.code, place.state.code, place.municipality, place.locality) == (code, state, municipality, locality)
    assert (place.border_incentive, place.time_zone) == (border, zone)


@pytest.mark.parametrize("code", ["", "1000", "010000", "0100a", "٠١٠٠٠", "00001", "20640", "04 text", None])
def test_what_is_no_postal_code(code: str | None) -> None:
    assert POSTAL_CODES.get(code) is None


def test_data_files_name_their_source_and_stay_small() -> None:
    files = sorted(DATA.iterdir())
    assert len(files) == 15
    for file in files:
        text = lzma.decompress(file.read_bytes()) if file.suffix == ".xz" else file.read_bytes()
        comments = [line for line in text.decode().splitlines() if line.startswith("# ")]
        assert any("Source" in line for line in comments), file.name
    assert sum(file.stat().st_size for file in files) < 730_000


def test_postal_code_areas_refer_to_known_places() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        lines = (DATA / name).read_text(encoding="utf-8").splitlines()
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))

    municipalities = {(row["state"], row["code"]) for row in rows("municipalities.csv")}
    localities = {(row["state"], row["code"]) for row in rows("localities.csv")}
    areas = rows("postal_codes.csv")
    assert {(a["state"], a["municipality"]) for a in areas if a["municipality"]} == municipalities
    assert {(a["state"], a["locality"]) for a in areas if a["locality"]} <= localities
    assert (len(municipalities), len(localities)) == (2463, 664)
