"""Headers that several of our routes send."""

from typing import Final

INERT: Final = {
    "X-Content-Type-Options": "nosniff",
    # Browsers lay out the page around an image or a text with a style of their own.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""What is sent is what it is called, and runs nothing even where a browser shows it as a page of this origin."""
