"""Server-sent events that the standard would drop or join to something unreadable, but that many clients read.

Servers, gateways and recorders write: one event a line without blank lines; several fields on one line, because a YAML `>`
scalar folded the lines; the prefix `data:` twice; several JSON values in one payload; an `error` field (llama.cpp); and plain
text in place of an event. What the standard reads as one JSON value, or as text that is not JSON line by line, stays as it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, takewhile
from typing import NamedTuple

from viewer.wire.json_values import DONE, skip_gap, split_values, value_end
from viewer.wire.sniff import is_json
from viewer.wire.sse_units import Departure, Line, Oddity, Unit, event_type

AGAIN = re.compile(rb"\}[ \t]?(?:\{|data:|event:)")
"""Where a payload may continue with another value or field. In a valid one it is part of a text."""

_COMMENT, _DATA, _EVENT = b"", b"data", b"event"
_KNOWN = frozenset((_COMMENT, _DATA, _EVENT, b"id", b"retry"))
_ERROR_NAMES = frozenset((b"error", b"exception"))
_FIELD_NAME = re.compile(rb"[A-Za-z][\w.-]{0,40}")
_NEXT_FIELD = re.compile(rb"[ \t]*+(?P<name>data|event|id|retry):[ \t]?")
# Names of events and ids have no spaces. A comment may, so it must be followed by JSON.
_WORD = re.compile(rb"\S*+(?=[ \t])")
_AFTER_COMMENT = re.compile(
    rb"[ \t]++(?P<name>data(?=:[ \t]?(?:\{|\[DONE\]))|event(?=:[ \t]?[^\s:]++[ \t]++data:[ \t]?\{)):[ \t]?"
)
_CUT_OFF_NAME = re.compile(rb"(?<=[}\]])[ \t]*(?:d(?:at?a?)?|e(?:v(?:e(?:nt?)?)?)?|id?|r(?:e(?:t(?:ry?)?)?)?)?\Z")
_AGAIN_PREFIX = re.compile(rb"(?:[ \t]*+data:)++[ \t]*+(?=[{\[])")

# With this many lines that are JSON, a few that are not do not make them one text.
_MANY_LINES = 4
_MOST = 0.75


def is_suspect(data: Sequence[bytes]) -> bool:
    """Tell whether the data of an event may be something else than one payload. It is worth a closer look then."""
    if len(data) > 1:
        return any(line[:1] in (b"{", b"[") for line in data[1:]) or any(map(_is_suspect_line, data))
    return bool(data) and _is_suspect_line(data[0])


def _is_suspect_line(value: bytes) -> bool:
    if value.startswith(b"{"):
        return value[-1] not in b"} \t" or AGAIN.search(value) is not None
    return value.startswith(b"data:") or AGAIN.search(value) is not None


class _Field(NamedTuple):
    offset: int
    """Where the field, or the line with it, begins in the body."""
    name: bytes
    """b"" for a comment."""
    value: bytes
    value_offset: int
    oddities: tuple[Oddity, ...] = ()


def read_irregular(lines: Iterable[Line]) -> list[Unit]:
    """Return the units in lines without a blank line between them."""
    fields: list[_Field] = []
    units: list[Unit] = []
    text: list[Line] = []
    ignored: list[Oddity] = []
    for line in lines:
        field = _as_field(line)
        if field.name in _KNOWN:
            units += _stray(text)
            text = []
            fields += _unfold(field)
        elif _is_cut_off_name(line.content):
            fields.append(field)
        elif text or not _FIELD_NAME.fullmatch(field.name) or b":" not in line.content:
            text.append(line)
        elif field.name.lower() in _ERROR_NAMES and field.value.strip():
            units.append(Unit(line.offset, "error", field.value, (Oddity(Departure.ERROR_FIELD),)))
        else:
            ignored.append(Oddity(Departure.UNKNOWN_FIELD, line.content))
            fields.append(field)
    units += _stray(text)
    events = _read_fields(fields)
    if ignored and events:
        events[-1] = events[-1]._replace(oddities=(*events[-1].oddities, *ignored))
    return sorted([*units, *events], key=lambda unit: unit.offset)


def _is_cut_off_name(line: bytes) -> bool:
    """Tell whether a line can be the beginning of a field, whose rest the end of the body cuts off."""
    return any(name.startswith(line) for name in (*_KNOWN - {_COMMENT}, b"error"))


def _as_field(line: Line) -> _Field:
    name, colon, value = line.content.partition(b":")
    value_offset = line.offset + len(name) + 1
    bare = name.strip(b" \t")
    oddities = (Oddity(Departure.INDENTED),) if colon and bare != name and bare in _KNOWN else ()
    if value.startswith(b" "):
        value, value_offset = value[1:], value_offset + 1
    return _Field(line.offset, bare if oddities else name, value, value_offset, oddities)


def _stray(lines: list[Line]) -> Iterator[Unit]:
    """Yield lines that are not fields as one unit. Lines of spaces dispatch nothing."""
    if not lines:
        return
    text = b"\n".join(line.content for line in lines)
    is_blank = not text.removeprefix(b"\xef\xbb\xbf").strip()
    oddity = Oddity(Departure.STRAY_TEXT, text)
    yield Unit(lines[0].offset, "", None) if is_blank else Unit(lines[0].offset, "", text, (oddity,))


def _unfold(field: _Field) -> Iterator[_Field]:
    """Yield a field, and those that follow it on its line. A name that is repeated is removed from the data."""
    text = field.value
    name, offset, begin, oddities = field.name, field.offset, 0, field.oddities
    while True:
        if name == _DATA and (prefix := _AGAIN_PREFIX.match(text, begin)):
            begin = prefix.end()
            oddities = (*field.oddities, Oddity(Departure.PREFIX_TWICE))
        following = _next_field(name, text, begin)
        if following is None:
            # After folded lines, the beginning of a name is that of the next field, which is cut off.
            value = _CUT_OFF_NAME.sub(b"", text[begin:]) if offset > field.offset else text[begin:]
            yield _Field(offset, name, value, field.value_offset + begin, oddities)
            return
        oddities = (*field.oddities, Oddity(Departure.ON_ONE_LINE))
        value = text[begin : following.start()].rstrip(b" \t")
        yield _Field(offset, name, value, field.value_offset + begin, oddities)
        name, offset, begin = following["name"], field.value_offset + following.start("name"), following.end()


def _next_field(name: bytes, text: bytes, begin: int) -> re.Match[bytes] | None:
    """Return the beginning of the next field on a line, given the field before it and where its value begins."""
    if name == _COMMENT:
        # A comment may quote an event. Only if fields go on after it, the lines were folded.
        following = _AFTER_COMMENT.search(text, begin)
        return following if following and _next_field(following["name"], text, following.end()) else None
    if name != _DATA:
        word = _WORD.match(text, begin)
        return _NEXT_FIELD.match(text, word.end()) if word else None
    end = value_end(text, begin)
    while end is not None:
        if following := _NEXT_FIELD.match(text, end):
            return following
        end = value_end(text, skip_gap(text, end))
    return None


def _read_fields(fields: list[_Field]) -> list[Unit]:
    """Return the events of fields without a blank line between them, and the comments that are not inside of one."""
    data = [field for field in fields if field.name == _DATA]
    payload = b"\n".join(field.value for field in data)
    if len(data) > 1 and not is_json(payload) and _is_one_each([field.value for field in data]):
        filled = [field for field in fields if field.name != _DATA or field.value.strip()]
        return [unit for group in _groups(filled) for unit in _read_event(group, Departure.ONE_LINE_END)]
    return list(_read_event(fields))


def _is_one_each(values: list[bytes]) -> bool:
    """Tell whether each line of data is a payload by itself. One may be cut off."""
    lines = [value for value in values if value.strip()]
    whole = list(map(_is_whole, lines))
    if len(lines) < 2 or not whole[0] or all(whole):
        return len(lines) > 1 and whole[0]
    if all(is_whole or line.startswith(b"{") for line, is_whole in zip(lines, whole, strict=True)):
        return True
    return sum(whole) >= max(_MANY_LINES, _MOST * len(lines))


def _is_whole(line: bytes) -> bool:
    text = line.strip()
    return text[:1] in (b"{", b"[") and (text == DONE or is_json(text) or bool(split_values(text)))


def _groups(fields: list[_Field]) -> list[list[_Field]]:
    """Return the fields of each event, given that each has one line of data. A single type at the start is that of all."""
    ordered = [field.name for field in fields if field.name in (_DATA, _EVENT)]
    is_name_last = ordered[0] == _DATA and ordered[-1] == _EVENT
    is_type_of_all = ordered[0] == _EVENT and ordered.count(_EVENT) == 1 and len(fields) == len(ordered)
    shared = fields[:1] if is_type_of_all else []
    groups: list[list[_Field]] = [[]]
    has_data = False
    for field in fields:
        if has_data and (field.name == _DATA or not is_name_last):
            groups.append([one._replace(offset=field.offset) for one in shared])
            has_data = False
        groups[-1].append(field)
        has_data = has_data or field.name == _DATA
    return groups


def _read_event(fields: list[_Field], departure: Departure | None = None) -> Iterator[Unit]:
    """Yield the comments before an event, and the event. Yield an event for each value if its payload holds several."""
    before = list(takewhile(lambda field: field.name == _COMMENT, fields))
    yield from (Unit(comment.offset, "", None, comment.oddities) for comment in before)
    own = fields[len(before) :]
    if not own:
        return
    oddities = tuple(dict.fromkeys(one for field in own for one in field.oddities))
    if departure and Oddity(Departure.ON_ONE_LINE) not in oddities:
        oddities = (*oddities, Oddity(departure))
    data = [field for field in own if field.name == _DATA]
    if not data:
        yield Unit(own[0].offset, "", None, oddities)
        return
    name = event_type(next((field.value for field in reversed(own) if field.name == _EVENT), b""))
    payload = b"\n".join(field.value for field in data)
    pieces = [] if is_json(payload) else split_values(payload)
    if not pieces:
        yield Unit(own[0].offset, name, payload, oddities)
        return
    oddities = (*oddities, Oddity(Departure.SEVERAL_VALUES))
    begins = list(accumulate((len(field.value) + 1 for field in data), initial=0))
    for begin, end in pieces:
        offset = _offset_in(data, begins, begin) if begin != pieces[0].begin else own[0].offset
        yield Unit(offset, name, payload[begin:end], oddities)


def _offset_in(data: list[_Field], begins: list[int], place: int) -> int:
    """Return the offset in the body of a place in the joined payload, given where each field begins in it."""
    line = bisect_right(begins, place) - 1
    return data[line].offset if place == begins[line] else data[line].value_offset + place - begins[line]
