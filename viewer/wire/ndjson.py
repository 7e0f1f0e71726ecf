"""Newline-delimited JSON, one value per line, as Ollama streams it: https://github.com/ndjson/ndjson-spec."""

from dataclasses import replace

from viewer.types.problems import Problem
from viewer.wire.events import Events, tile
from viewer.wire.json_values import Piece, split_values
from viewer.wire.sniff import BOM, is_json, is_json_lines

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
    """Return a unit for each line that is not blank, or for each value on a line with several."""
    offset: list[int] = []
    data: list[bytes | None] = []
    may_have_several = b"}{" in body or b"} {" in body
    several = 0
    place = len(BOM) if body.startswith(BOM) else 0
    for line in body[place:].split(b"\n"):
        if text := line.strip():
            pieces = split_values(text) if may_have_several and not is_json(text) else []
            several += bool(pieces)
            indent = len(line) - len(line.lstrip())
            for begin, end in pieces or [Piece(0, len(text))]:
                offset.append(place + indent + begin if begin else place)
                data.append(text[begin:end])
        place += len(line) + 1
    cut_off = bool(data) and not body.endswith(b"\n") and not is_json(data[-1])
    events = tile(len(body), offset, ["message"] * len(data), data, unterminated=cut_off)
    return replace(events, problems=(_several_values(several),)) if several else events


def _several_values(lines: int) -> Problem:
    lines_have = "1 line has" if lines == 1 else f"{lines:,} lines have"
    return Problem("note", f"{lines_have} several JSON values, one after another.", "Each value is read as an event.")
