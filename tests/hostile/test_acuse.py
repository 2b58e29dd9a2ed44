"""Acknowledgements that were made to break their reader or the record: each is told by a code what is wrong with it."""

import asyncio
import random
import resource
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

import pytest

from domain.acuse import MOST_BYTES, MOST_FOLIOS, read, read_apart
from domain.problem import Problem, Rejected
from storage.reading import Readers
from tests.cancelling import acuse
from tests.hostile.test_cfdi import EDGES, spoilt
from tests.writing import insist

LOL = '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
ATTRIBUTES = " ".join(f"a{n}=''" for n in range(100_000))
BOMBS = {
    "entities": (f"{LOL}<Acuse>&b;</Acuse>", {"CFDI_DOCTYPE"}),
    "external": ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><Acuse/>', {"CFDI_DOCTYPE"}),
    "deep": ("<Envelope>" * 100_000, {"CFDI_NOT_XML"}),
    "wide": ("<Acuse>" + "<a/>" * 250_000 + "</Acuse>", {"ACUSE_INCOMPLETE", "FILE_TOO_LARGE"}),
    "attributes": (f"<Acuse {ATTRIBUTES}/>", {"ACUSE_INCOMPLETE", "FILE_TOO_LARGE"}),
    "namespaces": ("<Acuse>" + '<a xmlns="b">' * 49 + "</a>" * 49 + "</Acuse>", {"ACUSE_INCOMPLETE"}),
    "folios": (acuse(*[(uuid4(), "201")] * (MOST_FOLIOS + 1)), {"ACUSE_TOO_MANY"}),
    "long": ("x" * (MOST_BYTES + 1), {"FILE_TOO_LARGE"}),
    "a long value": (acuse((uuid4(), "201"), rfc="A" * (MOST_BYTES - 1000)), {"ACUSE_INCOMPLETE"}),
    "nul": ("\0", {"CFDI_NOT_XML"}),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.claims("docs/cancelling.md", "It is read in a child process with limits, as every file from elsewhere.")
def test_bombs_are_refused_in_a_child(name: str) -> None:
    content, codes = BOMBS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Readers() as readers, pytest.raises(Rejected) as rejected:
        asyncio.run(insist(partial(read_apart, readers, content, uuid4())))
    assert {problem.code.name for problem in rejected.value.problems} <= codes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_each_value_at_each_edge_is_read_or_refused_by_a_code() -> None:
    text = acuse((uuid4(), "201"))
    texts = [*spoilt(text)]
    texts += [
        text.replace(f"<{name}>", f"<{name}>{edge}<!--").replace(f"</{name}>", f"--></{name}>")
        for name in ("UUID", "EstatusUUID")
        for edge in EDGES
    ]
    source = random.Random(5)  # noqa: S311  # test data
    texts += [_damaged(text, source) for _ in range(300)]
    for each in texts:
        problems = _problems(each)
        assert all(len(problem.message_es) < 1_000 for problem in problems)


def _problems(text: str) -> Sequence[Problem]:
    try:
        read(text)
    except Rejected as rejected:
        return rejected.problems
    return ()


def _damaged(text: str, source: random.Random) -> str:
    start = source.randrange(len(text))
    return text[:start] + chr(source.randrange(1, 0x3000)) * source.randrange(3) + text[start + source.randrange(40) :]
