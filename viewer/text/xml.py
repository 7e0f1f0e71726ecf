"""Recorded text as XML."""

import re

from viewer.text.html import escape
from viewer.text.safe import visible_line

# Of the characters that XML forbids, `visible_line` replaces the others: https://www.w3.org/TR/xml/#charsets.
_NOT_CHARACTERS = re.compile("[\ufffe\uffff]")


def escape_xml(text: str) -> str:
    """Return XML that shows one line of text literally, in an element or a quoted attribute.

    What XML forbids, and what is unsafe to show, becomes a symbol: ESC becomes U+241B, U+FFFE `<U+FFFE>`.
    """
    return escape(_NOT_CHARACTERS.sub(lambda match: f"<U+{ord(match[0]):04X}>", visible_line(text)))
