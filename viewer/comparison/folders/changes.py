"""What changed between two recordings, in small pieces: those that are alike can be counted over many files.

Of an interaction, what changed in the request is kept apart from what changed in the answer, so that the answers that changed because
of a request can be told from those that changed by themselves.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from viewer.comparison.aspects import Aspect
from viewer.comparison.comparison import CassetteComparison, Comparison, ToolCallChange
from viewer.comparison.diff_lines import DiffLines, diff_lines
from viewer.comparison.figures import AttributeRow
from viewer.comparison.item_diff import ItemDiff
from viewer.comparison.request_diff import Change
from viewer.comparison.schema_drift import FieldDrift
from viewer.comparison.sections import pair_requests, request_name
from viewer.comparison.side import BODY, Side
from viewer.comparison.text_diff import TextDiff
from viewer.text.safe import shortened

# Of one text: enough to see what kind of change it is. `diff` of the two files shows all of it.
_MAX_LINES = 8
_MAX_CHARACTERS = 1_200
_MAX_VALUE_LENGTH = 80


class Alike(NamedTuple):
    """One thing that changed, without its place. Changes that are alike are equal."""

    aspect: Aspect
    title: str
    """What it is, such as "parameter". Never recorded text."""
    what: str
    """ "added", "removed", "changed" or "changed type"."""
    name: str = ""
    """Recorded text: the name of the field, parameter or tool."""
    left: str = ""
    """Recorded text: a short value, or the first words that differ; "" if there is none."""
    right: str = ""
    digest: str = ""
    """Of the whole difference, where `left` and `right` show only a part of it."""


class Piece(NamedTuple):
    """A change with the lines that differ, if it has any."""

    alike: Alike
    lines: DiffLines | None = None


@dataclass(frozen=True, slots=True)
class InteractionChange:
    """What changed in one interaction, or that only one side has it."""

    left: int | None
    """Its index in the left recording; None if it was added."""
    right: int | None
    """Its index in the right recording; None if it was removed."""
    name: str
    """Recorded text: method and URL."""
    aspects: tuple[Aspect, ...]
    causes: tuple[Piece, ...] = ()
    """What changed in the request and its headers."""
    effects: tuple[Piece, ...] = ()
    """What changed in the answer."""


def interaction_changes(comparison: CassetteComparison, chosen: Collection[Aspect]) -> tuple[InteractionChange, ...]:
    """Return what changed between two recordings in the chosen aspects."""
    found = [
        InteractionChange(
            pair.left.index,
            pair.right.index,
            " → ".join(pair_requests(pair)),
            aspects,
            tuple(piece for piece in _causes(pair) if piece.alike.aspect in chosen),
            tuple(piece for piece in _effects(pair) if piece.alike.aspect in chosen),
        )
        for pair in comparison.pairs
        if (aspects := pair.differing(chosen))
    ]
    if "interactions" in chosen:
        found += [_lone(one, left=one.index) for one in comparison.removed]
        found += [_lone(one, right=one.index) for one in comparison.added]
    return tuple(found)


def _lone(one: Side, left: int | None = None, right: int | None = None) -> InteractionChange:
    return InteractionChange(left, right, request_name(one), ("interactions",))


def _causes(pair: Comparison) -> Iterator[Piece]:
    request = pair.request
    for change in (*request.line, *request.parameters):
        yield Piece(_value("request", "parameter", change))
    for kind, items in (("tool", request.tools), ("message", request.messages)):
        for item in items:
            yield _item(kind, item)
    if request.body:
        yield _diff(Alike("request", "body", "changed"), request.body)
    if not request.differs:
        for drift in pair.schema:
            if drift.location == "request":
                yield Piece(_field("request", drift))
    for change in request.headers:
        yield Piece(_value("headers", "header", change))


def _effects(pair: Comparison) -> Iterator[Piece]:
    for row in pair.attributes:
        if row.aspect and row.differs:
            yield Piece(_attribute(row, row.aspect))
    for call in pair.tool_calls:
        yield _tool_call(call)
    for drift in pair.schema:
        if drift.location != "request":
            yield Piece(_field("schema", drift))
    for text in pair.texts:
        title = "body of the response" if text.kind == BODY else text.kind
        yield _diff(Alike("text", title, "changed"), text.diff)
    for usage in pair.usage:
        # A count of 0 on one side says no more than none on the other.
        if usage.differs and any(usage.counts):
            before, after = ("" if count is None else f"{count:,}" for count in usage.counts)
            yield Piece(Alike("usage", usage.label, _what(before, after), "", before, after))


def _value(aspect: Aspect, title: str, change: Change) -> Alike:
    before, after = change.left or "", change.right or ""
    return _short(Alike(aspect, title, _what(change.left, change.right), change.name, before, after))


def _attribute(row: AttributeRow, aspect: Aspect) -> Alike:
    before, after = ("" if value is None else str(value) for value in row.values)
    return _short(Alike(aspect, row.label, _what(before, after), "", before, after))


def _what(before: object, after: object) -> str:
    return "added" if before in (None, "") else "removed" if after in (None, "") else "changed"


def _short(alike: Alike) -> Alike:
    """Return the same with short values, and a digest of values that are cut."""
    if max(len(alike.left), len(alike.right)) <= _MAX_VALUE_LENGTH:
        return alike
    left, right = (shortened(value, _MAX_VALUE_LENGTH) for value in (alike.left, alike.right))
    return alike._replace(left=left, right=right, digest=_digest(alike.left, alike.right))


def _field(aspect: Aspect, drift: FieldDrift) -> Alike:
    title = "field" if drift.path else "event" if drift.location == "event" else "body"
    name = ": ".join(filter(None, (drift.event, drift.path)))
    return Alike(aspect, title, drift.what, name, _types(drift.left), _types(drift.right))


def _types(counts: Mapping[str, int]) -> str:
    # Without the counts, which differ from file to file.
    return ", ".join(sorted(counts))


def _item(kind: str, item: ItemDiff) -> Piece:
    left, right = _first_difference(item.diff)
    segments = [text for segment in item.diff.segments for text in (segment.left, segment.right)]
    return _diff(Alike("request", kind, item.what, item.name, left, right, _digest(*segments)), item.diff)


def _tool_call(change: ToolCallChange) -> Piece:
    names = dict.fromkeys(call.name for call in (change.left, change.right) if call is not None)
    return _diff(Alike("tool-calls", "tool call", change.what, " → ".join(names)), change.arguments)


def _diff(alike: Alike, diff: TextDiff) -> Piece:
    return Piece(alike, diff_lines(diff, _MAX_LINES, _MAX_CHARACTERS))


def _first_difference(diff: TextDiff) -> tuple[str, str]:
    """Return the first words that differ, on one line each."""
    first = next((segment for segment in diff.segments if segment.op != "equal"), None)
    if first is None:
        return "", ""
    return _short_line(first.left), _short_line(first.right)


def _short_line(text: str) -> str:
    return shortened(" ".join(text.split()), _MAX_VALUE_LENGTH)


def _digest(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()
