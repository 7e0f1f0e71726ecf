"""Find the scalars of a YAML text and replace some of them. Everything else stays byte for byte."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from viewer.cassettes.syntax.yaml_characters import put_back, replace_line_ends, replace_refused

# These must be escaped in double quotes: Unicode line ends, control characters, and code points that are not characters.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_CORE_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar and its position, tag and anchor included."""

    begin: int
    end: int
    value: str
    """The parsed value. For binary data, its base64."""
    is_binary: bool
    is_plain: bool
    """Whether it is unquoted and untagged, so that it may be a number or a YAML keyword."""
    is_key: bool
    style: str | None
    """The quote or block character; None if it is unquoted."""
    prefix: str
    """Its anchor and tag. Tags for text and binary data are left out: quotes imply the one, the other is written anyway."""


@dataclass(frozen=True, slots=True)
class Scalars:
    """The scalars of a YAML text in order, and the same tree as JSON with every scalar as a string."""

    scalars: list[Scalar]
    as_json: str
    indices: list[int]
    """Which scalar each string of the JSON is. An alias repeats the scalar that it refers to."""

    def in_json(self) -> list[Scalar]:
        """Return the scalar of each string of the JSON."""
        return [self.scalars[index] for index in self.indices]


def parse_scalars(text: str) -> Scalars:
    """Parse the scalars of a YAML text. Raise `yaml.YAMLError` if it is not YAML."""
    # One character is replaced by one, so the places stay.
    readable = replace_refused(text.encode()).data
    try:
        return _parse_scalars(readable.decode())
    except yaml.YAMLError:
        return _parse_scalars(replace_line_ends(readable).data.decode())


def _parse_scalars(text: str) -> Scalars:
    scalars: list[Scalar] = []
    parts: list[str] = []
    indices: list[int] = []
    anchors: dict[str, int | None] = {}
    # For each open container: whether it is a mapping, and how many nodes it has so far.
    open_nodes: list[list[Any]] = []
    event: Any
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        kind = type(event)
        if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            parts.append("}" if open_nodes.pop()[0] else "]")
            continue
        if kind not in (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.AliasEvent):
            continue
        is_key = False
        if open_nodes:
            is_mapping, count = open_nodes[-1]
            is_key = is_mapping and count % 2 == 0
            parts.append(":" if is_mapping and not is_key else "," if count else "")
            open_nodes[-1][1] += 1
        index = anchors.get(event.anchor) if kind is yaml.AliasEvent else None
        if kind is yaml.ScalarEvent:
            index = len(scalars)
            scalars.append(_scalar(event, is_key=is_key))
        if index is not None:
            indices.append(index)
            parts.append(json.dumps(scalars[index].value, ensure_ascii=False))
        elif kind is yaml.AliasEvent:
            parts.append("null")
        else:
            is_mapping = kind is yaml.MappingStartEvent
            open_nodes.append([is_mapping, 0])
            parts.append("{" if is_mapping else "[")
        if event.anchor and kind is not yaml.AliasEvent:
            # A later anchor of the same name replaces it (YAML 1.2.2, 7.1).
            anchors[event.anchor] = index
    return Scalars(scalars, "".join(parts), indices)


def replace_scalars(text: str, scalars: list[Scalar], new: Mapping[int, str | bytes]) -> str:
    """Replace some scalars of a YAML text, given by index. Bytes are base64 and written as binary data."""
    parts: list[str] = []
    place = 0
    for index in sorted(new):
        scalar = scalars[index]
        parts += (text[place : scalar.begin], _write(text[scalar.begin : scalar.end], scalar, new[index]))
        place = scalar.end
    parts.append(text[place:])
    return "".join(parts)


def _scalar(event: Any, *, is_key: bool) -> Scalar:
    tag: str = event.tag or ""
    is_binary = tag.endswith("binary")
    anchor = f"&{event.anchor} " if event.anchor else ""
    named = f"!<{tag}> " if tag and not is_binary and not tag.startswith(f"{_CORE_TAG}str") else ""
    return Scalar(
        begin=event.start_mark.index,
        end=event.end_mark.index,
        value=put_back(event.value),
        is_binary=is_binary,
        is_plain=not event.style and not tag,
        is_key=is_key,
        style=event.style,
        prefix=anchor + named,
    )


def _write(raw: str, scalar: Scalar, new: str | bytes) -> str:
    if isinstance(new, bytes):
        return f'{scalar.prefix}!!binary "{new.decode("ascii")}"' + _tail(raw)
    if scalar.style == "|" and not scalar.is_binary and (block := _replace_in_block(raw, scalar.value, new)):
        return block
    if scalar.is_plain and new.isdecimal():
        return scalar.prefix + new
    quoted = json.dumps(new, ensure_ascii=False)
    return scalar.prefix + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted) + _tail(raw)


def _tail(raw: str) -> str:
    """Return the line end and indentation at the end of a block scalar, which the next node needs."""
    return raw[len(raw.rstrip(" \n")) :] if "\n" in raw[len(raw.rstrip(" \n")) :] else ""


def _replace_in_block(raw: str, old: str, new: str) -> str:
    """Replace the changed lines of a literal block, and keep its header and indentation. Return "" if that is impossible."""
    head, _, content = raw.partition("\n")
    lines = content.split("\n")
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after) or len(before) > len(lines) + 1:
        return ""
    for index, (was, now) in enumerate(zip(before, after, strict=True)):
        if was == now:
            continue
        indentation = lines[index].removesuffix(was)
        if (
            indentation.strip(" ")
            or len(indentation) + len(was) != len(lines[index])
            or now.startswith(" ") != was.startswith(" ")
        ):
            return ""
        lines[index] = indentation + now
    return f"{head}\n" + "\n".join(lines)
