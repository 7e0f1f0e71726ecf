"""What a protocol reads in the events of one stream, gathered as columns."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import nan
from typing import Any

import orjson

from viewer.protocols.repeats import Pattern, pattern_of
from viewer.text.json import is_utf_8, parse
from viewer.types.chunk_table import ERROR, KEEP_ALIVE, NO_TOOL, OTHER, TOOL_CALL
from viewer.types.problems import Problem, Severity
from viewer.types.replies import ServerTimes, StreamError, ToolCall, ToolCallStart
from viewer.wire import Events

_CUT_OFF = "The recording ends here; record it again for the rest."
_KEPT = "Kept as rows of kind other; the bytes are in the response body at this offset."
_ENCODING = "The recorder may have cut a character in two or guessed the wrong encoding."


# Of streams whose events differ in more than a text, such as a number that counts them, few are worth a look.
_HOPE, _HOPE_FOR_EACH = 256, 4
_HOPE_BELOW = _HOPE - _HOPE_FOR_EACH


@dataclass(frozen=True, slots=True)
class Repeated:
    """Hold the row that an event adds, and all that repeat it."""

    name: str
    kind: int
    choice: int
    tool: int
    stamp: float


@dataclass(slots=True)
class Reading:
    """Gather a row for each thing an event adds, and what the events say about the stream as a whole."""

    event: "array[int]" = field(default_factory=lambda: array("i"))
    choice: "array[int]" = field(default_factory=lambda: array("h"))
    kind: "array[int]" = field(default_factory=lambda: array("b"))
    text: list[str] = field(default_factory=list)
    tool: "array[int]" = field(default_factory=lambda: array("h"))
    stamp: "array[float]" = field(default_factory=lambda: array("d"))
    """NaN where an event has none."""

    model: str | None = None
    finish_reasons: dict[int, str] = field(default_factory=dict)
    """By choice, as the provider wrote them."""
    tool_calls: dict[tuple[int, int], ToolCallStart] = field(default_factory=dict)
    """By choice and tool index, in order of appearance."""
    error: StreamError | None = None
    ended: bool = False
    """Whether the stream says of itself that it is complete."""
    usage: dict[str, Any] | None = None
    """The provider's last usage object, untouched."""
    server_times: ServerTimes | None = None
    problems: list[Problem] = field(default_factory=list)
    damaged: frozenset[int] = frozenset()
    """Units whose framing is damaged, which is said elsewhere."""
    _data: bytes | None = None
    """The payload that is being read, where it is JSON in every respect."""
    _beside_text: int = 0
    """Length of the last payload that might be repeated, without its text and padding."""
    _hope: int = _HOPE
    """How many more events may turn out to be no repeats before they are looked for no longer."""
    _repeated: tuple[Pattern, Repeated] | None = None
    """What stands around the text of an event that others repeat with another."""
    _same: tuple[bytes, Repeated] | None = None
    """The last event without a text that others repeat as it is."""

    def add(
        self,
        event: int,
        kind: int,
        text: str = "",
        *,
        choice: int = 0,
        tool: int = NO_TOOL,
        stamp: float | None = None,
    ) -> None:
        """Append one row."""
        self.event.append(event)
        self.choice.append(choice)
        self.kind.append(kind)
        self.text.append(text)
        self.tool.append(tool)
        self.stamp.append(nan if stamp is None else stamp)

    def may_repeat(self, name: str, padding: str = "") -> bool:
        """Say that the event being read, of this type, adds the last row alone, and that so would any with another text.

        So would any with other letters as its padding, a string that the protocol does not read. An event without a text would
        add it again. Such events then get their rows without being parsed: `payloads` does not yield them. False where nothing
        has come of it so often that it need not be said any more.
        """
        self._hope -= 1
        data, text = self._data, self.text[-1]
        if self._hope <= 0:
            return False
        if data is None or (self._repeated is not None and self._repeated[0].text_in(data)):
            return True
        row = Repeated(name, self.kind[-1], self.choice[-1], self.tool[-1], self.stamp[-1])
        if not text:
            self._same = data, row
            return True
        # Where two in a row are as long, but for their texts, a third is likely.
        beside_text = len(data) - len(text) - len(padding)
        if beside_text == self._beside_text and (pattern := pattern_of(data, text, padding)):
            self._repeated = pattern, row
        self._beside_text = beside_text
        return True

    def assembled_tool_calls(self) -> list[ToolCall]:
        """Return the tool calls put together, in order of appearance."""
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
        """Yield the index and the JSON of each event that holds JSON; give every other event its row here.

        So do those that repeat what `may_repeat` was said of. Nothing is read after `[DONE]`: every SDK stops there.
        """
        self.damaged = frozenset(index for index, _ in events.damage)
        for index, data in self._without_repeats(events):
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
                    self._take_after_done(index + 1, events)
                    return
                self._data = None
                try:
                    payload = parse(data)
                except ValueError as error:
                    self._take_unreadable(index, events, data, error)
                    continue
                if not is_utf_8(data):
                    what = f"Event {index} is not valid UTF-8; what cannot be read shows as \ufffd."
                    self._report(index, events, "warning", what, _ENCODING)
            yield index, payload

    def _without_repeats(self, events: Events) -> Iterator[tuple[int, bytes | None]]:
        """Yield the index and the payload of each event but those that repeat one that was read, which get their rows."""
        # Nearly all events of a long stream go through here and no further.
        add_event, add_choice, add_kind = self.event.append, self.choice.append, self.kind.append
        add_text, add_tool, add_stamp = self.text.append, self.tool.append, self.stamp.append
        same_data, same = self._same or (None, None)
        pattern, repeated = self._repeated or (None, None)
        units = enumerate(zip(events.data, events.name, strict=True))
        for index, (data, name) in units:
            row, text = None, ""
            if data:
                if data == same_data:
                    row = same
                elif pattern is not None and (text := pattern.text_in(data)):
                    row = repeated
            if row is not None and row.name == name:
                self._hope = _HOPE if self._hope > _HOPE_BELOW else self._hope + _HOPE_FOR_EACH
                add_event(index)
                add_choice(row.choice)
                add_kind(row.kind)
                add_text(text)
                add_tool(row.tool)
                add_stamp(row.stamp)
                continue
            yield index, data
            if self._hope <= 0:
                break
            # It may be what others repeat.
            same_data, same = self._same or (None, None)
            pattern, repeated = self._repeated or (None, None)
        for index, (data, _) in units:
            yield index, data

    def _take_after_done(self, begin: int, events: Events) -> None:
        after_done = []
        for index in range(begin, len(events)):
            if events.data[index]:
                after_done.append(index)
            self.add(index, OTHER if events.data[index] else KEEP_ALIVE)
        if after_done:
            what = f"{len(after_done)} events stand after [DONE], where every SDK stops."
            self._report(after_done[0], events, "warning", what, _KEPT)

    def _take_unreadable(self, index: int, events: Events, data: bytes, error: ValueError) -> None:
        if events.name[index].partition(":")[0] in ("error", "exception"):
            self.error = StreamError(data.decode(errors="replace"))
            self.add(index, ERROR, self.error.message)
        elif index in self.damaged:
            self.add(index, OTHER)
        elif events.unterminated and index == len(events) - 1:
            self.add(index, OTHER)
            self._report(index, events, "warning", f"Event {index} is cut off in its middle.", _CUT_OFF)
        else:
            self.add(index, OTHER)
            self._report(index, events, "warning", f"Event {index} is not JSON ({error}).", _KEPT)

    def _report(self, index: int, events: Events, severity: Severity, message: str, advice: str) -> None:
        self.problems.append(Problem(severity, message, advice, offset=int(events.offset[index])))
