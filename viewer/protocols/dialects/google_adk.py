"""Google's Agent Development Kit: the events of its server's `/run_sse`: https://google.github.io/adk-docs/runtime/api-server/.

While an answer is streamed, events are `partial` and hold a piece. The event after them has no `partial`, and repeats the whole.
Parts, calls and usage are Gemini's. What the user and other tools say is of kind other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.dialects import gemini_generate
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "google-adk"
ABOUT = About(
    PROTOCOL,
    "Google's Agent Development Kit",
    "https://google.github.io/adk-docs/runtime/api-server/",
    "events of `/run_sse` and `/run`",
)


def recognise(sample: Sample) -> int:
    """Look for an event that has an author and belongs to an invocation."""
    for payload in sample.objects:
        has_invocation = "invocationId" in payload or "invocation_id" in payload
        if has_invocation and "author" in payload:
            return 95
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    run = _Run(events, reading, UnknownText(events, reading), LatestArguments(reading))
    for event, value in reading.payloads(events):
        payload = mapping(value) or {"error": value}
        rows_before = len(reading.kind)
        run.add(event, payload)
        reading.end_event(event, rows_before, parse_epoch(payload.get("timestamp")))
    # The last event of a run looks like any other. Its finish reason is often left out.
    reading.ended = reading.error is None and not run.is_partial


@dataclass(slots=True)
class _Run:
    """The answers that the events add to."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    is_partial: bool = True
    """Whether the last event was a piece of an answer."""
    _texts: dict[tuple[str, int], CumulativeText] = field(default_factory=dict)
    """By author and kind, the answer that pieces are added to."""
    _tools: dict[str, int] = field(default_factory=dict)

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        author = as_text(payload.get("author"))
        self.is_partial = bool(payload.get("partial"))
        model = payload.get("modelVersion") or payload.get("model_version")
        self.reading.model = self.reading.model or (as_text(model) if model else None)
        whole: dict[int, list[str]] = {}
        for part in map(mapping, items(mapping(payload.get("content")).get("parts"))):
            self._add_part(event, author, part, whole)
        for kind, texts in whole.items():
            self._update(event, (author, kind), "".join(texts))
        self._add_end(event, payload)

    def _add_part(self, event: int, author: str, part: Mapping[str, Any], whole: dict[int, list[str]]) -> None:
        text = only_text(part.get("text"))
        call = mapping(part.get("functionCall") or part.get("function_call"))
        if text and author != "user":
            whole.setdefault(REASONING if part.get("thought") else CONTENT, []).append(text)
        elif call:
            name = as_text(call.get("name") or "")
            identity = as_text(call.get("id") or "") or f"{len(self._tools)} {name}"
            tool = self._tools.setdefault(identity, next_index(self._tools))
            self.reading.identify_call(tool, call.get("id"), name)
            self.arguments.update(event, tool, write(call["args"]) if call.get("args") else "")
        elif text or part.get("functionResponse") or part.get("function_response"):
            self.reading.add(event, OTHER, "\n".join(texts_in(dict(part))))
        elif not self.unknown.add(event, "part", ", ".join(part), dict(part)):
            self.reading.add(event, OTHER)

    def _update(self, event: int, key: tuple[str, int], text: str) -> None:
        """Add a piece of an answer, or what a whole answer has after its pieces."""
        shown = self._texts.setdefault(key, CumulativeText(self.reading, key[1]))
        if self.is_partial:
            shown.append(event, text)
        else:
            shown.update(self.events, event, text)
            del self._texts[key]

    def _add_end(self, event: int, payload: Mapping[str, Any]) -> None:
        code = payload.get("errorCode") or payload.get("error_code")
        message = payload.get("errorMessage") or payload.get("error_message") or payload.get("error")
        if code or message:
            self.reading.add_error(event, StreamError(as_text(message or code), code=as_text(code or "")))
        if reason := payload.get("finishReason") or payload.get("finish_reason"):
            self.reading.finish_reasons[0] = as_text(reason)
            self.reading.add(event, FINISH)
        reported = payload.get("usageMetadata") or payload.get("usage_metadata")
        if isinstance(reported, dict):
            self.reading.add_usage(event, reported)


usage = gemini_generate.usage
