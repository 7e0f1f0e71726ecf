"""On which line of its file something stands: an interaction, the body of a response, a secret.

A line is told only if it is certain. The interactions must be recognised in the JSON or YAML of the file by their URLs, methods and
bodies. If a place is not certain, the answer is the line of the next larger one that is, and None if there is none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from viewer.cassettes.document import Document
from viewer.checks.recording import Recording
from viewer.checks.scalar_lines import lines_before
from viewer.checks.source_tree import RAW, Node, read_json_tree, read_yaml_tree
from viewer.checks.violation import Violation
from viewer.files.content_encoding import GZIP
from viewer.types.http import Interaction
from viewer.types.problems import Problem

# A longer file takes seconds to search.
_MAX_BYTES = 32 * 1024 * 1024
_EVENT_STREAM_BEGINS = ("data:", "event:", ":")
# Interactions are the file itself, or in a list at most this deep in it: `log.entries`, `data.calls.items`.
_MAX_LIST_DEPTH = 3
# A shorter body may be that of several interactions.
_MIN_TELLING_LENGTH = 20
# Of `viewer.cassettes.syntax.yaml.Break`.
_TOLD_LINE = re.compile(r"The file is broken or cut off at line ([0-9]+) ")
_BODY_KEYS = ("parsed_body", "content", "body", "string", "text", "base64_string")


def locate(recording: Recording, violations: Sequence[Violation]) -> Sequence[Violation]:
    """Fill in the lines of those violations of one recording that concern an interaction and have no line."""
    places = places_of(recording)
    return [
        one if one.line or one.interaction is None else replace(one, line=places.interaction(one.interaction))
        for one in violations
    ]


@lru_cache(maxsize=1)
def places_of(recording: Recording) -> "Places":
    """Return the lines of a recording. Its file is parsed once for all rules."""
    return Places(recording)


class Places:
    """The lines of one recorded file, counted from 1. The file is parsed when the first line is asked for."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._interactions: Sequence[Interaction] = recording.cassette.interactions

    def interaction(self, index: int) -> int | None:
        """Return the line on which an interaction begins."""
        node = self._node(index)
        return self._line(node.value_begin) if node else None

    def body(self, index: int, offset: int | None = None) -> int | None:
        """Return the line of the body of a response, or that of the byte at an offset in the decoded body."""
        body = self._interactions[index].response.body
        interaction = self._node(index)
        node = interaction.fields.get("response", interaction) if interaction else None
        scalar = _only_scalar(node, body.decode(errors="replace"))
        if scalar and offset is not None:
            return self._line_in(scalar, len(body[:offset].decode(errors="replace")))
        return self._line_of_node(index, scalar or _named_body(node))

    def text(self, value: str, index: int | None = None) -> int | None:
        """Return the first line that holds a text, such as a secret, in one interaction or in the whole file.

        If it is not written as it is, but packed as base64 for instance or split over the events of a stream, return the line of
        the interaction.
        """
        if not value:
            return None
        node = self._node(index) if index is not None else None
        if index is None or node:
            roots = self._trees if node is None else [node]
            scalars = (one for root in roots for one in root.scalars() if value in (one.text or ""))
            if scalar := min(scalars, key=lambda one: one.begin, default=None):
                return self._line_in(scalar, (scalar.text or "").index(value))
        begin, end = (node.begin, node.end) if node else (0, len(self._text))
        found = self._text.find(value, begin, end)
        # The file may hold it in another interaction too.
        is_certain = index is None or node is not None or self._text.count(value) == 1
        if found >= 0 and is_certain:
            return self._line(found)
        return None if index is None else self.interaction(index)

    def problem(self, problem: Problem) -> int | None:
        """Return the line of a problem of the cassette."""
        if problem.interaction is None:
            if self._data and (told := _TOLD_LINE.match(problem.message)):
                return int(told[1])
            return None if problem.offset is None else self.offset(problem.offset)
        if problem.offset is None:
            return self.interaction(problem.interaction)
        return self.body(problem.interaction, problem.offset)

    def offset(self, offset: int) -> int | None:
        """Return the line of a byte of the file."""
        return self._data.count(b"\n", 0, offset) + 1 if 0 <= offset < len(self._data) else None

    @cached_property
    def _data(self) -> bytes:
        """The file in UTF-8; empty if it is compressed and has no lines."""
        data = self._recording.data
        return b"" if data.startswith(GZIP) or len(data) > _MAX_BYTES else Document(data, "").data

    @cached_property
    def _text(self) -> str:
        try:
            return self._data.decode()
        except UnicodeDecodeError:
            return ""

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._text)]

    @cached_property
    def _trees(self) -> list[Node]:
        text = self._text
        if not text or text.startswith(_EVENT_STREAM_BEGINS):
            return []
        trees = read_json_tree(text) if text.lstrip()[:1] in {"{", "["} else None
        return read_yaml_tree(text) if trees is None else trees

    @cached_property
    def _nodes(self) -> Sequence[Node]:
        """The node of each interaction; empty if they are not recognised."""
        if len(self._interactions) == 1 and self._text and self._is_body():
            return [Node(0, 0, len(self._text), self._text, RAW)]
        return _recognise(self._trees, self._interactions)

    def _is_body(self) -> bool:
        """Tell whether the file is the body of one response and nothing else."""
        body = self._interactions[0].response.body
        if body.strip() == self._data.strip():
            return True
        return self._text.startswith(_EVENT_STREAM_BEGINS) or not any(tree.fields or tree.items for tree in self._trees)

    def _node(self, index: int) -> Node | None:
        return self._nodes[index] if index < len(self._nodes) else None

    def _line(self, place: int) -> int:
        return bisect_right(self._line_ends, place - 1) + 1

    def _line_of_node(self, index: int, node: Node | None) -> int | None:
        return self._line(node.begin) if node else self.interaction(index)

    def _line_in(self, scalar: Node, offset: int) -> int:
        """Return the line of a character of a scalar, or that of the scalar itself."""
        source = self._text[scalar.value_begin : scalar.end]
        before = lines_before(source, scalar.text or "", scalar.style, offset)
        return self._line(scalar.begin) if before is None else self._line(scalar.value_begin) + before


def _recognise(trees: Sequence[Node], interactions: Sequence[Interaction]) -> Sequence[Node]:
    """Return the node of each interaction, if there is only one list in which they can be."""
    if not interactions:
        return []
    lists = [*_lists(trees)]
    found = [nodes for nodes in lists if _are(nodes, interactions)]
    if found:
        return found[0] if len(found) == 1 else []
    if any(_are([node], interactions[:1]) for nodes in lists for node in nodes):
        # The file holds more interactions than were read.
        return []
    return trees if _are(trees, interactions) else []


def _lists(trees: Sequence[Node]) -> Iterator[Sequence[Node]]:
    """Yield the lists of mappings that are not deep in a file."""
    level = list(trees)
    for _ in range(_MAX_LIST_DEPTH + 1):
        yield from (node.items for node in level if node.items and all(item.fields for item in node.items))
        # What is in a list of interactions belongs to one of them.
        level = [child for node in level for child in node.fields.values()]


def _are(nodes: Sequence[Node], interactions: Sequence[Interaction]) -> bool:
    """Tell whether nodes are interactions, in the same order, by their URLs and methods and by what is known of their bodies."""
    if len(nodes) != len(interactions):
        return False
    texts = [{scalar.text or "" for scalar in node.scalars()} for node in nodes]
    for index, interaction in enumerate(interactions):
        request, here = interaction.request, texts[index]
        if request.url and request.url not in here and not any(_is_path(text, request.url) for text in here):
            return False
        if request.method and here.isdisjoint({request.method, request.method.lower()}):
            return False
        body = interaction.response.body.decode(errors="replace")
        if len(body) >= _MIN_TELLING_LENGTH and body not in here and any(body in others for others in texts):
            return False
    return True


def _is_path(text: str, url: str) -> bool:
    """Tell whether a text is the path of a URL, which some recorders keep apart from its host."""
    return len(text) > 1 and text.startswith("/") and url.endswith(text)


def _only_scalar(node: Node | None, text: str) -> Node | None:
    """Return the only scalar below a node with some text."""
    found = [scalar for scalar in node.scalars() if scalar.text == text] if node and text else []
    return found[0] if len(found) == 1 else None


def _named_body(node: Node | None) -> Node | None:
    """Return the innermost value that is named like a body, below a response."""
    found: Node | None = None
    while node and (inner := next((node.fields[key] for key in _BODY_KEYS if key in node.fields), None)):
        found = node = inner
    return found
