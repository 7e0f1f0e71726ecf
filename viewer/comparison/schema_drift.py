"""Which fields were added, removed or changed their JSON type: how a provider changed its schema without an announcement.

The path of a field has no array indices: `choices[].delta.content`. Fields of events with a type are kept separate from
those of other types. An object whose fields a user or a model names, such as the arguments of a tool call, counts as one field.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from viewer.comparison.normalise import FREE_FORM_KEYS, plain_key
from viewer.comparison.side import Side
from viewer.text.json import parse
from viewer.wire.framing import split_events

Location = Literal["event", "response", "request"]
"""Where a field is: in an event, in a body that was not streamed, or in the body of the request."""

JSON_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", dict: "object"}
_ARRAY = "array"
# Events that only keep the connection alive. Whether one is sent is a matter of time.
_PINGS = frozenset(["ping", "keepalive", "keep_alive", "heartbeat"])
# Far more than providers have. The limits bound memory and recursion on hostile recordings.
_MAX_FIELDS = 20_000
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """One field that is not the same on both sides, with how often it occurs as which JSON type."""

    location: Location
    event: str
    """The type of the events that have the field; "" for events without a type, and for bodies."""
    path: str
    """"" for the event as a whole."""
    left: Mapping[str, int]
    """Counts by JSON type; empty if the field was added."""
    right: Mapping[str, int]
    """Counts by JSON type; empty if the field was removed."""

    @property
    def what(self) -> Literal["added", "removed", "changed type"]:
        """What happened to it from left to right."""
        if not self.left:
            return "added"
        return "changed type" if self.right else "removed"


@dataclass(slots=True)
class _Field:
    types: dict[str, int] = field(default_factory=dict)
    fields: dict[str, "_Field"] = field(default_factory=dict)


@dataclass(slots=True)
class _Shape:
    """Counts the fields of many values, up to `_MAX_FIELDS` different ones."""

    roots: dict[str, _Field] = field(default_factory=dict)
    count: int = 0

    def add(self, root: str, value: Any) -> None:
        self._count(self.roots, root, value, 0)

    def _count(self, fields: dict[str, _Field], name: str, value: Any, depth: int) -> None:
        one = fields.get(name)
        if one is None:
            if self.count == _MAX_FIELDS:
                return
            self.count += 1
            one = fields[name] = _Field()
        kind = JSON_TYPES.get(type(value), _ARRAY)
        one.types[kind] = one.types.get(kind, 0) + 1
        # Scalars, the most frequent, return here without another call.
        if kind == "object":
            if depth < _MAX_DEPTH and not (depth and _is_free_form(name)):
                for key, item in value.items():
                    self._count(one.fields, key, item, depth + 1)
        elif kind == _ARRAY and depth < _MAX_DEPTH:
            for item in value:
                self._count(one.fields, "[]", item, depth + 1)


def schema_drift(left: Side, right: Side) -> tuple[FieldDrift, ...]:
    """Return the fields that differ in the events, in a body that was not streamed, and in the body of the request.

    A location is compared only if both sides have JSON there.
    """
    drift: list[FieldDrift] = []
    for location, shape in (("event", _events), ("response", _response), ("request", _request)):
        one, other = shape(left), shape(right)
        if one.roots and other.roots:
            drift += _drift(location, one, other)  # type: ignore[arg-type]  # the literals above
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


def _is_free_form(key: str) -> bool:
    plain = plain_key(key)
    return plain in FREE_FORM_KEYS or plain == "input"


def _drift(location: Location, left: _Shape, right: _Shape) -> Iterator[FieldDrift]:
    nothing = _Field()
    for name in dict.fromkeys((*left.roots, *right.roots)):
        yield from _differing(location, name, "", left.roots.get(name, nothing), right.roots.get(name, nothing))


def _differing(location: Location, event: str, path: str, left: _Field, right: _Field) -> Iterator[FieldDrift]:
    """Yield the fields that differ. If a field was added or removed, its inner fields are not reported."""
    if left.types.keys() != right.types.keys():
        yield FieldDrift(location, event, path, dict(left.types), dict(right.types))
    if not left.types or not right.types:
        return
    nothing = _Field()
    for name in dict.fromkeys((*left.fields, *right.fields)):
        inner = f"{path}{name}" if name == "[]" or not path else f"{path}.{name}"
        # An empty array has no known item type, and a field that is not an object here has no known inner fields.
        if name == "[]" and not (name in left.fields and name in right.fields):
            continue
        if name != "[]" and not ("object" in left.types and "object" in right.types):
            continue
        yield from _differing(location, event, inner, left.fields.get(name, nothing), right.fields.get(name, nothing))
