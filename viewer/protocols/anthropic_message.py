"""The frame of a message of Anthropic: where it starts and ends, and its usage, which comes in two parts.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols.contradictions import keep_largest
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import texts_in
from viewer.text.json import as_text, mapping
from viewer.types.chunk_table import FINISH, OTHER, SILENT, START, USAGE
from viewer.types.problems import Problem
from viewer.wire import Events

_READ, _WRITTEN = "cache_read_input_tokens", "cache_creation_input_tokens"
_RELAYED = "A relay may have retried. Both are shown, one after the other, as an SDK joins them."


class Message:
    """The start and end of a message, and its usage. Counts that a later object omits, or sends as null, stay."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._is_open = False
        self._has_final_usage = False
        """Whether a usage object came after that of the start."""

    def start(self, event: int, message: Mapping[str, Any]) -> None:
        """Add the start of a message. Report one in the middle of another."""
        if self._is_open:
            self._report(event, "starts another message in the middle of one", _RELAYED)
        self._is_open, self._reading.ended, self._has_final_usage = True, False, False
        self._reading.note_model(message.get("model"))
        self._merge_usage(message.get("usage"))
        self._reading.add(event, START)

    def finish(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the finish and its usage. A refusal may explain itself."""
        delta = mapping(payload.get("delta"))
        reason = delta.get("stop_reason")
        if reason:
            self._is_open = False
            self._reading.finish_reasons[0] = as_text(reason)
            self._reading.add(event, FINISH)
        if explanation := "\n".join(texts_in(delta.get("stop_details"))):
            self._reading.add(event, OTHER, explanation)
        reported = payload.get("usage")
        if isinstance(reported, dict):
            self._has_final_usage = True
            self._merge_usage(reported)
            self._reading.add(event, USAGE)
        elif not reason:
            self._reading.add(event, SILENT)

    def stop(self, event: int) -> None:
        """Note the end of the message."""
        self._is_open, self._reading.ended = False, True
        self._reading.add(event, OTHER)

    def drop_output_of_start(self) -> None:
        """Drop the output count of a message without a final one. The start only says where counting began."""
        reported = self._reading.usage
        if reported is not None and not self._has_final_usage:
            self._reading.usage = {name: value for name, value in reported.items() if name != "output_tokens"} or None

    def _merge_usage(self, reported: Any) -> None:
        if not isinstance(reported, dict):
            return
        keep_largest(self._reading.largest_counts, reported)
        if reported.get("iterations"):
            # The counts of the cache are those of the last iteration, which may be smaller.
            for name in (_READ, _WRITTEN):
                self._reading.largest_counts.pop(name, None)
        before = self._reading.usage or {}
        merged = {**before, **{name: value for name, value in reported.items() if value is not None}}
        if merged.get(_WRITTEN) != before.get(_WRITTEN) and reported.get("cache_creation") is None:
            # The split by lifetime is that of the start, and says nothing about the later sum.
            merged.pop("cache_creation", None)
        self._reading.usage = merged

    def _report(self, event: int, what: str, advice: str) -> None:
        offset = int(self._events.offset[event])
        self._reading.problems.append(Problem("warning", f"Event {event} {what}.", advice, offset=offset))
