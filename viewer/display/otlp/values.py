"""The values, ids and times of OTLP in its JSON encoding: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from viewer.text.json import write
from viewer.text.safe import well_formed

# Protobuf refuses messages that nest deeper than 100, and one level of a value is up to three messages.
_MAX_LEVELS = 20
_INT64 = range(-(2**63), 2**63)

Attributes = Mapping[str, Any]
"""Names and values. Those that are None are left out."""


def key_values(attributes: Attributes, level: int = 0) -> list[dict[str, Any]]:
    """Return attributes as a list of `KeyValue`."""
    return [
        {"key": well_formed(name), "value": any_value(value, level)}
        for name, value in attributes.items()
        if value is not None
    ]


def any_value(value: Any, level: int = 0) -> dict[str, Any]:
    """Return a JSON value as an `AnyValue`. What is nested too deeply becomes the text of its JSON."""
    match value:
        case None:
            return {}
        case bool():
            return {"boolValue": value}
        case int() if value in _INT64:
            # A string, because JSON readers lose digits of large numbers.
            return {"intValue": str(value)}
        case float() if math.isfinite(value):
            return {"doubleValue": value}
        case str():
            return {"stringValue": well_formed(value)}
        case list() | tuple() if level < _MAX_LEVELS:
            return {"arrayValue": {"values": [any_value(one, level + 1) for one in value]}}
        case dict() if level < _MAX_LEVELS:
            return {"kvlistValue": {"values": key_values(value, level + 1)}}
    return {"stringValue": well_formed(write(value))}


def trace_id(*parts: str) -> str:
    """Return the id of a trace in hexadecimal. Equal parts give equal ids, so that an export can be repeated."""
    return _digest("trace", *parts)[:32]


def span_id(*parts: str) -> str:
    """Return the id of a span in hexadecimal, as `trace_id` does."""
    return _digest("span", *parts)[:16]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def unix_nano(epoch_s: float) -> str:
    """Return a time in nanoseconds, in steps of a microsecond: a float of today's date is hardly finer."""
    return str(round(epoch_s * 1e6) * 1000)
