"""What the attributes of a span say about a call of a model: what kind of span it is, and the bodies of request and response.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, and the names of libraries before these conventions:
https://github.com/traceloop/openllmetry (`gen_ai.prompt.0.content`),
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md (`llm.input_messages.0.message.content`),
https://ai-sdk.dev/docs/ai-sdk-core/telemetry (`ai.prompt.messages`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.event_shapes import is_answer, may_be_answer
from viewer.cassettes.traces.attributes import Attributes, first_of, json_value, unflattened
from viewer.cassettes.traces.messages import output_messages
from viewer.cassettes.traces.spans import SpanKind
from viewer.cassettes.wire_form import JSON
from viewer.text.json import is_whole_number, mapping, only_text
from viewer.types.http import Request, Response

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
_OPERATIONS: dict[str, SpanKind] = {
    **dict.fromkeys(("chat", "text_completion", "generate_content", "embeddings", "completion"), "model"),
    "execute_tool": "tool",
    "invoke_agent": "agent",
    **dict.fromkeys(("create_agent", "invoke_workflow"), "other"),
}
_KINDS: dict[str, SpanKind] = {
    **dict.fromkeys(("llm", "embedding", "generation", "chat"), "model"),
    "tool": "tool",
    "agent": "agent",
    **dict.fromkeys(("chain", "retriever", "reranker", "guardrail", "evaluator", "workflow", "task", "span"), "other"),
}
_OF_A_MODEL = (
    *("gen_ai.request.model", "gen_ai.response.model", OUTPUT, "llm.model_name", "llm.request.type"),
    "response_data",
)
_OF_A_REQUEST = (
    *("gen_ai.request.", "gen_ai.provider.", "gen_ai.system", "gen_ai.operation.", "ai.settings."),
    "ai.model.",
)
_OF_AN_ANSWER = (
    *("gen_ai.response.", "gen_ai.usage.", "llm.token_count.", "llm.usage.", "llm.cost.", "ai.usage."),
    *("operation.cost", "ai.response.model", "ai.response.id", "ai.response.finishReason", "llm.finish_reason"),
    *("error.", "exception."),
)
_OF_AN_INPUT = (
    *(INPUT, "ai.prompt.messages", "ai.prompt", "gen_ai.prompt", "langfuse.observation.input"),
    "input.value",
)
_OF_BOTH = ("gen_ai.request.model", "gen_ai.provider.name", "gen_ai.system", "llm.model_name")
_URLS = ("url.full", "http.url", "gen_ai.openai.api_base", "llm.request.api_base")
_SCHEMES = {443: "https:", 80: "http:"}


def kind_of(attributes: Attributes) -> SpanKind:
    """Tell what a span is, by its operation or by the attributes that it has."""
    operation = only_text(attributes.get("gen_ai.operation.name"))
    if operation in _OPERATIONS:
        return _OPERATIONS[operation]
    for name in ("openinference.span.kind", "langfuse.observation.type", "traceloop.span.kind"):
        if (kind := only_text(attributes.get(name)).lower()) in _KINDS:
            return _KINDS[kind]
    if of_ai_sdk := only_text(attributes.get("ai.operationId")):
        is_call = of_ai_sdk.rpartition(".")[2] in ("doGenerate", "doStream", "doEmbed")
        return "tool" if of_ai_sdk == "ai.toolCall" else "model" if is_call else "other"
    if "gen_ai.tool.name" in attributes or "gen_ai.tool.call.id" in attributes:
        return "tool"
    if any(name in attributes for name in _OF_A_MODEL):
        return "model"
    return "agent" if "agent_name" in attributes or "gen_ai.agent.name" in attributes else "other"


def request_of(attributes: Attributes, events: Sequence[Attributes]) -> Request:
    """Return what a call was given: the provider's request if the trace holds it, else its messages and settings."""
    given = json_value(first_of(attributes, "request_data", "input.value"))
    if isinstance(given, dict) and given.keys() & {"messages", "input", "contents", "prompt"}:
        return Request("", url_of(attributes), body=fields.json_body(given))
    body: dict[str, Any] = {name: value for name, value in attributes.items() if name.startswith(_OF_A_REQUEST)}
    system = json_value(first_of(attributes, "gen_ai.system_instructions", "system_instructions"))
    if system is not None:
        body["gen_ai.system_instructions"] = system
    messages = _input_messages(attributes, events)
    if messages:
        body[INPUT] = messages
    if tools := _tools(attributes):
        body["gen_ai.tool.definitions"] = tools
    if settings := json_value(first_of(attributes, "llm.invocation_parameters", "model_request_parameters")):
        body["gen_ai.request.parameters" if isinstance(settings, dict) else "llm.invocation_parameters"] = settings
    return Request("", url_of(attributes), body=fields.json_body(body) if body else b"")


def response_of(attributes: Attributes, events: Sequence[Attributes]) -> Response:
    """Return what a call answered: the provider's response if the trace holds it, else its messages, counts and error."""
    answer = json_value(first_of(attributes, "output.value", "response_data"))
    if isinstance(answer, dict) and (is_answer(answer) or may_be_answer(answer)) and not _failed(attributes):
        return Response(headers=fields.content_type(JSON), body=fields.json_body(answer))
    body: dict[str, Any] = {name: value for name, value in attributes.items() if name.startswith(_OF_AN_ANSWER)}
    if "gen_ai.response.finish_reasons" in body:
        body["gen_ai.response.finish_reasons"] = json_value(body["gen_ai.response.finish_reasons"])
    if _failed(attributes):
        body["status"] = attributes["status"]
    if messages := _output_messages(attributes, events):
        body[OUTPUT] = messages
    if body:
        # The response of many libraries does not name its model.
        body |= {name: attributes[name] for name in _OF_BOTH if name in attributes}
    return Response(headers=fields.content_type(JSON), body=fields.json_body(body)) if body else Response()


def url_of(attributes: Attributes) -> str:
    """Return the address of the server as far as the trace says; "" if it does not."""
    if url := only_text(first_of(attributes, *_URLS)):
        return url
    host = only_text(first_of(attributes, "server.address", "net.peer.name"))
    if not host or "/" in host:
        return host
    port = first_of(attributes, "server.port", "net.peer.port")
    scheme = _SCHEMES.get(port, "") if is_whole_number(port) else ""
    return f"{scheme}//{host}" + (f":{port}" if is_whole_number(port) and not scheme else "")


def _failed(attributes: Attributes) -> bool:
    return mapping(attributes.get("status")).get("code") == 2


def _input_messages(attributes: Attributes, events: Sequence[Attributes]) -> list[Any]:
    for name in _OF_AN_INPUT:
        if (value := json_value(attributes.get(name))) not in (None, "", []):
            return value if isinstance(value, list) else [value]
    for prefix in ("gen_ai.prompt.", "llm.input_messages.", "llm.prompts."):
        if found := unflattened(attributes, prefix):
            return [_message(one) for one in found]
    return [one["message"] for one in events if one["message"] is not None and not one["is_answer"]]


def _output_messages(attributes: Attributes, events: Sequence[Attributes]) -> list[dict[str, Any]]:
    for name in (OUTPUT, "gen_ai.completion", "langfuse.observation.output"):
        if found := output_messages(json_value(attributes.get(name))):
            return found
    if message := mapping(json_value(attributes.get("response_data"))).get("message"):
        return output_messages(message)
    for prefix in ("gen_ai.completion.", "llm.output_messages."):
        if flat := unflattened(attributes, prefix):
            return [message for one in flat for message in output_messages(_message(one))]
    parts = _of_ai_sdk(attributes)
    if parts:
        return [{"role": "assistant", "parts": parts}]
    if found := [message for one in events if one["is_answer"] for message in output_messages(one["message"])]:
        return found
    return output_messages(json_value(attributes.get("output.value")))


def _of_ai_sdk(attributes: Attributes) -> list[dict[str, Any]]:
    answer = {
        "reasoning": attributes.get("ai.response.reasoning"),
        "content": first_of(attributes, "ai.response.text", "ai.response.object"),
        "tool_calls": json_value(attributes.get("ai.response.toolCalls")),
    }
    return [part for message in output_messages(answer) for part in message["parts"]]


def _message(flat: Any) -> Any:
    """Return a message without OpenInference's names around its fields, and with a content that is not JSON in a text."""
    message = mapping(flat).get("message", flat)
    if not isinstance(message, dict):
        return message
    if isinstance(message.get("contents"), list):
        parts = [_part(mapping(one).get("message_content", one)) for one in message["contents"]]
        message = {**{name: value for name, value in message.items() if name != "contents"}, "content": parts}
    elif isinstance(content := json_value(message.get("content")), list):
        message = {**message, "content": content}
    if isinstance(calls := message.get("tool_calls"), list):
        message = {**message, "tool_calls": [mapping(one).get("tool_call", one) for one in calls]}
    return message


def _part(part: Any) -> Any:
    image = mapping(mapping(part).get("image")).get("image")
    return {"type": "image_url", "image_url": image} if isinstance(image, dict) else part


def _tools(attributes: Mapping[str, Any]) -> list[Any]:
    declared = json_value(first_of(attributes, "gen_ai.tool.definitions", "ai.prompt.tools", "tools"))
    if not isinstance(declared, list):
        flat = unflattened(attributes, "llm.tools.") or unflattened(attributes, "llm.request.functions.")
        declared = [mapping(mapping(one).get("tool")).get("json_schema", one) for one in flat]
    return [json_value(one) for one in declared]
