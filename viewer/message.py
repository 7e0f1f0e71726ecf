"""One message to or from a model, and the parts it is made of, in whichever provider's shape it was written.

Shapes are told by their own names and not by the provider, since gateways mix them. What is not known is kept as JSON, so
that nothing that was said is lost; bytes of media are counted and never kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from viewer.payload import as_text, mapping, only_text, write
from viewer.phrasing import size

PartKind = Literal["text", "reasoning", "tool_call", "tool_result", "image", "audio", "file", "other"]

_DEEPEST = 8
_RESULT_ROLES = frozenset({"tool", "function", "ipython", "role_tool"})


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one thing that a message holds."""

    kind: PartKind
    text: str
    """Verbatim for a text, reasoning, a tool call's arguments and a tool's result; JSON where the provider has an object.

    Of an image, audio and a file it is what is said of it: "image/png, 12.3 kB", a URL, an id; of "other", its JSON.
    """
    name: str = ""
    """Of the tool, the file or document; "refusal" for a text that is one; what the provider calls an "other"."""
    id: str = ""
    """The tool call's, which ties a result to its call; media inside a result have it too."""
    is_error: bool = False
    """Whether a tool's result says of itself that the tool failed."""


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one message."""

    role: str
    """As the provider writes it; "system", "user", "assistant" or "tool" where the shape alone tells it."""
    parts: tuple[Part, ...]
    name: str = ""
    """Who speaks, where the message names one."""


def message_of(item: Any, default_role: str = "user") -> Message:
    """Return a recorded message of any shape."""
    if not isinstance(item, dict):
        return Message(default_role, tuple(parts_of(item)))
    role = only_text(item.get("role") or item.get("speaker"))
    if not role and _is_part(item):
        parts = tuple(_part(item, 0))
        return Message(_role_of(parts, default_role), parts)
    role = role or default_role
    parts = tuple(_parts_of_message(item))
    call_id = _first_text(item, "tool_call_id", "toolCallId")
    name = _first_text(item, "name", "tool_name")
    if call_id or role.lower() in _RESULT_ROLES:
        return Message(role, tuple(_as_result(part, call_id, name) for part in parts))
    return Message(role, parts, name)


def parts_of(content: Any, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of a content that is a text, a part or a list of both."""
    if isinstance(content, str):
        if content:
            yield Part("text", content)
    elif isinstance(content, list):
        for item in content:
            yield from _part(item, depth)
    elif content is not None:
        yield from _part(content, depth)


def _is_part(item: Mapping[str, Any]) -> bool:
    return item["type"] != "message" if "type" in item else not item.keys() & {"content", "parts", "tool_calls"}


def _role_of(parts: tuple[Part, ...], default_role: str) -> str:
    """Return who says what has no role of its own: a model calls and thinks, a tool answers."""
    kinds = {part.kind for part in parts}
    if "tool_call" in kinds or "reasoning" in kinds:
        return "assistant"
    return "tool" if "tool_result" in kinds else default_role


def _as_result(part: Part, call_id: str, name: str) -> Part:
    if part.kind == "text":
        return replace(part, kind="tool_result", id=call_id, name=name)
    return replace(part, id=part.id or call_id)


def _parts_of_message(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield what stands in the fields of a message, in the order in which it was said."""
    yield from _reasoning_fields(item)
    said = [*parts_of(item.get("parts"))]
    yield from said
    # The AI SDK repeats the text of its parts beside them.
    spoken = "".join(part.text for part in said if part.kind == "text")
    for field in ("content", "text", "message"):
        if not said or item.get(field) != spoken:
            yield from parts_of(item.get(field))
    if refusal := only_text(item.get("refusal")):
        yield Part("text", refusal, "refusal")
    audio = mapping(item.get("audio"))
    if audio:
        yield _media("audio", audio)
    for kind, field in (("image", "images"), ("file", "files"), ("file", "experimental_attachments")):
        for held in _list(item.get(field)):
            yield _media(kind, held)  # type: ignore[arg-type]
    for field in ("tool_calls", "toolInvocations", "tool_results"):
        for call in _list(item.get(field)):
            yield from _tool_results_v1(call) if field == "tool_results" else _calls(call)
    if isinstance(item.get("function_call"), dict):
        yield from _calls({"function": item["function_call"]})


def _reasoning_fields(item: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the reasoning of a message once: several providers write the same into several fields."""
    seen = ""
    for field in ("reasoning_content", "reasoning", "thinking", "tool_plan", "reasoning_details"):
        held = item.get(field)
        texts = [Part("reasoning", held)] if isinstance(held, str) else [*parts_of(held)]
        for part in texts:
            if part.text and part.text not in seen:
                yield replace(part, kind="reasoning") if part.kind == "text" else part
                seen += part.text


def _part(item: Any, depth: int) -> Iterator[Part]:
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
    hidden = _first_text(item, "encrypted_content", "data", "redactedContent")
    if hidden and not found:
        yield Part("other", f"encrypted reasoning, {size(_bytes_in(hidden))}", "reasoning")


def _reasoning_content(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    yield from _reasoning(mapping(item["reasoningContent"]), depth)


def _call(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a tool call, and its result where the provider ran the tool and keeps both in one."""
    call_id = _first_text(item, "call_id", "toolCallId", "toolUseId", "tool_call_id", "id")
    name = _first_text(item, "name", "toolName", "tool_name") or _tool_of(only_text(item.get("type")))
    for field in ("arguments", "input", "args", "action", "code", "operation", "queries", "parameters"):
        if item.get(field) is not None:
            yield Part("tool_call", as_text(item[field]), name, call_id)
            break
    else:
        if "result" not in item:
            yield Part("tool_call", "", name, call_id)
    if item.get("type") == "image_generation_call":
        yield replace(_media("image", {"data": item.get("result"), "format": item.get("output_format")}), id=call_id)
        return
    for field in ("output", "outputs", "results", "result", "error", "errorText"):
        if item.get(field):
            yield from _of_result(item[field], call_id, name, depth, is_error=field.startswith("error"))


def _tool_of(kind: str) -> str:
    """Return the tool whose name its type holds."""
    for ending in ("_tool_result", "_call_output", "_call_result", "_output", "_result", "_call", "_tool_use"):
        kind = kind.removesuffix(ending)
    return "" if kind in ("function", "tool", "tool_use", "custom_tool") else kind


def _calls(item: Any) -> Iterator[Part]:
    """Yield one entry of `tool_calls`, as OpenAI, Ollama, Cohere and the AI SDK write it."""
    fields = mapping(item)
    function = mapping(fields.get("function")) or mapping(fields.get("custom"))
    if not fields:
        yield Part("other", write(item), "tool_calls")
        return
    yield from _call({"id": fields.get("id", ""), **function} if function else fields, 0)


def _tool_results_v1(item: Any) -> Iterator[Part]:
    """Yield one of Cohere's v1 `tool_results`: the call without an id, and its outputs."""
    name = only_text(mapping(mapping(item).get("call")).get("name"))
    yield from _of_result(mapping(item).get("outputs", item), "", name, 0)


def _ui_tool(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a tool part of the AI SDK's messages: call and result in one, the tool's name in the type."""
    inner = mapping(item.get("toolInvocation")) or item
    named = _first_text(inner, "toolName") or only_text(item.get("type")).removeprefix("tool-")
    yield from _call({**inner, "name": named}, depth)


def _result(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    call_id = _first_text(item, "tool_use_id", "call_id", "tool_call_id", "toolCallId", "toolUseId", "id")
    name = _first_text(item, "name", "toolName", "tool_name") or _tool_of(only_text(item.get("type")))
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
    for part in parts:
        if part.kind in ("image", "audio", "file"):
            yield replace(part, id=call_id)
        elif part.kind == "text":
            yield Part("tool_result", part.text, name, call_id, is_error)
        else:
            yield Part("tool_result", write(_without_opaque(held)), name, call_id, is_error)
            return
    if not parts:
        yield Part("tool_result", "", name, call_id, is_error)


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
        key: f"{size(_bytes_in(held))}"
        if key in _OPAQUE and isinstance(held, str) and len(held) > 64
        else _without_opaque(held, depth + 1)
        for key, held in value.items()
    }


_OPAQUE = frozenset(
    {"encrypted_content", "encrypted_index", "encrypted_stdout", "data", "bytes", "b64_json", "signature"}
)


def _media(kind: PartKind, item: Any) -> Part:
    """Return what is said of an image, audio or a file: its type and size, or where it lies; it is never fetched."""
    fields = {"data": item} if isinstance(item, str) else _flat(mapping(item))
    name = _first_text(fields, "filename", "file_name", "fileName", "name", "title", "displayName")
    media_type = _first_text(fields, "media_type", "mime_type", "mimeType", "mediaType", "contentType")
    form = only_text(fields.get("format"))
    if not media_type and form:
        media_type = form if kind == "file" or "/" in form else f"{kind}/{form}"
    held = _first_text(
        fields, "data", "bytes", "file_data", "b64_json", "imageBytes", "image_url", "url", "file_url", "image"
    )
    where = _first_text(fields, "file_id", "fileId", "fileUri", "file_uri", "uri", "id", "image_url_id")
    if held.startswith("data:"):
        head, _, held = held.removeprefix("data:").partition(",")
        media_type = head.partition(";")[0] or media_type
    elif "://" in held[:16]:
        held, where = "", held
    said = [media_type, size(_bytes_in(held)) if held else where]
    transcript = only_text(fields.get("transcript"))
    return Part(kind, transcript or ", ".join(filter(None, said)), name)


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a medium, the inner ones beside the outer: providers nest them under names of their own."""
    fields: dict[str, Any] = {}
    level: list[Mapping[str, Any]] = [item]
    for _ in range(4):
        for held in level:
            fields |= {key: value for key, value in held.items() if isinstance(value, str) and key not in fields}
        level = [value for held in level for value in held.values() if isinstance(value, dict)]
    return fields


def _bytes_in(base64: str) -> int:
    """Return how many bytes a base64 text holds."""
    return len(base64.rstrip("=")) * 3 // 4


def _medium(kind: PartKind) -> Callable[[Mapping[str, Any], int], Iterator[Part]]:
    def read(item: Mapping[str, Any], _depth: int) -> Iterator[Part]:
        yield _media(kind, item)

    return read


def _document(item: Mapping[str, Any], depth: int) -> Iterator[Part]:
    """Yield a document: its text where it has one, else what is said of it."""
    inner = mapping(item.get("document")) or item
    source = mapping(inner.get("source"))
    name = _first_text(inner, "title", "name", "id")
    if source.get("type") == "text" or "text" in source or "content" in source:
        held = source.get("text", source.get("content", source.get("data")))
    elif "data" in inner and not source:
        # Cohere's, a text or an object of texts.
        held = inner["data"] if isinstance(inner["data"], str) else write(inner["data"])
    else:
        yield _media("file", item)
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
    medium = _media("file", item)
    kind = medium.text.partition("/")[0]
    yield replace(medium, kind=kind) if kind in ("image", "audio") else medium  # type: ignore[arg-type]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_text(fields: Mapping[str, Any], *names: str) -> str:
    """Return the first field that is a text and not empty."""
    return next((fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]), "")


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
    "function": lambda item, _depth: _calls(item),
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
