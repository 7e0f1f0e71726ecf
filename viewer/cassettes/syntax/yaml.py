"""YAML as plain data. It is read with libyaml's parser and built without recursion, and nothing in it is executed.

PyYAML is not used for more because its composer recurses in C, so a file of brackets ends the process, and its safe loader
refuses the tags of the languages that wrote a cassette (`!ruby/…`, `!!python/…`). This module ignores unknown tags and keeps
the plain data below them. `viewer.types.limits` bounds depth and aliases.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from viewer.cassettes.syntax.yaml_characters import put_back, replace_line_ends, replace_refused
from viewer.text.base64 import unpack
from viewer.types.limits import DEFAULT_LIMITS, Limits

MAX_DIGITS = 30
"""A longer number stays text: Python refuses to parse integers of thousands of digits."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?")
_NUMBER_BEGINS = frozenset("+-0123456789")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NO_KEY = object()
_EVENT_FIELDS = frozenset({"event", "data", "id", "retry"})

ReadScalar = Callable[[Any], Any]
"""Returns the value of a scalar, given its event."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where and why a text can no longer be read."""

    reason: str
    line: int
    """The line, counted from 1, on which the unreadable part begins."""
    at_end: bool = False
    """Whether the file ends there, so that nothing comes after the break."""

    def __str__(self) -> str:
        return f"{self.reason} at line {self.line}"

    @property
    def message(self) -> str:
        """The break as a sentence, for a problem."""
        return f"The file is broken or cut off at line {self.line} ({self.reason})."


class YAMLTreeError(ValueError):
    """A text is refused as YAML because it would cost too much to read."""

    def __init__(self, broken: Break) -> None:
        self.broken = broken
        super().__init__(str(broken))


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a YAML text, as far as it can be read."""

    trees: list[Any]
    broken: Break | None = None
    odd_characters: int = 0
    """How many characters are in the text that YAML wants to be escaped. They are read as they are."""
    joined_at: tuple[int, ...] = ()
    """The index of each line, from 0, that begins another file without a mark between."""


def read_documents(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Documents:
    """Parse the documents of a YAML text as dicts, lists and scalars.

    Return what comes before the break if the text is broken or cut off. Raise `YAMLTreeError` if it exceeds the limits.
    """
    data, refused = replace_refused(data)
    documents = _read_closed(data, limits, _odd_scalar if refused else _scalar)
    if documents.broken and not documents.broken.at_end:
        data, line_ends = replace_line_ends(data)
        if line_ends and not (as_yaml_1_2 := _read_closed(data, limits, _odd_scalar)).broken:
            return replace(as_yaml_1_2, odd_characters=refused + line_ends)
    return replace(documents, odd_characters=refused)


def _read_closed(data: bytes, limits: Limits, read_scalar: ReadScalar) -> Documents:
    documents = _read(data, limits, read_scalar)
    if documents.broken and documents.broken.reason.endswith("found unexpected end of stream"):
        # libyaml drops a quoted text that the end of the file cuts off, so close its quote and try again.
        for quote in (b'"', b"'"):
            closed = _read(data.rstrip(b"\\") + quote, limits, read_scalar)
            if not closed.broken:
                return replace(closed, broken=replace(documents.broken, at_end=True))
    return documents


def _read(data: bytes, limits: Limits, read_scalar: ReadScalar) -> Documents:
    builder = _Builder(limits, read_scalar)
    try:
        builder.take_all(yaml.CSafeLoader(data))
    except yaml.MarkedYAMLError as error:
        # A token that cannot be scanned is lost from its beginning. In other cases everything before the error is read.
        scanning = (error.context or "").startswith("while scanning")
        mark = (scanning and error.context_mark) or error.problem_mark
        reason = ": ".join(part for part in (error.context, error.problem) if part)
        broken = Break(reason, mark.line + 1 if mark else 1)
        return Documents(builder.close(), broken, joined_at=tuple(builder.joined_at))
    except (yaml.YAMLError, UnicodeError) as error:
        return Documents(builder.close(), Break(" ".join(str(error).split()), 1))
    return Documents(builder.documents, joined_at=tuple(builder.joined_at))


class _Builder:
    """Builds a tree from parser events. Open containers are kept in a list instead of on the call stack."""

    def __init__(self, limits: Limits, read_scalar: ReadScalar) -> None:
        self._limits = limits
        self._read_scalar = read_scalar
        self.documents: list[Any] = []
        self.joined_at: list[int] = []
        self._open: list[tuple[Any, str | None, int]] = []
        """The container, its anchor, and the number of nodes before it."""
        self._keys: list[Any] = []
        """For each open container, the key that waits for its value."""
        self._anchors: dict[str, tuple[Any, int]] = {}
        """The finished nodes that have an anchor, each with the number of nodes in it."""
        self._nodes = 0
        self._by_alias = 0

    def take_all(self, parser: Any) -> None:
        """Add every event of a parser to the tree."""
        # Every node of a file passes through this loop, so it avoids attribute lookups and calls for plain scalars.
        next_event, put, read, scalar = parser.get_event, self._put, self._read_scalar, yaml.ScalarEvent
        keys = self._keys
        while (event := next_event()) is not None:
            if type(event) is not scalar:
                self._take(event)
                continue
            self._nodes += 1
            value = read(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            if len(keys) == 1 and keys[0] is _NO_KEY and isinstance(value, str):
                self._split_joined(value, event)
            put(value)

    def _take(self, event: Any) -> None:
        """Add an event that is not a scalar."""
        kind = type(event)
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if len(self._open) >= self._limits.depth:
                raise YAMLTreeError(
                    Break(f"nested too deeply {self._limits.exceeded('depth')}", event.start_mark.line + 1)
                )
            self._open.append(({} if kind is yaml.MappingStartEvent else [], event.anchor, self._nodes))
            self._keys.append(_NO_KEY)
            self._nodes += 1
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            container, anchor, before = self._open.pop()
            self._keys.pop()
            if anchor:
                self._anchors[anchor] = (container, self._nodes - before)
            self._put(container)
        elif kind is yaml.AliasEvent:
            self._put(self._aliased(event))

    def close(self) -> list[Any]:
        """Close what is still open and return the documents."""
        while self._open:
            container, _, _ = self._open.pop()
            self._keys.pop()
            self._put(container)
        return self.documents

    def _aliased(self, event: Any) -> Any:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise YAMLTreeError(Break(f"the alias {event.anchor!r} has no finished node to refer to", line))
        value, size = self._anchors[event.anchor]
        self._nodes += size
        self._by_alias += size
        if self._by_alias > self._limits.alias_nodes:
            raise YAMLTreeError(Break(f"aliases repeat too many nodes {self._limits.exceeded('alias_nodes')}", line))
        return value

    def _put(self, value: Any) -> None:
        if not self._open:
            self.documents.append(value)
            return
        container = self._open[-1][0]
        keys = self._keys
        if isinstance(container, list):
            container.append(value)
        elif keys[-1] is _NO_KEY:
            keys[-1] = value if isinstance(value, str) else _key(value)
        else:
            container[keys[-1]] = value
            keys[-1] = _NO_KEY

    def _split_joined(self, key: Any, event: Any) -> None:
        """End the document before a key that its root already has, if that looks like the beginning of another file.

        Otherwise the second of two joined files (`cat a.yaml b.yaml`) takes the place of the first. The lines of a log
        repeat keys too, but have no mappings or lists, and the keys of an event stream are its fields.
        """
        root, anchor, before = self._open[0]
        if not isinstance(root, dict) or key not in root or root.keys() <= _EVENT_FIELDS:
            return
        if any(isinstance(one, dict | list) for one in root.values()):
            self.documents.append(root)
            self.joined_at.append(event.start_mark.line)
            self._open[0] = ({}, anchor, before)


def _key(value: Any) -> Hashable:
    """Return a hashable mapping key. Python's tags wrap a string key in a list of one; other containers become a word."""
    if isinstance(value, list):
        return value[0] if len(value) == 1 and isinstance(value[0], str) else "(list)"
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "(mapping)" if isinstance(value, dict) else value


def _scalar(event: Any) -> Any:
    """Return the value of a scalar. Dates stay text, because YAML can represent only some of those that recorders write."""
    text: str = event.value
    tag: str | None = event.tag
    if tag and tag.endswith("binary"):
        try:
            return unpack(text)
        except ValueError:
            return text
    if event.style or (tag and not event.implicit[0]):
        return text
    if text in _WORDS:
        return _WORDS[text]
    # Most plain scalars are words, so rule out numbers first.
    if text[0] not in _NUMBER_BEGINS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MAX_DIGITS else text
    return float(text) if _NUMBER.fullmatch(text) else text


def _odd_scalar(event: Any) -> Any:
    """Return the value of a scalar in a text in which characters were replaced."""
    value = _scalar(event)
    return put_back(value) if isinstance(value, str) else value
