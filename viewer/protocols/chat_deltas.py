"""What one choice of a chat chunk adds: the fields of its delta, or what it holds in place of one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from viewer.protocols.contradictions import stated_reason
from viewer.protocols.images import describe_data
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_fragments import Fragment, ToolFragments, fragment_of
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.whole_messages import remove_repeats
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    CONTENT,
    FINISH,
    OTHER,
    REASONING,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.wire import Events

_TEXTS = {"content": CONTENT, "refusal": REFUSAL, "reasoning_content": REASONING, "reasoning": REASONING}
"""The kind of row for each field of a delta that holds a single text."""
_SHOWN = frozenset({"executed_tools", "images"})
"""Known fields that are neither text nor a call of the client: tools that Groq ran, images of OpenRouter."""
_FIELDS = (
    frozenset(_TEXTS)
    | _SHOWN
    | {"reasoning_details", "thinking_blocks", "tool_calls", "function_call", "audio", "annotations"}
)
"""Fields of a delta that add rows."""
_METADATA = frozenset(
    {
        *("role", "index", "name", "id", "object", "type", "channel", "phase", "status", "token_id", "token_ids"),
        *("logprobs", "provider_metadata", "provider_specific_fields", "extra_content"),
        *("signature", "reasoning_signature", "thought_signature", "reasoning_opaque", "encrypted_content", "cot_id"),
    }
)
"""Fields of a delta that add nothing: what it is, and what only the provider can read."""
CHOICE_METADATA = frozenset(
    {
        *("index", "message", "messages", "finish_reason", "native_finish_reason", "finish_details"),
        *("stop_reason", "matched_stop", "end_turn", "logprobs", "seed", "token_ids", "usage"),
        *("content_filter_results", "content_filter_result"),
    }
)
"""Fields of a choice that are no text of the model."""


class ChatDeltas:
    """The rows of the deltas of one stream, and what must be remembered between them."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._reasoning = _ReasoningField()
        self._started: set[int] = set()
        self._tools: dict[int, ToolFragments] = {}
        """By choice."""
        self._unknown = UnknownText(events, reading)
        self._from_messages: list[int] = []
        """Rows of messages in place of deltas."""
        self._roles: dict[tuple[int, int], str] = {}
        """The roles of Azure's messages, by choice and message."""

    def add(self, event: int, choice: Mapping[str, Any], stamp: float | None) -> bool:
        """Add the rows of one choice. Return whether it is a single row that holds its only text, or is silent."""
        delta = choice.get("delta")
        # Nearly every choice is the first.
        number = choice.get("index")
        if number != 0:
            number = valid_index(number)
        reason = stated_reason(choice.get("finish_reason"))
        if not delta or not isinstance(delta, dict):
            return self._add_without_delta(event, choice, reason, number, stamp)
        # Nearly every delta has exactly one field that is not empty, so only those present are looked at.
        fields, name, text = 0, "", None
        for field, value in delta.items():
            if value and field not in _METADATA:
                fields, name, text = fields + 1, field, value
        kind = _TEXTS.get(name, OTHER) if fields == 1 and isinstance(text, str) else OTHER
        if kind != OTHER and (kind != REASONING or name == self._reasoning.chosen):
            self._reading.add(event, kind, str(text), choice=number, stamp=stamp)
            self._started.add(number)
            return not self._add_finish(event, reason, number, stamp)
        if fields:
            has_rows = bool(self._add_fields(event, delta, number, stamp))
        else:
            has_rows = self._add_unknown(event, choice, number, stamp)
        return self._add_end(event, reason, number, stamp, has_rows=has_rows, has_role="role" in delta) and not fields

    def _add_end(
        self, event: int, reason: Any, choice: int, stamp: float | None, *, has_rows: bool, has_role: bool = False
    ) -> bool:
        """Add the row of a finish, or that of a choice without any other row. Return whether it is the only one, and silent."""
        is_start = has_role and choice not in self._started
        self._started.add(choice)
        if self._add_finish(event, reason, choice, stamp) or has_rows:
            return False
        self._reading.add(event, START if is_start else SILENT, choice=choice, stamp=stamp)
        return not is_start

    def finish(self) -> None:
        """Settle what only the whole stream shows."""
        offsets = self._events.offset
        remove_repeats(self._reading, self._from_messages, offsets)
        for tools in self._tools.values():
            self._reading.problems.extend(tools.problems(offsets))

    def _add_finish(self, event: int, reason: Any, choice: int, stamp: float | None) -> bool:
        """Add the row of a finish if there is a reason. Return whether there is."""
        if not reason:
            return False
        self._reading.finish_reasons[choice] = as_text(reason)
        self._reading.ended = True
        self._reading.add(event, FINISH, choice=choice, stamp=stamp)
        return True

    def _add_fields(self, event: int, delta: Mapping[str, Any], choice: int, stamp: float | None) -> int:
        """Add a row for everything that a delta adds. Return how many there are."""
        reading = self._reading
        rows_before = len(reading.kind)
        if thought := self._reasoning.read(delta):
            reading.add(event, REASONING, thought, choice=choice, stamp=stamp)
        for kind, name in ((CONTENT, "content"), (REFUSAL, "refusal")):
            if text := _text(delta.get(name)):
                reading.add(event, kind, text, choice=choice, stamp=stamp)
        has_calls = self._add_tool_calls(event, delta, choice, stamp)
        if (audio := delta.get("audio")) and isinstance(audio, dict):
            reading.add(event, AUDIO, _text(audio.get("transcript")), choice=choice, stamp=stamp)
        if annotations := delta.get("annotations"):
            reading.add(event, CITATION, write(annotations), choice=choice, stamp=stamp)
        for image in items(delta.get("images")):
            reading.add(event, OTHER, _image_line(image), choice=choice, stamp=stamp)
        if executed := delta.get("executed_tools"):
            reading.add(event, OTHER, write(executed), choice=choice, stamp=stamp)
        for name, value in _unread(delta, thought, has_calls=has_calls):
            self._unknown.add(event, "delta field", name, {"delta": value}, choice=choice, stamp=stamp)
        return len(reading.kind) - rows_before

    def _add_tool_calls(self, event: int, delta: Mapping[str, Any], choice: int, stamp: float | None) -> bool:
        """Add a row for every fragment of a tool call. Return whether there is any."""
        fragments = _tool_fragments(delta)
        if not fragments:
            return False
        if choice not in self._tools:
            self._tools[choice] = ToolFragments(self._reading.tool_calls, choice)
        for tool, arguments in self._tools[choice].add(event, fragments):
            self._reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
        return True

    def _add_without_delta(
        self, event: int, choice: Mapping[str, Any], reason: Any, number: int, stamp: float | None
    ) -> bool:
        """Add the rows of a choice that has a message, several messages or something else in place of a delta."""
        reading = self._reading
        rows_before = len(reading.kind)
        if message := mapping(choice.get("message")):
            self._add_fields(event, message, number, stamp)
            self._from_messages.extend(range(rows_before, len(reading.kind)))
        for position, one in enumerate(items(choice.get("messages"))):
            self._add_azure_message(event, mapping(one), position, number, stamp)
        self._add_unknown(event, choice, number, stamp)
        has_rows = len(reading.kind) > rows_before
        # A message is not repeated like a delta, even one that adds no row.
        return self._add_end(event, reason, number, stamp, has_rows=has_rows) and "delta" in choice

    def _add_unknown(self, event: int, choice: Mapping[str, Any], number: int, stamp: float | None) -> bool:
        """Add the text in fields of a choice that are not known. Return whether there is any."""
        rows_before = len(self._reading.kind)
        for name, value in choice.items():
            if value and name not in CHOICE_METADATA and not (name == "delta" and isinstance(value, dict)):
                self._unknown.add(event, "choice field", name, {"delta": value}, choice=number, stamp=stamp)
        return len(self._reading.kind) > rows_before

    def _add_azure_message(
        self, event: int, message: Mapping[str, Any], position: int, choice: int, stamp: float | None
    ) -> None:
        """Add one of the `messages` that Azure's "on your data" sent until API version 2023-08-01-preview.

        What a tool says are the documents found, as JSON. The end comes twice, once as the content `[DONE]`.
        https://github.com/microsoft/sample-app-aoai-chatGPT/tree/7cd3e7a
        """
        delta = mapping(message.get("delta"))
        key = choice, valid_index(message.get("index"), position)
        role = self._roles[key] = only_text(delta.get("role")) or self._roles.get(key, "")
        content = delta.get("content")
        if role == "tool" and content:
            self._reading.add(event, CITATION, as_text(content), choice=choice, stamp=stamp)
        elif content == "[DONE]" and message.get("end_turn"):
            self._reading.add(event, OTHER, content, choice=choice, stamp=stamp)
        else:
            self._add_fields(event, delta, choice, stamp)
        if message.get("end_turn") is True:
            self._reading.ended = True
            self._reading.add(event, FINISH, choice=choice, stamp=stamp)


class _ReasoningField:
    """The field to read reasoning from. Providers repeat the same reasoning in several, so the first with text is chosen."""

    def __init__(self) -> None:
        self.chosen = ""
        """Its name, or "" until a field holds text."""

    def read(self, delta: Mapping[str, Any]) -> str:
        """Return the reasoning that a delta adds."""
        for name in (self.chosen,) if self.chosen else _REASONING_FIELDS:
            if text := _REASONING_FIELDS[name](delta.get(name)):
                self.chosen = name
                return text
        return ""


def _unread(delta: Mapping[str, Any], thought: str, *, has_calls: bool) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a delta that may hold text and have added no row: unknown ones, and known ones of a wrong type."""
    for name, value in delta.items():
        if not value or name in _METADATA:
            continue
        if isinstance(value, list) and name == "content":
            yield from _unread_parts(value)
        # Providers repeat the same reasoning in several fields.
        elif not _is_read(name, value, has_calls=has_calls) and (name not in _REASONING_FIELDS or value != thought):
            yield name, value


def _is_read(name: str, value: Any, *, has_calls: bool) -> bool:
    """Tell whether a field of a delta has added a row, or never holds text."""
    if name in ("content", "refusal"):
        return bool(_text(value))
    if name in ("tool_calls", "function_call"):
        return has_calls
    if name == "audio":
        return isinstance(value, dict)
    return name in _FIELDS and _TEXTS.get(name) != REASONING


def _unread_parts(content: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the type of each part of a content that is neither text nor thinking, and the part without its type."""
    for part in content:
        if isinstance(part, dict) and part.get("type") != "thinking" and not isinstance(part.get("text"), str):
            yield (
                f"content.{as_text(part.get('type'))}",
                {name: value for name, value in part.items() if name != "type"},
            )
        elif isinstance(part, list):
            yield "content", part


def _image_line(image: Any) -> str:
    """Return a line that says which image came. OpenRouter sends its address, or the image itself as a data address.

    https://openrouter.ai/docs/features/multimodal/image-generation
    """
    inner = mapping(image).get("image_url", image)
    url = only_text(inner) or only_text(mapping(inner).get("url"))
    head, base64, data = url.partition(";base64,")
    return describe_data(head.removeprefix("data:"), data) if base64 else describe_data("image", url)


def _details_text(details: Any) -> str:
    """Return the text of `reasoning_details` (OpenRouter). Encrypted items have none."""
    details = map(mapping, items(details))
    return "".join(only_text(detail.get("text") or detail.get("summary")) for detail in details)


def _blocks_text(blocks: Any) -> str:
    """Return the text of `thinking_blocks` (LiteLLM): https://docs.litellm.ai/docs/reasoning_content."""
    return "".join(only_text(block.get("thinking")) for block in map(mapping, items(blocks)))


def _thinking_text(content: Any) -> str:
    """Return the thinking parts if the content is a list (Mistral)."""
    parts = (part for part in map(mapping, items(content)) if part.get("type") == "thinking")
    return "".join(_text(part.get("thinking")) for part in parts)


_REASONING_FIELDS: dict[str, Callable[[Any], str]] = {
    "reasoning_content": only_text,
    "reasoning": only_text,
    "reasoning_details": _details_text,
    "thinking_blocks": _blocks_text,
    "content": _thinking_text,
}


def _text(value: Any) -> str:
    """Return a text, which Mistral and others send as a list of parts."""
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else only_text(mapping(part).get("text")) for part in items(value))


def _tool_fragments(delta: Mapping[str, Any]) -> list[Fragment]:
    """Return the fragments of tool calls in a delta."""
    calls = delta.get("tool_calls")
    if not isinstance(calls, list):
        legacy = delta.get("function_call")
        calls = [{"index": 0, "function": legacy}] if isinstance(legacy, dict) else []
    return [
        fragment_of(call, mapping(call.get("function") or call.get("custom")))
        for call in calls
        if isinstance(call, dict)
    ]
