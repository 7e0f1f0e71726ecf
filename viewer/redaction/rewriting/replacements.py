"""What each text of a recorded file becomes: bodies, URLs, headers and events, and the numbers that count their bytes."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.redaction.bodies import to_text
from viewer.redaction.json_keys.strings import find_strings
from viewer.streams.cassette import Cassette
from viewer.text.masks import MASK
from viewer.types.http import Headers, Interaction
from viewer.wire.framing import split_events

# Shorter texts may occur in a file for other reasons.
MIN_SEARCHED_LENGTH = 12
_MIN_JSON_LENGTH = 200
# Shorter or plainer events may equal any other text of the file.
_EVENT_STARTS = ("{", "data:", "event:")
_LENGTH_KEYS = frozenset({"content_length", "content-length", "contentlength"})


class MovedEnds(NamedTuple):
    """Where the arrivals of one interaction end in its body, before and after redaction."""

    before: list[int]
    after: list[int]


@dataclass(slots=True)
class Replacements:
    """What texts of a file become. A file is rewritten by going through its strings in order."""

    whole: dict[str, str] = field(default_factory=dict)
    """Bodies, URLs and header values, and bodies as base64 and as hexadecimal."""
    events: dict[str, list[str]] = field(default_factory=dict)
    """What each payload of an event becomes, in the order of its occurrences. Payloads that never change are left out."""
    lengths: dict[str, str] = field(default_factory=dict)
    """Sizes of bodies in bytes."""
    moved_ends: list[MovedEnds] = field(default_factory=list)
    headers: dict[tuple[str, str], str] = field(default_factory=dict)
    """What each single value of a header becomes, by the string before it in lower case and itself: its name, or, in a list of
    values, the one before."""
    masked_headers: dict[tuple[str, tuple[str, ...]], None] = field(default_factory=dict)
    """The name of each masked header in lower case, and its values. The values of a repeated header are joined in a cassette."""
    searched: set[str] = field(default_factory=set)
    """The bodies and events of streams, before and after redaction. They were searched event by event. To search them as one text
    would find what is not there: a key at the end of one event and a quote in the next."""
    unchanged: set[str] = field(default_factory=set)
    """The bodies of streams in which nothing was redacted. To search them once more would find nothing."""
    event_texts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What each text of an event becomes, by the string before it and itself, in the order of its occurrences."""

    def replace_all(self, strings: Sequence[str]) -> Iterator[str]:
        """Yield what the strings of a file become, in order. Call it once: it uses up the occurrences."""
        previous = ""
        for string in strings:
            yield self._replace(previous, string)
            previous = string

    def _replace(self, previous: str, string: str) -> str:
        if waiting := self.event_texts.get((previous, string)):
            return waiting.pop(0)
        if waiting := self.events.get(string.strip()):
            return string.replace(string.strip(), waiting.pop(0))
        if previous.lower() in _LENGTH_KEYS and string in self.lengths:
            return self.lengths[string]
        if string in self.whole:
            return self.whole[string]
        return self.headers.get((previous.lower(), string), string)


def find_replacements(cassette: Cassette, redacted: Cassette) -> Replacements:
    """Return what differs between a cassette and its redacted version, except for single texts of events."""
    replacements = Replacements()
    for before, after in zip(cassette.interactions, redacted.interactions, strict=True):
        _add_interaction(replacements, before, after)
    for old_events, new_events in _event_pairs(cassette, redacted):
        for old_event, new_event in zip(old_events, new_events, strict=True):
            # A binary frame, once redacted, may split into different lines: its lengths and checksums contain line ends by chance.
            forms = None if len(old_event) == len(new_event) else 2
            for old, new in zip(old_event[:forms], new_event[:forms], strict=True):
                replacements.events.setdefault(old, []).append(new)
                replacements.searched.update(one for one in (old, new) if one.startswith(_EVENT_STARTS))
    for stream in cassette.streams:
        for one in (cassette, redacted):
            replacements.searched.update(_written(one.interactions[stream.interaction].response.body))
        old_body, new_body = (one.interactions[stream.interaction].response.body for one in (cassette, redacted))
        if old_body == new_body:
            replacements.unchanged.add(to_text(new_body))
    for interaction in redacted.interactions:
        # Each of its texts was searched, and the names around it. A short one may stand elsewhere in the file, under other names.
        if len(interaction.request.body) >= _MIN_JSON_LENGTH and interaction.request.body[:1] in (b"{", b"["):
            replacements.searched.add(to_text(interaction.request.body))
    replacements.events = {
        old: new for old, new in replacements.events.items() if old and any(one != old for one in new)
    }
    return replacements


def find_event_texts(cassette: Cassette, redacted: Cassette) -> dict[tuple[str, str], list[str]]:
    """Return what each text in the events of all streams becomes, for `Replacements.event_texts`."""
    texts: dict[tuple[str, str], list[str]] = {}
    for old_events, new_events in _event_pairs(cassette, redacted):
        for (old_payload, *_), (new_payload, *_) in zip(old_events, new_events, strict=True):
            old_strings, new_strings = read_strings(old_payload), read_strings(new_payload)
            # The strings of a payload whose quotes were redacted cannot be told apart. Verification finds what is left of them.
            if len(old_strings) != len(new_strings):
                continue
            previous = ""
            for old, new in zip(old_strings, new_strings, strict=True):
                texts.setdefault((previous, old), []).append(new)
                previous = old
    return {key: new for key, new in texts.items() if any(one != key[1] for one in new)}


def read_strings(text: str) -> list[str]:
    """Return the strings of a JSON text decoded, keys included."""
    return [_read_string(text[begin:end]) for begin, end in find_strings(text)]


def _add_interaction(replacements: Replacements, before: Interaction, after: Interaction) -> None:
    whole = replacements.whole
    for old, new in ((before.request, after.request), (before.response, after.response)):
        if old.body != new.body:
            whole.update(zip(_written(old.body), _written(new.body), strict=True))
            replacements.lengths[str(len(old.body))] = str(len(new.body))
        whole.update(_changed_headers(old.headers, new.headers))
        for name, value in old.headers.items():
            if new.headers.get(name) == MASK != value:
                _add_masked_header(replacements, name.lower(), value)
    if before.request.url != after.request.url:
        whole[before.request.url] = after.request.url
    arrivals, moved = before.times.arrivals, after.times.arrivals
    if arrivals and moved and arrivals.ends and moved.ends and arrivals.ends != moved.ends:
        replacements.moved_ends.append(MovedEnds(list(arrivals.ends), list(moved.ends)))


def _written(body: bytes) -> tuple[str, str, str]:
    """Return a body as recorders write it: as text, as base64 and as hexadecimal."""
    return to_text(body), b64encode(body).decode(), body.hex()


def _changed_headers(old: Headers, new: Headers) -> Iterator[tuple[str, str]]:
    for name, value in old.items():
        masked = new.get(name, MASK)
        if value != masked and name.lower() not in _LENGTH_KEYS and len(value) >= MIN_SEARCHED_LENGTH:
            yield value, masked


def _add_masked_header(replacements: Replacements, name: str, value: str) -> None:
    """Add the values of a masked header, as they stand behind its name in lists and mappings of any shape."""
    values = value.split(", ")
    replacements.headers[name, value] = MASK
    for previous, one in zip([name, *values], values, strict=False):
        replacements.headers[name, one] = replacements.headers[previous.lower(), one] = MASK
    replacements.masked_headers[name, tuple(values)] = None


def _event_pairs(
    cassette: Cassette, redacted: Cassette
) -> Iterator[tuple[list[tuple[str, ...]], list[tuple[str, ...]]]]:
    """Yield the events of each stream, as returned by `_events`, before and after redaction."""
    for stream in cassette.streams:
        old, new = (_events(one.interactions[stream.interaction]) for one in (cassette, redacted))
        if len(old) == len(new):
            yield old, new


def _events(interaction: Interaction) -> list[tuple[str, ...]]:
    """Return each event in the forms that recorders store: its payload, its bytes in the body, and the lines of these."""
    body = interaction.response.body
    framed = split_events(interaction.response.content_type, body)
    if framed is None:
        return []
    units = [(to_text(one.data or b""), to_text(body[one.offset : one.offset + one.size].strip())) for one in framed[0]]
    return [(data, unit, *(unit.splitlines() if "\n" in unit else ())) for data, unit in units]


def _read_string(written: str) -> str:
    if "\\" not in written:
        return written
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written
