"""A document as values: one for each line of JSON lines, for each of several JSON or YAML documents, or for what Python printed."""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.cassettes.syntax.python_literals import may_be_python, read_python
from viewer.cassettes.syntax.yaml import YAMLTreeError, read_documents
from viewer.types.problems import Problem
from viewer.wire.sniff import BOM, is_event_stream, is_json_lines

_HEAD_LINES = 40
_SAMPLE_LINES = 8
# YAML of this size is parsed in a moment. A larger file is parsed only if its beginning is about events.
_MAX_UNSIGNED_BYTES = 1 << 20
_HEAD_BYTES = 1 << 20
# A key such as `data` with a list or mapping below it. An event stream has no indented lines.
_YAML_KEY = re.compile(rb"(?:data|event):[ \t]*\r?\n(?:-[ \t]|[ \t]+[^ \t\r\n])")
# A key or a list item of YAML, and not a line of a log.
_YAML = re.compile(rb"(?:\s|#[^\n]*\n|---|%[^\n]*\n)*(?:-\s|[\"']?[\w.\-]{1,60}[\"']?:\s)")
_SIGNS = (b"data:", b"chunk", b"delta", b"choices", b"candidates", b"event", b"message_start", b"stream")


class Values(NamedTuple):
    """What a document holds."""

    tree: Any
    is_lines: bool = False
    """Whether the values are the lines of the file."""
    problems: tuple[Problem, ...] = ()
    from_tree: bool = False
    """Whether this is the document's tree."""


def head_values(document: Document) -> Values | None:
    """Return the beginning of what a document holds, without parsing all of a large file where that can be avoided."""
    data = document.data.removeprefix(BOM)
    if _is_lines(data):
        lines = data[:_HEAD_BYTES].split(b"\n", _HEAD_LINES)
        return _lines(b"\n".join(lines[:_HEAD_LINES]))
    return all_values(document)


def all_values(document: Document) -> Values | None:
    """Return what a document holds. Return None if it is neither JSON nor YAML nor what Python prints."""
    data = document.data.removeprefix(BOM)
    if _is_lines(data):
        return _lines(data)
    begin = data[:_HEAD_BYTES].lstrip()[:1]
    printed = _printed(data) if may_be_python(data) else None
    if printed:
        return printed
    if begin in (b"{", b"[", b'"'):
        # Values one after another, as jq prints them, are read as a list.
        several = len(document.trees) > 1 and begin == b"{"
        return Values(document.trees if several else document.tree, from_tree=not several) if document.trees else None
    head = document.head
    if is_yaml_key(data):
        # The document is taken for an event stream, because of how it begins.
        try:
            trees = read_documents(data, document.limits).trees
        except YAMLTreeError:
            return None
        return Values(trees[0]) if trees else None
    if is_event_stream(head) or not _YAML.match(head):
        return None
    if len(data) > _MAX_UNSIGNED_BYTES and not any(sign in head for sign in _SIGNS):
        return None
    trees = document.trees
    return Values(trees if len(trees) > 1 else trees[0], from_tree=True) if trees else None


def list_within(tree: Any, names: Collection[str]) -> list[Any] | None:
    """Return the list that an object has under one of several names, as answers of an API do. Return None if it has none."""
    whole = tree if isinstance(tree, dict) else {}
    return next((whole[name] for name in names if isinstance(whole.get(name), list)), None)


def is_yaml_key(data: bytes) -> bool:
    """Tell whether a text is YAML that begins like an event stream."""
    return _YAML_KEY.match(data) is not None


def _is_lines(data: bytes) -> bool:
    begin = data[:_HEAD_BYTES].lstrip()[:1]
    return is_json_lines(data) if begin == b"{" else begin in (b'"', b"[") and _are_texts_or_lists(data)


def _are_texts_or_lists(data: bytes) -> bool:
    """Tell whether each of the first lines is a JSON text or list, such as `"data: …"` or `[0.25, "data: …"]`."""
    lines = [line for line in data[:_HEAD_BYTES].split(b"\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()]
    values = [line.value for line in read_json_lines(b"\n".join(lines[:-1]))]
    return len(values) > 0 and all(isinstance(value, str | list) for value in values) and lines[-1][:1] in (b'"', b"[")


def _lines(data: bytes) -> Values:
    values, problems = [], []
    for line in read_json_lines(data):
        if line.error:
            problems.append(skipped_line(line))
        else:
            values.append(line.value)
    return Values(values, is_lines=True, problems=tuple(problems))


def _printed(data: bytes) -> Values | None:
    values, unread = read_python(data)
    problems = tuple(
        Problem(
            "warning",
            "This line is not what Python prints; it may be cut off.",
            "Its beginning is read.",
            offset=offset,
        )
        for offset in unread
    )
    if not values:
        return None
    return Values(values[0] if len(values) == 1 else values, problems=problems)
