"""Recorded text as HTML."""

import html

from viewer.text.safe import well_formed


def escape(text: str, *, quote: bool = True) -> str:
    """Return HTML that shows a text literally, in an element and, with `quote`, in a quoted attribute."""
    return html.escape(well_formed(text), quote=quote)
