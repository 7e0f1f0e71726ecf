"""Answers in the semantic conventions of OpenTelemetry: https://opentelemetry.io/docs/specs/semconv/gen-ai/.

A trace holds the attributes of a finished call. The recorders of traces write those of its answer as one JSON object, under the
names that they have there, with the messages as `gen_ai.output.messages`. A run whose chunks were recorded has an object for each.

The names of token counts are those of the conventions, old and new, of OpenLLMetry, OpenInference and the AI SDK:
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
https://ai-sdk.dev/docs/ai-sdk-core/telemetry
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.usage_counts import first_count, with_inclusive_checks
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, REFUSAL, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "otel-gen-ai"
ABOUT = About(
    PROTOCOL,
    "OpenTelemetry GenAI",
    "https://opentelemetry.io/docs/specs/semconv/gen-ai/",
    "answers of calls in a trace: `gen_ai.output.messages`, token counts and errors",
)

MESSAGES = "gen_ai.output.messages"
# What the names of attributes begin with, and those of token counts and costs among them.
_PREFIXES = ("gen_ai.", "llm.", "ai.", "error.", "exception.", "langfuse.", "langsmith.", "inspect.")
_COUNTS = (
    "gen_ai.usage.",
    "llm.token_count.",
    "llm.usage.",
    "ai.usage.",
    "langfuse.",
    "langsmith.",
    "inspect.",
    "operation.",
    "llm.cost.",
)
_TEXTS = {"text": CONTENT, "reasoning": REASONING, "refusal": REFUSAL}
_MODELS = ("gen_ai.response.model", "ai.response.model", "llm.model_name", "gen_ai.request.model")
_REASONS = ("gen_ai.response.finish_reasons", "ai.response.finishReason", "llm.finish_reason")
# The names that the conventions and LangSmith give to providers, where ours are others.
_PROVIDERS = {
    "azure.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "az.ai.openai": "azure",
    "az.ai.inference": "azure",
    "aws.bedrock": "aws-bedrock",
    "amazon_bedrock": "aws-bedrock",
    "amazon-bedrock": "aws-bedrock",
    "google.vertex": "google-vertex",
    "azure-openai": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "google_genai": "google",
    "gcp.vertex_ai": "google-vertex",
    "google_vertexai": "google-vertex",
    "vertex_ai": "google-vertex",
    "x_ai": "xai",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
}
_ENDS = ("end_time", *_REASONS)
# The names of each token count. The first one that is reported counts.
_NAMES = {
    "input": (
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
        # The AI SDK writes its counts beside those of the conventions. Older versions write only its own.
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
    ),
    "output": (
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "llm.usage.completion_tokens",
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
    ),
    "total": ("gen_ai.usage.total_tokens", "llm.token_count.total", "llm.usage.total_tokens", "ai.usage.totalTokens"),
    "reasoning": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "llm.token_count.completion_details.reasoning",
        "ai.usage.reasoningTokens",
    ),
    "cache_read": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "llm.token_count.prompt_details.cache_read",
        "ai.usage.cachedInputTokens",
    ),
    "cache_write": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "llm.token_count.prompt_details.cache_write",
    ),
    "audio_input": ("llm.token_count.prompt_details.audio", "gen_ai.usage.details.input_audio_tokens"),
    "audio_output": ("llm.token_count.completion_details.audio", "gen_ai.usage.details.output_audio_tokens"),
}


def recognise(sample: Sample) -> int:
    """Look for messages of the conventions. Every other object is the end of the answer."""
    has_messages = any(MESSAGES in one for one in sample.objects)
    return 92 if has_messages and all(MESSAGES in one or "end_time" in one for one in sample.objects) else 0


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return the attributes of an answer as one event."""
    is_own = payload.keys() == {"status"} or any(name.startswith(_PREFIXES) for name in payload)
    return [("message", payload)] if is_own else None


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    answer = _Answer(reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        answer.add(event, mapping(value))
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Answer:
    """The messages that the events add to. Each message is a choice."""

    reading: Reading
    unknown: UnknownText
    _tools: dict[tuple[int, str], int] = field(default_factory=dict)
    """By choice and id."""

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        self.reading.provider = _provider(payload) or self.reading.provider
        # The end of an answer names the model that answered.
        named = (only_text(payload.get(name)) for name in _MODELS)
        self.reading.model = next(filter(None, named), self.reading.model)
        for choice, message in enumerate(map(mapping, items(payload.get(MESSAGES)))):
            for part in items(message.get("parts")):
                self._add_part(event, choice, mapping(part))
            if reason := only_text(message.get("finish_reason")):
                self.reading.finish_reasons[choice] = reason
        self._add_end(event, payload)

    def _add_part(self, event: int, choice: int, part: Mapping[str, Any]) -> None:
        kind = only_text(part.get("type"))
        if kind in _TEXTS:
            if text := as_text(part.get("content")):
                self.reading.add(event, _TEXTS[kind], text, choice=choice)
        elif kind == "tool_call":
            self._add_call(event, choice, part)
        elif kind in ("tool_call_response", "server_tool_call_response"):
            text = as_text(part.get("response", part.get("result")))
            self.reading.note_tool_result(event, text, part.get("id"), choice=choice)
            self.reading.add(event, OTHER, text, choice=choice)
        else:
            self.unknown.add(event, "part type", kind, part, choice=choice)

    def _add_call(self, event: int, choice: int, part: Mapping[str, Any]) -> None:
        key = choice, as_text(part.get("id") or "") or f"{event} {len(self._tools)}"
        tool = self._tools.setdefault(key, next_index(self._tools))
        start = self.reading.tool_calls.setdefault((choice, tool), ToolCallStart())
        start.id = start.id or as_text(part.get("id") or "")
        start.name = start.name or as_text(part.get("name") or "")
        self.reading.add(event, TOOL_CALL, as_text(part.get("arguments")), choice=choice, tool=tool)

    def _add_end(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the finish reasons, the token counts and the error, which concern the whole answer."""
        for name in _REASONS:
            value = payload.get(name)
            for choice, reason in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(reason, str) and reason:
                    self.reading.finish_reasons.setdefault(choice, reason)
        if counts := {name: value for name, value in payload.items() if name.startswith(_COUNTS)}:
            self.reading.add_usage(event, counts)
        if failure := _error(payload):
            self.reading.add_error(event, failure)
        elif any(payload.get(name) for name in _ENDS) or self.reading.finish_reasons:
            self.reading.ended = True
            self.reading.add(event, FINISH)


def _provider(payload: Mapping[str, Any]) -> str:
    """Return our name of the provider that an answer names; "" if it names none."""
    named = only_text(payload.get("gen_ai.provider.name")) or only_text(payload.get("gen_ai.system"))
    # The AI SDK adds the interface, as in `openai.chat`.
    known = next((name for name in _PROVIDERS if named.lower().startswith(name)), "")
    return _PROVIDERS.get(known, named.lower().partition(".")[0])


def _error(payload: Mapping[str, Any]) -> StreamError | None:
    status = mapping(payload.get("status"))
    kind = as_text(payload.get("error.type") or payload.get("exception.type") or "")
    messages = (payload.get("exception.message"), payload.get("error.message"), status.get("message"))
    message = next((as_text(one) for one in messages if one), "")
    is_error = bool(kind or message or status.get("code") in (2, "STATUS_CODE_ERROR", "ERROR"))
    return StreamError(message or kind or "The span has the status of an error.", kind) if is_error else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert token counts. By the conventions, input includes cached tokens and output includes reasoning."""
    counts = {kind: first_count(*(count(reported, name) for name in names)) for kind, names in _NAMES.items()}
    return with_inclusive_checks(
        Usage(
            input=counts["input"],
            output=counts["output"],
            reasoning=counts["reasoning"],
            cache_read=counts["cache_read"],
            cache_write=counts["cache_write"],
            audio_input=counts["audio_input"],
            audio_output=counts["audio_output"],
            total=counts["total"],
            reported=reported,
        )
    )
