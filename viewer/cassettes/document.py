"""One file as bytes and as the tree of its JSON or YAML, which is parsed once for all recorders."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from viewer.cassettes.syntax.joined_json import read_joined
from viewer.cassettes.syntax.truncated_json import read_cut_off
from viewer.cassettes.syntax.yaml import Break, YAMLTreeError, read_documents
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.sidecars import Sidecars, no_sidecars
from viewer.text.json import parse
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.wire.sniff import BOM

# Enough to recognise most formats without parsing the rest.
_HEAD_BYTES = 64 * 1024
_EVENT_STREAM_BEGINS = (b"data:", b"event:", b":")
_BRACKETS = (b"{", b"[")
# In YAML, a line with this mark begins a document wherever it stands, also within a text.
_YAML_DOCUMENT = re.compile(rb"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The trees in a file."""

    trees: list[Any]
    broken: Break | None = None
    """Where and why the trees do not hold the whole file; None if they do."""
    places: tuple[slice, ...] = ()
    """Where each tree stands in the file, as far as that is known."""
    odd_characters: int = 0
    """How many characters the YAML holds as they are, though YAML wants them to be escaped."""


class Part(NamedTuple):
    """One of several documents in a file."""

    offset: int
    document: "Document"


class Document:
    """One file's content in the forms by which recorders are recognised. Each form is made on demand, once."""

    def __init__(
        self,
        data: bytes,
        name: str,
        beside: Sidecars = no_sidecars,
        limits: Limits = DEFAULT_LIMITS,
        *,
        parsed: _Parsed | None = None,
    ) -> None:
        self.name = name
        self.limits = limits
        self.beside = beside
        """Reads the files next to this one."""
        self.trouble = ""
        """What is wrong with the file's compression; "" if nothing is."""
        if data.startswith(GZIP):
            data, self.trouble = inflate(data, limits)
        self.data = _as_utf8(data)
        """The content, decompressed, in UTF-8 if it was UTF-16, and without a byte order mark."""
        self._already_parsed = parsed

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.data[:_HEAD_BYTES]

    @cached_property
    def _parsed(self) -> _Parsed:
        if self._already_parsed is not None:
            return self._already_parsed
        if self.data.startswith(_EVENT_STREAM_BEGINS):
            # An event stream can be valid YAML too, and it would take seconds to find that out.
            return _Parsed([])
        if self.data.lstrip()[:1] in _BRACKETS and (parsed := _parse_json(self.data)):
            return parsed
        # YAML's flow style starts with the same brackets, so a file that is not JSON may still be YAML.
        try:
            documents = read_documents(self.data, self.limits)
        except YAMLTreeError as error:
            return _Parsed([], error.broken)
        places = _yaml_places(self.data, documents.joined_at) if len(documents.trees) > 1 else ()
        return _Parsed(documents.trees, documents.broken, places, documents.odd_characters)

    @property
    def tree(self) -> Any:
        """The file as dicts, lists and scalars, as far as it is JSON or YAML; None if it is neither.

        If it holds several documents, this is the first that is not empty.
        """
        return next((tree for tree in self.trees if tree is not None), None)

    @property
    def trees(self) -> list[Any]:
        """Every document of a YAML file, or every value of a file of several JSON values. Most recorders write one."""
        return self._parsed.trees

    @property
    def broken(self) -> Break | None:
        """Where and why `trees` do not hold the whole file; None if they do."""
        return self._parsed.broken

    @property
    def odd_characters(self) -> int:
        """How many characters a YAML file holds as they are, though YAML wants them to be escaped."""
        return self._parsed.odd_characters

    def parts(self) -> list[Part]:
        """Return each of several trees as a document of its own. Return nothing if there is only one.

        A recorder may write several documents in one file, and somebody may have joined several files.
        """
        trees, places = self.trees, self._parsed.places
        if len(trees) < 2:
            return []
        if len(places) < len(trees):
            places = (slice(0, len(self.data)),) * len(trees)
        parts = []
        for index, (tree, place) in enumerate(zip(trees, places, strict=False)):
            if tree is not None:
                parsed = _Parsed([tree], self.broken if index == len(trees) - 1 else None)
                part = Document(self.data[place], self.name, self.beside, self.limits, parsed=parsed)
                parts.append(Part(place.start, part))
        return parts

    def after_break(self) -> bytes:
        """Return the part of the file after the break, which is not in `trees`."""
        if self.broken is None or self.broken.at_end:
            return b""
        return b"\n".join(self.data.split(b"\n")[self.broken.line - 1 :])


def _parse_json(data: bytes) -> _Parsed | None:
    """Parse a text of one or more JSON values, the last of which may be cut off. Return None if it is another text."""
    try:
        return _Parsed([parse(data)])
    except ValueError:
        values, rest = read_joined(data)
    trees = [value.value for value in values]
    places = tuple(slice(value.begin, value.end) for value in values)
    if rest == len(data):
        return _Parsed(trees, places=places)
    lines_before = data.count(b"\n", 0, rest)
    cut_off = read_cut_off(data[rest:]) if data[rest : rest + 1] in _BRACKETS else None
    if cut_off:
        tree, broken = cut_off
        broken = replace(broken, line=broken.line + lines_before)
        return _Parsed([*trees, tree], broken, (*places, slice(rest, len(data))))
    if len(trees) > 1:
        return _Parsed(trees, Break("what follows is not JSON", lines_before + 1), places)
    return None


def _yaml_places(data: bytes, joined_at: tuple[int, ...]) -> tuple[slice, ...]:
    """Return where the documents of a YAML file stand. What comes before the first mark is a document if it is not blank.

    `joined_at` are the lines that begin another file without a mark.
    """
    begins = [match.start() for match in _YAML_DOCUMENT.finditer(data)]
    first = data[: begins[0]] if begins else b"" if not joined_at else data
    if any(line.strip() and not line.startswith((b"#", b"%")) for line in first.split(b"\n")):
        begins.insert(0, 0)
    if joined_at:
        line_begins = [0, *(match.end() for match in re.finditer(rb"\n", data))]
        begins = sorted({*begins, *(line_begins[line] for line in joined_at if line < len(line_begins))})
    return tuple(map(slice, begins, [*begins[1:], len(data)]))


def _as_utf8(data: bytes) -> bytes:
    """Return a text in UTF-8 without a byte order mark. Convert UTF-16 that has one, as a Windows shell writes it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            return data
    return data.removeprefix(BOM)
