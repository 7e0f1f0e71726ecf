"""Recorded text as HTML."""

import html

from viewer.text.safe import well_formed


def escape(text: str) -> str:
    """Return HTML that shows a text literally, in an element or a quoted attribute."""
    return html.escape(well_formed(text))
