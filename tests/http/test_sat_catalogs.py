"""The SAT's products and units to choose from, and their names beside the codes of lines."""

import re
from collections.abc import Sequence
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from models import Client, PriceList, PriceListItem, SalesDocument, SalesDocumentLine
from models.viewer import Role
from tests.cfdi import cfdi
from tests.fixtures import Company, global_id

MEGABYTE = 1 << 20
SEARCH = """query ($search: String, $codes: [String!], $on: Date, $first: Int! = 20) {
    satProducts(search: $search, codes: $codes, on: $on, first: $first) { code }
}"""


def codes(company: Company, search: str | None = None, **variables: Any) -> Sequence[str]:
    return [each["code"] for each in company.insist(SEARCH, search=search, **variables).data["satProducts"]]


@pytest.fixture
def mine(company: Any) -> Company:
    return company()


@pytest.mark.claims(
    "docs/sales.md",
    "`satProducts` and `satUnits` find them by words, accents, case and endings aside; the best match comes first.",
)
@pytest.mark.parametrize(
    ("search", "best"),
    [
        # The beginning of a name, the shorter ones first.
        ("tornillos", ["31161500", "27112102", "31161501"]),
        ("  TORNILLOS ", ["31161500", "27112102", "31161501"]),
        # A code, and what begins with it, in order.
        ("43211503", ["43211503"]),
        ("432115", ["43211500", "43211501", "43211502"]),
        # Words of the name, then similar words; accents and endings aside.
        ("maquina tornillo", ["31161504"]),
        ("cacahuate bambara", ["50405501", "50425301"]),
        ("notebook computadora", ["43211503"]),
        ("té", ["50201710", "50201715", "50201711"]),
        ("te", ["50201710", "50201715", "50201711"]),
    ],
)
def test_the_best_match_comes_first(mine: Company, search: str, best: list[str]) -> None:
    assert codes(mine, search)[: len(best)] == best


def test_a_product_is_shown_as_the_sat_has_it(mine: Company) -> None:
    query = """{ satProducts(codes: ["43211503"]) {
        code name similarWords validFrom validTo requiresIva requiresIeps borderIncentive
    } satUnits(search: "pieza", first: 1) { code name validFrom validTo }
    satTaxObjects(on: "2022-06-01") { code name validFrom validTo } }"""
    assert mine.ask(query, Role.READ_ONLY).data == {
        "satProducts": [
            {
                "code": "43211503", "name": "Computadores notebook", "similarWords": "Computadoras notebook",
                "validFrom": "2019-01-07", "validTo": None, "requiresIva": False, "requiresIeps": False,
                "borderIncentive": True,
            }
        ],
        "satUnits": [{"code": "H87", "name": "Pieza", "validFrom": None, "validTo": None}],
        "satTaxObjects": [
            {"code": code, "name": name, "validFrom": "2022-01-01", "validTo": None}
            for code, name in (
                ("01", "No objeto de impuesto."),
                ("02", "Sí objeto de impuesto."),
                ("03", "Sí objeto del impuesto y no obligado al desglose."),
            )
        ],
    }  # fmt: skip


def test_one_that_expired_is_found_on_its_days_and_by_its_code(mine: Company) -> None:
    assert "15101506" not in codes(mine, "gasolina", first=100)
    assert codes(mine, "gasolina", on="2020-01-15")[0] == "15101506"
    assert "15101506" not in codes(mine, "gasolina", on="2020-01-16")
    assert codes(mine, "15101506") == []
    assert codes(mine, codes=["56101504", "15101506", "00000000"]) == ["15101506", "56101504"]
    assert codes(mine, codes=["56101504", "15101506"], on="2026-01-01") == ["56101504"]
    assert codes(mine, "tornillos", on="2019-01-06") == []


def test_without_a_search_the_first_ones_come(mine: Company) -> None:
    assert codes(mine, first=3) == ["01010101", "10101500", "10101501"]
    assert codes(mine, first=0) == codes(mine, "tornillos", first=0) == []
    assert len(codes(mine, "de", first=100)) == 100


@pytest.mark.parametrize("search", ["", " ", "%", "_", "%%%", "\\", "'", '"', ":*", "!|&()", "<->", "\u200b", "🔩"])
def test_a_search_without_letters_is_none(mine: Company, search: str) -> None:
    assert codes(mine, search) == codes(mine)
    assert codes(mine, search, codes=["43211503"]) == ["43211503"]


@pytest.mark.parametrize(
    "search",
    ["a'b", "100%", "torn_llos", "x:*|!&", "tornillos') or true --", "ﬁ" * 200, "9" * 200, "ñ" * 200, "1e5 1.5 a@b.mx",
     "http://x.mx/y?z=1", "\U0010ffff" * 100 + "a", "a " * 100, "İ" * 200],
)  # fmt: skip
def test_any_text_can_be_searched_for(mine: Company, search: str) -> None:
    answer = mine.insist(SEARCH, search=search)
    assert "errors" not in answer.body
    units = mine.insist("query ($s: String) { satUnits(search: $s) { code } }", s=search)
    assert "errors" not in units.body


@pytest.mark.parametrize(
    ("variables", "code", "argument"),
    [
        ({"search": "x" * 201}, "SEARCH_TOO_LONG", "search"),
        ({"search": "tornillo " * 10_000}, "SEARCH_TOO_LONG", "search"),
        ({"search": "a\0b"}, "BAD_TEXT", "search"),
        ({"codes": ["a\0b"]}, "BAD_TEXT", "codes"),
        ({"codes": ["01010101"] * 101}, "PAGE_TOO_LONG", "codes"),
        ({"codes": [], "search": "x"}, "BAD_VALUE", "codes"),
        ({"first": 101}, "PAGE_TOO_LONG", "first"),
        ({"first": -1}, "BAD_PAGE", "first"),
    ],
)
def test_what_cannot_be_asked_for_is_told(mine: Company, variables: Any, code: str, argument: str) -> None:
    assert mine.ask(SEARCH, **variables).errors == [(code, "satProducts", argument)]


def test_the_process_that_searches_does_not_grow_by_the_catalog(mine: Company) -> None:
    """Its 52,514 rows would be some 25 MB of Python objects."""
    codes(mine, "tornillos", first=100)
    process = psutil.Process()
    before = process.memory_info().rss
    for word in ("pan", "acero", "servicio", "madera", "agua", "papel", "motor", "bomba", "cable", "leche"):
        assert codes(mine, word, first=100)
    assert process.memory_info().rss - before < 12 * MEGABYTE


# Beside the codes of lines

LINES = """query ($id: ID!) { salesDocument(id: $id) {
    lines { productCode product { code name validTo } unitCode unit { name } }
} }"""
ITEMS = """query ($id: ID!) { node(id: $id) { ... on SalesPriceList {
    items { nodes { sku product { name } unit { code name } } }
} } }"""


@pytest.mark.claims(
    "docs/sales.md",
    "`productCode` and `unitCode` of lines and of items are of the SAT's c_ClaveProdServ and c_ClaveUnidad.",
)
def test_a_line_names_its_product_and_unit(mine: Company) -> None:
    client = mine.client()
    note = mine.add(SalesDocument, client_id=client, type="SALES_NOTE", series="NV", state="DRAFT")
    for position, (product, unit) in enumerate([("56101504", "H87"), ("15101506", "LTR"), ("46111500", "ZZ9")], 1):
        mine.add(
            SalesDocumentLine, client_id=client, sales_document_id=note, position=position, description="x",
            product_code=product, unit_code=unit, quantity=1, unit_price=0, amount=0,
        )  # fmt: skip
    assert mine.ask(LINES, id=global_id(SalesDocument, note)).data["salesDocument"]["lines"] == [
        {
            "productCode": "56101504", "product": {"code": "56101504", "name": "Asientos", "validTo": None},
            "unitCode": "H87", "unit": {"name": "Pieza"},
        },
        {
            "productCode": "15101506", "product": {"code": "15101506", "name": "Gasolina", "validTo": "2020-01-15"},
            "unitCode": "LTR", "unit": {"name": "Litro"},
        },
        {"productCode": "46111500", "product": None, "unitCode": "ZZ9", "unit": None},
    ]  # fmt: skip


def test_names_of_many_lines_cost_no_statement_more(mine: Company, statements: Any) -> None:
    client = mine.client()
    note = mine.add(SalesDocument, client_id=client, type="SALES_NOTE", series="NV", state="DRAFT")
    for position in range(1, 51):
        mine.add(
            SalesDocumentLine, client_id=client, sales_document_id=note, position=position, description="x",
            product_code="56101504", unit_code="H87", quantity=1, unit_price=0, amount=0,
        )  # fmt: skip
    id = global_id(SalesDocument, note)
    statements()
    named = mine.ask(LINES, id=id).data["salesDocument"]["lines"]
    sent = statements()
    mine.ask("query ($id: ID!) { salesDocument(id: $id) { lines { productCode unitCode } } }", id=id)
    assert (len(named), {line["product"]["name"] for line in named}) == (50, {"Asientos"})
    assert sent == statements() == [1, 2]


def test_an_item_of_a_price_list_names_them_too(mine: Company) -> None:
    prices = mine.add(PriceList, name="Lista", currency="MXN")
    mine.add(
        PriceListItem, price_list_id=prices, sku="A", description="Silla", product_code="56101504", unit_code="H87",
        unit_price=1,
    )  # fmt: skip
    assert mine.ask(ITEMS, id=global_id(PriceList, prices)).data["node"]["items"]["nodes"] == [
        {"sku": "A", "product": {"name": "Asientos"}, "unit": {"code": "H87", "name": "Pieza"}}
    ]


CREATE = """mutation ($input: CreateSalesDocumentInput!) { createSalesDocument(input: $input) {
    salesDocument { lines { product { name } unit { name } } } userErrors { code path message }
} }"""
CREATE_ITEM = """mutation ($input: CreatePriceListItemInput!) { createPriceListItem(input: $input) {
    priceListItem { id product { name } } userErrors { code path }
} }"""
UPDATE_ITEM = """mutation ($input: UpdatePriceListItemInput!) { updatePriceListItem(input: $input) {
    priceListItem { product { name } } userErrors { code path }
} }"""
LINE = {"description": "Silla", "productCode": "56101504", "unitCode": "h87", "quantity": "2", "unitPrice": "500"}


@pytest.mark.claims(
    "docs/sales.md",
    "A code that is unknown, or out of force on the document's day, is refused (`CODE_UNKNOWN`, `CODE_NOT_IN_FORCE`).",
)
def test_a_document_states_codes_that_are_in_force(mine: Company) -> None:
    """All that is wrong with all lines is told at once."""
    of = {"clientId": global_id(Client, mine.client()), "type": "SALES_NOTE"}
    written = mine.ask(CREATE, input=of | {"lines": [LINE]}).data["createSalesDocument"]
    assert written == {
        "salesDocument": {"lines": [{"product": {"name": "Asientos"}, "unit": {"name": "Pieza"}}]}, "userErrors": [],
    }  # fmt: skip
    lines = [
        LINE | {"productCode": "56101599"},
        LINE,
        LINE | {"productCode": "15101506", "unitCode": "ZZ9"},
        LINE | {"productCode": "1", "unitCode": "ZZ9", "quantity": "0"},
    ]
    refused = mine.ask(CREATE, input=of | {"lines": lines}).data["createSalesDocument"]["userErrors"]
    assert sorted((".".join(error["path"]), error["code"]) for error in refused) == [
        ("lines.0.productCode", "CODE_UNKNOWN"),
        ("lines.2.productCode", "CODE_NOT_IN_FORCE"),
        ("lines.2.unitCode", "CODE_UNKNOWN"),
        ("lines.3.productCode", "CODE_UNKNOWN"),
        ("lines.3.quantity", "OUT_OF_RANGE"),
        ("lines.3.unitCode", "CODE_UNKNOWN"),
    ]
    [expired] = [error["message"] for error in refused if error["code"] == "CODE_NOT_IN_FORCE"]
    assert expired.startswith("La clave 15101506 no está vigente el ")


@pytest.mark.parametrize("code", ["5610\0504", "٥٦١٠١٥٠٤", "5" * 100_000, "5" * 300_000, "'", "56101504;", ""])
def test_what_is_no_code_at_all_is_told_once(mine: Company, code: str) -> None:
    of = {"clientId": global_id(Client, mine.client()), "type": "SALES_NOTE"}
    lines = [LINE | {"productCode": code, "unitCode": code}]
    errors = mine.ask(CREATE, input=of | {"lines": lines}).data["createSalesDocument"]["userErrors"]
    assert sorted(error["path"] for error in errors) == [["lines", "0", "productCode"], ["lines", "0", "unitCode"]]


def test_a_price_list_states_codes_that_are_in_force(mine: Company) -> None:
    prices = global_id(PriceList, mine.add(PriceList, name="Lista", currency="MXN"))
    item = {key: value for key, value in LINE.items() if key != "quantity"} | {"priceListId": prices, "sku": "A"}
    written = mine.ask(CREATE_ITEM, input=item | {"unitCode": "H87"}).data["createPriceListItem"]
    assert (written["userErrors"], written["priceListItem"]["product"]) == ([], {"name": "Asientos"})
    refused = mine.ask(CREATE_ITEM, input=item | {"sku": "B", "productCode": "15101506", "unitCode": "ZZ9"}).data
    assert [(error["code"], error["path"]) for error in refused["createPriceListItem"]["userErrors"]] == [
        ("CODE_NOT_IN_FORCE", ["productCode"]), ("CODE_UNKNOWN", ["unitCode"]),
    ]  # fmt: skip
    changed = mine.ask(UPDATE_ITEM, input={"id": written["priceListItem"]["id"], "productCode": "00000000"}).data
    assert [(error["code"], error["path"]) for error in changed["updatePriceListItem"]["userErrors"]] == [
        ("CODE_UNKNOWN", ["productCode"])
    ]


UNITS = """mutation ($input: CreateSalesDocumentInput!) { createSalesDocument(input: $input) {
    salesDocument { lines { unitCode unit { name } } } userErrors { code path }
} }"""
ITEM_UNIT = """mutation ($input: CreatePriceListItemInput!) { createPriceListItem(input: $input) {
    priceListItem { unitCode } userErrors { code path }
} }"""


@pytest.mark.claims("docs/sales.md", "Codes may be stated in small letters or capitals; the catalog's own are kept.")
def test_a_code_is_spelled_as_the_catalog_has_it(mine: Company, owner: Any) -> None:
    """Some units have small letters; two differ in nothing else."""
    in_force = "coalesce(valid_to >= current_date, true)"
    query = text(f"select code from sat_unit where code <> upper(code) and {in_force} order by 1")  # noqa: S608  # literals
    small = list(owner.execute(query).scalars())
    assert {"Dx", "Ohm", "Xyv"} <= {*small}
    stated = {code: code for code in small}
    stated |= {"ohm": "Ohm", "OHM": "Ohm", "x1W": "X1w", "dx": "DX", "DX": "DX", "kgm": "KGM", " h87 ": "H87"}
    of = {"clientId": global_id(Client, mine.client()), "type": "SALES_NOTE"}
    lines = [LINE | {"unitCode": code} for code in stated]
    written = mine.ask(UNITS, input=of | {"lines": lines}).data["createSalesDocument"]
    assert written["userErrors"] == []
    assert [line["unitCode"] for line in written["salesDocument"]["lines"]] == [*stated.values()]
    assert all(line["unit"] for line in written["salesDocument"]["lines"])
    prices = global_id(PriceList, mine.add(PriceList, name="Lista", currency="MXN"))
    item = {key: value for key, value in LINE.items() if key != "quantity"} | {"priceListId": prices}
    for sku, (code, spelled) in enumerate(stated.items()):
        item_written = mine.ask(ITEM_UNIT, input=item | {"sku": str(sku), "unitCode": code}).data
        assert item_written["createPriceListItem"] == {"priceListItem": {"unitCode": spelled}, "userErrors": []}


IMPORT = """mutation ($input: ImportCfdiInput!) { importCfdi(input: $input) {
    salesDocument { lines { productCode product { name } unit { name } } } userErrors { code }
} }"""


@pytest.mark.claims(
    "docs/sales.md",
    "An imported CFDI keeps its codes; `product` is null where the catalog has no such code.",
)
@pytest.mark.parametrize(("code", "product"), [("15101506", {"name": "Gasolina"}), ("46111500", None)])
def test_an_imported_cfdi_keeps_what_it_says(mine: Company, code: str, product: Any) -> None:
    mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    xml = re.sub(r'ClaveProdServ="\d+"', f'ClaveProdServ="{code}"', cfdi())
    answer = mine.ask(IMPORT, input={"xml": xml}).data["importCfdi"]
    assert answer["userErrors"] == []
    assert {(line["productCode"], str(line["product"])) for line in answer["salesDocument"]["lines"]} == {
        (code, str(product))
    }
