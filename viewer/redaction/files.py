"""The recorded file without its secrets, in the recorder's own format: only the texts that change are written anew.

What comes out is opened and held against the redacted cassette before it is handed out. A file that cannot be rewritten so is
refused, and can be written anew as go-vcr writes it.
"""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from viewer.cassettes.document import Document
from viewer.cassettes.go_vcr_writer import interactions_text
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.zip_recording import ZIP
from viewer.redaction.cassette import Redaction, redact_by, rules_of
from viewer.redaction.findings import Finding, Ledger
from viewer.redaction.json_strings import written_strings
from viewer.redaction.names import header_rule, is_placeholder
from viewer.redaction.texts import Rules, struck_text, struck_units
from viewer.redaction.yaml_scalars import Scalar, scalars_of, with_scalars
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load
from viewer.text.base64 import unpack
from viewer.text.masks import MASK
from viewer.types.http import Headers, Interaction
from viewer.types.problems import CassetteError
from viewer.wire.framing import split_events
from viewer.wire.sniff import is_json, is_json_lines

_ADVICE = "Write it anew as a go-vcr cassette."
_HEADER_LINE = re.compile(r"^([<>*+ \t]{0,8}([A-Za-z][A-Za-z0-9_-]{1,60}):[ \t]*)([^\r\n]+)", re.MULTILINE)
_LENGTHS = frozenset({"content_length", "content-length", "contentlength"})
_SHORTEST_SEARCHED = 12
# Before each text they write how many bytes it has.
_COUNTED = frozenset({"mitmproxy", "httprr"})


def redacted_bytes(data: bytes, name: str, options: Redaction = Redaction()) -> bytes:  # noqa: B008 - frozen
    """Return a recorded file without its secrets, in its own format; raise `CassetteError` where that cannot be.

    With `metrics_only` it is a go-vcr cassette whatever it was: a recorder's own format has room for text in too many places.
    """
    return redacted_file(data, name, options)[0]


def redacted_file(
    data: bytes,
    name: str,
    options: Redaction = Redaction(),  # noqa: B008 - frozen
    *,
    anew: bool = False,
) -> tuple[bytes, list[Finding]]:
    """Return a recorded file without its secrets and what they were; `anew` writes it as a go-vcr cassette."""
    cassette = load(data, name)
    rules = rules_of(options)
    redacted = redact_by(cassette, rules)
    if anew or options.metrics_only:
        return interactions_text(redacted.interactions).encode("utf-8", "replace"), rules.ledger.findings()
    again = replace(rules, again=True)
    changes = _changes(cassette, redacted)
    try:
        written = _rewritten(data, name, cassette, redacted, changes, again)
        _verify(written, name, redacted, rules, options)
    except CassetteError:
        # A recorder may keep an event as a tree of its own; then its texts are put in their places one by one.
        changes = replace(_changes(cassette, redacted), texts=_event_texts(cassette, redacted))
        written = _rewritten(data, name, cassette, redacted, changes, again)
        _verify(written, name, redacted, rules, options)
    return written, rules.ledger.findings()


def _rewritten(
    data: bytes, name: str, cassette: Cassette, redacted: Cassette, changes: "_Changes", rules: Rules
) -> bytes:
    document = Document(data, name)
    if data.startswith(ZIP) or not _is_text(document.data) or cassette.format in _COUNTED:
        raise CassetteError(
            name,
            f"a {cassette.format} recording is binary or counts its bytes, and cannot be rewritten in place.",
            _ADVICE,
        )
    text = document.data.removeprefix(b"\xef\xbb\xbf").decode()
    bodies = [one.response.body for one in cassette.interactions]
    if b"".join(bodies).strip() == document.data.strip() and not any(one.request.url for one in cassette.interactions):
        written = b"".join(one.response.body for one in redacted.interactions)
    elif is_json(document.data) or is_json_lines(document.data):
        written = _json(text, changes, rules).encode("utf-8", "surrogateescape")
    elif document.tree is not None and document.broken is None and isinstance(document.tree, dict | list):
        written = _yaml(text, changes, rules).encode()
    else:
        written = _plain(text, cassette, changes, rules).encode("utf-8", "surrogateescape")
    return gzip.compress(written, mtime=0) if data.startswith(GZIP) else written


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


@dataclass(slots=True)
class _Changes:
    """Hold what became of the texts that recorders keep whole, and of the numbers that count them."""

    whole: dict[str, str] = field(default_factory=dict)
    """Bodies, URLs and header values, and the base64 of bodies."""
    events: dict[str, list[str]] = field(default_factory=dict)
    """What each payload of an event becomes, in the order in which it comes; one that never changes is left out."""
    lengths: dict[str, str] = field(default_factory=dict)
    """Sizes of bodies."""
    ends: list[tuple[list[int], list[int]]] = field(default_factory=list)
    """Where the arrivals of each interaction end in its body, before and after."""

    texts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What each text of an event becomes, by the text before it, in the order in which it comes; {} where none is known."""

    def became(self, before: str, string: str) -> str:
        """Return what a string of the file becomes, given the one before it."""
        if waiting := self.texts.get((before, string)):
            return waiting.pop(0)
        if waiting := self.events.get(string.strip()):
            return string.replace(string.strip(), waiting.pop(0))
        if before.lower() in _LENGTHS and string in self.lengths:
            return self.lengths[string]
        return self.whole.get(string, string)


def _changes(cassette: Cassette, redacted: Cassette) -> _Changes:
    changes = _Changes()
    for before, after in zip(cassette.interactions, redacted.interactions, strict=True):
        for old, new in ((before.request, after.request), (before.response, after.response)):
            if old.body != new.body:
                changes.whole[_text(old.body)] = _text(new.body)
                changes.whole[b64encode(old.body).decode()] = b64encode(new.body).decode()
                changes.whole[old.body.hex()] = new.body.hex()
                changes.lengths[str(len(old.body))] = str(len(new.body))
            changes.whole.update(_changed_headers(old.headers, new.headers))
        if before.request.url != after.request.url:
            changes.whole[before.request.url] = after.request.url
        arrivals, moved = before.times.arrivals, after.times.arrivals
        if arrivals and moved and arrivals.ends and moved.ends and arrivals.ends != moved.ends:
            changes.ends.append((list(arrivals.ends), list(moved.ends)))
    for old_events, new_events in _event_pairs(cassette, redacted):
        for old_event, new_event in zip(old_events, new_events, strict=True):
            for was, now in zip(old_event, new_event, strict=True):
                changes.events.setdefault(was, []).append(now)
    changes.events = {old: new for old, new in changes.events.items() if old and any(one != old for one in new)}
    return changes


def _changed_headers(old: Headers, new: Headers) -> Iterator[tuple[str, str]]:
    for name, value in old.items():
        masked = new.get(name, MASK)
        if value != masked and name.lower() not in _LENGTHS and len(value) >= _SHORTEST_SEARCHED:
            yield value, masked


def _event_pairs(
    cassette: Cassette, redacted: Cassette
) -> Iterator[tuple[list[tuple[str, ...]], list[tuple[str, ...]]]]:
    """Yield the events of each stream before and after, each as its payload, as its unit, and as the lines of that."""
    for stream in cassette.streams:
        old, new = (_events(one.interactions[stream.interaction]) for one in (cassette, redacted))
        if len(old) == len(new):
            yield old, new


def _events(interaction: Interaction) -> list[tuple[str, ...]]:
    body = interaction.response.body
    framed = split_events(interaction.response.content_type, body)
    if framed is None:
        return []
    units = [(_text(one.data or b""), _text(body[one.offset : one.offset + one.size].strip())) for one in framed.events]
    return [(data, unit, *(unit.splitlines() if "\n" in unit else ())) for data, unit in units]


def _event_texts(cassette: Cassette, redacted: Cassette) -> dict[tuple[str, str], list[str]]:
    """Return what each text in the events of all streams becomes."""
    texts: dict[tuple[str, str], list[str]] = {}
    for old_events, new_events in _event_pairs(cassette, redacted):
        for (old, *_), (new, *_) in zip(old_events, new_events, strict=True):
            before = ""
            for was, now in zip(_read_strings(old), _read_strings(new), strict=True):
                texts.setdefault((before, was), []).append(now)
                before = was
    return {key: new for key, new in texts.items() if any(one != key[1] for one in new)}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _json(text: str, changes: _Changes, rules: Rules) -> str:
    """Return a JSON text, or lines of it, with its strings redacted and all else as it was written."""
    strings = _read_strings(text)
    parts: list[str] = []
    place = 0
    for (begin, end), old, new in zip(written_strings(text), strings, _whole(strings, changes), strict=True):
        if old != new:
            parts += (text[place:begin], json.dumps(new, ensure_ascii=not _is_whole(new))[1:-1])
            place = end
    parts.append(text[place:])
    return struck_units(["".join(parts)], rules, "file")[0]


def _read_strings(text: str) -> list[str]:
    return [_read_string(text[begin:end]) for begin, end in written_strings(text)]


def _read_string(written: str) -> str:
    if "\\" not in written:
        return written
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in text)


def _whole(strings: list[str], changes: _Changes) -> Iterator[str]:
    """Yield the strings of a file, those put in their place of which it is known what became."""
    before = ""
    for string in strings:
        yield changes.became(before, string)
        before = string


def _yaml(text: str, changes: _Changes, rules: Rules) -> str:
    """Return a YAML text with its scalars redacted and all else as it was written."""
    tree = scalars_of(text)
    texts = [_binary_text(scalar) if scalar.is_binary else scalar.value for scalar in tree.scalars]
    whole = list(_whole(texts, changes))
    as_json = _json_with(tree.as_json, whole)
    new = _read_strings(struck_units([as_json], rules, "file")[0])
    changed: dict[int, str | bytes] = {}
    for number, (scalar, was, now) in enumerate(zip(tree.scalars, texts, new, strict=True)):
        if was != now:
            changed[number] = _packed(scalar, now) if scalar.is_binary else now
    return _with_arrivals(with_scalars(text, tree.scalars, changed), changes)


def _json_with(as_json: str, strings: list[str]) -> str:
    parts: list[str] = []
    place = 0
    for (begin, end), string in zip(written_strings(as_json), strings, strict=True):
        parts += (as_json[place:begin], json.dumps(string, ensure_ascii=not _is_whole(string))[1:-1])
        place = end
    return "".join([*parts, as_json[place:]])


def _binary_text(scalar: Scalar) -> str:
    """Return the text of binary data, decompressed."""
    try:
        data = unpack(scalar.value)
    except ValueError:
        return scalar.value
    return _text(inflate(data)[0] if data.startswith(GZIP) else data)


def _packed(scalar: Scalar, new: str) -> bytes:
    data = new.encode("utf-8", "surrogateescape")
    return b64encode(gzip.compress(data, mtime=0) if unpack(scalar.value).startswith(GZIP) else data)


def _with_arrivals(text: str, changes: _Changes) -> str:
    """Return a YAML text with the places of recorded arrivals put right."""
    for before, after in changes.ends:
        text = text.replace(f"ends: [{', '.join(map(str, before))}]", f"ends: [{', '.join(map(str, after))}]", 1)
    return text


def _plain(text: str, cassette: Cassette, changes: _Changes, rules: Rules) -> str:
    """Return any other text: the bodies in it replaced, then its lines of headers, then what stands anywhere."""
    for old, new in sorted(changes.whole.items(), key=lambda pair: len(pair[0]), reverse=True):
        if len(old) >= _SHORTEST_SEARCHED:
            text = text.replace(old, new)
    known = {
        name.lower() for one in cassette.interactions for part in (one.request, one.response) for name in part.headers
    }

    def line(match: re.Match[str]) -> str:
        if (
            match[2].lower() not in known
            or is_placeholder(match[3].strip())
            or not header_rule(match[2], match[3].strip())
        ):
            return match[0]
        return match[1] + (
            match[3] if rules.ledger.keeps(header_rule(match[2], match[3]) or "", match[3].strip()) else MASK
        )

    text = _HEADER_LINE.sub(line, text)
    framed = split_events("", text.encode("utf-8", "surrogateescape"))
    if framed is None:
        return struck_text(struck_units([text], rules, "file", continued=False)[0], rules, "file", again=True)
    raw = text.encode("utf-8", "surrogateescape")
    units = [_text(raw[one.offset : one.offset + one.size]) for one in framed.events]
    return "".join(struck_units(units, rules, "file"))


def _verify(written: bytes, name: str, redacted: Cassette, rules: Rules, options: Redaction) -> None:
    """Raise `CassetteError` unless a rewritten file says what the redacted cassette says, and holds no secret."""
    try:
        again = load(written, name)
    except CassetteError as error:
        raise CassetteError(name, "it cannot be rewritten in its own format so that it opens.", _ADVICE) from error
    if _said(again) != _said(redacted):
        raise CassetteError(name, f"a {redacted.format} recording of this kind cannot be rewritten in place.", _ADVICE)
    second = _Witness(rules.ledger)
    redact_by(again, replace(rules_of(replace(options, keep=frozenset())), ledger=second))
    if second.left:
        raise CassetteError(name, f"{len(second.left)} secrets cannot be struck in place.", _ADVICE)


def _said(cassette: Cassette) -> list[object]:
    streams = [
        (stream.interaction, stream.protocol, stream.chunks["kind"].tolist(), stream.chunks["text"].tolist())
        for stream in cassette.streams
    ]
    return [cassette.format, len(cassette.interactions), *streams]


class _Witness(Ledger):
    """Take down what of a redacted file is a secret still, and not one that stays by the caller's wish."""

    def __init__(self, first: Ledger) -> None:
        super().__init__()
        self._first = first
        self.left: list[str] = []

    def must_go(self, rule: str, value: str, where: str, *, by_name: bool = False, again: bool = False) -> bool:
        """Take down one secret unless it stays."""
        if self._first.keeps(rule, value):
            return False
        # What is said of a file is made from what it holds.
        if where == "problems":
            return False
        self.left.append(where)
        return super().must_go(rule, value, where, by_name=by_name, again=again)
