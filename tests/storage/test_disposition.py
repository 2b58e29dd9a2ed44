"""Download names: whatever people typed, the header is sound ASCII and keeps the name."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.disposition import content_disposition
from storage.file_name import clean_filename, with_extension


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("contrato.pdf", "contrato.pdf", "contrato.pdf"),
        (
            "微信图片_20181111215638.jpg",
            "_20181111215638.jpg",
            "%E5%BE%AE%E4%BF%A1%E5%9B%BE%E7%89%87_20181111215638.jpg",
        ),
        ("한글.pdf", "document.pdf", "%ED%95%9C%EA%B8%80.pdf"),
        ("Ñandú & Cía (1).pdf", "Nandu _ Cia _1_.pdf", "%C3%91and%C3%BA%20%26%20C%C3%ADa%20%281%29.pdf"),
        ("a#1%a.pdf", "a_1_a.pdf", "a%231%25a.pdf"),
        ("a\\b\\c.txt", "c.txt", "c.txt"),
        ("../../etc/passwd", "passwd", "passwd"),
        ('x"; filename="evil.exe', "x__ filename__evil.exe", "x%22%3B%20filename%3D%22evil.exe"),
        ("a\r\nSet-Cookie: b=1.pdf", "aSet-Cookie_ b_1.pdf", "aSet-Cookie%3A%20b%3D1.pdf"),
        ("factura\u200b.pdf", "factura.pdf", "factura.pdf"),
        ("fdp\u202eexe.pdf", "fdpexe.pdf", "fdpexe.pdf"),
        ("e\u0301.pdf", "e.pdf", "%C3%A9.pdf"),
        ("🙂.png", "document.png", "%F0%9F%99%82.png"),
        ("\ud83d.png", "document.png", ".png"),
        ("", "document", "document"),
        ("..", "document", "document"),
        ("/", "document", "document"),
    ],
)
def test_hostile_names(name: str, plain: str, encoded: str) -> None:
    expected = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    assert content_disposition(name, "application/octet-stream") == expected


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("application/pdf", True),
        ("image/png", True),
        ("text/plain; charset=utf-8", True),
        ("TEXT/PLAIN", True),
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/xml", False),
        ("text/html; x=application/pdf", False),
        ("", False),
    ],
)
def test_only_harmless_types_are_shown_in_the_browser(content_type: str, shown: bool) -> None:
    header = content_disposition("a.pdf", content_type, inline=True)
    assert header.startswith("inline; " if shown else "attachment; ")


@given(st.text(st.characters(codec=None, categories=None)))
def test_any_name_makes_a_header_of_safe_ascii(name: str) -> None:
    header = content_disposition(name, "application/pdf")
    assert header.isascii()
    assert header.isprintable()
    plain, _, encoded = header.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert plain
    assert not set(plain) & set('"\\/%;&')
    assert plain.endswith((".pdf", ".PDF"))
    assert unquote(encoded) == with_extension(name, "application/pdf")


@given(st.text(st.characters(codec=None, categories=None)))
def test_cleaning_twice_changes_nothing(name: str) -> None:
    assert clean_filename(clean_filename(name)) == clean_filename(name)
