"""Events that are the one before them but for one text: the bulk of every long stream, which need no parsing.

Where two payloads are the same bytes but for one JSON string, then their JSON is the same but for that string, and it alone is
parsed.
"""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold what stands before and after the text that differs, its quotes included."""

    head: bytes
    tail: bytes

    def fits(self, data: bytes) -> bool:
        """Tell whether a payload has the same around its text, whatever that is."""
        return data.startswith(self.head) and data.endswith(self.tail)

    def text_in(self, data: bytes) -> str:
        """Return the text of a payload that differs in it alone; "" where this is not certain."""
        begin, end = len(self.head), len(data) - len(self.tail)
        if end <= begin or not self.fits(data):
            return ""
        try:
            # With the quotes around it, which are the last of the head and the first of the tail.
            text: str = orjson.loads(data[begin - 1 : end + 1])
        except orjson.JSONDecodeError:
            return ""
        return text


def pattern_of(data: bytes, text: str) -> Pattern | None:
    """Return what of a valid payload stands around one of its texts; None where its place is not certain."""
    if b"\\" in data:
        # A text that is escaped could stand elsewhere as it is.
        return None
    quoted = b'"' + text.encode() + b'"'
    place = data.find(quoted)
    # A colon in quotes stands between every name and its text as well, and may share a quote with it.
    if place < 0 or data.find(quoted, place + 1) >= 0:
        return None
    return Pattern(data[: place + 1], data[place + len(quoted) - 1 :])
