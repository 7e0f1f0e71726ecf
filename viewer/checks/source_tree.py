"""The values of a JSON or YAML text, each with the place where it stands, to tell the line of what is in them.

The parsers that read recordings keep no places, because that would slow down every recording for the few that break a rule.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from viewer.cassettes.syntax.yaml_characters import put_back, replace_line_ends, replace_refused

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_OPENING = frozenset("{[")
# Recordings have far fewer. More take seconds and hundreds of megabytes.
_MAX_NODES = 500_000
RAW = "raw"
"""The style of a text that is the file itself."""


@dataclass(slots=True, eq=False)
class Node:
    """One value."""

    begin: int
    """The character at which it begins, or at which its key begins if it has one."""
    value_begin: int
    """The character at which it begins itself."""
    end: int = -1
    """The character after it."""
    text: str | None = None
    """A scalar as text, without quotes and escapes; None for a mapping and a sequence."""
    style: str = ""
    """How YAML writes a scalar: "|", ">", '"', "'" or "". JSON strings have '"'."""
    fields: dict[str, "Node"] = field(default_factory=dict)
    """What a mapping holds, by key."""
    items: list["Node"] = field(default_factory=list)
    """What a sequence holds."""

    def children(self) -> Iterator["Node"]:
        """Yield the values directly below."""
        yield from self.fields.values()
        yield from self.items

    def scalars(self) -> Iterator["Node"]:
        """Yield the scalars below, and the node itself if it is one."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.text is not None:
                yield node
            stack.extend(node.children())


def read_json_tree(text: str) -> list[Node] | None:
    """Return the values of a text of one or more JSON values; None if it is another text. Return nothing if they are too many.

    The last value may be cut off. Invalid values between brackets are kept as they are written.
    """
    builder = _Builder()
    try:
        if not _take_json(builder, text):
            return None
    except _TooManyNodesError:
        return []
    builder.close_all(len(text))
    return builder.documents


def _take_json(builder: "_Builder", text: str) -> bool:
    """Add every value to a tree. Return whether brackets are closed in the order in which they were opened."""
    for match in _TOKEN.finditer(text):
        piece, begin, end = match[0], match.start(), match.end()
        if piece in _OPENING:
            builder.open(begin, is_mapping=piece == "{")
        elif piece in {"}", "]"}:
            if not builder.is_in(mapping=piece == "}"):
                return False
            builder.close(end)
        elif piece not in {":", ","}:
            if not builder.open_nodes:
                return False
            builder.add(Node(begin, begin, end, _unquoted(piece), '"'))
    return True


def read_yaml_tree(text: str) -> list[Node]:
    """Return the documents of a YAML text, as far as it can be read. Return nothing if they hold too many values."""
    builder = _Builder()
    # Each of the replaced characters becomes one other character, so that the places stay right.
    data = replace_line_ends(replace_refused(text.encode())[0])[0]
    try:
        parser: Any = yaml.CSafeLoader(data)
        while (event := parser.get_event()) is not None:
            _take(builder, event)
    except (yaml.YAMLError, UnicodeError):
        # What was read so far stands where it stands.
        pass
    except _TooManyNodesError:
        return []
    builder.close_all(len(text))
    return builder.documents


def _take(builder: "_Builder", event: Any) -> None:
    kind = type(event)
    if kind is yaml.ScalarEvent:
        begin = event.start_mark.index
        builder.add(Node(begin, begin, event.end_mark.index, put_back(event.value), event.style or ""))
    elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        builder.open(event.start_mark.index, is_mapping=kind is yaml.MappingStartEvent)
    elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        builder.close(event.end_mark.index)
    elif kind is yaml.AliasEvent:
        builder.add(Node(event.start_mark.index, event.start_mark.index, event.end_mark.index))


def _unquoted(token: str) -> str:
    if not token.startswith('"'):
        return token
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token[1:-1]


class _TooManyNodesError(Exception):
    """A text has more values than can be kept."""


class _Builder:
    """Builds nodes without recursion, because a recording may be nested deeply."""

    def __init__(self) -> None:
        self.documents: list[Node] = []
        self.open_nodes: list[tuple[Node, bool]] = []
        """Each with whether it is a mapping."""
        self._keys: list[Node | None] = []
        """For each open node, the key that waits for its value."""
        self._nodes = 0

    def is_in(self, *, mapping: bool) -> bool:
        """Tell whether the innermost open node is a mapping, or whether it is a sequence."""
        return bool(self.open_nodes) and self.open_nodes[-1][1] == mapping

    def open(self, begin: int, *, is_mapping: bool) -> None:
        """Begin a mapping or a sequence."""
        self.open_nodes.append((Node(begin, begin), is_mapping))
        self._keys.append(None)

    def close(self, end: int) -> None:
        """End the innermost mapping or sequence."""
        node, _ = self.open_nodes.pop()
        self._keys.pop()
        node.end = end
        self.add(node)

    def close_all(self, end: int) -> None:
        """End what the end of the text leaves open."""
        while self.open_nodes:
            self.close(end)

    def add(self, node: Node) -> None:
        """Add a finished value to what holds it."""
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise _TooManyNodesError
        if not self.open_nodes:
            self.documents.append(node)
            return
        parent, is_mapping = self.open_nodes[-1]
        if not is_mapping:
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
        else:
            node.begin = key.begin
            parent.fields[key.text or ""] = node
            self._keys[-1] = None
