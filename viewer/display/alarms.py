"""What went wrong in an interaction, or cut it short: an error, a stream that breaks off, a limit."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.streams.answer import FIRST_ERROR_STATUS, Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted, number
from viewer.types.chunk_table import ERROR, FINISH
from viewer.types.replies import StreamError

TOKEN_LIMIT_REASONS = frozenset({"length", "max_tokens", "max_output_tokens", "model_context_window_exceeded"})
"""The finish reasons, in lower case, of an answer that a token limit cut off."""
FILTER_REASONS = frozenset(
    {
        "content_filter",
        "content_filtered",
        "guardrail_intervened",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
    }
)
"""The finish reasons, in lower case, of an answer that the provider's filter stopped."""
_MAX_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that went wrong."""

    tone: Literal["error", "warning"]
    title: str
    detail: str = ""
    """The provider's own words, or what the reader should know."""
    event: int | None = None
    """The event that shows it; None if it is not in a stream."""


def alarms_of(cassette: Cassette, index: int, reply: Stream | Answer | None) -> list[Alarm]:
    """Return what went wrong in an interaction, the worst first."""
    response = cassette.interactions[index].response
    status = response.status
    is_refused = status is not None and status >= FIRST_ERROR_STATUS
    if isinstance(reply, Stream):
        return [*([_refused(response.status_line, None)] if is_refused else []), *_in_stream(reply)]
    error = reply.error if reply else None
    if is_refused or error is not None:
        return [_refused(response.status_line if is_refused else "", error)]
    if reply is None:
        reasons = [problem for problem in cassette.problems if problem.interaction == index]
        return [
            Alarm("error" if one.severity == "error" else "warning", _cut(one.message), one.advice)
            for one in reasons[:1]
        ]
    return _by_finish_reason(reply.finish_reason, None)


def _in_stream(stream: Stream) -> list[Alarm]:
    columns = stream.columns
    errors = np.flatnonzero(columns.kind == ERROR)
    last = int(columns.event[-1]) if len(columns.event) else None
    if stream.error is not None:
        event = int(columns.event[errors[-1]]) if len(errors) else last
        return [Alarm("error", "The stream ends with an error", _words_of(stream.error), event)]
    if stream.events_left_out:
        title = f"The last {counted(stream.events_left_out, 'event')} {'was' if stream.events_left_out == 1 else 'were'} not read"
        return [Alarm("warning", title, "The stream exceeds a limit of this viewer.", last)]
    if not stream.complete and stream.protocol != "generic":
        after = "" if last is None else f" after event {number(last)}"
        return [Alarm("error", f"The stream breaks off{after}", "The event that ends a stream is missing.", last)]
    finishes = np.flatnonzero(columns.kind == FINISH)
    return _by_finish_reason(stream.finish_reason, int(columns.event[finishes[0]]) if len(finishes) else last)


def _by_finish_reason(reason: str | None, event: int | None) -> list[Alarm]:
    word = (reason or "").lower()
    if word in TOKEN_LIMIT_REASONS:
        return [Alarm("warning", "The answer was cut off by its token limit", f"Finish reason: {reason}", event)]
    if word in FILTER_REASONS:
        return [Alarm("warning", "The provider's filter stopped the answer", f"Finish reason: {reason}", event)]
    return []


def _refused(status_line: str, error: StreamError | None) -> Alarm:
    title = f"The provider answered {status_line}" if status_line else "The provider answered with an error"
    return Alarm("error", title, "" if error is None else _words_of(error))


def _words_of(error: StreamError) -> str:
    """Return the provider's message with its type and code, if they are not part of it."""
    message = _cut(str(error))
    further = [word for word in dict.fromkeys((error.type, error.code)) if word and word not in message]
    return f"{message} ({', '.join(further)})" if further and message else message or ", ".join(further)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]} …"
