"""Text that a dialect did not read because it stands in another form or field than in all other events of its kind.

The events that were read show where text is: at which path, and below which types. An event that added no text, but has an
object, a list or an unknown field in that place, is not one that the dialect expects, unless it repeats what was shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import is_text, texts_in
from viewer.text.json import as_text, parse
from viewer.types.chunk_table import CONTENT, NO_TOOL, OTHER, REASONING, REFUSAL, SILENT, TOOL_CALL, is_kind
from viewer.types.problems import Problem
from viewer.wire import Events

_TEXT_KINDS = (CONTENT, REASONING, REFUSAL, TOOL_CALL, OTHER)
_EMPTY_KINDS = (SILENT, OTHER, TOOL_CALL)
_TYPES = ("type", "event", "method", "object", "kind", "role", "sessionUpdate", "op", "o")
"""Fields that say what an object is."""
_MAX_READ_EVENTS = 64
_MAX_SEARCHED_EVENTS = 256
_MAX_DEPTH = 12
_MAX_PROBLEMS = 20
_IN_LIST = "*"
_ADVICE = "It is kept as a row of kind other, and is not part of the answer."


class _Place(NamedTuple):
    """Where text is: the field names on the way, and the types of the objects that they are in."""

    path: tuple[str, ...]
    types: tuple[str, ...]


class _Found(NamedTuple):
    what: str
    name: str
    text: str


@dataclass(slots=True)
class _Places:
    """Where events have text, with all fields of the objects that hold it."""

    fields: dict[_Place, set[str]] = field(default_factory=dict)

    def learn(self, payload: Any, texts: set[str]) -> None:
        """Note where an event has one of these texts."""
        for place, held in _objects(payload):
            for name, value in held.items():
                if isinstance(value, str) and value in texts:
                    self.fields.setdefault(_Place((*place.path, name), place.types), set()).update(held)

    def unread(self, payload: Any) -> Iterator[_Found]:
        """Yield the texts of an event that are in the same places, in another form or under another name."""
        for place, held in _objects(payload):
            for known, fields in self.fields.items():
                *parent, name = known.path
                if place != (tuple(parent), known.types):
                    continue
                value = held.get(name)
                if name in held:
                    text = "\n".join(texts_in(value))
                    if text and not isinstance(value, str):
                        yield _Found("form", ".".join(known.path), text)
                    continue
                for other, one in held.items():
                    if other not in fields and isinstance(one, str) and is_text(other, one):
                        yield _Found("field", ".".join((*parent, other)), one)


def show_unread_text(events: Events, reading: Reading) -> None:
    """Make a row of kind other of each event whose text was not read, and name each place once in a problem."""
    event = np.frombuffer(reading.event, dtype=np.int32)
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    has_text = np.fromiter(map(bool, reading.text), dtype=bool, count=len(reading.text))
    is_read = np.zeros(len(events), dtype=bool)
    is_read[event[has_text]] = True
    is_read[list(reading.repeating)] = True
    rows = np.flatnonzero(is_kind(kind, _EMPTY_KINDS) & ~is_read[event])[:_MAX_SEARCHED_EVENTS].tolist()
    payloads = [(row, payload) for row in rows if (payload := _payload(events, reading.event[row])) is not None]
    if not payloads:
        return
    places = _Places()
    for row in np.flatnonzero(has_text & is_kind(kind, _TEXT_KINDS))[:_MAX_READ_EVENTS].tolist():
        places.learn(_payload(events, reading.event[row]), {reading.text[row]})
    named: set[tuple[str, str]] = set()
    for row, payload in payloads:
        found = list(dict.fromkeys(places.unread(payload)))
        if not found or reading.text[row]:
            continue
        index = reading.event[row]
        reading.kind[row], reading.tool[row] = OTHER, NO_TOOL
        reading.text[row] = "\n".join(one.text for one in found)
        for what, name, _ in found:
            if (what, name) in named or len(named) >= _MAX_PROBLEMS:
                continue
            named.add((what, name))
            message = f"Event {index} has text in an unknown {what}: {name!r}."
            reading.problems.append(Problem("warning", message, _ADVICE, offset=int(events.offset[index])))


def _payload(events: Events, index: int) -> Any:
    """Return the JSON value of an event, or None if it has none."""
    try:
        return parse(events.data[index] or b"null")
    except ValueError:
        return None


def _objects(payload: Any) -> Iterator[tuple[_Place, dict[str, Any]]]:
    """Yield every object in a JSON value, with its path and its own type and those of the objects around it."""
    waiting: list[tuple[Any, _Place]] = [(payload, _Place((), ()))]
    while waiting:
        value, (path, types) = waiting.pop()
        if isinstance(value, dict):
            own = tuple(as_text(value[name]) for name in _TYPES if isinstance(value.get(name), str))
            place = _Place(path, types + own)
            yield place, value
            inside = [((*path, str(name)), one) for name, one in value.items()]
        elif isinstance(value, list):
            inside = [((*path, _IN_LIST), one) for one in value]
            place = _Place(path, types)
        else:
            continue
        if len(path) < _MAX_DEPTH:
            waiting += [(one, _Place(inner, place.types)) for inner, one in inside if isinstance(one, dict | list)]
