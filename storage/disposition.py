"""The Content-Disposition header of a download (RFC 6266). The extension of the name follows the file's type, even
for files that were named before this rule."""

import re
import unicodedata
from urllib.parse import quote

from storage.file_name import FALLBACK, with_extension

INLINE_TYPES = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"})
"""Types that a browser shows without running anything in them; HTML, SVG and XML can carry scripts."""


def content_disposition(filename: str, content_type: str, *, inline: bool = False) -> str:
    """The header's value, in ASCII: `filename` for old clients, and `filename*` (RFC 8187) that the others prefer.

    S3 signs the value as part of the link, and some servers sign `&`, quotes or parentheses wrongly: none is left bare.
    """
    name = with_extension(filename, content_type)
    shown = inline and content_type.partition(";")[0].strip().lower() in INLINE_TYPES
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, extension = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).rpartition(".")
    # Of a name wholly in another script, only the extension is left.
    plain = f"{stem.strip(' .') or FALLBACK if dot else ''}{dot}{extension}".strip(" .") or FALLBACK
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
