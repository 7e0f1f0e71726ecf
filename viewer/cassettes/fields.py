"""Requests, responses and times from the shapes in which recorders write them: whatever is odd gives what it can."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from viewer.text.base64 import unpack
from viewer.text.json import as_text, mapping, write
from viewer.text.times import parse_http_date, parse_time
from viewer.types.http import Arrivals, Headers, Moment
from viewer.types.problems import Problem

# More milliseconds than any recording lasts.
_NO_TIME = 1e12


def no_response(interaction: int) -> Problem:
    """Return the problem of an interaction that has a request alone."""
    return Problem("error", "This interaction has no response.", "The file may be cut off.", interaction=interaction)


def headers(value: Any) -> Headers:
    """Return headers from a map of name to value or values, or from a list of {name, value}."""
    if isinstance(value, list):
        pairs = [mapping(item) for item in value]
        return Headers((as_text(pair["name"]), as_text(pair.get("value", ""))) for pair in pairs if "name" in pair)
    return Headers(
        (as_text(name), as_text(one))
        for name, values in mapping(value).items()
        for one in (values if isinstance(values, list) else [values])
        if one is not None
    )


def body(value: Any) -> bytes:
    """Return the bytes of a body; one that was recorded as parsed JSON is written as JSON again."""
    if isinstance(value, bytes):
        return value
    if value is None:
        return b""
    text = write(value) if isinstance(value, dict | list) else str(value)
    return text.encode("utf-8", "surrogatepass")


def base64_body(value: Any) -> bytes:
    """Return the bytes of a body that was recorded as base64; the text itself where it is none."""
    try:
        return unpack(as_text(value))
    except ValueError:
        return body(value)


def status(value: Any) -> int | None:
    """Return a status code from a number, or from a text that begins with one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = as_text(value or "").strip().partition(" ")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 3 else None


def moment(value: Any, resolution_s: float) -> Moment | None:
    """Return a time of ISO 8601 or of HTTP that is as coarse as the recorder writes it; None for what is no time.

    One without a zone is UTC, as all recorders write that name none.
    """
    if not isinstance(value, str):
        return None
    epoch_s = parse_time(value, UTC)
    if epoch_s is None:
        epoch_s = parse_http_date(value)
    return None if epoch_s is None else Moment(epoch_s, resolution_s)


def arrivals(values: Sequence[Any], unit_s: float, *, since_request: bool = False) -> Arrivals | None:
    """Return when each event came, from whole numbers of a unit; None where one of them is none, or there is none."""
    numbers = [value for value in values if isinstance(value, int | float) and abs(value) < _NO_TIME]
    if not numbers or len(numbers) < len(values):
        return None
    return Arrivals(tuple(number * unit_s for number in numbers), since_request=since_request, resolution_s=unit_s)
