"""Links: they open what they were made for, until they expire, and nothing when they were changed."""

import base64

import pytest

from storage.links import LinkedFile, LinkError, LinkExpiredError, Signer

FILE = LinkedFile("c/1", 'Contrato «ñ» "1" #%.pdf', "application/pdf", 12, "0" * 64, inline=True)
SIGNER = Signer("a secret")


def test_a_link_opens_its_file_until_it_expires() -> None:
    link = SIGNER.sign(FILE, 1_000)
    assert SIGNER.read(link, 999.9) == FILE
    with pytest.raises(LinkExpiredError):
        SIGNER.read(link, 1_000)


def test_processes_with_the_same_secret_read_each_others_links() -> None:
    assert Signer("a secret").read(SIGNER.sign(FILE, 1_000), 0) == FILE
    with pytest.raises(LinkError):
        Signer("another secret").read(SIGNER.sign(FILE, 1_000), 0)


def test_a_changed_link_opens_nothing() -> None:
    opened, expiry, signature = SIGNER.sign(FILE, 1_000).split(".")
    other = SIGNER.sign(FILE._replace(key="d/1"), 1_000).split(".")[0]
    downloaded = SIGNER.sign(FILE._replace(inline=False), 1_000).split(".")[0]
    text = base64.urlsafe_b64encode(b'["d/1"]').decode()
    forged = [
        f"{other}.{expiry}.{signature}",
        f"{downloaded}.{expiry}.{signature}",
        f"{text}.{expiry}.{signature}",
        f"{opened}.9999999999.{signature}",
        f"{opened}.{expiry}.{signature[:-1]}",
        f"{opened}.{expiry}.",
        f"{opened}.{expiry}.ñ",
        f"{opened}.{expiry}",
        "x",
        "",
    ]
    for link in forged:
        with pytest.raises(LinkError) as caught:
            SIGNER.read(link, 0)
        assert caught.type is LinkError
