"""go-vcr: https://github.com/dnaeon/go-vcr, YAML of format version 1 (library v1) and 2 (libraries v3 and v4)."""

import re
from dataclasses import replace
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping, number
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "go-vcr",
        "go-vcr",
        "https://github.com/dnaeon/go-vcr",
        "YAML of format 1 and 2, libraries v1 to v4",
        "time to the response headers; written by `python -m viewer record`: each event, to the microsecond",
    ),
)

# Go's time.Duration.String: https://pkg.go.dev/time#Duration.String
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|μs|ns)")
EXTENSION_KEY = "cassette_viewer"
"""What the recorder of this project adds to an interaction, and go-vcr passes over: `arrivals`, when it `started`, and what `trouble` there was."""

_MICROSECOND = 1e-6
_LONGEST_S = 7 * 86_400.0
_LATEST_S = 1e10
_HIGHEST_OFFSET = 2**62
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}


def recognise(document: Document) -> int:
    """Look for interactions whose response has a status `code`, which no other recorder of such files writes."""
    if b"interactions" not in document.head:
        return 0
    tree = mapping(document.tree)
    interactions = tree.get("interactions")
    if not isinstance(interactions, list) or not as_text(tree.get("version", "")).isdigit():
        return 0
    responses = [mapping(mapping(item).get("response")) for item in interactions]
    if any("code" in response or "duration" in response for response in responses):
        return 95
    # Cut off before the end of the first response, or nothing recorded yet.
    requests = [mapping(mapping(item).get("request")) for item in interactions]
    return 60 if any("url" in request for request in requests) or not requests else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    items = document.tree["interactions"]
    if not items:
        raise CassetteError(document.name, "a go-vcr cassette without interactions.", "Was the recorder stopped?")
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
    """Return what go-vcr says of time, and what the recorder of this project adds in a key of its own."""
    added = mapping(mapping(item).get(EXTENSION_KEY))
    if added.get("trouble"):
        what = f"The recording is not whole: {fields.quote(added['trouble'])}."
        problems.append(Problem("warning", what, "What came before is shown.", interaction=index))
    arrivals = mapping(added.get("arrivals"))
    started = number(added.get("started_epoch_s"), 0.0, _LATEST_S)
    return RecordedTimes(
        # Measured before the body is read (pkg/recorder/recorder.go): time to the headers, nothing more.
        headers_s=_duration_s(response.get("duration")),
        arrivals=_arrivals(arrivals.get("s"), arrivals.get("ends")),
        started=None if started is None else Moment(started, _MICROSECOND),
    )


def _arrivals(s: Any, ends: Any) -> Arrivals | None:
    if not isinstance(s, list) or not isinstance(ends, list) or len(s) != len(ends):
        return None
    known = fields.arrivals(s, 1.0, since_request=True)
    if known is None or not all(isinstance(end, int) and 0 <= end < _HIGHEST_OFFSET for end in ends):
        return None
    return replace(known, ends=tuple(ends), resolution_s=_MICROSECOND)


def _body(value: Any, index: int, problems: list[Problem]) -> bytes:
    """Return the bytes of a body: a string, or `!!binary` where it is not UTF-8."""
    if isinstance(value, dict | list):
        problems.append(
            Problem(
                "warning", "A body is no text, but a list or a mapping.", "go-vcr writes no such.", interaction=index
            )
        )
        return b""
    return fields.body(value)


def _duration_s(value: Any) -> float | None:
    """Return a Go duration such as "1m2.5s" in seconds; a bare number is nanoseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 1e-9 if 0 < value < _LONGEST_S * 1e9 else None
    text = as_text(value or "")
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return seconds if 0 < seconds < _LONGEST_S else None
