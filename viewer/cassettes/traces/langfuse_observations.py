"""The request and the response of a generation of Langfuse, from its fields in whichever style they were written.

Inputs and outputs are whatever the program gave to its SDK. The names of the fields are folded, as `fold` does.
"""

from collections.abc import Mapping
from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.event_shapes import is_answer, may_be_answer
from viewer.cassettes.traces.attributes import json_value
from viewer.cassettes.traces.bodies import counts_of, json_response, request_of_messages, response_of_messages
from viewer.cassettes.traces.messages import output_messages
from viewer.text.json import is_number, is_whole_number, items, mapping
from viewer.types.http import Request, Response

_ATTRIBUTES = {
    "input": "input",
    "output": "output",
    "model.name": "model",
    "model.parameters": "modelparameters",
    "usage_details": "usagedetails",
    "cost_details": "costdetails",
    "level": "level",
    "status_message": "statusmessage",
}


def observation_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an observation that Langfuse's SDK wrote as attributes of a span."""
    return {own: attributes.get(f"langfuse.observation.{name}") for name, own in _ATTRIBUTES.items()}


def request_of(one: dict[str, Any], given: Any) -> Request:
    """Return the request. An input that holds more than messages is written as it is."""
    whole = mapping(given)
    if "model" in whole and whole.keys() & {"messages", "input", "contents", "prompt"}:
        return Request(body=fields.json_body(given))
    messages = whole["messages"] if isinstance(whole.get("messages"), list) else given
    if isinstance(messages, dict) and not messages.keys() & {"role", "content", "lc"}:
        return Request(body=fields.json_body(given))
    messages = messages if isinstance(messages, list) else [] if messages in (None, "") else [messages]
    flat = [{"role": "user", "content": message} if isinstance(message, str) else message for message in messages]
    settings = json_value(one.get("modelparameters"))
    named = {"gen_ai.request.parameters": settings, "gen_ai.tool.definitions": whole.get("tools")}
    return request_of_messages(flat, named)


def response_of(one: dict[str, Any], output: Any) -> Response:
    """Return the provider's response if it is the output, with its usage, else its messages, counts and error."""
    failed = one.get("level") == "ERROR"
    if isinstance(output, dict) and not failed:
        has_usage = output.keys() & {"usage", "usageMetadata"}
        if has_usage and (is_answer(output) or may_be_answer(output)):
            return json_response(output)
    choices = items(mapping(output).get("choices"))
    messages = [
        {**mapping(choice.get("message")), "finish_reason": choice.get("finish_reason")}
        for choice in map(mapping, choices)
    ]
    attributes = {
        "gen_ai.response.model": _model(one),
        **_counts(one),
        "langfuse.total_cost": _cost(one),
        "status": {"code": 2, "message": one.get("statusmessage") or ""} if failed else None,
    }
    return response_of_messages(output_messages(messages or output), attributes)


def _model(one: dict[str, Any]) -> str:
    names = (one.get(name) for name in ("model", "providedmodelname", "modelname"))
    return next((name for name in names if isinstance(name, str) and name), "")


def _counts(one: dict[str, Any]) -> dict[str, Any]:
    """Return the token counts. The details are buckets that do not overlap if they add up to the total, as Langfuse stores them.

    https://langfuse.com/docs/observability/features/token-and-cost-tracking
    """
    stored = mapping(json_value(one.get("usagedetails")))
    if counts := counts_of(stored):
        # What OpenAI's SDK counted, as a program sends it.
        return counts
    details = {name: value for name, value in stored.items() if is_whole_number(value)}
    if not details:
        usage = mapping(json_value(one.get("usage"))) or {
            "input": one.get("prompttokens"),
            "output": one.get("completiontokens"),
            "total": one.get("totaltokens"),
        }
        details = {
            name: value
            for name, value in usage.items()
            if is_whole_number(value) and name in ("input", "output", "total")
        }
        if not details or (details.get("total") == 0 and not any(details.values())):
            return counts_of(usage)
    total = details.get("total")
    buckets = {name: value for name, value in details.items() if name != "total"}
    overlap = total is None or sum(buckets.values()) != total
    found: dict[str, Any] = {"langfuse.usage_details": details, "gen_ai.usage.total_tokens": total}
    for side in ("input", "output"):
        parts = [value for name, value in buckets.items() if side in name]
        whole = details.get(side)
        found[f"gen_ai.usage.{side}_tokens"] = whole if overlap else sum(parts) if parts else None
    cached = [value for name, value in buckets.items() if "cache_read" in name or "cached" in name]
    written = [value for name, value in buckets.items() if "cache_creation" in name or "cache_write" in name]
    reasoning = [value for name, value in buckets.items() if "reasoning" in name]
    for name, values in (
        ("cache_read.input", cached),
        ("cache_creation.input", written),
        ("reasoning.output", reasoning),
    ):
        if values:
            found[f"gen_ai.usage.{name}_tokens"] = sum(values)
    return found


def _cost(one: dict[str, Any]) -> float | None:
    """Return the cost that Langfuse was told or worked out. 0 is what it writes if it does not know the model."""
    details = mapping(json_value(one.get("costdetails")))
    known = (details.get("total"), one.get("totalcost"), one.get("calculatedtotalcost"))
    return next((float(value) for value in known if is_number(value) and value > 0), None)
