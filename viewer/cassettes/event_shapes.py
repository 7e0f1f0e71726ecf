"""Tell events of a stream, complete answers and other JSON objects apart by their shape.

A recorder needs this where nothing around an object says what it is. The shapes are those that providers document, and they
are kept general: a kind that names a stage (`start`, `delta`, `done`) is an event, whoever sends it.
"""

import re
from collections.abc import Sequence
from typing import Any

from viewer.text.json import items, mapping

_KINDS = ("type", "object", "event_type", "event", "kind", "jsonrpc")
_STAGE = re.compile(
    r"(?:^|[._\-/:])(?:start(?:ed)?|begin|deltas?|chunk|partial|stop(?:ped)?|end(?:ed)?|done|created|added|completed|complete"
    r"|finish(?:ed)?|failed|in_progress|updated?|content|args|token|available|step|error)(?:$|[._\-/:])",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\w.\-/:]+")
_INNER_SEPARATOR = re.compile(r"[^\W_][._\-/:]+[^\W_]")
_WHOLE_KINDS = frozenset({"ping", "error", "start", "finish", "done", "end", "chunk", "delta", "token", "stop"})
# The fields that the objects of one provider's stream have, and no other object.
_KEYS = (
    ("candidates", list),
    ("usageMetadata", dict),
    ("promptFeedback", dict),
    ("delta", dict | str),
    ("messageStart", dict),
    ("contentBlockStart", dict),
    ("contentBlockDelta", dict),
    ("contentBlockStop", dict),
    ("messageStop", dict),
)
# Bedrock's `InvokeModelWithResponseStream` and Hugging Face's TGI: a field with such a field in it.
_INNER_KEYS = (("chunk", "bytes"), ("token", "text"))


# Messages, tools, calls and spans of a trace have a type too.
_OF_OTHER_THINGS = (
    "role",
    "request",
    "response",
    "function",
    "url",
    "trace_id",
    "traceId",
    "span_id",
    "run_type",
    "parameters",
)
_SESSION_IDS = ("session_id", "sessionId", "sessionID")
# Lines of an agent have one of these types and name the session, or are a line of Gemini CLI with its time and such a field.
_AGENT_KINDS = frozenset(
    {"assistant", "user", "system", "result", "init", "stream_event", "text", "reasoning", "tool_use"}
)
_AGENT_FIELDS = {
    "message": ("delta",),
    "tool_use": ("tool_id",),
    "tool_result": ("tool_id",),
    "result": ("stats",),
}
_WRAPPED_BY_CODEX = ("agent_", "exec_command_", "task_", "token_count")


def is_session_line(value: Any) -> bool:
    """Tell whether an object is a line of a coding agent, Claude Code or Codex.

    It may hold an event or an answer of a provider, but the stream is that of the lines.
    """
    line = mapping(value)
    kind = line.get("type")
    if kind in ("response_item", "event_msg"):
        return "payload" in line
    if kind in ("assistant", "stream_event"):
        return any(name in line for name in _SESSION_IDS)
    message_kind = mapping(line.get("msg")).get("type")
    return "id" in line and isinstance(message_kind, str) and message_kind.startswith(_WRAPPED_BY_CODEX)


def _is_agent_event(event: dict[str, Any]) -> bool:
    """Tell whether an object is an event of a coding agent or of an agent framework, by the fields that it has together."""
    kind = event.get("type")
    if not isinstance(kind, str):
        return "author" in event and ("invocationId" in event or "invocation_id" in event)
    if kind in _AGENT_KINDS and any(name in event for name in _SESSION_IDS):
        return True
    return "timestamp" in event and any(name in event for name in _AGENT_FIELDS.get(kind, ()))


def is_event(value: Any) -> bool:
    """Tell whether a JSON value is one event of a stream."""
    event = mapping(value)
    if not event or (is_answer(event) and event.get("done") is not True):
        return False
    if isinstance(event.get("choices"), list):
        return _is_chat_chunk(event)
    if isinstance(event.get("done"), bool) and ("message" in event or "response" in event):
        return True
    if any(isinstance(event.get(name), kind) for name, kind in _KEYS):
        return True
    if any(inner in mapping(event.get(name)) for name, inner in _INNER_KEYS):
        return True
    if is_session_line(event) or _is_agent_event(event):
        return True
    return any(_names_stage(event.get(name)) for name in _KINDS if name != "event" or "data" not in event)


def may_be_event(value: Any) -> bool:
    """Tell whether a JSON value could be an event of a protocol that is not known. Messages of a chat could not."""
    event = mapping(value)
    return (
        any(isinstance(event.get(name), str) for name in _KINDS if name != "kind")
        and event.keys().isdisjoint(_OF_OTHER_THINGS)
        and not is_answer(event)
    )


def are_events(values: Sequence[Any]) -> bool:
    """Tell whether at least half of some values are events, and none is a complete answer."""
    found = sum(map(is_event, values))
    return found > 0 and 2 * found >= len(values) and not all(map(is_answer, values))


def is_answer(value: Any) -> bool:
    """Tell whether a JSON value is a complete answer, which is what a provider returns without streaming.

    The last event of Ollama's stream has this shape too, and the events of Gemini's streams are not distinguishable at all.
    """
    answer = mapping(value)
    choices = items(answer.get("choices"))
    if choices:
        first = mapping(choices[0])
        is_text = answer.get("object") == "text_completion" and bool(first.get("finish_reason")) and "usage" in answer
        return "delta" not in first and (is_text or isinstance(first.get("message"), dict))
    if answer.get("object") == "response":
        return isinstance(answer.get("output"), list)
    if answer.get("type") == "message":
        return isinstance(answer.get("content"), list)
    if "stopReason" in answer:
        return isinstance(answer.get("output"), dict)
    if "finish_reason" in answer and "delta" not in answer:
        return isinstance(answer.get("message"), dict)
    return answer.get("done") is True and ("message" in answer or "response" in answer)


def may_be_answer(value: Any) -> bool:
    """Tell whether a JSON value is what Gemini returns without streaming, or the end of its stream."""
    candidates = items(mapping(value).get("candidates"))
    return bool(candidates) and "finishReason" in mapping(candidates[0])


def _is_chat_chunk(event: dict[str, Any]) -> bool:
    choices = items(event["choices"])
    if not choices:
        return "usage" in event or "object" in event
    first = mapping(choices[0])
    return "delta" in first or ("text" in first and "message" not in first)


def _names_stage(kind: Any) -> bool:
    return isinstance(kind, str) and (kind.lower() in _WHOLE_KINDS or (len(kind) < 80 and _is_staged(kind)))


def _is_staged(kind: str) -> bool:
    # One word, such as `content`, is the kind of many things. A stage needs something to be the stage of.
    is_compound = _NAME.fullmatch(kind) is not None and _INNER_SEPARATOR.search(kind) is not None
    return is_compound and _STAGE.search(kind) is not None
