"""promptecho: https://github.com/shwetank/promptecho, YAML of format version 2, without any times.

A stream is a list of its events as raw text, each with the blank line at its end. The request is not what was sent but what
promptecho compares: a system message is moved out of `messages`, and a body that is not JSON is replaced by a hash.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (About("promptecho", "promptecho", "https://github.com/shwetank/promptecho", "YAML of format version 2"),)

_HASH = "__raw_body_sha256__"
_BLANK_LINES = (b"\n\n", b"\r\n\r\n", b"\r\r")


def recognise(document: Document) -> int:
    """Look for the fields on which requests are matched. Without them, go-vcr's and cassetter's files look alike."""
    if b"match" not in document.head or b"interactions" not in document.head:
        return 0
    tree = mapping(document.tree)
    if "interactions" not in tree:
        return 0
    requests = [mapping(item.get("request")) for item in _items(tree)]
    return 97 if isinstance(tree.get("match_on"), list) or any("matched_on" in request for request in requests) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    items = _items(document.tree)
    if not items:
        advice = "promptecho records httpx, but not httpx2, which the OpenAI client uses since version 3."
        raise CassetteError(document.name, "the promptecho cassette has no interactions.", advice)
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(items)]
    version = as_text(document.tree.get("version") or "")
    return Recording("promptecho", interactions, version, tuple(problems), from_tree=True)


def _items(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return fields.mappings(tree.get("interactions"))


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    if _HASH in mapping(request.get("body")):
        what = "The request body was not a JSON object, so the recorder stored only a hash of it."
        problems.append(Problem("note", what, "The request body cannot be shown.", interaction=index))
    return Interaction(
        Request(
            method=as_text(request.get("method") or ""),
            url=as_text(request.get("url") or ""),
            body=fields.body(request.get("body")),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response),
        ),
    )


def _body(response: dict[str, Any]) -> bytes:
    events = response.get("events")
    if isinstance(events, list):
        return b"".join(map(_event, events))
    if response.get("binary"):
        return fields.base64_body(response.get("body"))
    return fields.body(response.get("body"))


def _event(value: Any) -> bytes:
    """Return an event, with the blank line at its end restored if an editor removed it."""
    event = fields.body(value)
    return event if event.endswith(_BLANK_LINES) else event.rstrip(b"\r\n") + b"\n\n"
