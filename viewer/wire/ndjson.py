"""Newline-delimited JSON, one value a line: https://github.com/ndjson/ndjson-spec, as Ollama streams it."""

from viewer.payload import parse
from viewer.wire.events import Events, tile

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
    """Trust the media type, else look for two lines that are JSON objects each."""
    if content_type in _MEDIA_TYPES:
        return 80
    lines = body[:65536].split(b"\n", 3)
    return 60 if len(lines) > 1 and all(map(_is_object, lines[:2])) else 0


def _is_object(line: bytes) -> bool:
    try:
        return line.lstrip().startswith(b"{") and isinstance(parse(line), dict)
    except ValueError:
        return False


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
    unterminated = bool(body) and not body.endswith(b"\n")
    return tile(0, len(body), offset, ["message"] * len(data), data, unterminated=unterminated)
