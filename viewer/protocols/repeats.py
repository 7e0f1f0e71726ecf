"""Events that are the one before them but for one text: the bulk of every long stream, which need no parsing.

Where two payloads are the same bytes but for one JSON string, then their JSON is the same but for that string, and it alone is
parsed. A second string may differ that nobody reads: OpenAI pads each event with letters at random.
"""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold what stands before and after the text that differs, its quotes included."""

    head: bytes
    tail: bytes
    """After the padding, where there is one."""
    between: bytes = b""
    """From the text to the padding; b"" where there is none."""

    def text_in(self, data: bytes) -> str:
        """Return the text of a payload that differs in it, and in its padding, alone; "" where this is not certain."""
        head, tail, between = self.head, self.tail, self.between
        begin, end = len(head), len(data) - len(tail)
        if end < begin or not data.startswith(head) or not data.endswith(tail):
            return ""
        if between:
            # Letters and digits hold no quote, so that the last one before their end is that which begins them.
            padded, end = end, data.rfind(b'"', begin, end) + 1
            if not data[end:padded].isalnum() or not data.endswith(between, begin, end):
                return ""
            end -= len(between)
        try:
            # With the quotes around it, which are the last of the head and the first of what follows.
            text: str = orjson.loads(data[begin - 1 : end + 1])
        except orjson.JSONDecodeError:
            return ""
        return text


def pattern_of(data: bytes, text: str, padding: str = "") -> Pattern | None:
    """Return what of a valid payload stands around one of its texts, and its padding; None where their places are not certain."""
    if b"\\" in data:
        # A text that is escaped could stand elsewhere as it is.
        return None
    place = _only_place(data, text)
    if place is None:
        return None
    begin, end = place
    if not padding:
        return Pattern(data[:begin], data[end:])
    padded = _only_place(data, padding)
    if padded is None or padded[0] < end or not padding.encode().isalnum():
        return None
    return Pattern(data[:begin], data[padded[1] :], data[end : padded[0]])


def _only_place(data: bytes, text: str) -> tuple[int, int] | None:
    """Return where a text begins and ends, without its quotes; None where it stands nowhere, or more than once."""
    quoted = b'"' + text.encode() + b'"'
    place = data.find(quoted)
    # A colon in quotes stands between every name and its text as well, and may share a quote with it.
    if place < 0 or data.find(quoted, place + 1) >= 0:
        return None
    return place + 1, place + len(quoted) - 1
