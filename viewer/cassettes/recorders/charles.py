"""Sessions of the proxy Charles, exported as JSON (`.chlsj`): https://www.charlesproxy.com/documentation/using-charles/.

The format is not described by its makers. Readers of it:
https://github.com/JasonDebug/CharlesProxyImporterForFiddler/blob/master/CharlesProxyImporter/CharlesSession.cs
"""

import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, is_whole_number, items, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "charles",
        "Charles",
        "https://www.charlesproxy.com/documentation/using-charles/",
        "sessions in JSON (`.chlsj`)",
        "start of the request, first byte and end of the response, to the millisecond",
    ),
)

_NAMES = frozenset({"status", "method", "scheme", "host", "request", "response"})
_STATUS = re.compile(r"[A-Z_]{3,40}")
_COMPLETE = "COMPLETE"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def recognise(document: Document) -> int:
    """Look for a list of exchanges with Charles's status, its times, and the head of a message."""
    if b'"host"' not in document.data or b'"header"' not in document.data:
        return 0
    return 90 if any(map(_is_exchange, fields.mappings(document.tree))) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    problems: list[Problem] = []
    interactions = [
        _interaction(item, index, problems) for index, item in enumerate(fields.mappings(items(document.tree)))
    ]
    return Recording("charles", interactions, problems=tuple(problems), from_tree=True)


def _is_exchange(item: dict[str, Any]) -> bool:
    has_times = any(isinstance(item.get(name), dict) for name in ("times", "durations"))
    has_head = any(isinstance(mapping(item.get(side)).get("header"), dict) for side in ("request", "response"))
    return item.keys() >= _NAMES and bool(_STATUS.fullmatch(as_text(item["status"]))) and has_times and has_head


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    state = as_text(item.get("status") or _COMPLETE)
    if not response:
        problems.append(fields.no_response(index))
    elif state != _COMPLETE:
        what = f"Charles had not recorded the whole exchange: its status is {fields.quote(state, 40)}."
        problems.append(Problem("warning", what, "Export the session again when it is complete.", interaction=index))
    _, _, reason = [*as_text(mapping(response.get("header")).get("firstLine") or "").split(" ", 2), "", "", ""][:3]
    return Interaction(
        Request(
            method=as_text(item.get("method") or ""), url=_url(item), headers=_headers(request), body=_body(request)
        ),
        Response(
            status=fields.status(response.get("status")),
            reason=reason,
            headers=_headers(response),
            body=_body(response),
        ),
        _times(item, is_complete=state == _COMPLETE),
    )


def _url(item: dict[str, Any]) -> str:
    scheme, host, path = (as_text(item.get(part) or "") for part in ("scheme", "host", "path"))
    port = item.get("port") or item.get("actualPort")
    if is_whole_number(port) and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    query = as_text(item.get("query") or "")
    return f"{scheme}://{host}{path}{'?' if query else ''}{query}" if host else path


def _headers(message: dict[str, Any]) -> Headers:
    return fields.headers(items(mapping(message.get("header")).get("headers")))


def _body(message: dict[str, Any]) -> bytes:
    body = mapping(message.get("body"))
    return fields.base64_body(body["encoded"]) if body.get("encoded") else fields.body(body.get("text"))


def _times(item: dict[str, Any], *, is_complete: bool) -> RecordedTimes:
    times = mapping(item.get("times"))
    started, first, ended = (
        fields.moment(times.get(name), fields.MILLISECOND_S) for name in ("start", "responseBegin", "end")
    )
    ended = ended if is_complete else None
    total_s = seconds_from_ms(mapping(item.get("durations")).get("total")) if is_complete else None
    return RecordedTimes(
        headers_s=fields.elapsed_s(started, first),
        whole_s=fields.elapsed_s(started, ended) or total_s or None,
        started=started,
        ended=ended,
    )
