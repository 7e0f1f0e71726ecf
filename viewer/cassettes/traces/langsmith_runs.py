"""The request and the answer of a run of LangSmith, from its inputs, outputs and metadata.

https://docs.langchain.com/langsmith/log-llm-trace. The wrapper of a provider's client writes what it was given and what it
returned, LangChain writes its own messages, and `traceable` whatever a function takes and returns.
"""

from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.event_shapes import is_answer
from viewer.cassettes.traces.bodies import counts_of, json_response, request_of_messages, response_of_messages
from viewer.cassettes.traces.messages import output_messages
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.http import Request, Response


def request_of(run: dict[str, Any], inputs: Any) -> Request:
    """Return the provider's request as the wrapper of its client wrote it, else the messages and settings."""
    given = mapping(inputs)
    parameters = mapping(mapping(run.get("extra")).get("invocation_params"))
    messages = given.get("messages")
    if "model" in given or (messages is None and "prompts" not in given):
        return Request(body=fields.json_body(inputs) if inputs else b"")
    flat = [one for item in items(messages) for one in (item if isinstance(item, list) else [item])]
    flat = flat or [{"role": "user", "content": one} for one in items(given.get("prompts"))]
    settings = {name: value for name, value in parameters.items() if value is not None and name != "tools"}
    model = {"gen_ai.request.model": _model_asked_for(run), "gen_ai.tool.definitions": parameters.get("tools")}
    return request_of_messages(flat, {**model, "gen_ai.request.parameters": settings})


def response_of(run: dict[str, Any], outputs: Any) -> Response:
    """Return the provider's response if the run holds it with its usage, else its messages, counts and error."""
    whole = mapping(outputs)
    if is_answer(whole) and "usage" in whole and not run.get("error"):
        return json_response(whole)
    return response_of_messages(
        messages_of(outputs), {**attributes_of(run, whole), "exception.message": failure_of(run)}
    )


def messages_of(outputs: Any) -> list[dict[str, Any]]:
    """Return the answers in the outputs of a run."""
    whole = mapping(outputs)
    generations = items(whole.get("generations"))
    if generations:
        first = items(generations[0]) or generations
        return [message for one in map(mapping, first) for message in _of_generation(one)]
    if choices := items(whole.get("choices")):
        return [message for one in map(mapping, choices) for message in _of_generation(one)]
    if whole.get("object") == "response":
        return output_messages(
            {"content": [part for item in items(whole.get("output")) for part in _of_item(mapping(item))]}
        )
    if len(whole) == 1 and "output" in whole:
        output = whole["output"]
        if isinstance(output, list) and output and all(isinstance(one, str) for one in output):
            # `traceable` gathers what a generator yields.
            output = "".join(output)
        return output_messages(output)
    answer = whole.get("message", whole.get("messages", {k: v for k, v in whole.items() if k != "usage_metadata"}))
    return output_messages(answer)


def _of_item(item: dict[str, Any]) -> list[Any]:
    """Return the parts of an item in the output of OpenAI's Responses API."""
    if item.get("type") == "message":
        return items(item.get("content"))
    if item.get("type") == "reasoning":
        return [{"type": "reasoning", "text": mapping(one).get("text")} for one in items(item.get("summary"))]
    return [item]


def _of_generation(one: dict[str, Any]) -> list[dict[str, Any]]:
    message = one.get("message")
    info = mapping(mapping(mapping(message).get("kwargs")).get("response_metadata")) or mapping(
        one.get("generation_info")
    )
    found = output_messages(message if message is not None else one.get("text"))
    reason = one.get("finish_reason") or info.get("finish_reason") or info.get("stop_reason")
    return [{**one, "finish_reason": reason} if reason else one for one in found]


def attributes_of(run: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    """Return what a run says of its answer besides the messages: model, id, counts and cost."""
    metadata = mapping(mapping(run.get("extra")).get("metadata"))
    message = mapping(mapping(_first_generation(outputs).get("message")).get("kwargs"))
    of_message = mapping(message.get("response_metadata"))
    of_model = mapping(outputs.get("llm_output"))
    usages = (
        outputs.get("usage_metadata"),
        message.get("usage_metadata"),
        metadata.get("usage_metadata"),
        outputs.get("usage"),
        of_model.get("token_usage"),
        {
            name: run.get(name)
            for name in ("prompt_tokens", "completion_tokens", "total_tokens")
            if run.get("total_tokens")
        },
    )
    usage = next((one for one in map(mapping, usages) if counts_of(one)), {})
    models = (outputs.get("model"), of_message.get("model_name"), of_message.get("model"), of_model.get("model_name"))
    model = next((one for one in models if only_text(one)), None)
    return {
        "gen_ai.response.model": model,
        "gen_ai.request.model": _model_asked_for(run),
        "gen_ai.provider.name": metadata.get("ls_provider"),
        "gen_ai.response.id": outputs.get("id"),
        **counts_of(usage),
        "langsmith.total_cost": _number(run.get("total_cost")),
    }


def _first_generation(outputs: dict[str, Any]) -> dict[str, Any]:
    generations = items(outputs.get("generations"))
    first = generations[0] if generations else None
    return mapping((first or [None])[0] if isinstance(first, list) else first)


def _model_asked_for(run: dict[str, Any]) -> str:
    extra = mapping(run.get("extra"))
    parameters, metadata = mapping(extra.get("invocation_params")), mapping(extra.get("metadata"))
    names = (parameters.get("model"), parameters.get("model_name"), metadata.get("ls_model_name"))
    return next((name for name in names if isinstance(name, str) and name), "")


def failure_of(run: dict[str, Any]) -> str:
    """Return the error of a run without the traceback that the SDK appends."""
    return as_text(run.get("error")).partition("\n\nTraceback (most recent call last):")[0]


def _number(value: Any) -> float | None:
    """Return a cost, which the API writes as a text."""
    try:
        return float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        return None
