"""Web addresses that are stated: which are taken, as they were written."""

import pytest

from domain.problem import Rejected
from domain.text import TEXT_TOO_LONG
from domain.url import MOST_URL, URL_FORMAT, parse_url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.mx",
        "HTTPS://Example.MX/A?b=%20#c",
        "https://pbx/llamadas/1",
        "https://xn--camin-mta.mx/",
        "https://example.mx:1/",
        "https://example.mx:65535?x",
        "https://192.0.2.7:8443/",
        "https://[2001:db8::1]/",
        "https://[::ffff:192.0.2.7]:8443#a",
        "https://" + ".".join(["a" * 63] * 3) + ".mx",
        "https://example.mx/" + "a" * (MOST_URL - 19),
        "",
    ],
)
def test_an_address_stays_as_it_was_written(url: str) -> None:
    assert parse_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https:///a",
        "https://:443/",
        "https://?a",
        "https://example.mx:",
        "https://example.mx:0",
        "https://example.mx:00",
        "https://example.mx:65536",
        "https://example.mx:99999/a",
        "https://example.mx:4430000",
        "https://example.mx:-1",
        "https://[::1]:65536/",
        "https://ana@example.mx/",
        "https://ana:clave@example.mx/",
        "https://@example.mx/",
        "https://a..mx",
        "https://.mx",
        "https://a.mx.",
        "https://-a.mx",
        "https://a-.mx",
        "https://" + "a" * 64 + ".mx",
        "https://" + ".".join(["a" * 63] * 4),
        "https://1.2.3",
        "https://1.2.3.256",
        "https://0x7f000001",
        "https://1.2.3.0x4",
        "https://a.7",
        "https://[::1",
        "https://::1/",
        "https://[]/",
        "https://[1.2.3.4]/",
        "https://[::1%25eth0]/",
        "https://[12345::]/",
        "https://camión.mx",
        "https://ſat.mx",
        "https://a_b.mx",
        "https://a.mx\\b",
        "https://a.mx/a b",
        "http://example.mx",
        "//example.mx",
        "ftp://example.mx",
        "javascript:alert(1)",
    ],
)
def test_what_no_browser_could_open_safely_is_refused(url: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_url(url)
    assert [problem.code for problem in caught.value.problems] == [URL_FORMAT]


def test_an_address_has_a_length() -> None:
    with pytest.raises(Rejected) as caught:
        parse_url("https://example.mx/" + "a" * (MOST_URL - 18))
    assert [problem.code for problem in caught.value.problems] == [TEXT_TOO_LONG]
