"""Mastra, from an agent, workflow or network to its client: https://mastra.ai/docs/streaming/events.

Chunks have the types of Vercel's AI SDK, but hold what they add in `payload`, beside the run and who it is `from`. Chunks of
what an agent or tool runs itself are nested in others. Those of a workflow's step are part of its text, as in Mastra's own
conversion for user interfaces; others are of kind other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import vercel_ai_sdk
from viewer.protocols.errors import error_of
from viewer.protocols.images import describe_data
from viewer.protocols.reading import Reading
from viewer.protocols.streamed_calls import StreamedCalls
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "mastra"
ABOUT = About(
    PROTOCOL, "Mastra", "https://mastra.ai/docs/streaming/events", "streams of agents, workflows and networks"
)

_SOURCES = frozenset({"AGENT", "USER", "SYSTEM", "WORKFLOW", "NETWORK"})
_STARTS = frozenset({"start", "workflow-start"})
_FINISHES = frozenset({"finish", "workflow-finish", "network-execution-event-finish"})
_RESULTS = frozenset(
    {"tool-result", "tool-error", "tool-execution-end", "background-task-completed", "background-task-failed"}
)
_FILES = frozenset({"file", "reasoning-file"})
_SHOWN = frozenset(
    {"is-task-complete", "goal", "network-validation-end", "network-object-result", "workflow-step-result"}
)
"""Types whose text is not part of the answer: what a judge says, and what a step or the run of a network returns."""
_PAUSES = frozenset(
    {
        *("tool-call-approval", "tool-call-suspended", "workflow-step-suspended", "workflow-paused"),
        *("agent-execution-approval", "agent-execution-suspended", "workflow-execution-suspended"),
        *("tool-execution-approval", "tool-execution-suspended"),
    }
)
_NESTS = ("tool-output", "step-output", "background-task-output", "agent-execution-event-", "workflow-execution-event-")
# Types without a text of their own. What they hold was streamed or belongs to the run's administration.
_SILENT_SUFFIXES = (
    "-start",
    "-end",
    "-finish",
    "-metadata",
    "-signature",
    "-waiting",
    "-result",
    "-suspended",
    "-progress",
)
_SILENT = frozenset(
    {
        *("raw", "watch", "object", "network-object", "redacted-reasoning", "custom", *_PAUSES),
        *("background-task-started", "background-task-running", "background-task-resumed", "background-task-cancelled"),
    }
)
_MAX_NESTS = 12


def recognise(sample: Sample) -> int:
    """Look for chunks that name their run and source, then for a delta in a payload."""
    if any(isinstance(chunk.get("runId"), str) and _source(chunk) in _SOURCES for chunk in sample.objects):
        return 95
    return 92 if any(map(_is_delta, sample.objects)) else 0


def _source(chunk: Mapping[str, Any]) -> str:
    return only_text(chunk.get("from")) if isinstance(chunk.get("type"), str) else ""


def _is_delta(chunk: Mapping[str, Any]) -> bool:
    has_text = isinstance(mapping(chunk.get("payload")).get("text"), str)
    return has_text and chunk.get("type") in ("text-delta", "reasoning-delta")


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    run = _Run(reading, UnknownText(events, reading), StreamedCalls(reading))
    for event, value in reading.payloads(events):
        # A payload that is not an object may be a text.
        chunk = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        run.add(event, only_text(chunk.get("type")), chunk)
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Run:
    """The text and the calls that the chunks add to."""

    reading: Reading
    unknown: UnknownText
    calls: StreamedCalls

    def add(self, event: int, kind: str, chunk: Mapping[str, Any]) -> None:
        """Add the rows of one chunk."""
        payload = mapping(chunk.get("payload"))
        match kind:
            case "text-delta" | "routing-agent-text-delta":
                self.reading.add_text(event, CONTENT, payload.get("text"))
            case "reasoning-delta" | "reasoning":
                self.reading.add_text(event, REASONING, payload.get("text"))
            case "tool-call" | "tool-call-input-streaming-start" | "tool-call-delta":
                self._add_call(event, kind, payload)
            case "source":
                self.reading.add(event, CITATION, write(payload))
            case "workflow-step-output":
                self._add_step_output(event, payload)
            case _ if kind.startswith(_NESTS) and kind != "tool-output-denied":
                self.reading.add(event, OTHER, _nested_text(payload))
            case _ if kind in _RESULTS:
                self._add_result(event, payload)
            case _:
                self._add_other(event, kind, chunk, payload)
        self._note_model_and_usage(event, kind, payload)

    def _add_step_output(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a step of a workflow streams. Of a workflow in it, the text is of kind other."""
        nested = mapping(payload.get("output"))
        if _is_delta(nested):
            self.add(event, only_text(nested.get("type")), nested)
        else:
            self.reading.add(event, OTHER, _nested_text(payload))
            self._note_model_and_usage(event, "raw", mapping(nested.get("payload")))

    def _add_other(self, event: int, kind: str, chunk: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """Add the start or end of a run, or a chunk that adds nothing to the message."""
        if kind in _STARTS:
            self.reading.add(event, START)
        elif kind in _FINISHES:
            self._finish(event, payload)
        elif kind == "error":
            self.reading.add_error(event, error_of(dict(payload) or chunk.get("error")))
        elif kind in ("workflow-canceled", "abort") or kind.endswith("-abort"):
            self.reading.add_error(event, StreamError("The run was aborted.", kind))
        elif kind == "tripwire":
            self.reading.add(event, OTHER, as_text(payload.get("reason") or payload.get("tripwireReason")))
        else:
            self._add_aside(event, kind, chunk, payload)

    def _add_aside(self, event: int, kind: str, chunk: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """Add what stands beside the message: files, data of the application, what judges and steps return."""
        if kind in _FILES:
            self.reading.add(event, OTHER, describe_data(only_text(payload.get("mimeType")), payload.get("data")))
        elif kind == "data" or kind.startswith("data-"):
            self.reading.add(event, OTHER, "\n".join(texts_in(chunk.get("data", payload))))
        elif kind in _SHOWN:
            returned = payload.get("output", payload.get("object"))
            self.reading.add(event, OTHER, result_text(returned or payload.get("reason") or payload.get("error")))
        elif kind == "tool-output-denied":
            self.reading.add(event, OTHER, only_text(mapping(payload.get("approval")).get("reason")))
        elif kind in _SILENT or kind.endswith(_SILENT_SUFFIXES):
            # A run that waits for approval or input ends here; the client starts another one.
            self.reading.ended = self.reading.ended or kind in _PAUSES
            if kind == "step-start":
                self.calls.begin_step()
        elif not self.unknown.add(event, "event type", kind, dict(chunk)):
            self.reading.add(event, OTHER)

    def _add_result(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a tool returned."""
        returned = as_text(payload.get("result", payload.get("error")))
        is_error = "result" not in payload or payload.get("isError") is True
        self.reading.note_tool_result(
            event, returned, payload.get("toolCallId"), payload.get("toolName"), is_error=is_error
        )
        self.reading.add(event, OTHER, returned)

    def _add_call(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        """Add a call or a piece of its arguments. Whole arguments that repeat pieces add nothing."""
        call_id, name, piece = payload.get("toolCallId"), payload.get("toolName"), payload.get("argsTextDelta")
        if kind == "tool-call":
            self.calls.complete(event, call_id, name, as_text(payload.get("args")))
        elif kind == "tool-call-input-streaming-start":
            self.calls.start(event, call_id, name)
        elif not self.calls.add_piece(event, call_id, piece):
            self.calls.start(event, call_id, name)
            self.calls.add_piece(event, call_id, piece)

    def _finish(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the finish. The result of a network is the content if none was streamed."""
        self.reading.ended = True
        reason = mapping(payload.get("stepResult")).get("reason") or payload.get("workflowStatus")
        if reason := reason or payload.get("finishReason"):
            self.reading.finish_reasons[0] = as_text(reason)
        if (text := only_text(payload.get("result"))) and CONTENT not in self.reading.kind:
            self.reading.add(event, CONTENT, text)
        self.reading.add(event, FINISH)

    def _note_model_and_usage(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        """Note the usage of a step until the finish brings that of the whole run."""
        output, response = mapping(payload.get("output")), mapping(payload.get("response"))
        model = payload.get("modelId") or response.get("modelId") or mapping(payload.get("metadata")).get("modelId")
        self.reading.note_model(only_text(model))
        reported = mapping(payload.get("totalUsage") or output.get("usage") or payload.get("usage"))
        is_end = kind in _FINISHES or kind == "step-finish"
        if is_end and vercel_ai_sdk.has_counts(reported):
            self.reading.add_usage(event, reported)


def _nested_text(payload: Mapping[str, Any]) -> str:
    """Return the text of a chunk of what an agent or tool runs itself. It may be nested several times."""
    nested = payload
    for _ in range(_MAX_NESTS):
        text = only_text(nested.get("text") or nested.get("output"))
        inner = mapping(nested.get("output")) or mapping(nested.get("payload"))
        if text or not inner:
            return text
        nested = inner
    return ""


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return what `generate` of an agent gave as the chunks of a stream. Its calls and results are chunks already."""
    if not (isinstance(payload.get("text"), str) and isinstance(payload.get("steps"), list) and "toolCalls" in payload):
        return None
    texts = (("reasoning-delta", payload.get("reasoningText")), ("text-delta", payload["text"]))
    end = {
        "stepResult": {"reason": payload.get("finishReason")},
        "totalUsage": payload.get("totalUsage") or payload.get("usage"),
        "response": payload.get("response"),
    }
    chunks = [
        *[{"type": kind, "payload": {"text": text}} for kind, text in texts if text],
        *[mapping(one) for name in ("toolCalls", "toolResults") for one in items(payload.get(name))],
        *([{"type": "error", "payload": {"error": payload["error"]}}] if payload.get("error") else []),
        {"type": "finish", "payload": end},
    ]
    return [("message", chunk) for chunk in chunks]


usage = vercel_ai_sdk.usage
