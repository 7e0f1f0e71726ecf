"""Request traces of TensorRT-LLM, JSON lines.

See https://github.com/JunyiXu-nv/TensorRT-LLM/blob/main/tensorrt_llm/serve/request_trace.py. The server writes requests to
`requests-PID.jsonl` and responses to `responses-PID.jsonl` next to it. A trace id joins the two. A stream is one text, and in
early versions a list of the pieces that were sent. The times are those of the server: when it accepted a request, and when
its response ended.
"""

import re
from collections.abc import Iterable
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.cassettes.wire_form import JSON
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import Problem, Severity

ABOUT = (
    About(
        "trtllm-trace",
        "TensorRT-LLM request trace",
        "https://github.com/JunyiXu-nv/TensorRT-LLM/blob/main/tensorrt_llm/serve/request_trace.py",
        "JSON lines of requests, responses or both; the other file is looked for next to it",
        "start and end of each response on the server, to the microsecond",
    ),
)

_OTHER = {"requests": "responses", "responses": "requests"}
_FILE_NAME = re.compile(r"(requests|responses)(-[\w.-]*)?\.jsonl")
_TRACE_ID = b'"trace_id"'
_EVENT_STREAM = "text/event-stream"
_TYPES = {"sse_text": _EVENT_STREAM, "sse_frames": _EVENT_STREAM, "json": JSON, "text": "text/plain"}


def recognise(document: Document) -> int:
    """Look for a line that is the request or the response of a trace."""
    if _TRACE_ID not in document.head:
        return 0
    return 96 if any(map(_is_record, (line.value for line in read_json_lines(document.data)))) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each trace, in the order of the file."""
    problems: list[Problem] = []
    records = _records(document.data, problems)
    beside = _beside(document)
    sides: dict[str, dict[str, dict[str, Any]]] = {as_text(record["trace_id"]): {} for record in records}
    for record in [*(_records(beside, []) if beside else []), *records]:
        # The file next to it may have other traces too.
        sides.get(as_text(record["trace_id"]), {})[record["event"]] = record
    interactions = [
        _interaction(side.get("request", {}), side.get("response", {}), index, problems)
        for index, side in enumerate(sides.values())
    ]
    return Recording("trtllm-trace", interactions, problems=tuple(problems))


def _records(data: bytes, problems: list[Problem]) -> list[dict[str, Any]]:
    records = []
    for line in read_json_lines(data):
        if _is_record(line.value):
            records.append(line.value)
            continue
        problems.append(skipped_line(line, "This line is not a record of a trace.", again=""))
    return records


def _is_record(value: Any) -> bool:
    record = mapping(value)
    is_request = record.get("event") == "request" and "route" in record
    return "trace_id" in record and (is_request or (record.get("event") == "response" and "finished_at" in record))


def _beside(document: Document) -> bytes | None:
    """Return the file with the other side of the traces, if there is one."""
    name = _FILE_NAME.fullmatch(document.name)
    return document.beside(f"{_OTHER[name[1]]}{name[2] or ''}.jsonl") if name else None


def _interaction(request: dict[str, Any], response: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    problems += (
        Problem(severity, what, advice, interaction=index) for severity, what, advice in _troubles(request, response)
    )
    recorded = mapping(response.get("response"))
    media_type = _TYPES.get(as_text(recorded.get("kind")), "")
    started = fields.moment(request.get("recorded_at"), fields.MICROSECOND_S)
    ended = fields.moment(response.get("finished_at"), fields.MICROSECOND_S)
    return Interaction(
        Request(
            url=as_text(request.get("route")),
            headers=_headers(request.get("headers")),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(response.get("http_status")),
            headers=fields.with_content_type(Headers(), media_type),
            body=_body(recorded),
        ),
        RecordedTimes(whole_s=_between(started, ended), started=started, ended=ended),
    )


def _body(recorded: dict[str, Any]) -> bytes:
    if "frames" in recorded:
        return b"".join(map(fields.body, items(recorded["frames"])))
    body = recorded.get("body")
    return fields.json_body(body) if recorded.get("kind") == "json" else fields.body(body)


def _troubles(request: dict[str, Any], response: dict[str, Any]) -> Iterable[tuple[Severity, str, str]]:
    """Yield what is wrong with a trace: severity, message and advice."""
    if not request:
        yield "note", "The request of this trace is not recorded.", fields.OPEN_WITH_FILES
    if request.get("status") == "rejected_400":
        reasons = "; ".join(as_text(one.get("msg")) for one in fields.mappings(request.get("validation_errors")))
        yield "error", f"The server rejected the request: {fields.quote(reasons) or 'no reason'}.", ""
    elif not response:
        yield "warning", "The response of this trace is not recorded.", fields.OPEN_WITH_FILES
    elif response.get("status") != "completed":
        cause = mapping(response.get("termination"))
        parts = [response.get("status"), cause.get("cause"), cause.get("detail")]
        reason = ", ".join(fields.quote(part) for part in parts if part)
        yield "warning", f"The response did not reach its end: {reason or 'no reason'}.", "What was sent is shown."


def _headers(value: Any) -> Headers:
    return Headers((as_text(pair[0]), as_text(pair[1])) for pair in map(items, items(value)) if len(pair) == 2)


def _between(started: Moment | None, ended: Moment | None) -> float | None:
    if started is None or ended is None or ended.epoch_s < started.epoch_s:
        return None
    return ended.epoch_s - started.epoch_s
