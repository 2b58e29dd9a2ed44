"""Links: they open what they were made for, until they expire, and nothing when they were changed."""

import base64
from uuid import UUID

import pytest

from storage.links import Link, LinkError, LinkExpiredError, Signer

FILE = Link(UUID(int=1), UUID(int=2), UUID(int=3), None, inline=True)
SIGNER = Signer("a secret")


def test_a_link_opens_its_file_until_it_expires() -> None:
    link = SIGNER.sign(FILE, 1_000)
    assert SIGNER.read(link, 999.9) == FILE
    with pytest.raises(LinkExpiredError):
        SIGNER.read(link, 1_000)


def test_a_link_says_for_which_key_it_was_made() -> None:
    link = FILE._replace(api_key_id=UUID(int=4), inline=False)
    assert SIGNER.read(SIGNER.sign(link, 1_000), 0) == link


def test_processes_with_the_same_secret_read_each_others_links() -> None:
    assert Signer("a secret").read(SIGNER.sign(FILE, 1_000), 0) == FILE
    with pytest.raises(LinkError):
        Signer("another secret").read(SIGNER.sign(FILE, 1_000), 0)


def test_a_changed_link_opens_nothing() -> None:
    opened, expiry, signature = SIGNER.sign(FILE, 1_000).split(".")
    other = SIGNER.sign(FILE._replace(document_id=UUID(int=9)), 1_000).split(".")[0]
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
