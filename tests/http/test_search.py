"""The search box: forgiving of accents, case and a typo, ranked, and never beyond what the viewer sees."""

import datetime
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest
from sqlalchemy import select, update

import models
from loaders.paging import search_words
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from schema import SCHEMA
from tests.fixtures import NOON, Company, global_id

SEARCH = "query ($search: String) { clients(search: $search, first: 100) { totalCount nodes { legalName } } }"


def found(own: Company, search: str | None, role: Role = Role.ADMIN) -> list[str]:
    clients = own.ask(SEARCH, role, search=search).data["clients"]
    assert clients["totalCount"] == len(clients["nodes"])
    return [node["legalName"] for node in clients["nodes"]]


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    """A company with clients to be told apart, the university's among them."""
    own = company()
    university = own.client(
        legal_name="UNIVERSIDAD ROBOTICA ESPAÑOLA", trade_name="La Robótica", rfc="URE180429TM6",
        owner_id=own.people[Role.SALES],
    )  # fmt: skip
    own.add(
        models.Contact, client_id=university, name="Iñaki Güemes Peña", email="iguemes@ure.example.mx",
        phone="+525512345678",
    )  # fmt: skip
    own.client(legal_name="INNOVACION VALOR Y DESARROLLO", rfc="IVD920810GU2")
    own.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    return own


@pytest.mark.claims(
    "README.md",
    'Variables: `{"id": "cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"}` for the first, `{"search": '
    '"universidad robotica espanola"}` for the second, which finds `UNIVERSIDAD ROBOTICA ESPAÑOLA`.',
)
@pytest.mark.parametrize(
    "search",
    [
        "universidad robotica espanola",
        "UNIVERSIDAD ROBÓTICA ESPAÑOLA",
        "universidad robotica espanyola",
        "universidaz robotica espanola",
        "niversidad robotica espanola",
        "universidad robotrica espanola",
        "espanola robotica",
        "ROBOTICA",
        "univ",
        normalize("NFD", "Universidad Robótica Española"),
        "la robótica",
        "URE180429TM6",
        "ure180429tm6",
        "URE180429TM9",
        "URE18O429TM6",
        "iguemes@ure.example.mx",
        "IGUEMES@URE.EXAMPLE.MX",
        "inaki guemes",
        "Iñaki Gúemez",
        "+525512345678",
        "5512345678",
        "55 1234 5678",
        "(55) 1234-5678",
        "+52 55 1234 5678",
        "55.1234.5678",
        "  universidad    robotica ",
    ],
)
def test_the_university_is_found(own: Company, search: str) -> None:
    assert found(own, search) == ["UNIVERSIDAD ROBOTICA ESPAÑOLA"]


@pytest.mark.parametrize("search", ["zapateria", "5599999999", "otra@cosa.mx", "%", "_", "\\", "🤖", "xyz" * 60])
def test_what_resembles_nothing_finds_nothing_or_asks_nothing(own: Company, search: str) -> None:
    # Without a letter or a digit there is nothing to search for.
    assert found(own, search) == ([] if any(c.isalnum() for c in search) else found(own, None))


@pytest.mark.parametrize(
    ("search", "words"),
    [("a  b a " * 20, "a b"), ("universidad\tde la universidad", "universidad de la"), ("55 55 12 34", "55551234")],
)
def test_a_word_is_sought_once_however_often_it_is_said(search: str, words: str) -> None:
    assert search_words(search) == words


@pytest.mark.parametrize("search", [None, "", "   ", "-- +"])
def test_an_empty_search_is_the_list_by_name(own: Company, search: str | None) -> None:
    assert found(own, search) == [
        "ESCUELA KEMPER URGATE", "INNOVACION VALOR Y DESARROLLO", "UNIVERSIDAD ROBOTICA ESPAÑOLA",
    ]  # fmt: skip


@pytest.mark.claims(
    "README.md",
    "It ignores accents and case, and lists the best match first.",
)
def test_the_best_match_comes_first(company: Callable[..., Company]) -> None:
    own = company()
    for name in ("FERETERIA DEL CENTRO", "FERRETERIA DEL CENTRO", "FERRETERIA DEL SUR", "PANADERIA DEL CENTRO"):
        own.client(legal_name=name)
    ranked = found(own, "ferreteria del centro")
    assert ranked[:2] == ["FERRETERIA DEL CENTRO", "FERETERIA DEL CENTRO"]


def test_an_order_that_is_asked_for_wins_over_the_rank(own: Company) -> None:
    own.client(legal_name="ROBOTICA")
    query = (
        """{ clients(search: "robotica", orderBy: [{field: LEGAL_NAME, direction: DESC}]) { nodes { legalName } } }"""
    )
    nodes = own.ask(query).data["clients"]["nodes"]
    assert [node["legalName"] for node in nodes] == ["UNIVERSIDAD ROBOTICA ESPAÑOLA", "ROBOTICA"]


def test_whoever_sees_only_their_own_clients_finds_only_those(own: Company) -> None:
    own.client(legal_name="ROBOTICA AVANZADA")
    assert len(found(own, "robotica")) == 2
    assert found(own, "robotica", Role.SALES) == ["UNIVERSIDAD ROBOTICA ESPAÑOLA"]


def test_another_companys_clients_are_not_found(company: Callable[..., Company], own: Company) -> None:
    assert len(found(own, "kemper")) == 1
    assert found(company(), "kemper") == []


def test_deleted_clients_are_found_only_where_they_are_asked_for(own: Company) -> None:
    own.client(legal_name="ROBOTICA VIEJA", deleted_at=NOON)
    query = (
        'query ($deleted: DeletedRecords!) { clients(search: "robotica", deleted: $deleted) { nodes { legalName } } }'
    )
    names = {
        deleted: [node["legalName"] for node in own.ask(query, deleted=deleted).data["clients"]["nodes"]]
        for deleted in ("EXCLUDE", "INCLUDE", "ONLY")
    }
    assert names["EXCLUDE"] == ["UNIVERSIDAD ROBOTICA ESPAÑOLA"]
    assert sorted(names["INCLUDE"]) == ["ROBOTICA VIEJA", "UNIVERSIDAD ROBOTICA ESPAÑOLA"]
    assert names["ONLY"] == ["ROBOTICA VIEJA"]


def test_a_deleted_contact_is_not_searched(own: Company) -> None:
    client = own.client(legal_name="OTRO")
    own.add(models.Contact, client_id=client, name="Wenceslao Quiroz", deleted_at=NOON)
    assert found(own, "wenceslao quiroz") == []


@pytest.mark.claims(
    "README.md",
    "At most 200 characters.",
)
@pytest.mark.parametrize(("search", "code"), [("x" * 201, "SEARCH_TOO_LONG"), ("a\0b", "BAD_TEXT")])
def test_a_search_that_cannot_be_is_refused(own: Company, search: str, code: str) -> None:
    answer = own.ask(SEARCH, search=search)
    assert [error[0] for error in answer.errors] == [code]
    assert len(found(own, "x" * 200)) == 0


# Lists that are not ranked: every word is somewhere in the text.

LISTS: list[tuple[str, Any, list[tuple[str, bool]]]] = [
    ("followUps", (models.FollowUp, {"name": "Visita de presentación", "number": 123}),
     [("presentacion", True), ("VISITA", True), ("seg-000123", True), ("000123 visita", True), ("llamada", False),
      ("visita llamada", False)]),
    ("deals", (models.Deal, {"title": "Licencias de software", "description": "Año 2026"}),
     [("software licencias", True), ("ano 2026", True), ("hardware", False)]),
    ("salesDocuments", (models.SalesDocument, {"series": "F", "number": 1024}),
     [("F-1024", True), ("1024", True), ("F-1025", False)]),
    ("documents", (models.Document, {"name": "Constancia de situación.pdf", "description": "RFC vigente"}),
     [("situacion pdf", True), ("constancia vigente", True), ("acta", False)]),
]  # fmt: skip


@pytest.mark.claims(
    "README.md",
    "Elsewhere every word must occur in the record's own text, of a follow-up also in its assignee's name or its deal's"
    " title.",
)
@pytest.mark.parametrize(("field", "row", "searches"), LISTS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_other_lists_search_in_their_texts(
    company: Callable[..., Company], field: str, row: tuple[type[models.Base], dict[str, Any]], searches: list[Any]
) -> None:
    own = company()
    model, values = row
    own.add(model, client_id=own.client(), **values)
    query = f"query ($search: String) {{ {field}(search: $search) {{ totalCount nodes {{ id }} }} }}"
    results = [(search, own.ask(query, search=search).data[field]["totalCount"] == 1) for search, _ in searches]
    assert results == searches


@pytest.mark.claims(
    "docs/reading.md",
    "A word of one or two characters is looked for at the beginnings of words, a number of so few digits as a whole"
    " word.",
)
def test_short_words_begin_words_and_short_numbers_are_whole(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    own.add(models.Deal, client_id=client, title="Licencias de software 12")
    own.add(models.SalesDocument, client_id=client, series="F", number=12)

    def counts(field: str, search: str) -> int:
        query = f"query ($search: String) {{ {field}(search: $search) {{ totalCount }} }}"
        return own.ask(query, search=search).data[field]["totalCount"]

    searches = {"so": 1, "s": 1, "of": 0, "12": 1, "1": 0, "2": 0, "so 12": 1, "of software": 0, "oft": 1}
    assert {search: counts("deals", search) for search in searches} == searches
    assert {search: counts("salesDocuments", search) for search in ("12", "1", "f", "F-12")} == {
        "12": 1, "1": 0, "f": 1, "F-12": 1,
    }  # fmt: skip


def test_letters_that_folding_twice_would_change_are_found(company: Callable[..., Company]) -> None:
    own = company()
    own.add(models.Deal, client_id=own.client(), title="Ɬamparas")
    assert own.ask('{ deals(search: "Ɬampa") { totalCount } }').data["deals"]["totalCount"] == 1


def test_what_only_resembles_the_words_comes_last(company: Callable[..., Company]) -> None:
    """As long as fewer than 20 clients have the words; then nobody looks for it."""
    own = company()
    noted = own.client(legal_name="OTRA", internal_note="Preguntar por ferretera")
    own.client(legal_name="FERETERA DEL SUR")
    own.add(models.Contact, client_id=own.client(legal_name="CONTACTADA"), name="Ana Ferretera", email=None, phone=None)
    own.client(legal_name="GRAN FERRETERA")
    own.client(legal_name="FERRETERA DEL NORTE")
    alike = ["FERRETERA DEL NORTE", "GRAN FERRETERA", "CONTACTADA", "OTRA", "FERETERA DEL SUR"]
    assert found(own, "ferretera") == alike
    for number in range(20):
        own.client(legal_name=f"FERRETERA {number}")
    assert noted
    assert set(alike) - set(found(own, "ferretera")) == {"OTRA", "FERETERA DEL SUR"}


@pytest.mark.claims(
    "README.md",
    "It counts up to 5,000 clients; with a filter or an order it chooses of all that have the words, in notes too.",
)
def test_what_a_filter_or_an_order_chooses_is_chosen_of_all_that_have_the_words(
    company: Callable[..., Company],
) -> None:
    """However many have them, and wherever; without either, nobody looks in notes where names are enough."""
    own = company()
    for number in range(250):
        deleted = own.client(legal_name=f"A TORNILLOS {number}", deleted_at=NOON)
        own.add(models.Contact, client_id=deleted, name="Ana Buscada", email=None, phone=None)
    for number in range(250):
        own.client(legal_name=f"B TORNILLOS {number}")
    last = own.client(legal_name="Z TORNILLOS", trade_name="LA ÚLTIMA", created_at=NOON + datetime.timedelta(days=900))
    noted = own.client(legal_name="OTRA", trade_name="LA ÚLTIMA", internal_note="Compra tornillos")
    query = """query ($filter: ClientFilter, $orderBy: [ClientOrder!], $deleted: DeletedRecords! = EXCLUDE) {
        clients(search: "tornillos", filter: $filter, orderBy: $orderBy, deleted: $deleted, first: 1) {
            totalCount nodes { id }
        }
    }"""

    def listed(**arguments: Any) -> tuple[int, str]:
        page = own.ask(query, **arguments).data["clients"]
        return page["totalCount"], page["nodes"][0]["id"]

    first, other = (global_id(models.Client, id) for id in (last, noted))
    assert listed()[0] == 251
    assert listed(filter={"tradeName": {"eq": "LA ÚLTIMA"}}) == (2, first)
    assert listed(filter={"not": {"legalName": {"contains": "tornillos"}}}) == (1, other)
    assert listed(orderBy=[{"field": "CREATED_AT", "direction": "DESC"}]) == (252, first)
    own.add(models.Contact, client_id=noted, name="Luz Buscada", email=None, phone=None)
    assert found(own, "buscada") == ["OTRA"]
    assert listed(deleted="ONLY")[0] == 250
    assert listed(deleted="INCLUDE")[0] == 502


@pytest.mark.parametrize(
    "search",
    ["EKU-900317-3C9", "eku 900317 3c9", "escuela EKU-900317-3C9", "eku9003173c9", "EKU-9003173C9", "EKU900317-3C9"],
)
def test_an_rfc_is_found_however_it_is_written(own: Company, search: str) -> None:
    """Case N01."""
    assert found(own, search)[0] == "ESCUELA KEMPER URGATE"


@pytest.mark.parametrize(
    "search",
    ["5512345678 ext 12", "55 1234 5678 ext. 12", "(55) 1234-5678 x12", "55-1234-5678 #12", "044 55 1234 5678",
     "+52 1 55 1234 5678", "01 55 1234 5678", "0052 55 1234 5678"],
)  # fmt: skip
def test_a_telephone_is_found_however_it_is_dialled(own: Company, search: str) -> None:
    assert found(own, search) == ["UNIVERSIDAD ROBOTICA ESPAÑOLA"]


CLIENTS = "query ($filter: ClientFilter) { clients(filter: $filter) { nodes { legalName } } }"


@pytest.mark.claims(
    "README.md",
    "RFC, codes, postal codes, telephones and e-mail addresses are compared however they are written,",
)
@pytest.mark.parametrize(
    "condition",
    [
        {"rfc": {"eq": "ure180429tm6"}},
        {"rfc": {"eq": " URE-180429-TM6 "}},
        {"rfc": {"in": ["ure 180429 tm6", "x"]}},
        {"rfc": {"startsWith": "URE-1804"}},
        {"and": [{"rfc": {"ne": "eku-900317-3c9"}}, {"rfc": {"notIn": ["ivd 920810 gu2"]}}]},
        {"contacts": {"some": {"phone": {"eq": "55 1234 5678"}}}},
        {"contacts": {"some": {"phone": {"eq": "044 (55) 1234-5678 ext. 3"}}}},
        {"contacts": {"some": {"phone": {"contains": "1234-56"}}}},
        {"contacts": {"some": {"email": {"eq": "IGuemes@URE.example.MX"}}}},
        {"contacts": {"some": {"email": {"in": ["IGUEMES@ure.example.mx"]}}}},
        {"cfdiProfile": {"postalCode": {"eq": "65 000"}}},
        {"cfdiProfile": {"cfdiUse": {"eq": "g03"}}},
        {"addresses": {"some": {"state": {"eq": "nle"}}}},
    ],
    ids=str,
)
def test_codes_are_compared_however_they_are_written(own: Company, condition: Any, owner: Any) -> None:
    """Case N01."""
    university = owner.scalar(
        select(models.Client.id).where(models.Client.company_id == own.id, models.Client.rfc == "URE180429TM6")
    )
    own.add(models.CfdiProfile, client_id=university, postal_code="65000", cfdi_use="G03")
    own.add(models.Address, client_id=university, state="NLE")
    nodes = own.ask(CLIENTS, filter=condition).data["clients"]["nodes"]
    assert [node["legalName"] for node in nodes] == ["UNIVERSIDAD ROBOTICA ESPAÑOLA"]


WRITTEN: dict[str, Callable[[str], str]] = {
    "NFD": lambda text: normalize("NFD", text),
    "spaces around": lambda text: f" {text}\t",
    "two spaces": lambda text: text.replace(" ", "  "),
    "a no-break space": lambda text: text.replace(" ", "\u00a0"),
    "marks of direction": lambda text: f"\u202a{text}\u202c",
    "a zero-width space": lambda text: text[:2] + "\u200b" + text[2:],
    "a soft hyphen": lambda text: text[:2] + "\u00ad" + text[2:],
}
"""Ways in which a text looks the same; what is saved is one of them."""


@pytest.mark.claims(
    "README.md", "other texts as they are stored: in Unicode's NFC, stray white space and invisible characters aside."
)
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_text_is_found_as_it_was_written(own: Company, written: Callable[[str], str]) -> None:
    """A mutation and a filter read one text alike."""
    name = written("Ñandú Único")
    contact = {"name": name, "phone": written("55 8765 4321"), "email": written("nandu@unico.mx")}
    values = {"legalName": name, "rfc": written("CACX7605101P8"), "externalId": name, "contacts": [contact]}
    payload = own.ask(
        "mutation ($input: CreateClientInput!) {"
        " createClient(input: $input) { client { id } userErrors { code path } } }",
        input=values,
    ).data["createClient"]
    assert payload["userErrors"] == []
    id = payload["client"]["id"]
    for condition in (
        {"legalName": {"eq": name}},
        {"legalName": {"in": ["x", name]}},
        {"legalName": {"contains": name.strip()}},
        {"legalName": {"startsWith": written("Ñandú").strip()}},
        {"not": {"legalName": {"ne": name}}},
        {"not": {"legalName": {"notIn": [name]}}},
        {"externalId": {"eq": name}},
        {"rfc": {"eq": values["rfc"]}},
        {"contacts": {"some": {"name": {"eq": name}}}},
        {"contacts": {"some": {"phone": {"eq": contact["phone"]}}}},
        {"contacts": {"some": {"email": {"eq": contact["email"]}}}},
    ):
        query = "query ($filter: ClientFilter) { clients(filter: $filter) { nodes { id } } }"
        nodes = own.ask(query, filter=condition).data["clients"]["nodes"]
        assert (condition, [node["id"] for node in nodes]) == (condition, [id])
    for search in (name, values["rfc"], contact["phone"], contact["email"]):
        assert (search, found(own, search)) == (search, ["Ñandú Único"])
    assert own.ask("query ($rfc: RFC) { client(rfc: $rfc) { id } }", rfc=values["rfc"]).data["client"] == {"id": id}
    entities = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { id } } }"
    keys = [{"__typename": "Client", "externalId": name}, {"__typename": "Client", "rfc": values["rfc"]}]
    assert own.ask(entities, of=keys).data["_entities"] == [{"id": id}] * 2


def test_foreign_postal_codes_stay_as_they_are(own: Company) -> None:
    client = own.client(legal_name="ABROAD")
    own.add(models.Address, client_id=client, postal_code="SW1A 1AA", country="GBR")
    given = {"addresses": {"some": {"postalCode": {"eq": " SW1A 1AA"}}}}
    assert own.ask(CLIENTS, filter=given).data["clients"]["nodes"] == [{"legalName": "ABROAD"}]


@pytest.mark.claims(
    "README.md",
    "On clients it looks in names, RFC, id in other systems, and the contacts' names, e-mail addresses and telephones;"
    " where fewer than 20 have the words there, also in internal notes, and it forgives a typo.",
)
def test_the_words_of_the_internal_note_are_found(own: Company) -> None:
    """Case N03."""
    own.client(legal_name="FERRETERIA DEL SUR", internal_note="Pagan tarde; pedir a Úrsula la orden de compra.")
    own.client(legal_name="PANADERIA", internal_note=None)
    assert found(own, "orden de compra ursula") == ["FERRETERIA DEL SUR"]
    assert found(own, "pagan tarde") == ["FERRETERIA DEL SUR"]


NOTE = "mutation ($input: UpdateClientInput!) { updateClient(input: $input) { userErrors { code } } }"


def test_a_client_is_found_by_what_its_note_says_now(own: Company) -> None:
    client = global_id(models.Client, own.client(legal_name="FERRETERIA DEL SUR", internal_note=None))
    for note, by in (
        ("Cierra los lunes", "cierra lunes"),
        ("Abre los sábados", "abre sabados"),
        (None, None),
        ("Ya no abre", "ya no abre"),
    ):
        assert own.ask(NOTE, input={"id": client, "internalNote": note}).data["updateClient"]["userErrors"] == []
        assert [words for words in ("cierra lunes", "abre sabados", "ya no abre") if found(own, words)] == [by][
            : bool(by)
        ]


FOLLOW_UPS = "query ($search: String) { followUps(search: $search) { totalCount nodes { name } } }"


def follow_ups(own: Company, search: str, role: Role = Role.ADMIN) -> list[str]:
    page = own.ask(FOLLOW_UPS, role, search=search).data["followUps"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["name"] for node in page["nodes"]]


def test_follow_ups_are_found_by_assignee_and_deal(own: Company) -> None:
    """Case N02."""
    client = own.client(legal_name="FERRETERIA")
    person = own.add(models.Collaborator, name="Ramón Peña", email=f"ramon@{own.id.hex}.mx", role=Role.SALES)
    deal = own.add(models.Deal, client_id=client, title="Estantería del almacén")
    own.add(models.FollowUp, client_id=client, name="Visita", assignee_id=person)
    own.add(models.FollowUp, client_id=client, name="Llamar", deal_id=deal)
    own.add(models.FollowUp, client_id=client, name="Correo")
    assert follow_ups(own, "ramon pena") == ["Visita"]
    assert follow_ups(own, "visita RAMÓN") == ["Visita"]
    assert follow_ups(own, "estanteria") == ["Llamar"]
    assert follow_ups(own, "llamar almacen") == ["Llamar"]
    assert follow_ups(own, "visita almacen") == []
    assert follow_ups(own, "correo") == ["Correo"]


def test_the_title_of_a_deal_is_not_sought_for_who_may_not_read_deals(own: Company) -> None:
    client = own.client(legal_name="FERRETERIA")
    deal = own.add(models.Deal, client_id=client, title="Secreto")
    own.add(models.FollowUp, client_id=client, name="Llamar", deal_id=deal)
    without = sorted(p.value for p in BUNDLES[Role.READ_ONLY] - {Permission.DEALS_READ})
    own.owner.execute(
        update(models.Company).where(models.Company.id == own.id).values(role_permissions={"READ_ONLY": without})
    )
    assert follow_ups(own, "secreto", Role.READ_ONLY) == []
    assert follow_ups(own, "llamar", Role.READ_ONLY) == ["Llamar"]
    assert follow_ups(own, "secreto") == ["Llamar"]


@pytest.mark.parametrize("search", ["ERP-000417", "erp 000417", "ERP000417", " Erp_000417 "])
def test_an_id_of_another_system_is_found_first_however_it_is_written(own: Company, search: str) -> None:
    own.client(legal_name="ERP 000417 SISTEMAS")
    own.client(legal_name="ALMACENES DEL NORTE", external_id="ERP-000417")
    own.client(legal_name="ALMACENES DEL SUR", external_id="ERP-000418")
    assert found(own, search)[0] == "ALMACENES DEL NORTE"
    assert "ALMACENES DEL SUR" not in found(own, search)


def test_an_id_of_another_system_is_found_whole_and_by_who_sees_the_client(own: Company) -> None:
    own.client(legal_name="ALMACENES DEL NORTE", external_id="—")
    own.client(legal_name="ALMACENES DEL SUR", external_id="Q7-55", owner_id=own.people[Role.SALES])
    own.client(legal_name="ALMACENES DEL ESTE", external_id="Q7-56")
    assert found(own, "q755") == ["ALMACENES DEL SUR"]
    assert found(own, "q75") == []
    assert found(own, "q756", Role.SALES) == []


def searched_fields() -> list[tuple[str, str]]:
    """Every field of the query that has a `search`, and what to ask of it."""
    fields = SCHEMA._schema.query_type.fields
    return [
        (name, "totalCount" if "Connection" in str(field.type) else "__typename code")
        for name, field in fields.items()
        if "search" in field.args
    ]


@pytest.mark.claims("docs/reading.md", "A `search` without a letter or digit in it is as if there were none.")
@pytest.mark.parametrize("blank", ["", " ", " \t\n ", "\u200b", "%", "…", "'"])
def test_a_search_without_a_letter_or_digit_is_none(ask: Callable[..., Any], blank: str) -> None:
    names = searched_fields()
    assert {"clients", "satProducts", "satUnits", "countries", "banks"} < {name for name, _ in names}
    plain = "query { " + " ".join(f"{name} {{ {selection} }}" for name, selection in names) + " }"
    blanks = "query ($s: String) { " + " ".join(f"{name}(search: $s) {{ {part} }}" for name, part in names) + " }"
    every = ask("admin@demo.mx", plain).data
    assert ask("admin@demo.mx", blanks, s=blank).data == every
    assert all(each["totalCount"] if isinstance(each, dict) else each for each in every.values())
    assert ask("admin@demo.mx", "query ($s: String!) { search(query: $s) { title } }", s=blank).data == {"search": []}


def test_no_search_is_longer_than_a_line(ask: Callable[..., Any]) -> None:
    for name, selection in searched_fields():
        answer = ask("admin@demo.mx", f"query ($s: String) {{ {name}(search: $s) {{ {selection} }} }}", s="x" * 201)
        assert answer.errors == [("SEARCH_TOO_LONG", name, "search")]
