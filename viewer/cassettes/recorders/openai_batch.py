"""Results of batches: those of OpenAI and who follows it, of Anthropic and of Gemini, one a line.

https://platform.openai.com/docs/guides/batch
https://platform.claude.com/docs/en/build-with-claude/batch-processing
https://ai.google.dev/gemini-api/docs/batch-api
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values, head_values
from viewer.cassettes.traces.bodies import json_response
from viewer.cassettes.wire_form import JSON
from viewer.text.json import mapping, only_text
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "openai-batch",
        "results of a batch",
        "https://platform.openai.com/docs/guides/batch",
        "the output and error files of OpenAI's batches, the results of Anthropic's and Gemini's, in JSON lines or a list",
    ),
)

_IDS = ("custom_id", "key")
_RESULTS = frozenset({"succeeded", "errored", "canceled", "expired"})


def recognise(document: Document) -> int:
    """Look for the id of a request beside its result, as one of the providers writes them."""
    if b'"custom_id"' not in document.head and b'"key"' not in document.head:
        return 0
    values = head_values(document)
    first = mapping(next(iter(_lines(values)), None)) if values else {}
    return 96 if _result(first) is not None else 0


def read(document: Document) -> Recording:
    """Return an interaction for each line."""
    values = all_values(document) or Values([])
    problems: list[Problem] = []
    interactions = []
    for index, line in enumerate(map(mapping, _lines(values))):
        response = _result(line)
        if response is None:
            problems.append(fields.no_response(index))
        interactions.append(Interaction(_request(line), response or Response()))
    answers = counted(len(interactions), "answer")
    what = f"This file holds the results of a batch, not streams: {answers} without chunks, times and requests."
    advice = "The requests are in the file that the batch was given. Costs are estimated at the prices of single calls."
    note = Problem("note", what, advice)
    return Recording(
        "openai-batch", interactions, problems=(note, *values.problems, *problems), from_tree=values.from_tree
    )


def _lines(values: Values) -> list[Any]:
    return values.tree if isinstance(values.tree, list) else [values.tree]


def _request(line: dict[str, Any]) -> Request:
    """Return what the file says of the request: the id that its sender gave it."""
    return Request(body=fields.json_body({name: line[name] for name in _IDS if name in line}))


def _result(line: dict[str, Any]) -> Response | None:
    """Return the response in a line. Return None if it is not a line of a batch."""
    if "custom_id" in line and isinstance(line.get("result"), dict):
        return _of_anthropic(line["result"])
    if "custom_id" in line and ("response" in line or "error" in line):
        return _of_openai(line)
    if "key" in line and isinstance(line.get("response"), dict):
        is_of_gemini = isinstance(line["response"].get("candidates"), list) or "usageMetadata" in line["response"]
        return json_response(line["response"]) if is_of_gemini else None
    if "key" in line and isinstance(line.get("error"), dict) and line.keys() <= {"key", "error", "metadata"}:
        return json_response({"error": line["error"]})
    return None


def _of_openai(line: dict[str, Any]) -> Response | None:
    response, error = mapping(line.get("response")), line.get("error")
    body = response.get("body")
    status = fields.status(response.get("status_code"))
    request_id = only_text(response.get("request_id"))
    headers = fields.headers({"Content-Type": JSON, **({"x-request-id": request_id} if request_id else {})})
    if body not in (None, "", {}):
        return Response(status, "", headers, fields.json_body(body))
    if error:
        return Response(status, "", headers, fields.json_body({"error": error}))
    return Response(status) if response else None


def _of_anthropic(result: dict[str, Any]) -> Response | None:
    kind = only_text(result.get("type"))
    if kind == "succeeded" and isinstance(result.get("message"), dict):
        return json_response(result["message"])
    if kind not in _RESULTS:
        return None
    error = mapping(result.get("error"))
    # The error stands in the response of the API, which has the type "error" too.
    inner = error.get("error") if isinstance(error.get("error"), dict) else error
    return json_response({"type": "error", "error": inner or {"type": kind, "message": f"The request is {kind}."}})
