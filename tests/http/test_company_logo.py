"""A company's logo: drawn anew of what was sent, at an address that nobody guesses, and on its statements."""

import base64
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zipfile import ZipFile

import pypdf
import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import Connection

import models
from models.collaborator import Role
from tests.fixtures import Company
from tests.http.test_avatars import PROGRAMS, image
from tests.http.test_company import attempt, audited
from tests.http.test_statement_files import created, files, get
from tests.writing import rows

SHOWN = "company { logoUrl version }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    """A company of the test's own."""
    return company(name="Café «Ñ» #1")


def set_logo(company: Company, content: bytes | None, **values: Any) -> Any:
    """The company, or code and path of each error."""
    text = None if content is None else base64.b64encode(content).decode()
    return attempt(company, "setCompanyLogo", SHOWN, image=text, **values)


def fetched(company: Company, url: str) -> Any:
    return company.ficha.http.get(urlsplit(url).path)


@pytest.mark.claims(
    "docs/companies.md",
    "**Logo** (`setCompanyLogo`).",
    "A PNG, JPEG or WebP, which is drawn anew as PNG of at most 600 × 200 pixels; `logoUrl` is its address, which "
    "needs no credentials and cannot be guessed ([ADR 72](adr/0072-a-companys-logo.md)).",
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "drawn"),
    [((1200, 800), (300, 200)), ((3000, 100), (600, 20)), ((90, 40), (90, 40)), ((5000, 1), (600, 1))],
)
def test_a_logo_is_whole_and_never_enlarged(
    mine: Company, kind: str, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    shown = set_logo(mine, image(kind, size))
    assert shown["version"] == 2
    assert shown["logoUrl"].startswith(f"{mine.ficha.url}/logos/{mine.id.hex}/")
    answer = fetched(mine, shown["logoUrl"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == drawn


def test_it_keeps_its_transparency_and_nothing_that_was_hidden_in_it(mine: Company) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SECRETO DE TEXTO")
    hidden = image(mode="RGBA", pnginfo=words, icc_profile=b"SECRETO DE PERFIL" * 99) + b"SECRETO AL FINAL"
    content = fetched(mine, set_logo(mine, hidden)["logoUrl"]).content
    assert b"SECRETO" not in content
    assert b"iCCP" not in content
    clear = Image.new("RGBA", (60, 20), (0, 0, 0, 0))
    written = io.BytesIO()
    clear.save(written, "PNG")
    content = fetched(mine, set_logo(mine, written.getvalue())["logoUrl"]).content
    assert Image.open(io.BytesIO(content)).getpixel((30, 10)) == (0, 0, 0, 0)


def test_sixteen_bits_of_grey_keep_their_shades(mine: Company) -> None:
    ramp = Image.new("I;16", (256, 1))
    for x in range(256):
        ramp.putpixel((x, 0), x * 256)
    written = io.BytesIO()
    ramp.save(written, "PNG")
    drawn = Image.open(io.BytesIO(fetched(mine, set_logo(mine, written.getvalue())["logoUrl"]).content))
    assert [drawn.convert("L").getpixel((x, 0)) for x in (0, 64, 128, 255)] == [0, 64, 128, 255]


@pytest.mark.parametrize("content", [b"", *PROGRAMS.values()], ids=["empty", *PROGRAMS.keys()])
def test_what_is_no_image_is_refused(mine: Company, owner: Connection, content: bytes) -> None:
    assert set_logo(mine, content) == [("IMAGE_REFUSED", "image")]
    assert rows(owner, mine, models.CompanyLogo, "digest") == []


def test_large_images_are_refused_and_the_largest_drawing_is_kept(mine: Company) -> None:
    assert attempt(mine, "setCompanyLogo", SHOWN, image="A" * 720_000) == [("FILE_TOO_LARGE", "image")]
    assert set_logo(mine, image(size=(8000, 5001))) == [("IMAGE_REFUSED", "image")]
    noise = Image.effect_noise((600, 200), 200).convert("RGB")
    content = io.BytesIO()
    noise.save(content, "PNG")
    answer = fetched(mine, set_logo(mine, content.getvalue())["logoUrl"])
    assert Image.open(io.BytesIO(answer.content)).size == (600, 200)


def test_it_is_audited_and_replaced(mine: Company, owner: Any) -> None:
    urls = [set_logo(mine, image(kind), expectedVersion=place)["logoUrl"] for place, kind in ((1, "PNG"), (2, "JPEG"))]
    assert [fetched(mine, url).status_code for url in urls] == [404, 200]
    assert set_logo(mine, image("JPEG"))["version"] == 3  # the same
    assert set_logo(mine, None, expectedVersion=1) == [("CONFLICT", "expectedVersion")]
    assert set_logo(mine, None) == {"logoUrl": None, "version": 4}
    assert set_logo(mine, None) == {"logoUrl": None, "version": 4}
    assert fetched(mine, urls[1]).status_code == 404
    first, second = (urlsplit(url).path for url in urls)
    assert [event["changes"] for event in audited(owner, mine)] == [
        [{"field": "logo", "from": before, "to": after}]
        for before, after in ((None, first), (first, second), (second, None))
    ]


def test_whoever_may_not_change_the_company_sets_no_logo(mine: Company) -> None:
    document = "mutation ($input: SetCompanyLogoInput!) { setCompanyLogo(input: $input) { company { id } } }"
    text = base64.b64encode(image()).decode()
    assert mine.ask(document, Role.SALES_MANAGER, input={"image": text}).errors == [("FORBIDDEN", "setCompanyLogo")]
    set_logo(mine, image())
    query = "{ viewer { company { logoUrl } } }"
    assert mine.ask(query, Role.READ_ONLY).data["viewer"]["company"]["logoUrl"]


@pytest.mark.claims(
    "docs/security.md",
    "The same holds for logos of companies (`/logos/…`).",
)
def test_nobody_guesses(mine: Company, company: Callable[..., Company]) -> None:
    path = urlsplit(set_logo(mine, image())["logoUrl"]).path
    _, _, owner_part, name = path.split("/")
    wrong = [
        f"/logos/{owner_part}/{'0' * 32}.png",
        f"/logos/{company().id.hex}/{name}",
        f"/logos/{owner_part.upper()}/{name}",
        f"/logos/{owner_part}/{name[:-4]}.webp",
        f"/logos/{owner_part}/{name[:-4]}-64.png",
        f"/logos/{owner_part}/%00.png",
        f"/logos/{'0' * 32}/{'0' * 32}.png",
    ]
    assert {mine.ficha.http.get(each).status_code for each in wrong} == {404}


# On a statement of account


def statement(company: Company, client: UUID) -> tuple[pypdf.PdfReader, bytes]:
    """As PDF, and as workbook."""
    links = files(company, client)
    pdf = get(company, links["pdf"]["url"])
    return pypdf.PdfReader(io.BytesIO(pdf.content)), get(company, links["xlsx"]["url"]).content


def alternatives(pdf: pypdf.PdfReader) -> list[str]:
    """The texts for those who do not see what is drawn."""
    texts: list[str] = []
    catalog: Any = pdf.trailer["/Root"]
    left: list[Any] = [catalog["/StructTreeRoot"]]
    while left:
        element = left.pop().get_object()
        if isinstance(element, list):
            left += element
        elif isinstance(element, dict):
            texts += [element["/Alt"]] if "/Alt" in element else []
            left += [element["/K"]] if "/K" in element else []
    return texts


@pytest.mark.claims("docs/companies.md", "[Statements of account](statements.md) bear it.")
@pytest.mark.claims(
    "docs/statements.md",
    "Both bear the [company's logo](companies.md#what-administrators-change), if it has one, with a text for those who "
    "cannot see it.",
)
@pytest.mark.parametrize("size", [(600, 200), (5000, 1), (1, 3000), (2, 2)])
def test_statements_bear_the_logo(mine: Company, size: tuple[int, int]) -> None:
    client = mine.client(legal_name="Cliente")
    pdf, workbook = statement(mine, client)
    assert [len(page.images) for page in pdf.pages] == [0]
    assert [name for name in ZipFile(io.BytesIO(workbook)).namelist() if "media" in name] == []
    set_logo(mine, image(size=size))
    pdf, workbook = statement(mine, client)
    assert [len(page.images) for page in pdf.pages] == [1]
    catalog: Any = pdf.trailer["/Root"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_object().get_data().decode()
    assert alternatives(pdf) == ["Logotipo de Café «Ñ» #1"]
    with ZipFile(io.BytesIO(workbook)) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        assert Image.open(archive.open("xl/media/image1.png")).format == "PNG"
    assert 'descr="Logotipo de Café «Ñ» #1"' in drawing


def test_a_link_that_was_handed_out_shows_the_logo_of_now(mine: Company) -> None:
    url = created(mine, mine.client())["url"]
    set_logo(mine, image())
    pdf = pypdf.PdfReader(io.BytesIO(get(mine, url).content))
    assert len(pdf.pages[0].images) == 1
