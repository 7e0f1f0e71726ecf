"""What a protocol reads in the events of one stream."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from viewer.protocols.contradictions import FinishReasons, keep_largest
from viewer.protocols.errors import error_in_event, error_in_text
from viewer.protocols.event_rows import EventRows
from viewer.protocols.repeats import Repeats
from viewer.text.json import as_text, is_utf_8, parse
from viewer.types.chunk_table import ERROR, KEEP_ALIVE, OTHER, SILENT, TOOL_CALL, USAGE
from viewer.types.problems import Problem
from viewer.types.replies import ServerTimes, StreamError, ToolCall, ToolCallStart, ToolStep
from viewer.wire import Events

_CUT_OFF = "The recording ends here. Record it again to get the rest."
_KEPT = "Shown as rows of kind other. The bytes are in the response body at this offset."
ENCODING_ADVICE = "The recorder may have split a character or guessed the wrong encoding."


def invalid_utf_8(event: int) -> str:
    """Return the message of a problem with the encoding of an event."""
    return f"Event {event} is not valid UTF-8. Bytes that cannot be read are shown as \ufffd."


def events_after_end(count: int, end: str, reader: str) -> str:
    """Return the message of a problem with events that follow the end of a stream."""
    follow = "1 event follows" if count == 1 else f"{count} events follow"
    return f"{follow} {end}, where every {reader} stops reading."


@dataclass(slots=True)
class Reading(EventRows):
    """The rows that the events of a stream add, and what they say about the stream as a whole."""

    model: str | None = None
    provider: str | None = None
    """The short name of the provider, if the events name it."""
    finish_reasons: FinishReasons = field(default_factory=FinishReasons)
    """By choice, in the provider's words."""
    tool_calls: dict[tuple[int, int], ToolCallStart] = field(default_factory=dict)
    """By choice and tool index, in order of appearance."""
    error: StreamError | None = None
    ended: bool = False
    """Whether an event says that the stream is complete."""
    usage: dict[str, Any] | None = None
    """The provider's last usage object, unchanged."""
    largest_counts: dict[str, int] = field(default_factory=dict)
    """The largest of each token count in all usage objects, by the provider's name for it."""
    server_times: ServerTimes | None = None
    has_stamps_of_program: bool = False
    """Whether the program that wrote the events stamped each, in milliseconds, when it was complete. If not, a server stamped them."""
    has_stamps_of_pieces: bool = False
    """Whether such a stamp is that of a piece of a text. If not, it is that of a whole part of the answer."""
    service_tier: str | None = None
    """The tier that served the request, if it is not part of the usage object."""
    tool_uses: dict[str, int] = field(default_factory=dict)
    """How often the provider used each of its own tools that may cost extra."""
    tool_steps: list[ToolStep] = field(default_factory=list)
    """What tools that the provider or the agent runs were given and returned, in order."""
    written_rows: list[int] = field(default_factory=list)
    """Rows of kind other that the model wrote, such as code for a tool that the provider runs. They have output tokens."""
    problems: list[Problem] = field(default_factory=list)
    repeating: set[int] = field(default_factory=set)
    """Events with texts that earlier events have shown, so that they may add no row with text."""
    last_unreadable: int | None = None
    """The last event that is not JSON. It has been reported, and may have held the end of the stream."""
    damaged: frozenset[int] = frozenset()
    """Indices of events whose framing is damaged. The framing has reported them."""
    _data: bytes | None = None
    """The payload being read, if the strict parser accepts it."""
    _repeats: Repeats = field(default_factory=Repeats)

    def expect_repeats(self, name: str, padding: str = "") -> bool:
        """Expect more events of this type like the one being read, with any other text. `payloads` then skips them.

        The event must have added only the last row, and the protocol must not read its padding, a string of letters that may
        differ too. An event without a text is repeated only by its own bytes. Return False once repeats are too rare to go on.
        """
        return self._repeats.expect(self._data, name, padding, self)

    def add_error(self, event: int, error: StreamError, *, stamp: float | None = None) -> None:
        """Add the row of an error, and note it as the error of the stream."""
        self.error = error
        self.add(event, ERROR, error.message, stamp=stamp)

    def add_usage(self, event: int, reported: dict[str, Any], *, stamp: float | None = None) -> None:
        """Add the row of a usage object, and note it as the usage of the stream."""
        keep_largest(self.largest_counts, reported)
        self.usage = reported
        self.add(event, USAGE, stamp=stamp)

    def note_model(self, model: Any) -> None:
        """Note the model that an event names, if it names one. The first name stays."""
        if model and not self.model:
            self.model = as_text(model)

    def note_tool_result(
        self, event: int, text: str, call_id: Any = "", name: Any = "", *, choice: int = 0, is_error: bool = False
    ) -> None:
        """Note what a tool returned to a call of the stream. Add its row as well."""
        step = ToolStep(event, text, as_text(call_id or ""), as_text(name or ""), choice, is_error=is_error)
        self.tool_steps.append(step)

    def note_tool_input(self, event: int, text: str, call_id: Any = "", name: Any = "", *, choice: int = 0) -> None:
        """Note what a tool was given by a call that is not one of `tool_calls`. Add its row as well."""
        self.tool_steps.append(ToolStep(event, text, as_text(call_id or ""), as_text(name or ""), choice, is_call=True))

    def note_tool_uses(self, tool: str, number: int) -> None:
        """Note how often the provider used a tool of its own. Events repeat what earlier ones counted, so the highest counts."""
        self.tool_uses[tool] = max(number, self.tool_uses.get(tool, 0))

    def identify_call(self, tool: int, call_id: Any, name: Any) -> ToolCallStart:
        """Note the id and name of a tool call of choice 0. Each stays what the first event with it says."""
        start = self.tool_calls.setdefault((0, tool), ToolCallStart())
        start.id = start.id or as_text(call_id or "")
        start.name = start.name or as_text(name or "")
        return start

    def assembled_tool_calls(self) -> list[ToolCall]:
        """Join the fragments of each tool call, in order of appearance."""
        if not self.tool_calls:
            return []
        fragments: dict[tuple[int, int], list[str]] = {call: [] for call in self.tool_calls}
        for kind, choice, tool, text in zip(self.kind, self.choice, self.tool, self.text, strict=True):
            if kind == TOOL_CALL:
                fragments[choice, tool].append(text)
        return [
            ToolCall(start.id, start.name, "".join(fragments[choice, tool]), choice)
            for (choice, tool), start in self.tool_calls.items()
        ]

    def payloads(self, events: Events) -> Iterator[tuple[int, Any]]:
        """Yield the index and JSON value of each event that the protocol must read. Add the rows of all others.

        The others are events without data, events that are not JSON, events that repeat an expected one, and everything after
        `[DONE]`, where every SDK stops.
        """
        self.damaged = frozenset(index for index, _ in events.damage)
        outside = _outside(events)
        for index, data in self._repeats.skip(events, self):
            if outside and index in outside:
                self.add_outside(index, events.data[index] or b"")
                continue
            self._data = data
            try:
                payload = orjson.loads(data or b"")
            except orjson.JSONDecodeError:
                if not data:
                    self.add(index, KEEP_ALIVE)
                    continue
                if data.startswith(b"[DONE]"):
                    self.add(index, OTHER)
                    self.ended = True
                    self._find_missed_errors(events)
                    self._add_after_done(index + 1, events)
                    return
                self._data = None
                try:
                    payload = parse(data)
                except ValueError as error:
                    self._add_unreadable(index, events, data, error)
                    continue
                if not is_utf_8(data):
                    self._report(index, events, invalid_utf_8(index), ENCODING_ADVICE)
            yield index, payload
        self._find_missed_errors(events)

    def add_outside(self, event: int, data: bytes) -> None:
        """Add the row of a text outside of every event: an error if it reads like one. The framing has reported it."""
        text = data.decode(errors="replace")
        error = error_in_text(data)
        if error is None:
            self.add(event, OTHER, text)
        else:
            self.error = error
            self.add(event, ERROR, error.message if text.lstrip().startswith("{") else text)

    def _find_missed_errors(self, events: Events) -> None:
        """Make an error of each event that is one, but not in a form that the protocol knows.

        A gateway sends its own form in the middle of any protocol.
        """
        kinds = np.frombuffer(self.kind, dtype=np.int8)
        is_unread = kinds == OTHER
        if "error" in set(events.name):
            is_unread |= np.array([events.name[index] == "error" for index in self.event]) & (kinds == SILENT)
        for row in np.flatnonzero(is_unread).tolist():
            index = self.event[row]
            if (
                not self.text[row]
                and index not in self.damaged
                and (error := error_in_event(events.name[index], events.data[index]))
            ):
                self.error = error
                self.kind[row] = ERROR
                self.text[row] = error.message

    def _add_after_done(self, begin: int, events: Events) -> None:
        after_done = []
        for index in range(begin, len(events)):
            if events.data[index]:
                after_done.append(index)
            self.add(index, OTHER if events.data[index] else KEEP_ALIVE)
        if after_done:
            message = events_after_end(len(after_done), "[DONE]", "SDK")
            self._report(after_done[0], events, message, _KEPT)

    def _add_unreadable(self, index: int, events: Events, data: bytes, error: ValueError) -> None:
        text = data.decode(errors="replace")
        if events.name[index].partition(":")[0] in ("error", "exception"):
            self.add_error(index, StreamError(text))
        elif index in self.damaged:
            self.add(index, OTHER)
        elif not data.startswith((b"{", b"[")) and (found := error_in_text(data)):
            self.error = found
            self.add(index, ERROR, text)
        elif events.unterminated and index == len(events) - 1:
            self.add(index, OTHER)
            self._report(index, events, f"Event {index} is cut off in the middle.", _CUT_OFF)
        else:
            self.last_unreadable = index
            self.add(index, OTHER, text)
            self._report(index, events, f"Event {index} is not JSON ({error}).", _KEPT)

    def _report(self, index: int, events: Events, message: str, advice: str) -> None:
        self.problems.append(Problem("warning", message, advice, offset=int(events.offset[index])))


def _outside(events: Events) -> frozenset[int]:
    """Return the units that are text outside of every event."""
    if "" not in set(events.name):
        return frozenset()
    return frozenset(index for index, name in enumerate(events.name) if not name and events.data[index])
