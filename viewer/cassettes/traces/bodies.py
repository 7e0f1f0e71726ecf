"""Bodies of calls that a trace holds in its own form, written under the names of OpenTelemetry's semantic conventions."""

from collections.abc import Mapping, Sequence
from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.traces.gen_ai import INPUT, OUTPUT
from viewer.cassettes.wire_form import JSON
from viewer.text.json import is_whole_number, items, mapping, only_text
from viewer.types.http import Request, Response

# LangChain's names of the roles: https://docs.langchain.com/oss/python/langchain/messages
_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant", "system": "system", "tool": "tool"}
_CLASSES = {"HumanMessage": "user", "AIMessage": "assistant", "SystemMessage": "system", "ToolMessage": "tool"}
_ANSWER_COUNTS = (
    ("gen_ai.usage.input_tokens", (("input_tokens",), ("prompt_tokens",), ("promptTokens",))),
    ("gen_ai.usage.output_tokens", (("output_tokens",), ("completion_tokens",), ("completionTokens",))),
    ("gen_ai.usage.total_tokens", (("total_tokens",), ("totalTokens",))),
    (
        "gen_ai.usage.cache_read.input_tokens",
        (("input_token_details", "cache_read"), ("prompt_tokens_details", "cached_tokens")),
    ),
    ("gen_ai.usage.cache_creation.input_tokens", (("input_token_details", "cache_creation"),)),
    (
        "gen_ai.usage.reasoning.output_tokens",
        (("output_token_details", "reasoning"), ("completion_tokens_details", "reasoning_tokens")),
    ),
)


def json_response(value: Any) -> Response:
    """Return a response with a JSON body, as the trace holds it."""
    return Response(headers=fields.content_type(JSON), body=fields.json_body(value))


def request_of_messages(messages: Sequence[Any], parameters: Mapping[str, Any]) -> Request:
    """Return a request of messages. `parameters` are attributes, of which empty ones are left out."""
    body = _without_empty(parameters)
    if messages:
        body[INPUT] = [input_message(one) for one in messages]
    return Request(body=fields.json_body(body) if body else b"")


def response_of_messages(messages: Sequence[Mapping[str, Any]], attributes: Mapping[str, Any]) -> Response:
    """Return a response of messages. `attributes` are those of the answer, of which empty ones are left out."""
    body = _without_empty(attributes)
    if messages:
        body[OUTPUT] = messages
    return json_response(body) if body else Response()


def _without_empty(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value not in (None, "", [], {})}


def counts_of(usage: Mapping[str, Any]) -> dict[str, int]:
    """Return the token counts of a usage object of LangChain or OpenAI under the names of the conventions."""
    found: dict[str, int] = {}
    for name, paths in _ANSWER_COUNTS:
        for *path, last in paths:
            holder = usage
            for key in path:
                holder = mapping(holder.get(key))
            if is_whole_number(value := holder.get(last)):
                found.setdefault(name, value)
    return found


def input_message(message: Any) -> Any:
    """Return a message with its role, which LangChain writes as the type or the class."""
    written = mapping(message)
    if written.get("lc") == 1 and isinstance(written.get("kwargs"), dict):
        kind = only_text((items(written.get("id")) or [""])[-1]).removesuffix("Chunk")
        role = _CLASSES.get(kind) or _ROLES.get(only_text(written["kwargs"].get("type")))
        inner = _without_type(written["kwargs"])
        return {"role": role, **inner} if role else inner
    kind = only_text(written.get("type"))
    if "role" not in written and kind in _ROLES and "content" in written:
        return {"role": _ROLES[kind], **_without_type(written)}
    return message


def _without_type(message: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in ("type", "id")}
