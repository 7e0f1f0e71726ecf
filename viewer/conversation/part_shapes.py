"""The parts of a message's content, read from any provider's shape.

A shape is recognised by its own field names, not by the provider, because gateways mix them. Unknown shapes are kept as JSON,
so that no text is lost. Marks on a text, such as citations, signatures and cache points, are not parts.

The shapes nest in each other, such as a document in a tool result, so this one module has all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.conversation.parts import Part, PartKind, first_text, media
from viewer.text.base64 import bytes_in
from viewer.text.binary import without_binary
from viewer.text.json import as_text, mapping, only_text, write
from viewer.text.words import size

# Providers nest parts two or three deep. The limit keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 8

_Reader = Callable[[Mapping[str, Any], int], Iterator[Part]]
"""Yields the parts of an entry, given how deeply it is nested."""


def parts_of(content: Any, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of a content: a text, one part, or a list of texts and parts."""
    if isinstance(content, str):
        if content:
            yield Part("text", content)
    elif isinstance(content, list):
        for item in content:
            yield from part_of(item, depth)
    elif content is not None:
        yield from part_of(content, depth)


def part_of(item: Any, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of one entry of a content: one or several, or none, as for a cache point."""
    if isinstance(item, str):
        yield from parts_of(item)
        return
    if not isinstance(item, dict) or depth > _MAX_DEPTH:
        yield Part("other", write(item))
        return
    kind = only_text(item.get("type")).replace(".", "_")
    reader = _BY_TYPE.get(kind) or _reader_by_ending(kind)
    if reader is not None:
        yield from reader(item, depth)
        return
    known = [key for key in item if key in _BY_KEY]
    if not known and not item.keys() <= _MARKS and kind != "step-start":
        yield Part("other", write(item), kind or next(iter(item)))
    for key in known:
        yield from _BY_KEY[key](item, depth)


def _reader_by_ending(kind: str) -> _Reader | None:
    """Return the reader for a type of a provider's own tools: `web_search_call`, `bash_code_execution_tool_result`."""
    if kind.endswith(("_result", "_output", "_response")):
        return _result
    if kind.endswith(("_call", "_use")):
        return _call
    if kind.startswith("tool-"):
        return _ui_tool
    return None


def _text(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    # OpenTelemetry writes the text as `content`.
    value = item.get("text", item.get("value", item.get("content")))
    text = only_text(value.get("value") or value.get("text")) if isinstance(value, dict) else value
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
    """Yield the readable reasoning. If there is none, yield the size of the encrypted reasoning."""
    is_readable = False
    for field in ("summary", "content", "text", "thinking", "reasoning", "reasoningText"):
        for part in parts_of(item.get(field), depth + 1):
            is_readable = True
            yield replace(part, kind="reasoning") if part.kind == "text" else part
    encrypted = first_text(item, "encrypted_content", "data", "redactedContent")
    if encrypted and not is_readable:
        yield Part("other", f"encrypted reasoning, {size(bytes_in(encrypted))}", "reasoning")


def _reasoning_content(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    yield from _reasoning(mapping(item["reasoningContent"]), depth)


def _call(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a tool call, and also its result if the provider ran the tool and writes both in one part."""
    call_id = first_text(item, "call_id", "toolCallId", "toolUseId", "tool_call_id", "id")
    name = first_text(item, "name", "toolName", "tool_name") or _tool_name(only_text(item.get("type")))
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
            yield from _result_parts(item[field], call_id, name, depth, is_error=field.startswith("error"))


def _tool_name(kind: str) -> str:
    """Return the name of the tool that is part of a type; "" for a generic type."""
    for ending in (
        "_tool_result",
        "_call_output",
        "_call_result",
        "_call_response",
        "_output",
        "_result",
        "_call",
        "_tool_use",
    ):
        kind = kind.removesuffix(ending)
    return "" if kind in ("function", "tool", "tool_use", "custom_tool") else kind


def tool_calls_of(item: Any) -> Iterator[Part]:
    """Yield the parts of one entry of `tool_calls`, as OpenAI, Ollama, Cohere and the AI SDK write it."""
    fields = mapping(item)
    function = mapping(fields.get("function")) or mapping(fields.get("custom"))
    if not fields:
        yield Part("other", write(item), "tool_calls")
        return
    yield from _call({"id": fields.get("id", ""), **function} if function else fields, 0)


def outputs_of(item: Any) -> Iterator[Part]:
    """Yield the parts of one entry of Cohere's v1 `tool_results`: the call without an id, and its outputs."""
    name = only_text(mapping(mapping(item).get("call")).get("name"))
    yield from _result_parts(mapping(item).get("outputs", item), "", name, 0)


def _ui_tool(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield the parts of a tool part of the AI SDK: call and result in one, with the name of the tool in the type."""
    inner = mapping(item.get("toolInvocation")) or item
    name = first_text(inner, "toolName") or only_text(item.get("type")).removeprefix("tool-")
    yield from _call({**inner, "name": name}, depth)


def _result(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    call_id = first_text(item, "tool_use_id", "call_id", "tool_call_id", "toolCallId", "toolUseId", "id")
    name = first_text(item, "name", "toolName", "tool_name") or _tool_name(only_text(item.get("type")))
    is_error = item.get("is_error") is True or item.get("isError") is True or item.get("status") == "error"
    for field in ("content", "output", "result", "response", "tools", "outcome"):
        if item.get(field) is not None:
            yield from _result_parts(item[field], call_id, name, depth, is_error=is_error)
            return
    yield Part("tool_result", "", name, call_id, is_error)


def _result_parts(value: Any, call_id: str, name: str, depth: int, *, is_error: bool = False) -> Iterator[Part]:
    """Yield the parts of a tool result: every text separately and verbatim, media, and objects as JSON."""
    value = _unwrapped(value)
    if isinstance(value, dict) and "type" not in value and not value.keys() & _BY_KEY.keys():
        yield Part("tool_result", write(without_binary(value)), name, call_id, is_error)
        return
    if not isinstance(value, str | list | dict):
        yield Part("tool_result", as_text(value), name, call_id, is_error)
        return
    parts = [*parts_of(value, depth + 1)]
    if all(part.kind in ("image", "audio", "file") for part in parts):
        # A result of media only, or an empty one, must still show that the tool answered.
        yield Part("tool_result", "", name, call_id, is_error)
    for part in parts:
        if part.kind in ("image", "audio", "file"):
            yield replace(part, id=call_id)
        elif part.kind == "text":
            yield Part("tool_result", part.text, name, call_id, is_error)
        else:
            yield Part("tool_result", write(without_binary(value)), name, call_id, is_error)
            return


def _unwrapped(value: Any) -> Any:
    """Return the output of a tool without the AI SDK's wrapper."""
    fields = mapping(value)
    return fields["value"] if fields.keys() == {"type", "value"} else value


def _medium(kind: PartKind) -> _Reader:
    def read(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
        yield media(kind, item)

    return read


def _document(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield the text of a document, or its description if it has no text."""
    inner = mapping(item.get("document")) or item
    source = mapping(inner.get("source"))
    name = first_text(inner, "title", "name", "id")
    if source.get("type") == "text" or "text" in source or "content" in source:
        content = source.get("text", source.get("content", source.get("data")))
    elif "data" in inner and not source:
        # Cohere's: a text or an object of texts.
        content = inner["data"] if isinstance(inner["data"], str) else write(inner["data"])
    else:
        yield media("file", item)
        return
    for part in parts_of(content, depth + 1):
        yield replace(part, name=name) if part.kind == "text" else part
    if context := only_text(inner.get("context")):
        yield Part("text", context, name)


def _inner(key: str, reader: _Reader) -> _Reader:
    """Return a reader for a part whose only field names its type and holds everything else."""

    def read(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
        if isinstance(item[key], dict):
            yield from reader(item[key], depth)
        else:
            yield Part("other", write(item), key)

    return read


def _named(name: str, reader: _Reader) -> _Reader:
    def read(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
        yield from reader({"name": name, **item}, depth)

    return read


def _content(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    yield from parts_of(item.get("content", item.get("text")), depth + 1)


def _by_modality(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a medium as OpenTelemetry writes it, with its data, address or id beside its media type and modality."""
    source = next((item[name] for name in ("content", "uri", "file_id") if item.get(name)), "")
    kind = only_text(item.get("modality"))
    mime_type = item.get("mime_type") or (f"{kind}/*" if kind in ("image", "audio") else "")
    yield from _by_mime({"data" if item.get("type") == "blob" else "url": source, "mime_type": mime_type}, depth)


def _json(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    yield Part("text", as_text(item["json"]))


def _by_mime(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
    """Yield a medium whose media type alone says what it is, as Gemini and the AI SDK write it."""
    medium = media("file", item)
    kind = medium.text.partition("/")[0]
    yield replace(medium, kind=kind) if kind in ("image", "audio") else medium  # type: ignore[arg-type]


_BY_TYPE: dict[str, _Reader] = {
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
    **dict.fromkeys(("blob", "uri"), _by_modality),
    "document": _document,
    "tool-call": _call,
    "tool-result": _result,
    "function": lambda item, _depth: tool_calls_of(item),
    "dynamic-tool": _ui_tool,
}
_BY_KEY: dict[str, _Reader] = {
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
# Fields that mark a part or stand alone as a mark, and are not parts themselves.
_MARKS = frozenset({"cachePoint", "cache_control", "thoughtSignature", "thought", "type", "signature"})
