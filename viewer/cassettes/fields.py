"""The fields of an interaction, parsed from the shapes in which recorders write them.

A file may hold any type anywhere. Every function here returns as much as a value gives, and none raises.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from viewer.text.base64 import unpack
from viewer.text.json import as_text, is_number, is_whole_number, items, mapping, write
from viewer.text.times import parse_epoch, parse_http_date, parse_time
from viewer.types.http import Arrivals, Headers, Moment
from viewer.types.problems import Problem

MILLISECOND_S = 1e-3
MICROSECOND_S = 1e-6

CHECK_RECORDER = "Check that the calls went through the recorder."
"""Advice for a cassette that is valid but empty."""
OPEN_WITH_FILES = "Open the cassette from its folder, together with the files next to it."
"""Advice for a cassette that refers to a file which is missing or has changed."""

_MAX_QUOTED = 200
# Thirty years in milliseconds, and the year 33658 in seconds: far beyond any recorded time, and exact as a float.
_MAX_TIME = 1e12


def no_response(interaction: int) -> Problem:
    """Return the problem of an interaction that has a request but no response."""
    return Problem("error", "This interaction has no response.", "The file may be cut off.", interaction=interaction)


def missing_body_file(name: str, interaction: int, side: str = "response", *, advice: str = OPEN_WITH_FILES) -> Problem:
    """Return the problem of a body that the recorder wrote to a file of its own."""
    what = f"The {side} body is in a file of its own, which is missing: {quote(name)}."
    return Problem("warning", what, advice, interaction=interaction)


def quote(value: Any, max_length: int = _MAX_QUOTED) -> str:
    """Return the beginning of a recorded value as text, short enough for a message."""
    return as_text(value)[:max_length]


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return the items of a JSON array as objects, with an empty object in place of anything else."""
    return [mapping(item) for item in items(value)]


def pairs(value: Any) -> list[tuple[str, Any]]:
    """Return the names and values of an object, in which a name that occurs more than once has a list of values."""
    return [
        (as_text(name), one)
        for name, values in mapping(value).items()
        for one in (values if isinstance(values, list) else [values])
    ]


def headers(value: Any) -> Headers:
    """Return headers from an object of names with a value or a list of values, or from a list of {name, value}."""
    if isinstance(value, list):
        named = [pair for pair in mappings(value) if "name" in pair]
        return Headers((as_text(pair["name"]), as_text(pair.get("value", ""))) for pair in named)
    return Headers((name, as_text(one)) for name, one in pairs(value) if one is not None)


def content_type(media_type: str) -> Headers:
    """Return headers for a body of which nothing is recorded but its media type."""
    return Headers([("Content-Type", media_type)])


def with_content_type(recorded: Headers, media_type: str) -> Headers:
    """Return headers with a content type added if they have none and the media type is known."""
    if not media_type or "content-type" in recorded:
        return recorded
    return Headers([*recorded.items(), ("Content-Type", media_type)])


def version(value: Any) -> str:
    """Return a version as text, or "" if it is not a number or text."""
    return str(value) if isinstance(value, int | str) else ""


def body(value: Any) -> bytes:
    """Return the bytes of a body. A body that was recorded as parsed JSON is written as JSON again."""
    if isinstance(value, bytes):
        return value
    if value is None:
        return b""
    return json_body(value) if isinstance(value, dict | list) else _encoded(str(value))


def json_body(value: Any) -> bytes:
    """Write any value, also a string, as the JSON of a body."""
    return _encoded(write(value))


def base64_body(value: Any) -> bytes:
    """Decode a body that was recorded as base64. Return the text itself if it is not base64."""
    try:
        return unpack(as_text(value))
    except ValueError:
        return body(value)


def hexadecimal_body(value: Any) -> bytes:
    """Decode a body that was recorded in hexadecimal. Return the text itself if it is not hexadecimal."""
    try:
        return bytes.fromhex(as_text(value))
    except ValueError:
        return body(value)


def status(value: Any) -> int | None:
    """Return a status code from a number, or from a text that begins with one."""
    if is_whole_number(value):
        return value
    digits = as_text(value or "").strip().partition(" ")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 3 else None


def seconds(value: Any) -> float | None:
    """Return a recorded number of seconds. Return None if it is not a number that can be a time."""
    return float(value) if is_number(value) and abs(value) < _MAX_TIME else None


def moment(value: Any, resolution_s: float) -> Moment | None:
    """Parse an ISO 8601 time or an HTTP date, as coarse as the recorder writes it. Return None if it is neither.

    A time without a zone is UTC: every recorder that omits the zone writes UTC.
    """
    if not isinstance(value, str):
        return None
    epoch_s = parse_time(value, UTC)
    if epoch_s is None:
        epoch_s = parse_http_date(value)
    return None if epoch_s is None else Moment(epoch_s, resolution_s)


def epoch_moment(value: Any, resolution_s: float) -> Moment | None:
    """Return the moment of a number of epoch seconds or milliseconds. Return None if it is neither."""
    epoch_s = parse_epoch(value)
    return None if epoch_s is None else Moment(epoch_s, resolution_s)


def elapsed_s(begin: Moment | None, end: Moment | None) -> float | None:
    """Return the seconds from one recorded moment to another. Return None if one is unknown or if they are not in order."""
    seconds_between = end.epoch_s - begin.epoch_s if begin and end else 0.0
    return seconds_between if seconds_between > 0 else None


def arrivals(values: Sequence[Any], unit_s: float, *, since_request: bool = False) -> Arrivals | None:
    """Return arrival times from one recorded number per event. Return None if any is not a number, or if there is none."""
    numbers = map(seconds, values)
    return arrivals_at([None if one is None else one * unit_s for one in numbers], unit_s, since_request=since_request)


def arrivals_at(
    times_s: Sequence[float | None], resolution_s: float, *, since_request: bool = False
) -> Arrivals | None:
    """Return arrival times from the seconds of each event. Return None if any is unknown, or if there is none."""
    known = tuple(second for second in times_s if second is not None)
    if not known or len(known) < len(times_s):
        return None
    return Arrivals(known, since_request=since_request, resolution_s=resolution_s)


def _encoded(text: str) -> bytes:
    # JSON can hold half a surrogate pair, which must not end the reading.
    return text.encode("utf-8", "surrogatepass")
