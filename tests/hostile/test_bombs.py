"""Files that unfold to more than they are: each ends as a refusal with a code, while the server goes on answering."""

import io
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image

from demo.files import pdf
from models import Client
from tests.constancia import COMPANY, constancia
from tests.fixtures import Company, global_id
from tests.storage.test_content_type import archive
from tests.uploading import COMPLETE, codes, prepare, send, upload


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    made = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, table)
    made += b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(made)


DOCX = ("[Content_Types].xml", "word/document.xml")
TABLE_IN_A_CIRCLE = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Prev 9>>\nstartxref\n9\n%%EOF\n"
CATALOG = b"<</Type /Catalog /Pages 2 0 R>>"


def page_with(stream: bytes, filters: bytes) -> bytes:
    return pdf_of(
        CATALOG,
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R>>",
        b"<</Length %d /Filter %b>>\nstream\n%b\nendstream" % (len(stream), filters, stream),
    )


def unfolding(times: int) -> bytes:
    packed = bytes(1 << 28)
    for _ in range(times):
        packed = zlib.compress(packed, 9)
    return packed


def many_pages(number: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (place + 3) for place in range(number))
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>"
    return pdf_of(CATALOG, b"<</Type /Pages /Kids [%b] /Count %d>>" % (kids, number), *[page] * number)


def nested_pages(depth: int) -> bytes:
    nodes = [b"<</Type /Pages /Kids [%d 0 R] /Count 1>>" % (place + 3) for place in range(depth)]
    return pdf_of(CATALOG, *nodes, b"<</Type /Page /MediaBox [0 0 9 9]>>")


def png_of(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def overlapping() -> bytes:
    """An archive in whose directory many entries lead to the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "word/document.xml"):
            made.writestr(name, bytes(1 << 16))
        [first, _] = made.infolist()
        for number in range(500):
            same = zipfile.ZipInfo(f"word/{number}.xml")
            for part in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(same, part, getattr(first, part))
            made.filelist.append(same)
            made.NameToInfo[same.filename] = same
    return packed.getvalue()


REFUSED: dict[str, Callable[[], bytes]] = {
    "a page tree in a circle": lambda: pdf_of(CATALOG, b"<</Type /Pages /Kids [2 0 R] /Count 1>>"),
    "a page tree of one node": lambda: pdf_of(CATALOG, b"<</Type /Pages /Kids [] /Count 0>>"),
    "a page tree without end": lambda: nested_pages(20_000),
    "a catalog in a circle": lambda: pdf_of(b"1 0 R"),
    "brackets": lambda: pdf_of(CATALOG, b"[" * 1_000_000),
    "dictionaries": lambda: pdf_of(CATALOG, b"<</a " * 300_000),
    "a table in a circle": lambda: TABLE_IN_A_CIRCLE,
    "an image of 400 million pixels": lambda: png_of(20_000, 20_000, zlib.compress(bytes(1000))),
    "an image of nothing": lambda: png_of(0, 0, b""),
    "an image that is cut off": lambda: png_of(3_000, 3_000, zlib.compress(bytes(1000))),
    "an archive whose parts overlap": overlapping,
    "an archive of many parts": lambda: archive(*map(str, range(10_001)), *DOCX),
    "an archive that unfolds": lambda: archive(*DOCX, content=bytes(1 << 28)),
    "XML of many levels": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "XML in Shift_JIS": lambda: "<?xml version='1.0' encoding='Shift_JIS'?><a>日本</a>".encode("shift_jis"),
    "XML in an encoding of its own": lambda: b"<?xml version='1.0' encoding='x-mine'?><a/>",
    "XML in no encoding of text": lambda: b"<?xml version='1.0' encoding='zip'?><a/>",
    "laughs": lambda: b"<!DOCTYPE a [<!ENTITY b '" + b"c" * 10_000 + b"'>]><a>" + b"&b;" * 100_000 + b"</a>",
    "a long token": lambda: b"<a b='" + b"x" * 20_000_000,
}  # fmt: skip

UNREADABLE: dict[str, Callable[[], bytes]] = {
    "a stream that unfolds": lambda: page_with(unfolding(1), b"/FlateDecode"),
    "a stream that unfolds twice": lambda: page_with(unfolding(2), b"[/FlateDecode /FlateDecode]"),
    "many pages": lambda: many_pages(5_000),
    "a page of brackets": lambda: page_with(zlib.compress(b"[" * 400_000), b"/FlateDecode"),
    "a megabyte of blanks": lambda: pdf(["RFC: EKU9003173C9 idCIF: 1 Regímenes: a" + " " * 1_000_000]),
}


@pytest.fixture(scope="module")
def mine(live_server: Any, owner: Any) -> Company:
    return Company(live_server, owner)


BUSY = [[("OVERLOADED", "completeDocumentUpload")], [("OVERLOADED",)], [("TIMEOUT",)]]
"""On a machine with other things to do, a child may run out of time before it runs out of CPU time."""


def sending(mine: Company, content: bytes, **given: Any) -> Any:
    return upload(mine, content, clientId=global_id(Client, mine.client()), name="a", **given)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_bombs_are_refused(make: Callable[[], bytes], mine: Company) -> None:
    content = make()
    started = psutil.Process().cpu_times().user
    prepared = prepare(mine, content, clientId=global_id(Client, mine.client()), name="a")["documentUpload"]
    assert set(send(prepared, content)) == {204}
    answer = mine.ask(COMPLETE, input={"uploadId": prepared["id"]})
    if answer.errors not in BUSY:
        assert answer.status == 200
        assert codes(answer.data["completeDocumentUpload"]) == [("FILE_TYPE_REFUSED", "")]
    # The test's own process is the server's too; the children have their limits.
    assert psutil.Process().cpu_times().user - started < 5


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
def test_a_constancia_that_unfolds_is_unreadable(make: Callable[[], bytes], mine: Company) -> None:
    done = sending(mine, make(), kind="TAX_STATUS_CERTIFICATE")
    if done["userErrors"]:
        assert codes(done) == [("FILE_TYPE_REFUSED", "")]
        return
    query = "query ($id: ID!) { document(id: $id) { cfdiProfileProposal { status } } }"
    proposal = mine.ask(query, id=done["document"]["id"]).data["document"]["cfdiProfileProposal"]
    assert proposal["status"] in ("UNREADABLE", "NO_TEXT", "OTHER", "READ")


def test_an_animation_is_judged_by_its_first_frame(mine: Company) -> None:
    frames = [Image.new("RGB", (64, 64), (number % 256, 0, 0)) for number in range(500)]
    for kind in ("PNG", "WEBP"):
        made = io.BytesIO()
        frames[0].save(made, kind, save_all=True, append_images=frames[1:])
        assert sending(mine, made.getvalue())["userErrors"] == []


@pytest.mark.hostile
@pytest.mark.parametrize(
    "seed", [" ", "palabra ", "RFC: ", "1", "\n", "Regímenes:", "01/01/2020 ", "a\u0301"], ids=ascii
)
def test_how_long_others_wait_for_a_megabyte(seed: str, mine: Company) -> None:
    """P1: 1 MB of anything is read in less than 0.5 CPU s, and `/health/live` answers within 0.1 s meanwhile."""
    text = "RFC: EKU9003173C9 idCIF: 1 Regímenes: a" + (seed * 1_000_000)[:1_000_000]
    content = pdf([text[start : start + 80] for start in range(0, len(text), 80)])
    sending(mine, constancia(COMPANY), kind="TAX_STATUS_CERTIFICATE")
    waits: list[float] = []
    over = threading.Event()

    def watch() -> None:
        with httpx.Client(base_url=mine.ficha.url, trust_env=False, timeout=60) as http:
            while not over.wait(0.005):
                start = time.perf_counter()
                assert http.get("/health/live").status_code == 200
                waits.append(time.perf_counter() - start)

    def children() -> float:
        return sum(p.cpu_times().children_user + p.cpu_times().children_system for p in psutil.Process().children())

    watching = threading.Thread(target=watch)
    watching.start()
    before = children()
    try:
        done = sending(mine, content, kind="TAX_STATUS_CERTIFICATE")
    finally:
        over.set()
        watching.join()
    assert done["userErrors"] == []
    time.sleep(1)
    p99 = sorted(waits)[int(len(waits) * 0.99)]
    print(f"\nP1 {seed!r}: {children() - before:.2f} CPU s, /health/live p99 {p99:.3f} s, worst {max(waits):.3f} s")  # noqa: T201  # what `make hostile` is for
