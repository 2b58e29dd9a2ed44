"""Addresses, telephones and accounts as people read them."""

import pytest

from domain.bank_account import mask_account_number
from domain.formatted import format_account, format_address, format_phone

NOTHING = dict.fromkeys(
    ("exterior_number", "interior_number", "neighborhood", "locality", "municipality", "state", "postal_code")
)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            {
                "street": "Av. Juárez", "exterior_number": "12", "interior_number": "3", "neighborhood": "Centro",
                "locality": "Ciudad de México", "municipality": "Cuauhtémoc", "state": "CMX", "postal_code": "06000",
            },
            ["Av. Juárez 12, Int. 3", "Centro", "06000 Cuauhtémoc, Ciudad de México"],
        ),
        (
            {
                "street": "Zaragoza", "exterior_number": "S/N", "interior_number": "Piso 2", "locality": "MONTERREY",
                "municipality": "Monterrey", "state": "NLE", "postal_code": "64000",
            },
            ["Zaragoza S/N, Piso 2", "64000 Monterrey, Nuevo León"],
        ),
        (
            {"street": "Hidalgo", "locality": "Tequila", "municipality": "Amatitán", "state": "JAL"},
            ["Hidalgo", "Tequila, Amatitán, Jalisco"],
        ),
        ({"street": "Domicilio conocido"}, ["Domicilio conocido"]),
        ({"street": "Domicilio conocido", "postal_code": "64000"}, ["Domicilio conocido", "64000"]),
        (
            {
                "country": "USA", "street": "Main St", "exterior_number": "5", "interior_number": "B",
                "municipality": "Laredo", "state": "TX", "postal_code": "78040",
            },
            ["Main St 5, Int. B", "Laredo, Texas 78040", "ESTADOS UNIDOS"],
        ),
        (
            {
                "country": "ESP", "street": "Gran Vía", "exterior_number": "1", "municipality": "Madrid",
                "postal_code": "28013",
            },
            ["Gran Vía 1", "28013 Madrid", "ESPAÑA"],
        ),
    ],
)  # fmt: skip
def test_an_address_is_written_as_on_an_envelope(address: dict[str, str], lines: list[str]) -> None:
    formatted = format_address(NOTHING | {"country": "MEX"} | address)
    assert (formatted.lines, formatted.text) == (lines, ", ".join(lines))


@pytest.mark.parametrize(
    ("number", "extension", "written"),
    [
        ("+525512345678", None, ("55 1234 5678", "55 1234 5678", "+52 55 1234 5678", "tel:+525512345678")),
        (
            "+528112345678",
            "12",
            ("81 1234 5678 ext. 12", "81 1234 5678 ext. 12", "+52 81 1234 5678 ext. 12", "tel:+528112345678;ext=12"),
        ),
        (
            "+12125550123",
            "7",
            ("+1 212-555-0123 ext. 7", "(212) 555-0123 ext. 7", "+1 212-555-0123 ext. 7", "tel:+12125550123;ext=7"),
        ),
        ("+99912345", None, ("+99912345", "+99912345", "+99912345", "tel:+99912345")),
        ("+52", "1", ("+52 ext. 1", "+52 ext. 1", "+52 ext. 1", "tel:+52;ext=1")),
    ],
)
def test_a_telephone_has_the_groups_of_its_country(
    number: str, extension: str | None, written: tuple[str, ...]
) -> None:
    phone = format_phone(number, extension)
    assert (phone.text, phone.national, phone.international, phone.uri) == written


@pytest.mark.parametrize(
    ("number", "whole", "masked"),
    [
        ("002010077777777771", "002 010 07777777777 1", "•••• 7771"),
        ("002010077777777772", "002010077777777772", "•••• 7772"),
        ("4111111111111111", "4111 1111 1111 1111", "•••• 1111"),
        ("371449635398431", "3714 496353 98431", "•••• 8431"),
        ("0123456789", "0123456789", "•••• 6789"),
        ("1234", "1234", "••••"),
        ("ES9121000418450200051332", "ES9121000418450200051332", "•••• 1332"),
        ("٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥", "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥", "•••• ٢٣٤٥"),
    ],
)
def test_an_account_is_grouped_or_masked(number: str, whole: str, masked: str) -> None:
    shown, hidden = format_account(number), format_account(number, mask_account_number)
    assert (shown.text, shown.is_masked) == (whole, False)
    assert (hidden.text, hidden.is_masked) == (masked, True)
