"""Which fields came, went or changed their JSON type between two recordings: what a provider changed without a word.

A field's path has its array indices folded: `choices[].delta.content`. Events that name their type have their fields apart
from those of other types. Objects whose fields a user or a model names, such as the arguments of a tool call, are one field.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from viewer.comparison.normalise import OPAQUE, plain_key
from viewer.comparison.side import Side
from viewer.text.json import parse
from viewer.wire.framing import split_events

Part = Literal["event", "response", "request"]

JSON_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", dict: "object"}
_ARRAY = "array"
# Events that only keep the connection: whether one comes is a matter of time.
_PINGS = frozenset(["ping", "keepalive", "keep_alive", "heartbeat"])
_MOST_FIELDS = 20_000
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """State one field that is not the same on both sides, with how often it stands there as which JSON type."""

    part: Part
    event: str
    """The type of the events that hold it; "" where events have none, and for bodies."""
    path: str
    """"" is the event as a whole."""
    left: Mapping[str, int]
    """Empty where the field came."""
    right: Mapping[str, int]
    """Empty where the field went."""

    @property
    def what(self) -> Literal["came", "went", "changed type"]:
        """What became of it, from left to right."""
        if not self.left:
            return "came"
        return "changed type" if self.right else "went"


@dataclass(slots=True)
class _Field:
    types: dict[str, int] = field(default_factory=dict)
    fields: dict[str, "_Field"] = field(default_factory=dict)


@dataclass(slots=True)
class _Shape:
    """Count the fields of many values; what is beyond `_MOST_FIELDS` different ones is not looked at."""

    roots: dict[str, _Field] = field(default_factory=dict)
    count: int = 0

    def add(self, root: str, value: Any) -> None:
        self._count(self.roots, root, value, 0)

    def _count(self, fields: dict[str, _Field], name: str, value: Any, depth: int) -> None:
        one = fields.get(name)
        if one is None:
            if self.count == _MOST_FIELDS:
                return
            self.count += 1
            one = fields[name] = _Field()
        kind = JSON_TYPES.get(type(value), _ARRAY)
        one.types[kind] = one.types.get(kind, 0) + 1
        # Most values are neither, so that each costs one call.
        if kind == "object":
            if depth < _DEEPEST and not (depth and _is_opaque(name)):
                for key, item in value.items():
                    self._count(one.fields, key, item, depth + 1)
        elif kind == _ARRAY and depth < _DEEPEST:
            for item in value:
                self._count(one.fields, "[]", item, depth + 1)


def schema_drift(left: Side, right: Side) -> tuple[FieldDrift, ...]:
    """Return the fields that differ in the events, the body that came whole, and the body of the request.

    A part that one of the two does not have as JSON is not compared.
    """
    drift: list[FieldDrift] = []
    for part, shape in (("event", _events), ("response", _response), ("request", _request)):
        one, other = shape(left), shape(right)
        if one.roots and other.roots:
            drift += _drift(part, one, other)  # type: ignore[arg-type]  # the names above
    return tuple(drift)


def _events(one: Side) -> _Shape:
    shape = _Shape()
    response = one.interaction.response
    framed = split_events(response.content_type, response.body) if one.stream is not None else None
    for event in framed.events if framed else ():
        try:
            payload = parse(event.data or b"")
        except ValueError:
            continue
        kind = payload.get("type") if isinstance(payload, dict) else None
        name = kind if isinstance(kind, str) else "" if event.name == "message" else event.name
        if name not in _PINGS:
            shape.add(name, payload)
    return shape


def _response(one: Side) -> _Shape:
    return _body(one.interaction.response.body) if one.stream is None else _Shape()


def _request(one: Side) -> _Shape:
    return _body(one.interaction.request.body)


def _body(body: bytes) -> _Shape:
    shape = _Shape()
    with suppress(ValueError):
        shape.add("", parse(body))
    return shape


def _is_opaque(key: str) -> bool:
    plain = plain_key(key)
    return plain in OPAQUE or plain == "input"


def _drift(part: Part, left: _Shape, right: _Shape) -> Iterator[FieldDrift]:
    nothing = _Field()
    for name in dict.fromkeys((*left.roots, *right.roots)):
        yield from _differing(part, name, "", left.roots.get(name, nothing), right.roots.get(name, nothing))


def _differing(part: Part, event: str, path: str, left: _Field, right: _Field) -> Iterator[FieldDrift]:
    """Yield the fields that differ; of one that came or went, not what it holds."""
    if left.types.keys() != right.types.keys():
        yield FieldDrift(part, event, path, dict(left.types), dict(right.types))
    if not left.types or not right.types:
        return
    nothing = _Field()
    for name in dict.fromkeys((*left.fields, *right.fields)):
        inner = f"{path}{name}" if name == "[]" or not path else f"{path}.{name}"
        # An array without items, or a field that is no object here, says nothing of what would stand in it.
        if name == "[]" and not (name in left.fields and name in right.fields):
            continue
        if name != "[]" and not ("object" in left.types and "object" in right.types):
            continue
        yield from _differing(part, event, inner, left.fields.get(name, nothing), right.fields.get(name, nothing))
