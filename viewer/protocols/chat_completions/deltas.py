"""What one choice of a chat chunk adds: the fields of its delta, or what it holds in place of one."""

from collections.abc import Mapping
from typing import Any

from viewer.protocols.chat_completions.fields import METADATA, TEXTS, ReasoningField, joined_text, unread_fields
from viewer.protocols.chat_completions.tool_fragments import Fragment, ToolFragments, fragment_of
from viewer.protocols.chat_completions.whole_messages import remove_repeats
from viewer.protocols.contradictions import stated_reason
from viewer.protocols.images import describe_address
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText
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

CHOICE_METADATA = frozenset(
    {
        *("index", "finish_reason", "native_finish_reason", "finish_details"),
        *("stop_reason", "matched_stop", "end_turn", "logprobs", "seed", "token_ids", "usage"),
        *("content_filter_results", "content_filter_result"),
    }
)
"""Fields of a choice that are no text of the model."""
_FORMS = {"delta": dict, "message": dict, "messages": list}
"""Fields of a choice that are read if they have this type."""
_CHUNK_METADATA = frozenset(
    {"id", "object", "model", "provider", "error", "usage", "system_fingerprint", "service_tier"}
)
"""Fields of a chunk that are no text of the model."""


class ChatDeltas:
    """The rows of the deltas of one stream, and what must be remembered between them."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._reasoning = ReasoningField()
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
            if value and field not in METADATA:
                fields, name, text = fields + 1, field, value
        kind = TEXTS.get(name, OTHER) if fields == 1 and isinstance(text, str) else OTHER
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

    def add_unknown_chunk(self, event: int, payload: Any, stamp: float | None) -> None:
        """Add the rows of a chunk that has no choice to read. An event that is no chunk is shown as it is."""
        rows_before = len(self._reading.kind)
        chunk = mapping(payload)
        if "choices" not in chunk and "object" not in chunk:
            self._reading.add(event, OTHER, as_text(payload), stamp=stamp)
            return
        for name, value in chunk.items():
            if value and name not in _CHUNK_METADATA:
                self._unknown.add(event, "chunk field", name, {name: value}, stamp=stamp)
        if len(self._reading.kind) == rows_before:
            self._reading.add(event, OTHER, stamp=stamp)

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
            if text := joined_text(delta.get(name)):
                reading.add(event, kind, text, choice=choice, stamp=stamp)
        has_calls = self._add_tool_calls(event, delta, choice, stamp)
        if (audio := delta.get("audio")) and isinstance(audio, dict):
            reading.add(event, AUDIO, joined_text(audio.get("transcript")), choice=choice, stamp=stamp)
        if annotations := delta.get("annotations"):
            reading.add(event, CITATION, write(annotations), choice=choice, stamp=stamp)
        if context := mapping(delta.get("context")):
            reading.add(event, CITATION, _found_text(context), choice=choice, stamp=stamp)
        for image in items(delta.get("images")):
            reading.add(event, OTHER, _image_line(image), choice=choice, stamp=stamp)
        if executed := delta.get("executed_tools"):
            self._note_executed(event, executed, choice)
            reading.add(event, OTHER, write(executed), choice=choice, stamp=stamp)
        for name, value in unread_fields(delta, thought, has_calls=has_calls):
            self._unknown.add(event, "delta field", name, {"delta": value}, choice=choice, stamp=stamp)
        return len(reading.kind) - rows_before

    def _note_executed(self, event: int, executed: Any, choice: int) -> None:
        """Note the tools that Groq ran: first with their arguments, and then with their output as well."""
        for tool in map(mapping, items(executed)):
            name, identity = tool.get("name") or tool.get("type"), f"executed {as_text(tool.get('index'))}"
            if tool.get("output"):
                self._reading.note_tool_result(event, result_text(tool["output"]), identity, name, choice=choice)
            else:
                self._reading.note_tool_input(event, as_text(tool.get("arguments")), identity, name, choice=choice)

    def _add_tool_calls(self, event: int, delta: Mapping[str, Any], choice: int, stamp: float | None) -> bool:
        """Add a row for every fragment of a tool call. Return whether there is any."""
        fragments = _tool_fragments(delta)
        if not fragments:
            return False
        if choice not in self._tools:
            self._tools[choice] = ToolFragments(self._reading.tool_calls, choice)
        for tool, arguments in self._tools[choice].add(event, fragments):
            self._reading.add(event, TOOL_CALL, arguments, choice=choice, tool=tool, stamp=stamp)
        if not any(fragment.name or fragment.arguments for fragment in fragments):
            self._unknown.add(
                event, "delta field", "tool_calls", {"delta": delta.get("tool_calls")}, choice=choice, stamp=stamp
            )
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
            if value and not _is_known(name, value):
                self._unknown.add(event, "choice field", name, {"delta": value}, choice=number, stamp=stamp)
        return len(self._reading.kind) > rows_before

    def _add_azure_message(
        self, event: int, message: Mapping[str, Any], position: int, choice: int, stamp: float | None
    ) -> None:
        """Add one of the `messages` that Azure's "on your data" sent in the previews of 2023.

        What a tool says are the documents found, as JSON. The end comes twice, once as the content `[DONE]`. Early versions of
        Microsoft's sample app read them: https://github.com/microsoft/sample-app-aoai-chatGPT.
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


def _is_known(name: str, value: Any) -> bool:
    """Tell whether a field of a choice holds what its name says: a delta or messages, or no text of the model."""
    if name in _FORMS:
        return isinstance(value, _FORMS[name])
    return name in CHOICE_METADATA


def _found_text(context: Mapping[str, Any]) -> str:
    """Return what Azure's "on your data" found: citations and the intent, or as messages of a tool in the preview of 2023-12.

    https://learn.microsoft.com/azure/ai-foundry/openai/references/on-your-data
    """
    messages = [only_text(mapping(one).get("content")) for one in items(context.get("messages"))]
    return "\n".join(messages) if all(messages) and messages else write(context)


def _image_line(image: Any) -> str:
    """Return a line that says which image came. OpenRouter sends its address, or the image itself as a data address.

    https://openrouter.ai/docs/features/multimodal/image-generation
    """
    inner = mapping(image).get("image_url", image)
    url = only_text(inner) or only_text(mapping(inner).get("url"))
    return describe_address(url, default="image")


def _tool_fragments(delta: Mapping[str, Any]) -> list[Fragment]:
    """Return the fragments of tool calls in a delta."""
    calls = delta.get("tool_calls")
    if not isinstance(calls, list):
        legacy = delta.get("function_call")
        calls = [{"index": 0, "function": legacy}] if isinstance(legacy, dict) else []
    return [
        fragment_of(call, mapping(call.get("function") or call.get("custom") or call))
        for call in calls
        if isinstance(call, dict)
    ]
