"""Streamed calls of Logfire, which are two spans: one for the request, and one without a length for the stream after it.

https://logfire.pydantic.dev/docs/integrations/llms/openai/#streaming-responses
"""

from typing import Any

from viewer.cassettes.traces.attributes import Attributes, attributes_of
from viewer.text.json import as_text

_INPUTS = ("gen_ai.input.messages", "request_data")
_OUTPUTS = ("gen_ai.output.messages", "response_data")


def join_streamed(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the spans with the span of each stream joined to the one of its request, which then ends with the stream."""
    joined: list[dict[str, Any]] = []
    waiting: dict[str, list[int]] = {}
    for span in spans:
        attributes = attributes_of(span.get("attributes"))
        asked = "\n".join(as_text(attributes.get(name)) for name in _INPUTS)
        if _is_of_stream(attributes) and waiting.get(asked):
            place = waiting[asked].pop()
            request = joined[place]
            both = {**attributes_of(request.get("attributes")), **attributes}
            joined[place] = {**request, "attributes": both, "endTimeUnixNano": span.get("endTimeUnixNano")}
            continue
        if "logfire.span_type" in attributes and not any(name in attributes for name in _OUTPUTS) and asked.strip():
            waiting.setdefault(asked, []).append(len(joined))
        joined.append(span)
    return joined


def _is_of_stream(attributes: Attributes) -> bool:
    return attributes.get("logfire.span_type") == "log" and "duration" in attributes
