"""What a protocol reads in the events of one stream, gathered as columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from viewer.protocols.event_rows import EventRows
from viewer.protocols.repeats import Repeats
from viewer.text.json import is_utf_8, parse
from viewer.types.chunk_table import ERROR, KEEP_ALIVE, OTHER, TOOL_CALL
from viewer.types.problems import Problem, Severity
from viewer.types.replies import ServerTimes, StreamError, ToolCall, ToolCallStart
from viewer.wire import Events

_CUT_OFF = "The recording ends here; record it again for the rest."
_KEPT = "Kept as rows of kind other; the bytes are in the response body at this offset."
_ENCODING = "The recorder may have cut a character in two or guessed the wrong encoding."


@dataclass(slots=True)
class Reading(EventRows):
    """Gather a row for each thing an event adds, and what the events say about the stream as a whole."""

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
    """The payload being read, if the strict parser accepts it."""
    _repeats: Repeats = field(default_factory=Repeats)

    def expect_repeats(self, name: str, padding: str = "") -> bool:
        """Expect more events of this type like the one being read, with any other text. `payloads` then skips them.

        The event must have added only the last row, and the protocol must not read its padding, a string of letters that may
        differ too. An event without a text is repeated only by its own bytes. Return False once repeats are too rare to go on.
        """
        return self._repeats.expect(self._data, name, padding, self)

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
        for index, data in self._repeats.skip(events, self):
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
