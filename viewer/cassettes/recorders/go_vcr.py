"""go-vcr: https://github.com/dnaeon/go-vcr, YAML of format version 1 (library v1) and 2 (libraries v3 and v4).

`duration` is the time to the response headers. `cassette-viewer record` writes go-vcr cassettes with a key of its own, which
holds the arrival of each event.
"""

import re
from dataclasses import replace
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, is_number, is_whole_number, mapping, number
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "go-vcr",
        "go-vcr",
        "https://github.com/dnaeon/go-vcr",
        "YAML of format 1 and 2, libraries v1 to v4",
        "time to the response headers; with `cassette-viewer record`: each event, to the microsecond",
    ),
)

_MESSAGE = frozenset({"proto", "proto_major", "proto_minor", "transfer_encoding", "trailer", "content_length"})
_REQUEST = _MESSAGE | {"host", "remote_addr", "request_uri", "body", "form", "headers", "url", "method"}
_RESPONSE = _MESSAGE | {"uncompressed", "body", "headers", "status"}
# Go's time.Duration.String: https://pkg.go.dev/time#Duration.String
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|μs|ns)")
EXTENSION_KEY = "cassette_viewer"
"""The key that this project's recorder adds to an interaction. go-vcr ignores it.

It holds `started_epoch_s`, `arrivals` with their times `s` and byte offsets `ends`, and `trouble` if the exchange broke off.
"""

_STOP_RECORDER = "Check that the calls went through the recorder, and that it was stopped: go-vcr saves when it stops."
# A week, the year 2286, and an offset that fits into 64 bits.
_MAX_DURATION_S = 7 * 86_400.0
_MAX_EPOCH_S = 1e10
_MAX_OFFSET = 2**62
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}


def recognise(document: Document) -> int:
    """Look for interactions whose response has a status `code` of its own, beside the `status` as text."""
    if b"interactions" not in document.head:
        return 0
    tree = mapping(document.tree)
    interactions = tree.get("interactions")
    if not isinstance(interactions, list) or not as_text(tree.get("version", "")).isdigit():
        return 0
    responses = [mapping(mapping(item).get("response")) for item in interactions]
    if any("code" in response or "duration" in response for response in responses):
        return 95
    if not interactions:
        # Nothing has been recorded yet.
        return 60 if tree.keys() == {"version", "interactions"} else 0
    # The file is cut off before the end of its first response. Other recorders of interactions write other fields.
    request = mapping(mapping(interactions[0]).get("request"))
    is_cut_off = len(interactions) == 1 and request.keys() <= _REQUEST and responses[0].keys() <= _RESPONSE
    return 60 if is_cut_off and "url" in request and not is_number(responses[0].get("status")) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    items = document.tree["interactions"]
    if not items:
        raise CassetteError(document.name, "the go-vcr cassette has no interactions.", _STOP_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(items)]
    return Recording("go-vcr", interactions, as_text(document.tree.get("version", "")), tuple(problems), from_tree=True)


def _interaction(item: Any, index: int, problems: list[Problem]) -> Interaction:
    request = mapping(mapping(item).get("request"))
    response = mapping(mapping(item).get("response"))
    if not response:
        problems.append(fields.no_response(index))
    status = as_text(response.get("status") or "")
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request.get("body"), index, problems),
        ),
        Response(
            status=fields.status(response.get("code")) or fields.status(status),
            reason=status.lstrip("0123456789 "),
            headers=fields.headers(response.get("headers")),
            body=_body(response.get("body"), index, problems),
        ),
        _times(item, response, index, problems),
    )


def _times(item: Any, response: dict[str, Any], index: int, problems: list[Problem]) -> RecordedTimes:
    """Return the time that go-vcr writes, and those that this project's recorder adds."""
    extension = mapping(mapping(item).get(EXTENSION_KEY))
    if extension.get("trouble"):
        what = f"The recording is incomplete: {fields.quote(extension['trouble'])}."
        problems.append(Problem("warning", what, "What was received before that is shown.", interaction=index))
    arrivals = mapping(extension.get("arrivals"))
    started = number(extension.get("started_epoch_s"), 0.0, _MAX_EPOCH_S)
    return RecordedTimes(
        # go-vcr measures this before it reads the body (pkg/recorder/recorder.go), so it is the time to the headers.
        headers_s=_duration_s(response.get("duration")),
        arrivals=_arrivals(arrivals.get("s"), arrivals.get("ends")),
        started=None if started is None else Moment(started, fields.MICROSECOND_S),
    )


def _arrivals(s: Any, ends: Any) -> Arrivals | None:
    if not isinstance(s, list) or not isinstance(ends, list) or len(s) != len(ends):
        return None
    known = fields.arrivals(s, 1.0, since_request=True)
    if known is None or not all(isinstance(end, int) and 0 <= end < _MAX_OFFSET for end in ends):
        return None
    return replace(known, ends=tuple(ends), resolution_s=fields.MICROSECOND_S)


def _body(value: Any, index: int, problems: list[Problem]) -> bytes:
    """Return a body, which is a string, or `!!binary` if it is not UTF-8."""
    if isinstance(value, dict | list):
        what = "The body is a list or mapping; go-vcr writes only strings."
        problems.append(
            Problem("warning", what, "It is left out. The cassette may have been edited.", interaction=index)
        )
        return b""
    return fields.body(value)


def _duration_s(value: Any) -> float | None:
    """Parse a Go duration such as "1m2.5s" to seconds. A bare number is nanoseconds."""
    if is_whole_number(value):
        return value * 1e-9 if 0 < value < _MAX_DURATION_S * 1e9 else None
    text = as_text(value or "")
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    seconds = sum(float(number) * _UNIT_S[unit] for number, unit in parts)
    return seconds if 0 < seconds < _MAX_DURATION_S else None
