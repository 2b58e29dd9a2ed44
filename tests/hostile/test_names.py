"""What a file is called when it is opened: the extension is that of its type, whatever its sender called it."""

import re
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from demo.files import pdf
from models import Client, Document
from storage.content_type import ACCEPTED, JPEG, PDF, PNG, TEXT, XML
from storage.file_name import EXTENSIONS, with_extension
from tests.fixtures import global_id
from tests.uploading import codes, links, upload


@pytest.mark.claims(
    "docs/documents.md",
    "| the file is | sent as | called |",
    "**Its extension follows the type**: the extension decides which program opens the file.",
    "An extension that is known to be of another type is taken off, anything else is part of the name.",
)
@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ("recibo.pdf", PDF, "recibo.pdf"),
        ("RECIBO.PDF", PDF, "RECIBO.PDF"),
        ("recibo", PDF, "recibo.pdf"),
        ("recibo.bat", PDF, "recibo.pdf"),
        ("factura.hta", PDF, "factura.pdf"),
        ("x.js", TEXT, "x.txt"),
        ("x.html", PDF, "x.pdf"),
        ("x.pdf.exe", PDF, "x.pdf"),
        ("x.exe.js.bat", PDF, "x.pdf"),
        ("x.exe.", PDF, "x.pdf"),
        ("x.exe. . ", PDF, "x.pdf"),
        ("x.exe\u00a0", PDF, "x.pdf"),
        ("x.EXE", PDF, "x.pdf"),
        ("fdp\u202eexe.pdf.scr", PDF, "fdpexe.pdf"),
        ("x.p\u200bdf", PDF, "x.pdf"),
        ("x․exe", PDF, "x․exe.pdf"),
        ("x．ｐｄｆ", PDF, "x．ｐｄｆ.pdf"),
        ("x.рdf", PDF, "x.рdf.pdf"),
        ("foto.jpeg", JPEG, "foto.jpeg"),
        ("foto.jpeg", PNG, "foto.png"),
        ("Contrato v1.2", PDF, "Contrato v1.2.pdf"),
        ("Escuela Kemper, S.A. de C.V.", PDF, "Escuela Kemper, S.A. de C.V.pdf"),
        ("notas.md", TEXT, "notas.md"),
        ("factura.xsl", XML, "factura.xml"),
        ("CON", PDF, "_CON.pdf"),
        ("aux.txt", TEXT, "_aux.txt"),
        ("com1.a.b", PDF, "_com1.a.b.pdf"),
        ("lpt¹.pdf", PDF, "_lpt¹.pdf"),
        ("consola.pdf", PDF, "consola.pdf"),
        (".htaccess", TEXT, ".htaccess.txt"),
        (".bat", PDF, "document.pdf"),
        (".pdf", PDF, "document.pdf"),
        ("...", PDF, "document.pdf"),
        ("", PDF, "document.pdf"),
        ("x" * 255, PDF, "x" * 251 + ".pdf"),
        ("x" * 251 + ".bat", PDF, "x" * 251 + ".pdf"),
    ],
)  # fmt: skip
def test_the_extension_follows_the_type(name: str, content_type: str, shown: str) -> None:
    assert with_extension(name, content_type) == shown
    # Whoever edits the name sees what is there, and sends it back.
    assert with_extension(shown, content_type) == shown


RUN = re.findall(
    r"\S+",
    """
    ade adp app application appref-ms asp aspx bat cer chm cmd cnt com cpl crt csh dll docm dotm exe fxp gadget hlp hta
    htm html inf ins iso isp its jar jnlp js jse ksh lnk mad maf mam msc msh msi msp mst pcd pif pl ps1 ps2 py pyw reg
    rb scf scr sct settingcontent-ms sh shb shs svg swf url vb vbe vbs vsw wsc wsf wsh xbap xhtml xlsm xll xml xsl zip
    """,
)


@pytest.mark.parametrize("content_type", ACCEPTED)
def test_no_name_leads_to_another_program(content_type: str) -> None:
    for extension in RUN:
        for form in (
            f"x.{extension}",
            f"x.{extension.upper()}",
            f"x.{extension}. ",
            f"x.pdf.{extension}",
            f".{extension}",
        ):
            last = with_extension(form, content_type).rpartition(".")[2].lower()
            assert last in EXTENSIONS[content_type]


RENAME = """
mutation ($input: UpdateDocumentInput!) { updateDocument(input: $input) { document { name } userErrors { code } } }
"""


@pytest.mark.claims(
    "docs/documents.md",
    "This is done when the upload is completed, when `updateDocument` changes the name, and in "
    "`Content-Disposition`, so that it holds for documents from before as well.",
)
def test_an_uploaded_file_is_named_and_renamed_as_what_it_is(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    for name in ("recibo.bat", "factura.hta"):
        document = upload(mine, pdf(["hola"]), clientId=client, name=name)["document"]
        assert document["name"] == f"{name.partition('.')[0]}.pdf"
    renamed = mine.ask(RENAME, input={"id": document["id"], "name": "pago.exe"}).data["updateDocument"]
    assert renamed == {"document": {"name": "pago.pdf"}, "userErrors": []}
    assert upload(mine, b"alert(1)", clientId=client, name="x.js")["document"]["name"] == "x.txt"


def test_what_was_named_before_is_downloaded_as_what_it_is(company: Any, owner: Any) -> None:
    mine = company()
    document = upload(mine, pdf(["hola"]), clientId=global_id(Client, mine.client()), name="a.pdf")["document"]
    [id] = [row.id for row in owner.execute(Document.__table__.select().where(Document.company_id == mine.id))]
    mine.change(Document, id, name="recibo.bat")
    header = httpx.get(links(mine, document["id"])["downloadUrl"], trust_env=False, timeout=60).headers[
        "Content-Disposition"
    ]
    assert re.findall(r"filename\*?=\"?(?:UTF-8'')?([^\";]+)", unquote(header)) == ["recibo.pdf", "recibo.pdf"]


def test_what_only_begins_as_a_pdf_is_none(company: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    for content in (
        b"%PDF-1.7<script>alert(1)</script>.......",
        b"%PDF-1.7\n%%EOF\n",
        b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
    ):
        assert codes(upload(mine, content, clientId=client, name="x.html")) == [("FILE_TYPE_REFUSED", "")]
