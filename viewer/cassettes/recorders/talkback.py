"""talkback, a recording proxy for Node: https://github.com/ijpiantanida/talkback, JSON5, one exchange per tape.

A body is base64, unless `meta` marks it as readable, which an event stream never is. A readable JSON body is stored parsed.
`createdAt` is when the proxy had read the request, some milliseconds after the client sent it.
"""

import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json5 import read_json5
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "talkback",
        "talkback",
        "https://github.com/ijpiantanida/talkback",
        "JSON5 tapes",
        "start of the request, to the millisecond",
    ),
)

_META, _REQUEST = (re.compile(rb"""[{,\s]['"]?%b['"]?\s*+:\s*+\{""" % name) for name in (b"meta", b"req"))


def recognise(document: Document) -> int:
    """Look for the creation time of a tape, and for its request."""
    head = document.head
    if b"createdAt" not in head or not (_META.search(head) and _REQUEST.search(head)):
        return 0
    tape = _tape(document)
    is_tape = "createdAt" in mapping(tape.get("meta")) and "url" in mapping(tape.get("req"))
    return 90 if is_tape else 0


def read(document: Document) -> Recording:
    """Return the one interaction."""
    tree, broken = read_json5(document.data, document.limits)
    tape = mapping(tree)
    meta, request, response = (mapping(tape.get(part)) for part in ("meta", "req", "res"))
    problems: list[Problem] = []
    if broken:
        problems.append(Problem("warning", broken.message, "Everything before that line is read."))
    if not response:
        problems.append(fields.no_response(0))
    interaction = Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(meta.get("host") or "") + as_text(request.get("url") or ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request, "req", meta),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response, "res", meta),
        ),
        RecordedTimes(started=fields.moment(meta.get("createdAt"), fields.MILLISECOND_S)),
    )
    return Recording("talkback", [interaction], problems=tuple(problems))


def _tape(document: Document) -> dict[str, Any]:
    tree, _ = read_json5(document.data, document.limits)
    return mapping(tree)


def _body(message: dict[str, Any], side: str, meta: dict[str, Any]) -> bytes:
    value = message.get("body")
    encoding = fields.headers(message.get("headers")).get("content-encoding", "identity")
    plain = meta.get(f"{side}Uncompressed") or encoding in ("", "identity")
    if meta.get(f"{side}HumanReadable") and plain:
        return fields.body(value)
    return fields.base64_body(value)
