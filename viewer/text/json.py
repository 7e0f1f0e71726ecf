"""The JSON of one event, read as SDKs read it."""

import json
from typing import Any

import orjson


def parse(data: bytes) -> Any:
    """Return the JSON value of a payload; raise `ValueError` where it is none.

    What the strict parser refuses and SDKs accept is read too: half a surrogate pair, NaN, control characters, and
    invalid UTF-8, which becomes U+FFFD as in a browser.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            return json.loads(data.decode(errors="replace"), strict=False)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def write(value: Any, *, indent: bool = False) -> str:
    """Return a recorded JSON value as text, also one that the strict writer refuses; "…" where it is nested too deeply."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None).decode()
    except TypeError:
        try:
            return json.dumps(value, ensure_ascii=False, indent=2 if indent else None, default=_bytes_as_text)
        except RecursionError:
            return "…"


def as_text(value: Any) -> str:
    """Return a recorded value as text: a text as it is, "" for nothing, and all else, however deep, as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else write(value)


def number(value: Any, low: float, high: float) -> float | None:
    """Return a recorded number inside limits; None for anything else, such as one of hundreds of digits."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and low <= value <= high else None


def only_text(value: Any) -> str:
    """Return a recorded value that is a text; "" in place of anything else."""
    return value if isinstance(value, str) else ""


def _bytes_as_text(value: Any) -> str:
    """Return what YAML can hold and JSON cannot."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def is_whole(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: half of a surrogate pair, which JSON can hold, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_utf_8(data: bytes) -> bool:
    """Tell whether bytes are valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
