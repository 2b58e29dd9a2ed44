"""The SAT's acknowledgement of a request to cancel is read as PACs hand it on, and nothing else is taken for one."""

import datetime
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import pytest

from domain.acuse import MOST_BYTES, MOST_FOLIOS, read
from domain.problem import Rejected
from tests.cancelling import acuse, enveloped

ONE, OTHER = UUID("11111111-2222-4333-8444-555555555555"), UUID("66666666-7777-4888-8999-000000000000")


WRAPS: Mapping[str, Callable[[str], str]] = {
    "bare": str,
    "in the envelope": enveloped,
    "after a byte order mark": lambda text: f"\ufeff{text}",
    "without a declaration": lambda text: text.partition("?>")[2],
}


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("space", ["", "http://cancelacfd.sat.gob.mx"])
@pytest.mark.claims(
    "docs/cancelling.md",
    "It is read in the namespace `http://cancelacfd.sat.gob.mx` or without one, bare or in the envelope of the SAT's"
    " web service.",
)
def test_it_is_read_in_each_form(wrap: str, space: str) -> None:
    acuse_read = read(WRAPS[wrap](acuse((ONE, "201"), (OTHER, "205"), space=space)))
    assert acuse_read.issuer_rfc == "DEM0101018K7"
    # Ten in the morning in Mexico City, to the microsecond.
    assert acuse_read.answered_at == datetime.datetime(2026, 3, 12, 16, 0, 0, 123456, tzinfo=datetime.UTC)
    assert (acuse_read.answers_to(ONE), acuse_read.answers_to(OTHER), acuse_read.answers_to(uuid4())) == (
        ["201"],
        ["205"],
        [],
    )


def test_folios_of_another_namespace_than_their_root() -> None:
    text = acuse((ONE, "201"), space="").replace("<Folios>", '<Folios xmlns="http://cancelacfd.sat.gob.mx">')
    assert read(text).answers_to(ONE) == ["201"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "CFDI_NOT_XML"),
        ("<a/>", "ACUSE_NOT_ACUSE"),
        ('<Acuse xmlns="http://example.mx"/>', "ACUSE_NOT_ACUSE"),
        ("<Envelope><Body/></Envelope>", "ACUSE_NOT_ACUSE"),
        ("<Envelope><Body><Acuse/><Acuse/></Body></Envelope>", "ACUSE_NOT_ACUSE"),
        (f"<b>{acuse((ONE, '201')).partition('?>')[2]}</b>", "ACUSE_NOT_ACUSE"),
        (acuse(), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "")), "ACUSE_INCOMPLETE"),
        (acuse(("x", "201")), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "2" * 200)), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "201")).replace("<EstatusUUID>", "<EstatusUUID/><EstatusUUID>"), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "201")).replace(' RfcEmisor="DEM0101018K7"', ""), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "201"), at="ayer"), "ACUSE_INCOMPLETE"),
        (acuse((ONE, "201"), at="1999-01-01T00:00:00"), "ACUSE_OUT_OF_RANGE"),
        (acuse((ONE, "201"), at="9999-12-31T23:59:59"), "ACUSE_OUT_OF_RANGE"),
        (acuse((ONE, "201"), at="0001-01-01T00:00:00+14:00"), "ACUSE_OUT_OF_RANGE"),
        (acuse(*[(ONE, "201")] * (MOST_FOLIOS + 1)), "ACUSE_TOO_MANY"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "CFDI_DOCTYPE"),
        ("<Envelope>" * 60, "CFDI_NOT_XML"),
        ("x" * (6 * MOST_BYTES), "CFDI_TOO_LARGE"),
    ],
)
def test_what_is_none_is_refused_by_a_code(text: str, code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        read(text)
    assert [problem.code.name for problem in rejected.value.problems] == [code]
    assert all(len(problem.message_es) < 400 for problem in rejected.value.problems)
