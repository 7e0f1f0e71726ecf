"""Mastra, from an agent, workflow or network to its client: https://mastra.ai/docs/streaming/events.

Chunks have the types of Vercel's AI SDK, but hold what they add in `payload`, beside the run and who it is `from`. Chunks of
what an agent or tool runs itself are nested in others. Those of a workflow's step are part of its text, as in Mastra's own
conversion for user interfaces; others are of kind other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import vercel_ai_sdk
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping, only_text, write
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, REASONING, SILENT, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import count
from viewer.wire import Events

PROTOCOL = "mastra"
ABOUT = About(
    PROTOCOL, "Mastra", "https://mastra.ai/docs/streaming/events", "streams of agents, workflows and networks"
)

_SOURCES = frozenset({"AGENT", "USER", "SYSTEM", "WORKFLOW", "NETWORK"})
_STARTS = frozenset({"start", "workflow-start"})
_FINISHES = frozenset({"finish", "workflow-finish", "network-execution-event-finish"})
_RESULTS = frozenset({"tool-result", "tool-error", "object-result", "file"})
_PAUSES = frozenset({"tool-call-approval", "tool-call-suspended", "workflow-step-suspended"})
_NESTS = ("tool-output", "step-output", "agent-execution-event-", "workflow-execution-event-")
# Types without a text of their own. What they hold was streamed or belongs to the run's administration.
_SILENT_SUFFIXES = ("-start", "-end", "-finish", "-metadata", "-signature", "-waiting", "-result", "-suspended")
_SILENT = frozenset({"raw", "watch", "object", "redacted-reasoning", *_PAUSES})
_COUNTS = ("inputTokens", "outputTokens", "promptTokens", "completionTokens", "totalTokens")


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
    run = _Run(reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        # A payload that is not an object may be a text.
        chunk = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        run.add(event, only_text(chunk.get("type")), chunk)
        if len(reading.kind) == rows_before:
            reading.add(event, SILENT)


@dataclass(slots=True)
class _Run:
    """The text and the calls that the chunks add to."""

    reading: Reading
    unknown: UnknownText
    _tools: dict[str, int] = field(default_factory=dict)
    _with_arguments: set[int] = field(default_factory=set)

    def add(self, event: int, kind: str, chunk: Mapping[str, Any]) -> None:
        """Add the rows of one chunk."""
        payload = mapping(chunk.get("payload"))
        match kind:
            case "text-delta" | "routing-agent-text-delta":
                self.reading.add_text(event, CONTENT, payload.get("text"))
            case "reasoning-delta" | "reasoning":
                self.reading.add_text(event, REASONING, payload.get("text"))
            case "tool-call" | "tool-call-input-streaming-start" | "tool-call-delta":
                self._add_call(event, payload)
            case "source":
                self.reading.add(event, CITATION, write(payload))
            case "workflow-step-output":
                nested = mapping(payload.get("output"))
                self.add(event, only_text(nested.get("type")) if _is_delta(nested) else "raw", nested)
            case _ if kind.startswith(_NESTS):
                nested = mapping(payload.get("output") or payload)
                self.reading.add(event, OTHER, only_text(mapping(nested.get("payload", nested)).get("text")))
            case _:
                self._add_other(event, kind, chunk, payload)
        self._note_model_and_usage(event, kind, payload)

    def _add_other(self, event: int, kind: str, chunk: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """Add the start or end of a run, or a chunk that adds nothing to the message."""
        if kind in _STARTS:
            self.reading.add(event, START)
        elif kind in _FINISHES:
            self._finish(event, payload)
        elif kind == "error":
            self.reading.add_error(event, error_of(dict(payload) or chunk.get("error")))
        elif kind in ("abort", "workflow-canceled"):
            self.reading.add_error(event, StreamError("The run was aborted.", kind))
        elif kind == "tripwire":
            self.reading.add(event, OTHER, as_text(payload.get("reason") or payload.get("tripwireReason")))
        elif kind in _RESULTS:
            returned = as_text(payload.get("result", payload.get("error")))
            call_id, name = payload.get("toolCallId"), payload.get("toolName")
            self.reading.note_tool_result(event, returned, call_id, name, is_error="result" not in payload)
            self.reading.add(event, OTHER, returned)
        elif kind in _SILENT or kind.endswith(_SILENT_SUFFIXES):
            # A run that waits for approval or input ends here; the client starts another one.
            self.reading.ended = self.reading.ended or kind in _PAUSES
        elif not self.unknown.add(event, "event type", kind, dict(chunk)):
            self.reading.add(event, OTHER)

    def _add_call(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add a call or a piece of its arguments. Whole arguments that repeat pieces add nothing."""
        call_id = as_text(payload.get("toolCallId") or "")
        tool = self._tools.setdefault(call_id, next_index(self._tools))
        self.reading.identify_call(tool, call_id, payload.get("toolName"))
        delta = only_text(payload.get("argsTextDelta"))
        if "args" in payload and tool not in self._with_arguments:
            delta = as_text(payload["args"])
        if delta:
            self._with_arguments.add(tool)
        if delta or "args" not in payload:
            self.reading.add(event, TOOL_CALL, delta, tool=tool)

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
        if self.reading.model is None and model and isinstance(model, str):
            self.reading.model = model
        reported = mapping(payload.get("totalUsage") or output.get("usage") or payload.get("usage"))
        is_end = kind in _FINISHES or kind == "step-finish"
        if is_end and any(count(reported, name) is not None for name in _COUNTS):
            self.reading.add_usage(event, reported)


usage = vercel_ai_sdk.usage
