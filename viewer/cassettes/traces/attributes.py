"""Attributes of OpenTelemetry, from OTLP's JSON or from plain objects, and lists that were flattened into their names.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from collections.abc import Mapping
from typing import Any

from viewer.text.json import is_number, items, mapping, only_text, parse

Attributes = dict[str, Any]

_MAX_DEPTH = 20


def attributes_of(value: Any) -> Attributes:
    """Return attributes by their names, from a list of keys and values or from an object."""
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if isinstance(name, str)}
    found: Attributes = {}
    for one in items(value):
        if isinstance(one, dict) and isinstance(key := one.get("key"), str):
            held = one.get("value")
            # Most attributes are texts, and a file may have millions.
            text = held.get("stringValue") if isinstance(held, dict) else None
            found[key] = text if isinstance(text, str) else any_value(held)
    return found


def any_value(value: Any, depth: int = 0) -> Any:
    """Return the JSON value that an AnyValue holds. A value that is not one is returned as it is."""
    if not isinstance(value, dict) or len(value) != 1 or depth > _MAX_DEPTH:
        return value
    kind, held = next(iter(value.items()))
    match kind:
        case (
            "stringValue" | "boolValue" | "doubleValue" | "bytesValue" | "string_value" | "bool_value" | "double_value"
        ):
            return held
        case "intValue" | "int_value":
            # Protocol buffers write 64-bit integers as texts.
            return int(held) if isinstance(held, str) and held.lstrip("-").isdecimal() and len(held) < 20 else held
        case "arrayValue" | "array_value":
            return [any_value(one, depth + 1) for one in items(mapping(held).get("values"))]
        case "kvlistValue" | "kvlist_value":
            pairs = [mapping(one) for one in items(mapping(held).get("values"))]
            return {only_text(pair.get("key")): any_value(pair.get("value"), depth + 1) for pair in pairs}
    return value


def json_value(value: Any) -> Any:
    """Return the value of a JSON text. Attributes hold no objects, so libraries write these as texts. Others stay."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return parse(value.encode("utf-8", "surrogatepass"))
        except ValueError:
            return value
    return value


def unflattened(attributes: Mapping[str, Any], prefix: str) -> list[Any]:
    """Return the list that names such as `gen_ai.prompt.0.role` make up. `prefix` ends with a dot."""
    tree: dict[str, Any] = {}
    for name, value in attributes.items():
        if name.startswith(prefix):
            place = tree
            *path, last = name[len(prefix) :].split(".")[:_MAX_DEPTH]
            for key in path:
                inner = place.setdefault(key, {})
                if not isinstance(inner, dict):
                    inner = place[key] = {"": inner}
                place = inner
            place[last] = value
    found = _as_lists(tree)
    return found if isinstance(found, list) else []


def _as_lists(tree: Any) -> Any:
    """Return a tree with each object whose keys are all numbers as a list, in their order."""
    if not isinstance(tree, dict):
        return tree
    numbered = [key for key in tree if key.isdecimal() and len(key) < 7]
    if numbered and len(numbered) == len(tree):
        return [_as_lists(tree[key]) for key in sorted(numbered, key=int)]
    return {key: _as_lists(value) for key, value in tree.items()}


def first_of(attributes: Mapping[str, Any], *names: str) -> Any:
    """Return the first of several attributes that is there and not empty; None if none is."""
    return next((value for name in names if (value := attributes.get(name)) not in (None, "", [], {})), None)


def first_number(attributes: Mapping[str, Any], *names: str) -> float | None:
    """Return the first of several attributes that is a number and not negative."""
    values = (attributes.get(name) for name in names)
    return next((float(value) for value in values if is_number(value) and 0 <= value < 1e9), None)
