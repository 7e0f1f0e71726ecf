"""YAML as plain data: read by the C parser, built without recursion, nothing in it run.

PyYAML's own composer recurses in C, so that a file of brackets ends the process, and its safe loader refuses the tags of
the languages that wrote a cassette (`!ruby/…`, `!!python/…`). Here a tag it does not know is passed over and the plain
data below it kept; depth and aliases are bounded by `viewer.types.limits`.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from viewer.text.base64 import unpack
from viewer.types.limits import DEFAULT_LIMITS, Limits

MAX_DIGITS = 30

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?")
_BEGINS_NUMBER = frozenset("+-0123456789")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NO_KEY = object()


@dataclass(frozen=True, slots=True)
class Break:
    """Say where and why a YAML text stops making sense."""

    reason: str
    line: int
    """Counted from 1; where the piece that could not be read begins."""
    at_end: bool = False
    """Whether the file ends there: all that it holds has been read, and nothing stands after."""

    def __str__(self) -> str:
        return f"{self.reason} at line {self.line}"


class YAMLTreeError(ValueError):
    """Say that a text is refused as YAML because it would cost too much, and where."""

    def __init__(self, broken: Break) -> None:
        self.broken = broken
        super().__init__(str(broken))


@dataclass(frozen=True, slots=True)
class Documents:
    """Hold the documents of a YAML text, as far as it could be read."""

    trees: list[Any]
    broken: Break | None = None


def read_documents(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Documents:
    """Return the documents of a YAML text as dicts, lists and scalars.

    A text that breaks off or is broken gives what stands before the break. Raises `YAMLTreeError` for one that goes
    beyond the limits.
    """
    documents = _read(data, limits)
    if documents.broken and documents.broken.reason.endswith("found unexpected end of stream"):
        # A quoted text that the end of the file cuts off is lost whole, unless its quote is closed.
        for quote in (b'"', b"'"):
            closed = _read(data.rstrip(b"\\") + quote, limits)
            if not closed.broken:
                return replace(closed, broken=replace(documents.broken, at_end=True))
    return documents


def _read(data: bytes, limits: Limits) -> Documents:
    builder = _Builder(limits)
    try:
        builder.take_all(yaml.CSafeLoader(data))
    except yaml.MarkedYAMLError as error:
        # A text that cannot be scanned is lost from where it begins; otherwise all before the error has been read.
        scanning = (error.context or "").startswith("while scanning")
        mark = (scanning and error.context_mark) or error.problem_mark
        reason = ": ".join(part for part in (error.context, error.problem) if part)
        return Documents(builder.close(), Break(reason, mark.line + 1 if mark else 1))
    except (yaml.YAMLError, UnicodeError) as error:
        return Documents(builder.close(), Break(" ".join(str(error).split()), 1))
    return Documents(builder.documents)


class _Builder:
    """Turn parser events into a tree; the open containers are a list and not the call stack."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.documents: list[Any] = []
        self._open: list[tuple[Any, str | None, int]] = []
        """Container, its anchor, and how many nodes came before it."""
        self._keys: list[Any] = []
        """The key of each open mapping that waits for its value."""
        self._anchors: dict[str, tuple[Any, int]] = {}
        """Each finished node that has an anchor, and how many nodes it holds."""
        self._nodes = 0
        self._by_alias = 0

    def take_all(self, parser: Any) -> None:
        """Add what every event of a parser brings."""
        # The one loop that every node of a file goes through.
        next_event, put, scalar = parser.get_event, self._put, yaml.ScalarEvent
        while (event := next_event()) is not None:
            if type(event) is not scalar:
                self._take(event)
                continue
            self._nodes += 1
            value = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            put(value)

    def _take(self, event: Any) -> None:
        """Add what an event that is no scalar brings."""
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
        """Return the documents so far, those still open included."""
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


def _key(value: Any) -> Hashable:
    """Return a mapping key; of a list the only element, as Python's tags wrap a text, or a word in place of it."""
    if isinstance(value, list):
        return value[0] if len(value) == 1 and isinstance(value[0], str) else "(list)"
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "(mapping)" if isinstance(value, dict) else value


def _scalar(event: Any) -> Any:
    """Return text, or what plain text stands for; dates stay text, since only some of them would be readable."""
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
    # Nearly all that is plain is a name.
    if text[0] not in _BEGINS_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MAX_DIGITS else text
    return float(text) if _NUMBER.fullmatch(text) else text
