"""OpenAI chat completions, as OpenAI and the many who speak its protocol send them.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.errors import error_of
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.usage_counts import first_count
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    CONTENT,
    ERROR,
    FINISH,
    OTHER,
    REASONING,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
    USAGE,
)
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "openai-chat"
ABOUT = About(
    PROTOCOL,
    "OpenAI chat completions",
    "https://platform.openai.com/docs/api-reference/chat-streaming",
    "as OpenAI, xAI, OpenRouter, Groq, DeepSeek, Azure, llama.cpp, vLLM and many more speak it",
)


_BESIDE_CHOICES = server_times.FIELDS | {"error", "usage", "x_groq"}
"""What a chunk says of the stream as a whole."""
_TEXTS = {"content": CONTENT, "refusal": REFUSAL, "reasoning_content": REASONING, "reasoning": REASONING}
"""Fields of a delta that are one text, and the kind of its row."""
_FIELDS = frozenset(_TEXTS) | {"reasoning_details", "tool_calls", "function_call", "audio", "annotations"}
"""Fields of a delta that add rows."""


def recognise(sample: Sample) -> int:
    """Look for chunk objects, else for choices with a delta, else for the path."""
    payloads = sample.objects
    if any(payload.get("object") == "chat.completion.chunk" for payload in payloads):
        return 90
    if any("delta" in choice for payload in payloads for choice in choices_of(payload)):
        return 80
    return 50 if sample.path.endswith("/chat/completions") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every chunk; the last usage object counts, since some providers send it cumulatively on each."""
    reasoning = _ReasoningField()
    started: set[int] = set()
    created, stamp = None, None
    expects_repeats = True
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        chunk = payload if isinstance(payload, dict) else {}
        # Nearly every chunk repeats the time of the one before it.
        if chunk.get("created") != created:
            created = chunk.get("created")
            stamp = parse_epoch(created)
        if reading.model is None:
            # watsonx names the model so alone.
            model = chunk.get("model") or chunk.get("model_id")
            reading.model = as_text(model) if model else None
        choices = choices_of(chunk)
        says_more = events.name[event] == "error" or _says_more(chunk)
        is_plain = False
        for choice in choices:
            is_plain = _read_choice(event, choice, stamp, reading, reasoning, started)
            says_more = says_more or "usage" in choice
        if is_plain and not says_more and len(choices) == 1:
            if expects_repeats:
                expects_repeats = reading.expect_repeats(events.name[event], only_text(chunk.get("obfuscation")))
            continue
        if says_more:
            _read_beside_choices(event, payload, chunk, choices, stamp, reading, is_error=events.name[event] == "error")
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _says_more(chunk: Mapping[str, Any]) -> bool:
    """Tell whether a chunk says anything of the stream as a whole; OpenAI's say `"usage":null` nearly always."""
    return not _BESIDE_CHOICES.isdisjoint(chunk) and any(chunk.get(name) for name in _BESIDE_CHOICES)


def _read_beside_choices(
    event: int,
    payload: Any,
    chunk: Mapping[str, Any],
    choices: list[dict[str, Any]],
    stamp: float | None,
    reading: Reading,
    *,
    is_error: bool,
) -> None:
    """Read what a chunk says of the stream as a whole: an error, usage, the server's times."""
    if is_error or chunk.get("error"):
        reading.error = error_of(payload)
        reading.add(event, ERROR, reading.error.message, stamp=stamp)
    reported = _reported_usage(chunk, choices)
    if reported is not None:
        reading.usage = reported
        reading.server_times = server_times.of_usage(reported) or reading.server_times
        reading.add(event, USAGE, stamp=stamp)
    reading.server_times = server_times.of_chunk(chunk) or reading.server_times


def choices_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a chunk."""
    choices = payload.get("choices")
    if not isinstance(choices, list):
        return []
    # Nearly every chunk has one, in a list that is as good as a new one.
    if len(choices) == 1 and isinstance(choices[0], dict):
        return choices
    return [choice for choice in choices if isinstance(choice, dict)]


class _ReasoningField:
    """Choose one of the fields in which providers repeat the same reasoning, and keep to it for the stream."""

    def __init__(self) -> None:
        self.chosen = ""
        """Its name; "" until one of them holds text."""

    def delta(self, delta: Mapping[str, Any]) -> str:
        """Return the reasoning that a delta adds."""
        for name in (self.chosen,) if self.chosen else _REASONING_FIELDS:
            if text := _REASONING_FIELDS[name](delta.get(name)):
                self.chosen = name
                return text
        return ""


def _details_text(details: Any) -> str:
    """Return the readable text of `reasoning_details` (OpenRouter); encrypted items have none."""
    details = map(mapping, items(details))
    return "".join(only_text(detail.get("text") or detail.get("summary")) for detail in details)


def _thinking_text(content: Any) -> str:
    """Return the thinking parts of a content that is a list (Mistral)."""
    parts = (part for part in map(mapping, items(content)) if part.get("type") == "thinking")
    return "".join(_text(part.get("thinking")) for part in parts)


_REASONING_FIELDS: dict[str, Callable[[Any], str]] = {
    "reasoning_content": only_text,
    "reasoning": only_text,
    "reasoning_details": _details_text,
    "content": _thinking_text,
}


def _read_choice(
    event: int,
    choice: Mapping[str, Any],
    stamp: float | None,
    reading: Reading,
    reasoning: _ReasoningField,
    started: set[int],
) -> bool:
    """Add the rows of one choice of one event; tell whether they are one alone, which is that of its text or silent."""
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        delta = {}
    # Nearly every choice is the first.
    number = choice.get("index")
    if number != 0:
        number = valid_index(number)
    # Nearly every delta has one field that is not empty; what it has not, it is not asked for.
    fields, name, text = 0, "", None
    for field, value in delta.items():
        if value and field in _FIELDS:
            fields, name, text = fields + 1, field, value
    is_first = number not in started
    if is_first:
        started.add(number)
    reason = choice.get("finish_reason")
    kind = _TEXTS.get(name, OTHER) if fields == 1 and isinstance(text, str) else OTHER
    is_text = kind != OTHER and (kind != REASONING or name == reasoning.chosen)
    if is_text:
        reading.add(event, kind, str(text), choice=number, stamp=stamp)
        if not reason:
            return True
    visible = is_text or (fields > 0 and _read_delta(event, delta, number, stamp, reading, reasoning))
    if reason:
        reading.finish_reasons[number] = as_text(reason)
        reading.ended = True
        reading.add(event, FINISH, choice=number, stamp=stamp)
        return False
    is_start = not visible and is_first and "role" in delta
    if not visible:
        reading.add(event, START if is_start else SILENT, choice=number, stamp=stamp)
    return not (fields or is_start)


def _read_delta(
    event: int,
    delta: Mapping[str, Any],
    choice: int,
    stamp: float | None,
    reading: Reading,
    reasoning: _ReasoningField,
) -> bool:
    """Add a row for each thing that a delta adds, and tell whether there is one."""
    rows_before = len(reading.kind)
    if thought := reasoning.delta(delta):
        reading.add(event, REASONING, thought, choice=choice, stamp=stamp)
    for kind, name in ((CONTENT, "content"), (REFUSAL, "refusal")):
        if text := _text(delta.get(name)):
            reading.add(event, kind, text, choice=choice, stamp=stamp)
    for tool, arguments in _tool_deltas(delta, choice, reading):
        reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
    if (audio := delta.get("audio")) and isinstance(audio, dict):
        reading.add(event, AUDIO, _text(audio.get("transcript")), choice=choice, stamp=stamp)
    if annotations := delta.get("annotations"):
        reading.add(event, CITATION, write(annotations), choice=choice, stamp=stamp)
    return len(reading.kind) > rows_before


def _text(value: Any) -> str:
    """Return a delta's text; Mistral and others send a list of parts."""
    if isinstance(value, str):
        return value
    return "".join(only_text(part.get("text")) for part in map(mapping, items(value)))


def _tool_deltas(delta: Mapping[str, Any], choice: int, reading: Reading) -> list[tuple[int, str]]:
    """Return tool index and argument fragment of each tool call in a delta, and note who is called."""
    calls = delta.get("tool_calls")
    if not isinstance(calls, list):
        legacy = delta.get("function_call")
        calls = [{"index": 0, "function": legacy}] if isinstance(legacy, dict) else []
    fragments = []
    for position, call in enumerate(calls):
        if not isinstance(call, dict):
            continue
        tool = valid_index(call.get("index"), position)
        start = reading.tool_calls.setdefault((choice, tool), ToolCallStart())
        function = mapping(call.get("function") or call.get("custom"))
        start.id = start.id or as_text(call.get("id") or "")
        # Some send the name in pieces, as SDKs put it together; others repeat it whole on every piece.
        name = as_text(function.get("name") or "")
        start.name += name if name != start.name else ""
        fragments.append((tool, as_text(function.get("arguments", function.get("input")))))
    return fragments


def _reported_usage(payload: Mapping[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the usage object; Groq puts it into `x_groq` until the last chunk, Moonshot into the choice."""
    reported = payload.get("usage")
    if not reported and "x_groq" in payload and isinstance(payload["x_groq"], dict):
        reported = payload["x_groq"].get("usage")
    if not reported:
        for choice in choices:
            reported = reported or choice.get("usage")
    return reported if reported and isinstance(reported, dict) else None


def whole(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a completion as a chunk: what it calls a message is all of the deltas."""
    choices = choices_of(payload)
    if not any(isinstance(choice.get("message"), dict) for choice in choices):
        return None
    return [("message", {**payload, "choices": [{**choice, "delta": choice.get("message")} for choice in choices]})]


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Put a chat usage object into the one vocabulary.

    xAI leaves reasoning out of `completion_tokens` (total = prompt + completion + reasoning in every one of its
    recordings), and so does Vercel's gateway for Gemini, where the total leaves it out too; all others count it in. The
    total tells which; where it does not, the provider does. Reasoning that is more than the completion it belongs to is
    no proof: some providers count the two with different tokenizers.
    """
    prompt = count(reported, "prompt_tokens")
    completion = count(reported, "completion_tokens")
    total = count(reported, "total_tokens")
    reasoning = count(reported, "completion_tokens_details", "reasoning_tokens")
    cached = first_count(
        count(reported, "prompt_tokens_details", "cached_tokens"),
        count(reported, "prompt_cache_hit_tokens"),  # DeepSeek
        count(reported, "cached_tokens"),  # Moonshot
    )
    apart = _is_apart(prompt, completion, total, reasoning, provider)
    return Usage(
        input=prompt,
        output=completion + reasoning if apart and completion is not None and reasoning is not None else completion,
        reasoning=reasoning,
        cache_read=cached,
        audio_input=count(reported, "prompt_tokens_details", "audio_tokens"),
        audio_output=count(reported, "completion_tokens_details", "audio_tokens"),
        total=total,
        reported=reported,
        checks=tuple(_checks(prompt, completion, total, reasoning, cached, apart=apart)),
    )


def _is_apart(
    prompt: int | None, completion: int | None, total: int | None, reasoning: int | None, provider: str | None
) -> bool:
    """Tell whether the completion leaves reasoning out."""
    if prompt is None or completion is None or not reasoning:
        return False
    if total is not None and total == prompt + completion + reasoning:
        return True
    return (provider == "xai" and total is None) or (provider == "vercel" and reasoning > completion)


def _checks(
    prompt: int | None,
    completion: int | None,
    total: int | None,
    reasoning: int | None,
    cached: int | None,
    *,
    apart: bool,
) -> Iterator[Check]:
    """Yield the identities that can be put to these numbers."""
    if prompt is not None and completion is not None and total is not None:
        if apart and reasoning:
            yield sum_check("total = prompt + completion + reasoning", total, prompt, completion, reasoning)
        else:
            yield sum_check("total = prompt + completion", total, prompt, completion)
    if reasoning and completion is not None and not apart:
        yield part_check("reasoning ≤ completion", reasoning, completion)
    if cached and prompt is not None:
        yield part_check("cached ≤ prompt", cached, prompt)
