"""Every text of the calls of an agent once, with the place where a page shows it: prompts, answers, tool calls and their results."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from viewer.conversation.messages import Message
from viewer.conversation.steps import Step, steps_of
from viewer.conversation.tool_results import is_model
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.chunk_table import CONTENT, NO_TOOL, REASONING
from viewer.types.replies import ToolCall

TextKind = Literal["prompt", "answer", "thinking", "call", "result"]

# Few, so that what was found is in sight in a narrow list.
_BEFORE_CHARACTERS = 24
_AFTER_CHARACTERS = 80


class CallText(NamedTuple):
    """One text."""

    interaction: int
    """The interaction that shows it. For the result of a tool, that which called the tool."""
    kind: TextKind
    tool: str
    """The name of the tool of a call or of a result."""
    text: str
    ends: Sequence[int]
    """Where each piece of the text that came with an event ends, in characters."""
    events: Sequence[int]
    """The event of each piece; empty if the text is not in the response."""


class FoundText(NamedTuple):
    """The first place in a text that has what was searched for."""

    interaction: int
    kind: TextKind
    tool: str
    event: int | None
    before: str
    found: str
    after: str
    times: int
    """How often it is in this text."""


def find_in_calls(texts: Sequence[CallText], wanted: str) -> list[FoundText]:
    """Return the texts that have the wanted one, ignoring case, in the order of the calls, each with the words around its first place."""
    if not wanted.strip():
        return []
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    found = []
    for one in texts:
        if (match := pattern.search(one.text)) is None:
            continue
        start = max(0, match.start() - _BEFORE_CHARACTERS)
        before = one.text[start : match.start()]
        after = one.text[match.end() : match.end() + _AFTER_CHARACTERS]
        times = sum(1 for _ in pattern.finditer(one.text))
        event = _event_at(one, match.start())
        words = (f"…{before}" if start else before, match.group(), after)
        found.append(FoundText(one.interaction, one.kind, one.tool, event, *words, times))
    # Results come with a later request than the calls between.
    return sorted(found, key=lambda one: one.interaction)


def texts_of_calls(cassette: Cassette) -> list[CallText]:
    """Return the texts of all calls in order. What later requests repeat is in it once."""
    steps = steps_of(cassette)
    callers = {call.id: (step, call) for step in steps for call in _calls(step) if call.id}
    seen: set[Message] = set()
    texts: list[CallText] = []
    for step in steps:
        for message in step.conversation.messages:
            if message not in seen and not is_model(message.role):
                seen.add(message)
                texts += _of_message(message, step.index, callers)
        texts += _of_reply(step)
    return texts


def _calls(step: Step) -> Sequence[ToolCall]:
    return step.decoded.reply.tool_calls if step.decoded.reply else []


def _of_message(message: Message, index: int, callers: Mapping[str, tuple[Step, ToolCall]]) -> Iterator[CallText]:
    for part in message.parts:
        if part.kind == "tool_result" and part.id in callers:
            caller, call = callers[part.id]
            reply = caller.decoded.reply
            events = _events_of_call(reply, call)[:1] if isinstance(reply, Stream) else []
            yield CallText(caller.index, "result", call.name, part.text, [len(part.text)] * len(events), events)
        elif part.text and part.kind in ("text", "other", "tool_result"):
            kind: TextKind = "result" if part.kind == "tool_result" else "prompt"
            yield CallText(index, kind, part.name if kind == "result" else "", part.text, [], [])


def _of_reply(step: Step) -> Iterator[CallText]:
    reply = step.decoded.reply
    if reply is None:
        return
    if not isinstance(reply, Stream):
        texts: tuple[tuple[TextKind, str], ...] = (("thinking", reply.reasoning), ("answer", reply.text))
        yield from (CallText(step.index, kind, "", text, [], []) for kind, text in texts if text)
        for call in reply.tool_calls:
            yield CallText(step.index, "call", call.name, f"{call.name} {call.arguments}", [], [])
        return
    columns = reply.columns
    for kind, code in (("thinking", REASONING), ("answer", CONTENT)):
        rows = np.flatnonzero(columns.kind == code)
        pieces = columns.text[rows].tolist()
        if any(pieces):
            ends = np.cumsum([len(piece) for piece in pieces]).tolist()
            shown: TextKind = "thinking" if kind == "thinking" else "answer"
            yield CallText(step.index, shown, "", "".join(pieces), ends, columns.event[rows].tolist())
    for call in reply.tool_calls:
        text = f"{call.name} {call.arguments}"
        events = _events_of_call(reply, call)[:1]
        yield CallText(step.index, "call", call.name, text, [len(text)] * len(events), events)


def _events_of_call(stream: Stream, call: ToolCall) -> list[int]:
    """Return the events of a tool call. Those of a choice are in the order in which they began."""
    columns = stream.columns
    of_choice = (columns.choice == call.choice) & (columns.tool != NO_TOOL)
    tools = list(dict.fromkeys(columns.tool[of_choice].tolist()))
    calls = [own for own in stream.tool_calls if own.choice == call.choice]
    place = calls.index(call) if call in calls else len(tools)
    if place >= len(tools):
        return []
    events: list[int] = columns.event[of_choice & (columns.tool == tools[place])].tolist()
    return events


def _event_at(text: CallText, offset: int) -> int | None:
    """Return the event that brought the character at an offset."""
    if not text.events:
        return None
    return text.events[min(int(np.searchsorted(text.ends, offset, side="right")), len(text.events) - 1)]
