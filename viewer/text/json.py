"""JSON of recordings, read as leniently as SDKs read it, and values whose type a recording does not guarantee."""

import json
from typing import Any, TypeGuard

import orjson


def parse(data: bytes) -> Any:
    """Parse a JSON value. Raise `ValueError` if the bytes are not JSON.

    Accepts what SDKs accept and the strict parser does not: half a surrogate pair, NaN, control characters in strings, and
    invalid UTF-8, which becomes U+FFFD as in a browser, and a byte order mark.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            return json.loads(data.decode(errors="replace").removeprefix("\ufeff"), strict=False)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def json_in(text: str) -> Any:
    """Return the JSON value that a recorded text holds, such as the arguments of a call. Return a text that is not JSON unchanged."""
    try:
        return parse(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text


def write(value: Any, *, indent: bool = False) -> str:
    """Write a recorded value as JSON, including values the strict writer refuses. Return "…" if it is nested too deeply."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None).decode()
    except TypeError:
        try:
            return json.dumps(value, ensure_ascii=False, indent=2 if indent else None, default=_from_yaml)
        except RecursionError:
            return "…"


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def is_number(value: Any) -> TypeGuard[int | float]:
    """Tell whether a value is a JSON number. Python counts `bool` as an `int`; JSON does not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole_number(value: Any) -> TypeGuard[int]:
    """Tell whether a value is a JSON number written without a fraction."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: Any, low: float, high: float) -> float | None:
    """Return a JSON number within limits. Return None for anything else, such as an integer of hundreds of digits."""
    return float(value) if is_number(value) and low <= value <= high else None


def only_text(value: Any) -> str:
    """Return a JSON string, or "" in place of anything else."""
    return value if isinstance(value, str) else ""


def as_text(value: Any) -> str:
    """Return any recorded value as text: a string unchanged, null as "", everything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else write(value)


def is_whole(text: str) -> bool:
    """Tell whether UTF-8 can encode a text. It cannot encode half a surrogate pair, which JSON can hold."""
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


def _from_yaml(value: Any) -> str:
    """Return bytes, dates and other values that YAML has and JSON has not, as text."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
