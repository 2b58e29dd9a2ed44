"""Headers that several of our routes send."""

from typing import Final

INERT: Final = {
    "X-Content-Type-Options": "nosniff",
    # Browsers lay out the page around an image or a text with a style of their own.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""The content type is not sniffed, and no script runs even if a browser shows the file as a page of this origin."""

# Some browsers' viewers of PDF do not start in a sandbox; they run nothing of the file's in our origin.
PDF: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"}
"""In place of `INERT`'s policy, for files of that type."""
