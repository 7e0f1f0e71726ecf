"""What differs between two cassettes, or between two of their streams.

Only these aspects count as differences:

| aspect | what differs |
|---|---|
| interactions | an interaction that only one of the cassettes has |
| request | method, URL, parameters, tools, messages, or fields of the request's body |
| headers | headers of the request, except those that carry secrets, ids and dates |
| protocol | the protocol, or whether the response was streamed |
| model | the model that answered |
| text | content, reasoning, refusal, citations, transcripts; the body of a response that is not an answer of a model |
| tool-calls | names, arguments, order and number of the tool calls |
| usage | a count of tokens |
| finish-reason | the finish reason, or whether the stream is complete |
| error | the error, or the HTTP status |
| schema | a field of the events, or of a body that was not streamed, was added, was removed or changed its JSON type |

Everything else is shown side by side but does not count: ids, timestamps, dates and secrets, times, rates, costs, chunks, the
recorder, and the provider, which follows from the URL of the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from viewer.comparison.alignment import MAX_STEPS, align, gaps
from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.figures import (
    AttributeRow,
    CostRow,
    MetricRow,
    UsageRow,
    attribute_rows,
    cost_row,
    metric_rows,
    usage_rows,
)
from viewer.comparison.normalise import canonical
from viewer.comparison.pairing import pair
from viewer.comparison.request_diff import RequestDiff, diff_requests
from viewer.comparison.schema_drift import FieldDrift, schema_drift
from viewer.comparison.side import Side, reading_order, side
from viewer.comparison.text_diff import TextDiff, diff_text
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import parse
from viewer.types.replies import ToolCall


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that differs, assembled from its chunks."""

    kind: str
    """A kind of the chunk table, or "body"."""
    choice: int
    diff: TextDiff


@dataclass(frozen=True, slots=True)
class ToolCallChange:
    """A tool call that was added, removed or changed. Its id does not count."""

    what: Literal["added", "removed", "changed"]
    left: ToolCall | None
    right: ToolCall | None
    arguments: TextDiff
    """Of indented JSON with sorted keys. Arguments that are not JSON are compared unchanged."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two interactions side by side, and everything that differs between them."""

    left: Side
    right: Side
    attributes: tuple[AttributeRow, ...]
    metrics: tuple[MetricRow, ...]
    """Empty unless both are streams."""
    usage: tuple[UsageRow, ...]
    cost: CostRow
    texts: tuple[TextChange, ...]
    tool_calls: tuple[ToolCallChange, ...]
    request: RequestDiff
    schema: tuple[FieldDrift, ...]

    def differing(self, chosen: Iterable[Aspect] = ASPECTS) -> tuple[Aspect, ...]:
        """Return those of the chosen aspects that differ, in the order of `ASPECTS`."""
        differs: dict[Aspect, bool] = dict.fromkeys(ASPECTS, False)
        for row in self.attributes:
            if row.aspect and row.differs:
                differs[row.aspect] = True
        differs["request"] = self.request.differs or any(drift.location == "request" for drift in self.schema)
        differs["headers"] = bool(self.request.headers)
        differs["text"] = bool(self.texts)
        differs["tool-calls"] = bool(self.tool_calls)
        differs["usage"] = any(row.differs for row in self.usage)
        differs["schema"] = any(drift.location != "request" for drift in self.schema)
        allowed = set(chosen)
        return tuple(aspect for aspect in ASPECTS if differs[aspect] and aspect in allowed)


@dataclass(frozen=True, slots=True, eq=False)
class CassetteComparison:
    """The interactions of two cassettes in pairs, and those that only one of them has."""

    left: Cassette
    right: Cassette
    pairs: tuple[Comparison, ...]
    removed: tuple[Side, ...]
    """Interactions that only the left cassette has."""
    added: tuple[Side, ...]
    """Interactions that only the right cassette has."""

    def differing(self, chosen: Iterable[Aspect] = ASPECTS) -> tuple[Aspect, ...]:
        """Return those of the chosen aspects that differ in any pair, in the order of `ASPECTS`."""
        allowed = set(chosen)
        found = {aspect for one in self.pairs for aspect in one.differing(allowed)}
        if (self.removed or self.added) and "interactions" in allowed:
            found.add("interactions")
        return tuple(aspect for aspect in ASPECTS if aspect in found)


def compare(left: Cassette, right: Cassette, max_steps: int = MAX_STEPS) -> CassetteComparison:
    """Compare two cassettes, after pairing their interactions by request. `max_steps` bounds the time for each text, as in `diff_text`."""
    pairing = pair(left, right)
    return CassetteComparison(
        left,
        right,
        pairs=tuple(compare_sides(side(left, one), side(right, other), max_steps) for one, other in pairing.pairs),
        removed=tuple(side(left, place) for place in pairing.removed),
        added=tuple(side(right, place) for place in pairing.added),
    )


def compare_streams(left: tuple[Cassette, Stream], right: tuple[Cassette, Stream]) -> Comparison:
    """Compare two streams, each given with its cassette."""
    return compare_sides(side(left[0], left[1].interaction), side(right[0], right[1].interaction))


def compare_sides(left: Side, right: Side, max_steps: int = MAX_STEPS) -> Comparison:
    """Compare two interactions. `max_steps` is as in `compare`."""
    streams = [one.stream for one in (left, right) if one.stream is not None]
    return Comparison(
        left,
        right,
        attributes=attribute_rows((left, right)),
        metrics=metric_rows(streams) if len(streams) == 2 else (),
        usage=usage_rows((left.usage, right.usage)),
        cost=cost_row((left.cost, right.cost)),
        texts=diff_texts(left, right, max_steps),
        tool_calls=diff_tool_calls(left.tool_calls, right.tool_calls),
        request=diff_requests(left.interaction.request, right.interaction.request),
        schema=schema_drift(left, right),
    )


def diff_texts(left: Side, right: Side, max_steps: int = MAX_STEPS) -> tuple[TextChange, ...]:
    """Return the texts that differ, by kind and choice."""
    keys = sorted({*left.texts, *right.texts}, key=reading_order)
    diffs = ((key, diff_text(left.texts.get(key, ""), right.texts.get(key, ""), max_steps)) for key in keys)
    return tuple(TextChange(*key, diff) for key, diff in diffs if not diff.is_same)


def diff_tool_calls(left: list[ToolCall], right: list[ToolCall]) -> tuple[ToolCallChange, ...]:
    """Return the tool calls that differ. Between equal calls, one changes into the next of its name."""
    changes = []
    for before, after in gaps(align(_keys(left), _keys(right)), len(left), len(right)):
        names = align([left[place].name for place in before], [right[place].name for place in after])
        partners = {before[run.left + step]: after[run.right + step] for run in names for step in range(run.length)}
        changes += [_call_change(left[one], right[partners[one]] if one in partners else None) for one in before]
        changes += [_call_change(None, right[other]) for other in after if other not in partners.values()]
    return tuple(changes)


def _keys(calls: list[ToolCall]) -> list[str]:
    return [f"{call.choice}\0{call.name}\0{_arguments(call)}" for call in calls]


def _call_change(left: ToolCall | None, right: ToolCall | None) -> ToolCallChange:
    what: Literal["added", "removed", "changed"] = "added" if left is None else "changed" if right else "removed"
    return ToolCallChange(what, left, right, diff_text(_arguments(left), _arguments(right)))


def _arguments(call: ToolCall | None) -> str:
    if call is None:
        return ""
    try:
        return canonical(parse(call.arguments.encode("utf-8", "surrogatepass")), indent=True)
    except ValueError:
        return call.arguments
