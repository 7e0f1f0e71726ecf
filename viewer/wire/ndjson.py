"""Newline-delimited JSON, one value per line, as Ollama streams it: https://github.com/ndjson/ndjson-spec."""

from viewer.wire.events import Events, tile
from viewer.wire.sniff import is_json, is_json_lines

_MEDIA_TYPES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/stream+json",
    }
)


def recognise(content_type: str, body: bytes) -> int:
    """Trust the media type, else look for two lines that are JSON objects."""
    return 80 if content_type in _MEDIA_TYPES else 60 if is_json_lines(body) else 0


def decode(body: bytes) -> Events:
    """Return a unit for each line that is not blank."""
    offset: list[int] = []
    data: list[bytes | None] = []
    place = 0
    for line in body.split(b"\n"):
        if line.strip():
            offset.append(place)
            data.append(line.strip())
        place += len(line) + 1
    cut_off = bool(data) and not body.endswith(b"\n") and not is_json(data[-1])
    return tile(len(body), offset, ["message"] * len(data), data, unterminated=cut_off)
