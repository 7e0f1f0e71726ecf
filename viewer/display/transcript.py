"""The transcript of a stream: blocks of thinking, text and tool calls in the order of the wire, each with what belongs beneath it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from viewer.conversation.brought_results import BroughtResult
from viewer.display.citations import citations_in
from viewer.display.lanes import MAX_TOOL_LANES, Lane
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import counted
from viewer.types.chunk_table import CITATION, Ints, distinct
from viewer.types.replies import ToolCall, ToolStep

_LABELS = {"reasoning": "thinking", "content": "text", "audio": "audio transcript"}
# A stream that changes its kind with every chunk would fill the page with headings. Beyond this many blocks, each lane has one.
_MAX_BLOCKS = 1000


@dataclass(frozen=True, slots=True)
class Below:
    """What stands beneath a block: what a tool returned, or what a text cites."""

    kind: str
    """`result` or `citation`."""
    label: str
    text: str
    event: int | None
    """The event of this stream that brought it; None if a later request did."""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One block. Its text is that of some chunks of a lane, or else `text`."""

    kind: str
    """The kind of the lane; `tool_result` for a result whose call is not in the stream, `citation` for citations without a text."""
    label: str
    event: int
    """The event with which it begins."""
    lane: int | None = None
    start: int = 0
    stop: int = 0
    """The chunks of the lane, without the last index."""
    text: str | None = None
    call_id: str = ""
    is_error: bool = False
    below: list[Below] = field(default_factory=list)


def blocks_of(stream: Stream, choice: int, lanes: Sequence[Lane], brought: Sequence[BroughtResult] = ()) -> list[Block]:
    """Return the blocks of a choice, whose lanes are given, in the order in which they began.

    A block begins where the lane changes, but all chunks of one tool call are one block even if several calls alternate.
    Citations stand beneath the text that they belong to, since many providers send them between its chunks.
    `brought` are the results that later requests brought back.
    """
    calls = [call for call in stream.tool_calls if call.choice == choice]
    blocks = [*_blocks_of_lanes(stream, choice, lanes, calls)]
    if stream.hidden and not stream.hidden.silent_chunks:
        blocks.insert(0, Block("hidden", counted(stream.hidden.tokens, "hidden token"), event=0, text=""))
    _add_citations(blocks, stream, choice)
    _add_tool_steps(blocks, [step for step in stream.tool_steps if step.choice == choice])
    for result in brought:
        call = stream.tool_calls[result.call]
        block = next((one for one in blocks if call in calls and one.call_id == _call_key(call, calls)), None)
        if block:
            label = f"result, sent back with request {result.interaction}"
            block.below.append(Below("result", label, result.text, None, result.is_error))
    return sorted(blocks, key=lambda block: block.event)


def packed_blocks(blocks: Sequence[Block], stream: Stream, place: Any) -> list[dict[str, Any]]:
    """Return blocks as data of a tape. `place` tells where a row stands on the axis of the track."""

    def at(event: int | None) -> float | None:
        if event is None:
            return None
        row = int(np.searchsorted(stream.columns.event, event))
        return float(place(min(row, len(stream.columns.event) - 1)))

    return [
        {
            "kind": block.kind,
            "label": well_formed(block.label),
            "event": block.event,
            "lane": block.lane,
            "from": block.start,
            "to": block.stop,
            "t": at(block.event),
            **({"text": well_formed(block.text)} if block.text is not None else {}),
            **({"error": True} if block.is_error else {}),
            "below": [
                {
                    **asdict(below),
                    "label": well_formed(below.label),
                    "text": well_formed(below.text),
                    "t": at(below.event),
                }
                for below in block.below
            ],
        }
        for block in blocks
    ]


def _blocks_of_lanes(stream: Stream, choice: int, lanes: Sequence[Lane], calls: Sequence[ToolCall]) -> list[Block]:
    """Return a block for each run of chunks in one lane. What has no text, except for hidden reasoning, has none."""
    shown = [index for index, lane in enumerate(lanes) if lane.has_text or lane.kind == "hidden"]
    if not shown:
        return []
    rows = np.concatenate([lanes[index].rows for index in shown])
    lane_of = np.repeat(shown, [len(lanes[index].rows) for index in shown])
    order = np.argsort(rows, kind="stable")
    rows, lane_of = rows[order], lane_of[order]
    tools = stream.columns.tool[rows]
    changes = np.flatnonzero((lane_of[1:] != lane_of[:-1]) | (tools[1:] != tools[:-1])) + 1
    begins, ends = np.append(0, changes), np.append(changes, len(rows))
    event, lane_kinds = stream.columns.event, [lane.kind for lane in lanes]
    call_by_tool = _calls_by_tool(stream, choice, calls)
    own_lane = _lanes_of_one_call(lanes)
    done = [0] * len(lanes)
    blocks: list[Block] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        lane = int(lane_of[begin])
        is_whole = lane in own_lane or lane_kinds[lane] == "hidden" or len(blocks) >= _MAX_BLOCKS
        start, size = done[lane], len(lanes[lane].rows) if is_whole else done[lane] + end - begin
        if start == len(lanes[lane].rows):
            continue
        done[lane] = size
        call = call_by_tool.get(int(tools[begin])) if lane_kinds[lane] == "tool_call" else None
        label = _label(lanes[lane], call if lane not in own_lane else None, stream)
        call_id = _call_key(call, calls) if call else ""
        blocks.append(Block(lane_kinds[lane], label, int(event[rows[begin]]), lane, start, size, call_id=call_id))
    return blocks


def _label(lane: Lane, call: ToolCall | None, stream: Stream) -> str:
    if lane.kind == "hidden":
        tokens = stream.hidden.tokens if stream.hidden else len(lane.rows)
        return counted(tokens, "hidden token")
    return (call.name if call else "") or _LABELS.get(lane.kind, lane.label)


def _lanes_of_one_call(lanes: Sequence[Lane]) -> frozenset[int]:
    """Return the indexes of the lanes with a single tool call each. The last lane of many holds the rest."""
    of_tools = [index for index, lane in enumerate(lanes) if lane.kind == "tool_call"]
    return frozenset(of_tools[:MAX_TOOL_LANES])


def _calls_by_tool(stream: Stream, choice: int, calls: Sequence[ToolCall]) -> dict[int, ToolCall]:
    """Return the call of each tool index. Both are in order of appearance."""
    tools: Ints = stream.columns.tool[(stream.columns.choice == choice) & (stream.columns.tool >= 0)]
    found, first = np.unique(tools, return_index=True)
    return dict(zip(found[np.argsort(first)].tolist(), calls, strict=False))


def _call_key(call: ToolCall, calls: Sequence[ToolCall]) -> str:
    """Return what tells a call from all others: its id or, without one, its place among the calls."""
    return call.id or f"\0{next(place for place, one in enumerate(calls) if one is call)}"


def _add_citations(blocks: list[Block], stream: Stream, choice: int) -> None:
    """Put the citations beneath the last text before each, or the first text after it."""
    columns = stream.columns
    rows = np.flatnonzero((columns.kind == CITATION) & (columns.choice == choice))
    if not len(rows):
        return
    texts = [block for block in blocks if block.kind in ("content", "audio", "refusal")]
    begins = np.array([block.event for block in texts])
    places = np.maximum(np.searchsorted(begins, columns.event[rows], side="right") - 1, 0)
    for place in distinct(places):
        own = rows[places == place]
        written = list(dict.fromkeys(one for text in columns.text[own] for one in citations_in(text)))
        label, text = counted(len(written), "citation"), "\n\n".join(written)
        event = int(columns.event[own[0]])
        if texts:
            texts[place].below.append(Below("citation", label, text, event))
        else:
            blocks.append(Block("citation", label, event, text=text))


def _add_tool_steps(blocks: list[Block], steps: Sequence[ToolStep]) -> None:
    """Add the calls that are not tool calls of the stream, and put each result beneath its call."""
    for step in steps:
        if step.is_call:
            blocks.append(Block("tool_call", step.name or "tool call", step.event, text=step.text, call_id=step.id))
            continue
        block = _called_by(step, blocks)
        if block is None:
            label = f"result of {step.name}" if step.name else "result"
            blocks.append(Block("tool_result", label, step.event, text=step.text, is_error=step.is_error))
        elif all(below.text != step.text for below in block.below):
            block.below.append(Below("result", "result", step.text, step.event, step.is_error))


def _called_by(step: ToolStep, blocks: Sequence[Block]) -> Block | None:
    """Return the block of the call that a result answers: by id or, without one, the first of that name still without a result."""
    calls = [block for block in blocks if block.kind == "tool_call"]
    if step.id:
        return next((block for block in calls if block.call_id == step.id), None)
    open_calls = [block for block in calls if not block.below and block.event <= step.event]
    named = [block for block in open_calls if not step.name or block.label == step.name]
    return named[0] if named else None
