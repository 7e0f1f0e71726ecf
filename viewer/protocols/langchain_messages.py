"""Messages of LangChain, as its servers send them: in chunks, or whole and repeated.

https://docs.langchain.com/oss/python/langchain/messages. Chunks with the same id are added up, usage too. A whole message
repeats what was sent of it, so it adds only what is new.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.usage_counts import with_inclusive_checks
from viewer.text.json import as_text, is_whole_number, items, mapping, only_text
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, REFUSAL, TOOL_CALL
from viewer.types.usage import Usage, count
from viewer.wire import Events

_OF_AI = frozenset({"ai", "AIMessage", "AIMessageChunk"})
_TYPES = _OF_AI | {
    *("human", "system", "tool", "function", "chat", "remove"),
    *("HumanMessage", "SystemMessage", "ToolMessage", "FunctionMessage", "ChatMessage"),
    *("HumanMessageChunk", "SystemMessageChunk", "ToolMessageChunk", "FunctionMessageChunk", "ChatMessageChunk"),
}
_KINDS = {"text": CONTENT, "thinking": REASONING, "reasoning": REASONING, "refusal": REFUSAL}
_ANSWER_KINDS = (REASONING, CONTENT, REFUSAL)


def message_of(value: Any) -> dict[str, Any] | None:
    """Return a message, plain or as LangChain's serializer writes objects. Return None if the value is something else."""
    content = mapping(value)
    if content.get("lc") == 1 and isinstance(content.get("kwargs"), dict):
        content = {"type": as_text((items(content.get("id")) or [""])[-1]), **content["kwargs"]}
    kind = content.get("type")
    return content if isinstance(kind, str) and kind in _TYPES and "content" in content else None


def is_chunk(message: Mapping[str, Any]) -> bool:
    """Tell whether a message is a piece of one."""
    return only_text(message.get("type")).endswith("Chunk")


def is_of_user(message: Mapping[str, Any]) -> bool:
    """Tell whether the user wrote a message."""
    return message.get("type") in ("human", "HumanMessage", "HumanMessageChunk")


@dataclass(slots=True)
class Messages:
    """The messages that the events of a stream have sent so far."""

    events: Events
    reading: Reading
    _texts: dict[str, dict[int, CumulativeText]] = field(default_factory=dict)
    """The texts of each message by kind, by the id of the message."""
    _of_others: set[str] = field(default_factory=set)
    _skipped: set[str] = field(default_factory=set)
    _tools: dict[str, int] = field(default_factory=dict)
    _with_pieces: set[str] = field(default_factory=set)
    """The ids of messages whose calls came in pieces."""
    _usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)
    _arguments: LatestArguments = field(init=False)

    def __post_init__(self) -> None:
        self._arguments = LatestArguments(self.reading)

    def add(self, event: int, message: Mapping[str, Any], key: str = "", *, is_whole: bool = False) -> None:
        """Add what is new in a message. `key` identifies it if it has no id.

        Where whole messages are expected, one of the type of chunks is the sum of all chunks.
        """
        key = only_text(message.get("id")) or key
        if key in self._skipped:
            self.reading.repeating.add(event)
            return
        if message.get("type") not in _OF_AI:
            self._add_of_others(event, message, key)
            return
        texts = _texts_of(message)
        is_piece = is_chunk(message) and not is_whole
        if not is_piece and key not in self._texts and self._is_shown(texts):
            self.reading.repeating.add(event)
            return
        shown = self._texts.setdefault(key, {})
        for kind in _ANSWER_KINDS:
            if not texts[kind]:
                continue
            text = shown.setdefault(kind, CumulativeText(self.reading, kind))
            if is_piece:
                text.append(event, texts[kind])
            else:
                text.update(self.events, event, texts[kind])
        self._add_calls(event, message, key, is_piece=is_piece)
        self._note_end(event, message, key, is_piece=is_piece)

    def skip(self, message: Mapping[str, Any], key: str = "") -> None:
        """Note a message of an earlier turn, so that it is not added when it is repeated."""
        key = only_text(message.get("id")) or key
        if key not in self._texts:
            self._skipped.add(key)

    def note_model(self, metadata: Mapping[str, Any]) -> None:
        """Note the model that metadata names."""
        names = (metadata.get(name) for name in ("model_name", "model", "ls_model_name", "model_id"))
        model = next((name for name in names if name and isinstance(name, str)), None)
        self.reading.note_model(model)

    def _add_of_others(self, event: int, message: Mapping[str, Any], key: str) -> None:
        """Add a message of the user or a tool once: states repeat it."""
        if key in self._of_others and not is_chunk(message):
            self.reading.repeating.add(event)
            return
        self._of_others.add(key)
        content = message.get("content")
        text = _texts_of(message)[CONTENT] or ("" if not content else as_text(content))
        if call_id := message.get("tool_call_id"):
            is_error = message.get("status") == "error"
            self.reading.note_tool_result(event, text, call_id, message.get("name"), is_error=is_error)
        self.reading.add(event, OTHER, text)

    def _is_shown(self, texts: Mapping[int, str]) -> bool:
        """Tell whether a message repeats one with another id."""
        text = texts[CONTENT]
        shown = (of_kind[CONTENT].shown for of_kind in self._texts.values() if CONTENT in of_kind)
        return bool(text) and any(text == one for one in shown)

    def _add_calls(self, event: int, message: Mapping[str, Any], key: str, *, is_piece: bool) -> None:
        """Add pieces of calls, or whole calls of a message whose calls did not come in pieces."""
        pieces = [mapping(piece) for piece in items(message.get("tool_call_chunks"))] if is_piece else []
        for piece in pieces:
            self._with_pieces.add(key)
            index = piece.get("index")
            name = f"{key} {as_text(piece.get('id') if index is None else index)}"
            tool = self._tools.setdefault(name, next_index(self._tools))
            self.reading.identify_call(tool, piece.get("id"), piece.get("name"))
            self.reading.add(event, TOOL_CALL, only_text(piece.get("args")), tool=tool)
        if key in self._with_pieces:
            return
        calls = [*items(message.get("tool_calls")), *items(message.get("invalid_tool_calls"))]
        for place, call in enumerate(map(mapping, calls)):
            name = f"{key} {as_text(call.get('id') or place)}"
            tool = self._tools.setdefault(name, next_index(self._tools))
            self.reading.identify_call(tool, call.get("id"), call.get("name"))
            self._arguments.update(event, tool, as_text(call.get("args")))

    def _note_end(self, event: int, message: Mapping[str, Any], key: str, *, is_piece: bool) -> None:
        """Note the model, the usage and the finish reason, which the last chunk or a whole message has."""
        metadata = mapping(message.get("response_metadata"))
        self.note_model(metadata)
        reported = mapping(message.get("usage_metadata"))
        if reported and (is_piece or self._usage.get(key) != reported):
            before = self._usage.get(key) if is_piece else None
            self._usage[key] = _sum(before, reported) if before else reported
            total: dict[str, Any] = {}
            for one in self._usage.values():
                total = _sum(total, one) if total else one
            self.reading.add_usage(event, total)
        reasons = (metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
        reason = next((reason for reason in reasons if reason and isinstance(reason, str)), None)
        if reason and key not in self._finished:
            self._finished.add(key)
            self.reading.ended = True
            self.reading.finish_reasons[0] = reason
            self.reading.add(event, FINISH)


def _texts_of(message: Mapping[str, Any]) -> dict[int, str]:
    """Return the texts of a message, by kind."""
    texts = dict.fromkeys(_ANSWER_KINDS, "")
    for kind, text in _blocks(message):
        texts[kind] += text
    return texts


def _blocks(message: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the kind and text of each block of a message. Most messages have only a text."""
    extra = mapping(message.get("additional_kwargs"))
    for name in ("reasoning_content", "reasoning"):
        if isinstance(extra.get(name), str):
            yield REASONING, extra[name]
    content = message.get("content")
    for block in content if isinstance(content, list) else [content]:
        if isinstance(block, str):
            yield CONTENT, block
            continue
        fields = mapping(block)
        block_type = only_text(fields.get("type"))
        if block_type in _KINDS:
            yield _KINDS[block_type], only_text(fields.get(block_type))
        # OpenAI's summaries of its reasoning, as LangChain passes them on.
        for part in items(fields.get("summary")):
            yield REASONING, only_text(mapping(part).get("text"))


def _sum(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Add up two usage objects, as LangChain adds up those of chunks."""
    total = dict(first)
    for name, value in second.items():
        before = total.get(name)
        if isinstance(value, dict):
            total[name] = _sum(mapping(before), value)
        elif is_whole_number(value):
            total[name] = value + before if is_whole_number(before) else value
        elif before is None:
            total[name] = value
    return total


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert LangChain's `usage_metadata`. Input includes cached tokens and output includes reasoning."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "input_tokens"),
            output=count(reported, "output_tokens"),
            reasoning=count(reported, "output_token_details", "reasoning"),
            cache_read=count(reported, "input_token_details", "cache_read"),
            cache_write=count(reported, "input_token_details", "cache_creation"),
            audio_input=count(reported, "input_token_details", "audio"),
            audio_output=count(reported, "output_token_details", "audio"),
            total=count(reported, "total_tokens"),
            reported=reported,
        )
    )
