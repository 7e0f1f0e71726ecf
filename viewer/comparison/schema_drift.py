"""Which fields were added, removed or changed their JSON type: how a provider changed its schema without an announcement.

The path of a field has no array indices: `choices[].delta.content`. Fields of events with a type are kept separate from
those of other types. An object whose fields a user or a model names, such as the arguments of a tool call, counts as one field.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Self

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
_MAX_OBJECT_TYPES = 100


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
    left_objects: int = 0
    """How many objects on the left could have it. 0 for the event as a whole."""
    is_of_other_objects: bool = False
    """Whether the objects that have it are of a type that the other side has not, so that there is nothing to compare."""

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
    object_types: set[str] = field(default_factory=set)
    """What the objects call themselves in their field `type`, as the content blocks of several providers do."""


@dataclass(slots=True)
class Shape:
    """Counts the fields of many values, up to `_MAX_FIELDS` different ones."""

    roots: dict[str, _Field] = field(default_factory=dict)
    count: int = 0

    def add(self, root: str, value: Any) -> None:
        """Count a value. `root` is the type of the event, or ""."""
        self._count(self.roots, root, value, 0)

    def merge(self, other: Self) -> None:
        """Count what another shape has counted too."""
        self._merge(self.roots, other.roots)

    def _merge(self, fields: dict[str, _Field], others: Mapping[str, _Field]) -> None:
        for name, other in others.items():
            one = fields.get(name)
            if one is None:
                if self.count == _MAX_FIELDS:
                    return
                self.count += 1
                one = fields[name] = _Field()
            for kind, count in other.types.items():
                one.types[kind] = one.types.get(kind, 0) + count
            one.object_types |= other.object_types
            self._merge(one.fields, other.fields)

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
                object_type = value.get("type")
                if isinstance(object_type, str) and len(one.object_types) < _MAX_OBJECT_TYPES:
                    one.object_types.add(object_type)
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
    for location, shape in (("event", event_shape), ("response", _response), ("request", _request)):
        drift += drift_between(location, shape(left), shape(right))  # type: ignore[arg-type]  # the literals above
    return tuple(drift)


def drift_between(location: Location, left: Shape, right: Shape) -> Iterator[FieldDrift]:
    """Yield the fields that differ between two shapes, if both have counted something."""
    if left.roots and right.roots:
        yield from _drift(location, left, right)


def event_shape(one: Side) -> Shape:
    """Count the fields of the events of a stream. An interaction without a stream has none."""
    shape = Shape()
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


def _response(one: Side) -> Shape:
    return _body(one.interaction.response.body) if one.stream is None else Shape()


def _request(one: Side) -> Shape:
    return _body(one.interaction.request.body)


def _body(body: bytes) -> Shape:
    shape = Shape()
    with suppress(ValueError):
        shape.add("", parse(body))
    return shape


def _is_free_form(key: str) -> bool:
    plain = plain_key(key)
    return plain in FREE_FORM_KEYS or plain == "input"


def _drift(location: Location, left: Shape, right: Shape) -> Iterator[FieldDrift]:
    nothing = _Field()
    for name in dict.fromkeys((*left.roots, *right.roots)):
        one, other = left.roots.get(name, nothing), right.roots.get(name, nothing)
        if one.types.keys() != other.types.keys():
            yield FieldDrift(location, name, "", dict(one.types), dict(other.types))
        yield from _differing_inside(location, name, "", one, other)


def _differing_inside(location: Location, event: str, path: str, left: _Field, right: _Field) -> Iterator[FieldDrift]:
    """Yield the fields of a field that differ. If the field was added or removed, they are not reported."""
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
        one, other = left.fields.get(name, nothing), right.fields.get(name, nothing)
        if one.types.keys() != other.types.keys():
            # Events are told apart by their type already.
            having, lacking = (left, right) if one.types else (right, left)
            is_of_others = not having.object_types <= lacking.object_types
            objects = left.types.get("object", 0)
            yield FieldDrift(location, event, inner, dict(one.types), dict(other.types), objects, is_of_others)
        yield from _differing_inside(location, event, inner, one, other)
