"""JSON text sequences (RFC 7464): JSON values separated by U+001E: https://www.rfc-editor.org/rfc/rfc7464.

The standard puts the separator before each value and a line end after it. Mastra streams workflows with the separator after each value.
"""

from viewer.wire.events import Events, tile
from viewer.wire.sniff import BOM, is_json

SEPARATOR = b"\x1e"
_MEDIA_TYPES = frozenset({"application/json-seq", "application/geo+json-seq"})
_FIRST_RECORDS = 4


def recognise(content_type: str, body: bytes) -> int:
    """Look for objects around separators, which JSON cannot hold unescaped.

    Two objects are surer than the media type, which is often that of server-sent events.
    """
    if SEPARATOR not in body:
        return 0
    by_records = (0, 60, 95)[count_records(body)]
    return max(80, by_records) if content_type in _MEDIA_TYPES and by_records else by_records


def count_records(text: bytes) -> int:
    """Count the first records that are JSON objects, up to 2. Return 0 if any of them is something else."""
    records = [record.strip() for record in text.removeprefix(BOM).split(SEPARATOR, _FIRST_RECORDS)[:_FIRST_RECORDS]]
    present = [record for record in records if record]
    if SEPARATOR not in text or not all(record.startswith(b"{") for record in present):
        return 0
    return min(2, sum(map(is_json, present)))


def decode(body: bytes) -> Events:
    """Return a unit for each record that is not blank."""
    offset: list[int] = []
    data: list[bytes | None] = []
    place = len(BOM) if body.startswith(BOM) else 0
    for record in body[place:].split(SEPARATOR):
        if text := record.strip():
            offset.append(place)
            data.append(text)
        place += len(record) + 1
    cut_off = bool(data) and not is_json(data[-1])
    return tile(len(body), offset, ["message"] * len(data), data, unterminated=cut_off)
