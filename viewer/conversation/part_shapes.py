"""The parts of a message's content, in whichever provider's shape they were written.

Shapes are told by their own names and not by the provider, since gateways mix them. What is not known is kept as JSON, so
that nothing that was said is lost; marks on a text, such as citations, signatures and what to cache, say nothing of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.conversation.parts import Part, PartKind, bytes_in, first_text, media
from viewer.text.json import as_text, mapping, only_text, write
from viewer.text.words import size

_DEEPEST = 8


def parts_of(content: Any, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of a content that is a text, a part or a list of both."""
    if isinstance(content, str):
        if content:
            yield Part("text", content)
    elif isinstance(content, list):
        for item in content:
            yield from part_of(item, depth)
    elif content is not None:
        yield from part_of(content, depth)


def part_of(item: Any, depth: int = 0) -> Iterator[Part]:
    """Yield what one entry of a content says: nothing, as a cache mark does, one part or several."""
    if isinstance(item, str):
        yield from parts_of(item)
        return
    if not isinstance(item, dict) or depth > _DEEPEST:
        yield Part("other", write(item))
        return
    kind = only_text(item.get("type")).replace(".", "_")
    reader = _BY_TYPE.get(kind) or _by_ending(kind)
    if reader is not None:
        yield from reader(item, depth)
        return
    known = [key for key in item if key in _BY_KEY]
    if not known and not item.keys() <= _SILENT_KEYS and kind != "step-start":
        yield Part("other", write(item), kind or next(iter(item)))
    for key in known:
        yield from _BY_KEY[key](item, depth)


def _by_ending(kind: str) -> Callable[[Mapping[str, Any], int], Iterator[Part]] | None:
    """Return how to read what a provider's own tools are called: `web_search_call`, `bash_code_execution_tool_result`."""
    if kind.endswith(("_result", "_output", "_response")):
        return _result
    if kind.endswith(("_call", "_use")):
        return _call
    if kind.startswith("tool-"):
        return _ui_tool
    return None


def _text(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    held = item.get("text", item.get("value"))
    text = only_text(mapping(held).get("value") or mapping(held).get("text")) if isinstance(held, dict) else held
    if text is None:
        return
    if not isinstance(text, str):
        yield Part("other", write(item), "text")
    elif text:
        yield Part("reasoning" if item.get("thought") else "text", text)


def _refusal(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    if text := only_text(item.get("refusal")):
        yield Part("text", text, "refusal")


def _reasoning(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield the reasoning that is to be read; of what is encrypted, only how much."""
    found = False
    for field in ("summary", "content", "text", "thinking", "reasoning", "reasoningText"):
        held = item.get(field)
        for part in parts_of(held, depth + 1):
            found = True
            yield replace(part, kind="reasoning") if part.kind == "text" else part
    hidden = first_text(item, "encrypted_content", "data", "redactedContent")
    if hidden and not found:
        yield Part("other", f"encrypted reasoning, {size(bytes_in(hidden))}", "reasoning")


def _reasoning_content(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    yield from _reasoning(mapping(item["reasoningContent"]), depth)


def _call(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a tool call, and its result where the provider ran the tool and keeps both in one."""
    call_id = first_text(item, "call_id", "toolCallId", "toolUseId", "tool_call_id", "id")
    name = first_text(item, "name", "toolName", "tool_name") or _tool_of(only_text(item.get("type")))
    for field in ("arguments", "input", "args", "action", "code", "operation", "queries", "parameters"):
        if item.get(field) is not None:
            yield Part("tool_call", as_text(item[field]), name, call_id)
            break
    else:
        if "result" not in item:
            yield Part("tool_call", "", name, call_id)
    if item.get("type") == "image_generation_call":
        yield replace(media("image", {"data": item.get("result"), "format": item.get("output_format")}), id=call_id)
        return
    for field in ("output", "outputs", "results", "result", "error", "errorText"):
        if item.get(field):
            yield from _of_result(item[field], call_id, name, depth, is_error=field.startswith("error"))


def _tool_of(kind: str) -> str:
    """Return the tool whose name its type holds."""
    for ending in ("_tool_result", "_call_output", "_call_result", "_output", "_result", "_call", "_tool_use"):
        kind = kind.removesuffix(ending)
    return "" if kind in ("function", "tool", "tool_use", "custom_tool") else kind


def tool_calls_of(item: Any) -> Iterator[Part]:
    """Yield one entry of `tool_calls`, as OpenAI, Ollama, Cohere and the AI SDK write it."""
    fields = mapping(item)
    function = mapping(fields.get("function")) or mapping(fields.get("custom"))
    if not fields:
        yield Part("other", write(item), "tool_calls")
        return
    yield from _call({"id": fields.get("id", ""), **function} if function else fields, 0)


def outputs_of(item: Any) -> Iterator[Part]:
    """Yield one of Cohere's v1 `tool_results`: the call without an id, and its outputs."""
    name = only_text(mapping(mapping(item).get("call")).get("name"))
    yield from _of_result(mapping(item).get("outputs", item), "", name, 0)


def _ui_tool(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a tool part of the AI SDK's messages: call and result in one, the tool's name in the type."""
    inner = mapping(item.get("toolInvocation")) or item
    named = first_text(inner, "toolName") or only_text(item.get("type")).removeprefix("tool-")
    yield from _call({**inner, "name": named}, depth)


def _result(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    call_id = first_text(item, "tool_use_id", "call_id", "tool_call_id", "toolCallId", "toolUseId", "id")
    name = first_text(item, "name", "toolName", "tool_name") or _tool_of(only_text(item.get("type")))
    failed = item.get("is_error") is True or item.get("isError") is True or item.get("status") == "error"
    for field in ("content", "output", "result", "response", "tools", "outcome"):
        if item.get(field) is not None:
            yield from _of_result(item[field], call_id, name, depth, is_error=failed)
            return
    yield Part("tool_result", "", name, call_id, failed)


def _of_result(held: Any, call_id: str, name: str, depth: int, *, is_error: bool = False) -> Iterator[Part]:
    """Yield what a tool answered: its texts verbatim and each for itself, its media, and objects as JSON."""
    held = _typed_value(held)
    if isinstance(held, dict) and "type" not in held and not held.keys() & _BY_KEY.keys():
        yield Part("tool_result", write(_without_opaque(held)), name, call_id, is_error)
        return
    if not isinstance(held, str | list | dict):
        yield Part("tool_result", as_text(held), name, call_id, is_error)
        return
    parts = [*parts_of(held, depth + 1)]
    if all(part.kind in ("image", "audio", "file") for part in parts):
        # Media alone, or nothing at all, are a result too.
        yield Part("tool_result", "", name, call_id, is_error)
    for part in parts:
        if part.kind in ("image", "audio", "file"):
            yield replace(part, id=call_id)
        elif part.kind == "text":
            yield Part("tool_result", part.text, name, call_id, is_error)
        else:
            yield Part("tool_result", write(_without_opaque(held)), name, call_id, is_error)
            return


def _typed_value(held: Any) -> Any:
    """Return the value in the wrapper that the AI SDK puts around a tool's output."""
    fields = mapping(held)
    return fields["value"] if fields.keys() == {"type", "value"} else held


def _without_opaque(value: Any, depth: int = 0) -> Any:
    """Return a value with what no one can read of it counted in place of kept."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [_without_opaque(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"{size(bytes_in(held))}"
        if key in _OPAQUE and isinstance(held, str) and len(held) > 64
        else _without_opaque(held, depth + 1)
        for key, held in value.items()
    }


_OPAQUE = frozenset(
    {"encrypted_content", "encrypted_index", "encrypted_stdout", "data", "bytes", "b64_json", "signature"}
)


def _medium(kind: PartKind) -> Callable[[Mapping[str, Any], int], Iterator[Part]]:
    def read(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
        yield media(kind, item)

    return read


def _document(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a document: its text where it has one, else what is said of it."""
    inner = mapping(item.get("document")) or item
    source = mapping(inner.get("source"))
    name = first_text(inner, "title", "name", "id")
    if source.get("type") == "text" or "text" in source or "content" in source:
        held = source.get("text", source.get("content", source.get("data")))
    elif "data" in inner and not source:
        # Cohere's, a text or an object of texts.
        held = inner["data"] if isinstance(inner["data"], str) else write(inner["data"])
    else:
        yield media("file", item)
        return
    for part in parts_of(held, depth + 1):
        yield replace(part, name=name) if part.kind == "text" else part
    if context := only_text(inner.get("context")):
        yield Part("text", context, name)


def _inner(key: str, reader: Callable[[Mapping[str, Any], int], Iterator[Part]]) -> Callable[..., Iterator[Part]]:
    """Return the reader of a part whose only field is its type and holds the rest."""

    def read(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
        if isinstance(item[key], dict):
            yield from reader(item[key], depth)
        else:
            yield Part("other", write(item), key)

    return read


def _named(name: str, reader: Callable[[Mapping[str, Any], int], Iterator[Part]]) -> Callable[..., Iterator[Part]]:
    def read(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
        yield from reader({"name": name, **item}, depth)

    return read


def _content(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    yield from parts_of(item.get("content", item.get("text")), depth + 1)


def _json(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    yield Part("text", as_text(item["json"]))


def _by_mime(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    """Yield a medium whose type alone says what it is, as Gemini and the AI SDK write it."""
    medium = media("file", item)
    kind = medium.text.partition("/")[0]
    yield replace(medium, kind=kind) if kind in ("image", "audio") else medium  # type: ignore[arg-type]


_Readers = dict[str, Callable[[Mapping[str, Any], int], Iterator[Part]]]

_BY_TYPE: _Readers = {
    **dict.fromkeys(("text", "input_text", "output_text"), _text),
    "refusal": _refusal,
    **dict.fromkeys(
        ("thinking", "reasoning", "redacted_thinking", "reasoning_text", "summary_text", "thought"), _reasoning
    ),
    **dict.fromkeys(("reasoning_summary", "reasoning_encrypted"), _reasoning),
    **dict.fromkeys(("image", "image_url", "input_image", "image_file"), _medium("image")),
    **dict.fromkeys(("audio", "input_audio", "audio_url"), _medium("audio")),
    **dict.fromkeys(("video", "video_url", "input_file", "document_url", "container_upload"), _medium("file")),
    "file": _by_mime,
    "document": _document,
    "tool-call": _call,
    "tool-result": _result,
    "function": lambda item, _depth: tool_calls_of(item),
    "dynamic-tool": _ui_tool,
}
_BY_KEY: _Readers = {
    "text": _text,
    "json": _json,
    "image": _medium("image"),
    "image_url": _medium("image"),
    "audio": _medium("audio"),
    "video": _medium("file"),
    "file": _medium("file"),
    "document": _document,
    **{key: _inner(key, _by_mime) for key in ("inlineData", "inline_data", "fileData", "file_data")},
    **{key: _inner(key, _call) for key in ("toolUse", "functionCall", "function_call", "toolCall")},
    **{key: _inner(key, _result) for key in ("toolResult", "functionResponse", "function_response", "toolResponse")},
    "reasoningContent": _reasoning_content,
    "citationsContent": _inner("citationsContent", _content),
    "guardContent": _inner("guardContent", _content),
    "executableCode": _inner("executableCode", _named("code_execution", _call)),
    "codeExecutionResult": _inner("codeExecutionResult", _named("code_execution", _result)),
}
# What stands beside a part or in its place and says nothing of its own.
_SILENT_KEYS = frozenset({"cachePoint", "cache_control", "thoughtSignature", "thought", "type", "signature"})
