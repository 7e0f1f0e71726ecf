"""agentrec: https://github.com/vedansh-adepu/agentrec/blob/main/docs/cassette-format.md, a folder with two files, schema 2.

`interactions.jsonl` has a line for each HTTP exchange or tool call, `cassette.json` describes the file next to it. A body that
is not UTF-8 is base64. `duration_ms` ends with the response, even if it was streamed.
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.cassettes.wire_form import JSON
from viewer.text.json import as_text, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "agentrec",
        "agentrec",
        "https://github.com/vedansh-adepu/agentrec/blob/main/docs/cassette-format.md",
        "JSON lines of schema 2; HTTP and tool calls",
        "start and length of each call, to the microsecond",
    ),
)

_LINES = "interactions.jsonl"
_KINDS = ("http", "tool")


def recognise(document: Document) -> int:
    """Look for a line with the key and the occurrence of a call, or for the description of the file next to it."""
    if b'"agentrec_cassette"' in document.head:
        return 97 if "agentrec_cassette" in mapping(document.tree) else 0
    if b'"key_inputs_redacted"' not in document.head:
        return 0
    return 97 if next(_calls(document.data, []), None) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each line."""
    data = document.data
    description = mapping(document.tree) if b'"agentrec_cassette"' in document.head else {}
    if description:
        found = document.beside(_LINES)
        if found is None:
            reason = f"it describes the calls in {_LINES}, which is not next to it."
            raise CassetteError(document.name, reason, fields.OPEN_WITH_FILES)
        data = found
    problems: list[Problem] = []
    interactions = [_interaction(call, index, problems) for index, call in enumerate(_calls(data, problems))]
    if not interactions:
        raise CassetteError(document.name, "the cassette has no calls.", fields.CHECK_RECORDER)
    version = fields.version(description.get("schema_version", ""))
    return Recording("agentrec", interactions, version, tuple(problems))


def _calls(data: bytes, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    for line in read_json_lines(data):
        call = mapping(line.value)
        if {"key", "occurrence", "request"} <= call.keys() and call.get("kind") in _KINDS:
            yield call
            continue
        problems.append(skipped_line(line, "This line is not a call.", again="Record the run again."))


def _interaction(call: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(call.get("request")), mapping(call.get("response"))
    error = mapping(call.get("error"))
    if error:
        what = f"The call failed with {fields.quote(error.get('type'), 80)}: {fields.quote(error.get('message'))}."
        problems.append(Problem("error", what, "There is no response to show.", interaction=index))
    elif not response:
        problems.append(fields.no_response(index))
    times = RecordedTimes(
        whole_s=seconds_from_ms(call.get("duration_ms")),
        started=fields.moment(call.get("started_at"), fields.MICROSECOND_S),
    )
    if call["kind"] == "tool":
        return Interaction(Request(body=fields.json_body(request)), _tool_result(response), times)
    return Interaction(
        Request(
            method=as_text(request.get("method")),
            url=as_text(request.get("url")),
            headers=fields.headers(request.get("headers")),
            body=_body(request),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response),
        ),
        times,
    )


def _tool_result(response: dict[str, Any]) -> Response:
    body = fields.json_body(response["result"]) if "result" in response else b""
    return Response(headers=fields.content_type(JSON), body=body)


def _body(message: dict[str, Any]) -> bytes:
    body = message.get("body")
    return fields.base64_body(body or "") if message.get("body_encoding") == "base64" else fields.body(body)
