"""Names of files: as uploaded, without hidden characters, and with the extension of their type.

An extension decides which program opens a file, so it always follows the type: a PDF is called `….pdf`.
"""

import re
import unicodedata
from collections.abc import Mapping
from mimetypes import MimeTypes
from typing import Final

from storage.content_type import CSV, DOCX, HEIC, JPEG, PDF, PNG, TEXT, WEBP, XLSX, XML

FALLBACK: Final = "document"

LONGEST: Final = 255
"""Characters of a name."""

EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    PDF: ("pdf",),
    XML: ("xml",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    WEBP: ("webp",),
    HEIC: ("heic", "heif"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    TEXT: ("txt", "text", "log", "md"),
    CSV: ("csv",),
}
"""The extensions of each type; the first is the one that is put on."""

# What Windows, macOS and Linux start as a program or a script when it is opened, and what a browser or an office
# program shows with its scripts; the types that Python knows are not repeated.
_RUN: Final = re.findall(
    r"\S+",
    """
    ade adp app appimage application appref-ms appx appxbundle asp aspx bas bash bat cab chm class cmd cnt com command
    cpl crt csh deb desktop diagcab dll dmg docm dotm exe fxp gadget grp hlp hpj hta htm html htt inf ini ins inx ipa
    iso isp isu jar jnlp job js jse jsp ksh lib lnk mad maf mag mam mat mcf mda mde mdt mdw mdz mht mhtml mjs msc msh
    msi msix msp mst ocx ops osd paf pcd pif pkg plg potm ppam ppsm pptm prf prg ps1 ps1xml ps2 psc1 psd1 psm1 pst pwz
    py pyc pyo pyw pyz rb reg rgs rpm run scf scr sct search-ms settingcontent-ms sh shb shs shtml svg svgz swf sys
    theme tmp u3p url vb vba vbe vbp vbs vhd vhdx vsmacros vsw website wim ws wsc wsf wsh xbap xhtml xlam xll xlsm
    xltm xnk xsl xslt zip 7z rar gz tgz bz2 xz php phtml pl tcl elf bin dylib so ace arj lzh img
    """,
)
_KNOWN: Final = frozenset(
    [*_RUN, *(each for accepted in EXTENSIONS.values() for each in accepted)]
    + [extension.lstrip(".") for table in MimeTypes(()).types_map for extension in table if len(extension) > 2]
)
# Names that Windows gives to devices, with whatever extension.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_AT_END: Final = " ."


def clean_filename(name: str) -> str:
    """The last part of a path, without control, format or unpaired characters; never empty."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Cc, Cf, Cs: controls, invisibles such as U+200B and the overrides of writing direction, halves of pairs.
    visible = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = visible.strip()
    return name if name.strip(" .") else FALLBACK


def with_extension(name: str, content_type: str) -> str:
    """The name of a file of this type. An extension of the type stays, one that is known of other types is taken off,
    and where none of the type is left, the type's own is put on: `recibo.bat` is `recibo.pdf`, `Contrato v1.2` is
    `Contrato v1.2.pdf`. At most `LONGEST` characters: the name gives way. Of an unknown type the name stays."""
    accepted = EXTENSIONS.get(content_type)
    stem = clean_filename(name).rstrip(_AT_END)
    if accepted is None:
        return stem
    extension = accepted[0]
    while True:
        rest, dot, last = stem.rpartition(".")
        if not dot or not last.isascii() or last.lower() not in _KNOWN:
            break
        stem = rest.rstrip(_AT_END)
        if last.lower() in accepted:
            extension = last
            break
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    stem = stem[: LONGEST - 1 - len(extension)].rstrip(_AT_END) or FALLBACK
    return f"{stem}.{extension}"
