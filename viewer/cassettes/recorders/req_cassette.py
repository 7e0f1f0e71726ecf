"""ReqCassette, for Elixir's Req: https://github.com/lostbean/req_cassette, JSON of versions 1.0 and 2.0.

The type of a body names the key that holds it: `body` is text, `body_json` is parsed, `body_blob` is base64. `recorded_at` is
the end of the response, to the microsecond. A cassette made with a template has placeholders in place of some values.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "req_cassette",
        "ReqCassette",
        "https://github.com/lostbean/req_cassette",
        "JSON of versions 1.0 and 2.0",
        "end of the response, to the microsecond",
    ),
)


def recognise(document: Document) -> int:
    """Look for a body with a type, in the key that belongs to the type."""
    if not (b"interactions" in document.head and b"body_type" in document.head):
        return 0
    interactions = fields.mappings(mapping(document.tree).get("interactions"))
    # cassetter has types too, but keeps the content in `body_content` or in a mapping.
    return 97 if any(map(_is_interaction, interactions)) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    tree = document.tree
    problems: list[Problem] = []
    interactions = [
        _interaction(item, index, problems) for index, item in enumerate(fields.mappings(tree["interactions"]))
    ]
    return Recording("req_cassette", interactions, fields.version(tree.get("version")), tuple(problems), from_tree=True)


def _is_interaction(item: dict[str, Any]) -> bool:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    return ("query_string" in request and "body_type" in request) or _is_message(request) or _is_message(response)


def _is_message(message: dict[str, Any]) -> bool:
    has_body = "body_json" in message or "body_blob" in message or isinstance(message.get("body"), str)
    return "body_type" in message and "body_content" not in message and has_body


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    if mapping(item.get("template")).get("enabled"):
        what = "Placeholders such as {{name.0}} stand in place of some values of this interaction."
        problems.append(Problem("note", what, "Record without a template to keep the values.", interaction=index))
    query = as_text(request.get("query_string"))
    return Interaction(
        Request(
            method=as_text(request.get("method")),
            url=as_text(request.get("uri")) + (f"?{query}" if query else ""),
            headers=fields.headers(request.get("headers")),
            body=_body(request),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response),
        ),
        RecordedTimes(ended=fields.moment(item.get("recorded_at"), fields.MICROSECOND_S)),
    )


def _body(message: dict[str, Any]) -> bytes:
    if "body_json" in message:
        return fields.json_body(message["body_json"])
    return fields.base64_body(message["body_blob"]) if "body_blob" in message else fields.body(message.get("body"))
