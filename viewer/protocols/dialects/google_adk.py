"""Google's Agent Development Kit: the events of its server's `/run_sse`: https://google.github.io/adk-docs/runtime/api-server/.

While an answer is streamed, events are `partial` and hold a piece. The event after them is not, and repeats the whole, also the
calls, often with other ids. Parts, calls and usage are Gemini's. What the user and tools say is of kind other. A live session
has transcriptions of what was said. The events of agents that run in parallel are interleaved.
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

_TRANSCRIPTIONS = {
    **dict.fromkeys(("outputTranscription", "output_transcription"), CONTENT),
    **dict.fromkeys(("inputTranscription", "input_transcription"), OTHER),
}
_OTHER_PARTS = (
    *("text", "functionResponse", "function_response", "thoughtSignature", "thought_signature"),
    *("executableCode", "executable_code", "codeExecutionResult", "code_execution_result"),
    *("inlineData", "inline_data", "fileData", "file_data", "toolCall", "tool_call", "toolResponse", "tool_response"),
)
"""Parts of kind other. A text is there if the user wrote it, or if it is empty."""
_FINISHES = ("STOP", "MAX_TOKENS")
"""Finish reasons that are not errors. They come as the error code too if an answer is cut short."""


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
    reading.ended = reading.error is None and bool(run.is_partial) and not any(run.is_partial.values())


@dataclass(slots=True)
class _Run:
    """The answers that the events add to."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    is_partial: dict[str, bool] = field(default_factory=dict)
    """By agent, whether its last event was a piece of an answer."""
    _texts: dict[tuple[str, int], CumulativeText] = field(default_factory=dict)
    """By agent and kind, the answer that pieces are added to."""
    _tools: dict[str, int] = field(default_factory=dict)
    """The calls, by id."""
    _previews: dict[str, list[int]] = field(default_factory=dict)
    """By agent, the calls of partial events, which the whole answer repeats."""

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        agent = f"{as_text(payload.get('author'))} {as_text(payload.get('branch'))}"
        if payload.get("author") != "user":
            self.is_partial[agent] = bool(payload.get("partial"))
        self.reading.note_model(payload.get("modelVersion") or payload.get("model_version"))
        whole: dict[int, list[str]] = {}
        for part in map(mapping, items(mapping(payload.get("content")).get("parts"))):
            self._add_part(event, agent, part, whole)
        is_partial = bool(payload.get("partial"))
        for kind, texts in whole.items():
            self._update(event, (agent, kind), "".join(texts), is_partial=is_partial)
        if not is_partial:
            self._previews.pop(agent, None)
        for name, kind in _TRANSCRIPTIONS.items():
            if text := only_text(mapping(payload.get(name)).get("text")):
                self._update(event, (name, kind), text, is_partial=is_partial)
        # A node of a workflow may return something else than what its agent said.
        if (output := payload.get("output")) is not None and as_text(output) not in (
            "".join(one) for one in whole.values()
        ):
            self.reading.add(event, OTHER, as_text(output))
        self._add_end(event, payload)

    def _add_part(self, event: int, agent: str, part: Mapping[str, Any], whole: dict[int, list[str]]) -> None:
        text = only_text(part.get("text"))
        call = part.get("functionCall") or part.get("function_call")
        response = part.get("functionResponse") or part.get("function_response")
        if isinstance(response, dict):
            self._note_response(event, response)
        if text and not agent.startswith("user "):
            whole.setdefault(REASONING if part.get("thought") else CONTENT, []).append(text)
        elif isinstance(call, dict):
            self._add_call(event, agent, call)
        elif not part.keys().isdisjoint(_OTHER_PARTS):
            self.reading.add(event, OTHER, "\n".join(texts_in(dict(part))))
        elif not self.unknown.add(event, "part", ", ".join(part), dict(part)):
            self.reading.add(event, OTHER)

    def _note_response(self, event: int, response: Mapping[str, Any]) -> None:
        """Note what a tool returned. A result that is not an object is wrapped in one, as its only field."""
        returned = response.get("response")
        result = mapping(returned).get("result", returned) if len(mapping(returned)) == 1 else returned
        self.reading.note_tool_result(event, as_text(result), response.get("id"), response.get("name"))

    def _add_call(self, event: int, agent: str, call: Mapping[str, Any]) -> None:
        """Add a call. One without a name is a piece of the arguments of the call before, and comes again as a whole."""
        name, identity = as_text(call.get("name") or ""), as_text(call.get("id") or "")
        if not name:
            self.reading.add(event, OTHER)
            return
        known = self._tools.get(identity) if identity else None
        is_partial, previews = self.is_partial.get(agent, False), self._previews.setdefault(agent, [])
        announced = [] if is_partial else [one for one in previews if self.reading.tool_calls[0, one].name == name]
        tool = next(iter(announced), None) if known is None else known
        if tool is None:
            tool = next_index(self.reading.tool_calls)
        if identity:
            self._tools[identity] = tool
        if tool in previews:
            previews.remove(tool)
        if is_partial:
            previews.append(tool)
        elif identity and (0, tool) in self.reading.tool_calls:
            self.reading.tool_calls[0, tool].id = identity
        self.reading.identify_call(tool, identity, name)
        self.arguments.update(event, tool, write(call["args"]) if call.get("args") else "")

    def _update(self, event: int, key: tuple[str, int], text: str, *, is_partial: bool) -> None:
        """Add a piece of an answer, or what a whole answer has after its pieces."""
        shown = self._texts.setdefault(key, CumulativeText(self.reading, key[1]))
        if is_partial:
            shown.append(event, text)
        else:
            shown.update(self.events, event, text)
            del self._texts[key]

    def _add_end(self, event: int, payload: Mapping[str, Any]) -> None:
        code = payload.get("errorCode") or payload.get("error_code")
        message = payload.get("errorMessage") or payload.get("error_message") or payload.get("error")
        if message or (code and code not in _FINISHES):
            self.reading.add_error(event, StreamError(as_text(message or code), code=as_text(code or "")))
        if reason := payload.get("finishReason") or payload.get("finish_reason"):
            self.reading.finish_reasons[0] = as_text(reason)
            self.reading.add(event, FINISH)
        reported = payload.get("usageMetadata") or payload.get("usage_metadata")
        if isinstance(reported, dict):
            self.reading.add_usage(event, reported)


usage = gemini_generate.usage
