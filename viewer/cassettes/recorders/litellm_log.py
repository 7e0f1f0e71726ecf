"""Logs of LiteLLM: what its callbacks are given for each call, and the spend logs of its proxy.

https://docs.litellm.ai/docs/proxy/logging_spec (StandardLoggingPayload), https://docs.litellm.ai/docs/proxy/cost_tracking.
Request and response have the form of the endpoint that was called, mostly that of OpenAI's chat completions.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values, head_values, list_within
from viewer.cassettes.fields import MICROSECOND_S
from viewer.cassettes.traces.attributes import json_value
from viewer.cassettes.traces.bodies import json_response
from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.spans import Span, times_of
from viewer.cassettes.wire_form import JSON
from viewer.text.json import as_text, is_number, mapping, only_text
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "litellm-log",
        "LiteLLM logs",
        "https://docs.litellm.ai/docs/proxy/logging_spec",
        "StandardLoggingPayload and the proxy's spend logs, in JSON or JSON lines; see traces.md",
        "start and end of each call, and the first chunk of a streamed one",
    ),
)

_OWN = frozenset(
    {"litellm_call_id", "response_cost", "spend", "model_parameters", "custom_llm_provider", "hidden_params"}
)
_LISTS = ("data", "logs", "items")


def recognise(document: Document) -> int:
    """Look for the type of the call with its time, and for fields that only LiteLLM writes."""
    if b'"call_type"' not in document.head:
        return 0
    values = head_values(document)
    first = next(iter(_logs(values.tree)), {}) if values else {}
    return 97 if _is_log(first) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each call."""
    values = all_values(document) or Values([])
    logs = [one for one in _logs(values.tree) if _is_log(one)]
    spans = [_span(one) for one in logs]
    source = Source("litellm-log", "LiteLLM", from_tree=values.from_tree)
    return recording_of(spans, source, [*_costs(logs), *values.problems], document.name, turns_by_trace=False)


def _logs(tree: Any) -> list[dict[str, Any]]:
    found = None if "call_type" in mapping(tree) else list_within(tree, _LISTS)
    listed = tree if isinstance(tree, list) else [tree] if found is None else found
    # A logger may write the payload beside its own fields.
    return [mapping(mapping(one).get("standard_logging_object", one)) for one in listed]


def _is_log(one: dict[str, Any]) -> bool:
    return isinstance(one.get("call_type"), str) and "startTime" in one and not _OWN.isdisjoint(one)


def _span(one: dict[str, Any]) -> Span:
    started, ended = _moment(one.get("startTime")), _moment(one.get("endTime"))
    first = _moment(one.get("completionStartTime"))
    if first is not None and ended is not None and first.epoch_s >= ended.epoch_s:
        # Without a stream, LiteLLM writes the end of the call.
        first = None
    request = Request("", only_text(one.get("api_base")), body=_request_body(one))
    return Span(
        "model",
        as_text(one.get("litellm_call_id") or one.get("request_id") or one.get("id") or ""),
        trace=as_text(one.get("trace_id") or ""),
        started=started,
        ended=ended,
        interaction=Interaction(request, _response(one), times_of(started, ended, first)),
        session_id=as_text(one.get("session_id") or ""),
    )


def _request_body(one: dict[str, Any]) -> bytes:
    """Return the request: that of the proxy's client, if it was stored, else the parameters that LiteLLM was called with."""
    given = mapping(json_value(one.get("proxy_server_request")))
    if given := mapping(given.get("body", given)):
        return fields.json_body(given)
    messages = json_value(one.get("messages"))
    is_of_chat = not any(word in only_text(one.get("call_type")) for word in ("response", "embedding"))
    parameters = mapping(json_value(one.get("model_parameters")))
    body = {"model": one.get("model"), "messages" if is_of_chat else "input": messages or None, **parameters}
    return fields.json_body({key: value for key, value in body.items() if value is not None})


def _response(one: dict[str, Any]) -> Response:
    """Return the response, or the error of a call that failed."""
    error = mapping(one.get("error_information")) or mapping(
        mapping(json_value(one.get("metadata"))).get("error_information")
    )
    response = json_value(one.get("response"))
    if one.get("status") != "failure" and not (error.get("error_message") or one.get("error_str")):
        return json_response(response) if response not in (None, "", {}, []) else Response()
    names = {"message": "error_message", "type": "error_class", "code": "error_code"}
    written = {name: error[key] for name, key in names.items() if error.get(key)}
    if not written.get("message"):
        written["message"] = as_text(one.get("error_str") or "The log says that the call failed.")
    body = fields.json_body({"error": written})
    return Response(fields.status(error.get("error_code")), "", fields.content_type(JSON), body)


def _costs(logs: list[dict[str, Any]]) -> list[Problem]:
    """Return a note with the costs that the log states, since the responses do not hold them."""
    known = [one.get("response_cost", one.get("spend")) for one in logs]
    usd = [float(value) for value in known if is_number(value) and value > 0]
    if not usd:
        return []
    calls = f"{counted(len(usd), 'call')} {'costs' if len(usd) == 1 else 'cost'} ${sum(usd):.6g}"
    message = f"By LiteLLM's own prices, {calls}{'' if len(usd) == 1 else ' in all'}."
    return [Problem("note", message, "The costs shown beside the calls are estimated from their tokens.")]


def _moment(value: Any) -> Moment | None:
    """Return a time in epoch seconds, or in ISO 8601 as spend logs have it."""
    return fields.moment(value, MICROSECOND_S) or fields.epoch_moment(value, MICROSECOND_S)
