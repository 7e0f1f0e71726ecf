"""keploy: https://keploy.io/docs, mocks and test cases in YAML, a document for each call.

A streamed body is a list of events with the time at which each arrived, or one text in older versions. The lines of an event are
the keys of `data`. https://github.com/keploy/keploy/blob/main/pkg/models/http_stream_body.go

The proxy that records mocks takes `resTimestampMock` when it has read the first part of the response, not at its end.
https://github.com/keploy/keploy/blob/main/pkg/agent/proxy/integrations/http/encode.go
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "keploy",
        "keploy",
        "https://keploy.io/docs",
        "YAML, mocks and test cases of HTTP calls, with bodies as text or as a list of events",
        "start of the request; in mocks, the first part of the response; in lists of events, each event, to the nanosecond",
    ),
)

_KIND = "Http"


def recognise(document: Document) -> int:
    """Look for keploy's API version, and for a call."""
    if b"api.keploy.io" not in document.data:
        return 0
    return (
        95 if any(as_text(mapping(tree).get("version")).startswith("api.keploy.io") for tree in document.trees) else 0
    )


def read(document: Document) -> Recording:
    """Return an interaction for each HTTP call, in the order of the file. Raise `CassetteError` if there is none."""
    calls = [mapping(tree) for tree in document.trees]
    calls = [call for call in calls if call]
    problems: list[Problem] = []
    interactions: list[Interaction] = []
    for call in calls:
        if call.get("kind") == _KIND:
            interactions.append(_interaction(mapping(call.get("spec")), len(interactions), problems))
    if not interactions:
        raise CassetteError(document.name, "the file has no HTTP calls.", fields.CHECK_RECORDER)
    if others := len(calls) - len(interactions):
        message = f"{counted(others, 'mock')} of other kinds than HTTP {'is' if others == 1 else 'are'} left out."
        problems.append(Problem("note", message, "Only HTTP calls can hold the stream of a model."))
    version = as_text(calls[0].get("version") or "").rpartition("/")[2] if calls else ""
    # Every document is read here, so only what follows a break is missing.
    return Recording("keploy", interactions, version, tuple(problems), from_tree=document.broken is not None)


def _interaction(spec: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(spec.get("req")), mapping(spec.get("resp"))
    if not response:
        problems.append(fields.no_response(index))
    if response.get("body_skipped"):
        size = as_text(response.get("body_size") or "unknown")
        what = f"keploy left the response body out, because it was too large ({size} bytes)."
        problems.append(Problem("warning", what, "Raise keploy's limit and record the call again.", interaction=index))
    started = _moment(spec.get("reqTimestampMock"), request.get("timestamp"))
    sent, received = (_moment(spec.get(name)) for name in ("reqTimestampMock", "resTimestampMock"))
    body, arrivals = _body(response, started)
    # The first part that was read may have had the first event in it.
    headers_s = None if arrivals else fields.elapsed_s(sent, received)
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            headers=fields.headers(request.get("header")),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(response.get("status_code")),
            reason=as_text(response.get("status_message") or ""),
            headers=fields.headers(response.get("header")),
            body=body,
        ),
        RecordedTimes(headers_s=headers_s, arrivals=arrivals, started=started),
    )


def _moment(*values: Any) -> Moment | None:
    return next((found for value in values if (found := fields.moment(value, fields.MICROSECOND_S))), None)


def _body(response: dict[str, Any], started: Moment | None) -> tuple[bytes, Arrivals | None]:
    value = response.get("body")
    if not isinstance(value, list):
        return fields.body(value), None
    chunks = fields.mappings(value)
    is_sse = any(not {"data", "event", "comment"}.isdisjoint(mapping(chunk.get("data"))) for chunk in chunks)
    pieces = [_event(chunk.get("data")) if is_sse else _line(chunk.get("data")) for chunk in chunks]
    moments = [fields.moment(chunk.get("ts"), fields.MICROSECOND_S) for chunk in chunks]
    ends: list[int] = []
    size_bytes = 0
    for piece in pieces:
        size_bytes += len(piece)
        ends.append(size_bytes)
    known = [moment.epoch_s for moment in moments if moment]
    # A body that was cut into events only afterwards has the same time everywhere.
    if len(set(known)) < 2 or len(known) < len(moments):
        return b"".join(pieces), None
    since_request = started is not None and known[0] >= started.epoch_s
    origin_s = started.epoch_s if started and since_request else known[0]
    arrivals = Arrivals(
        tuple(second - origin_s for second in known),
        tuple(ends),
        since_request=since_request,
        resolution_s=fields.MICROSECOND_S,
    )
    return b"".join(pieces), arrivals


def _event(data: Any) -> bytes:
    """Write the fields of one server-sent event as its lines. A comment has no name on the wire."""
    lines = [
        f"{'' if name == 'comment' else name}: {line}" if name != "raw" else line
        for name, value in fields.pairs(data)
        for line in as_text(value).split("\n")
    ]
    return fields.body("\n".join(lines) + "\n\n")


def _line(data: Any) -> bytes:
    values = [as_text(value) for _, value in fields.pairs(data)] if isinstance(data, dict) else [as_text(data or "")]
    return fields.body("".join(values) + "\n")
