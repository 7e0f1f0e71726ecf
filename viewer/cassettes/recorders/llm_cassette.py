"""llm-cassette: https://github.com/thbabs/llm-cassette, JSON lines; it keeps no time at all.

After a line about the file there is a line for each call, in order: of a model by its provider's SDK, or of a tool, which is
a function of the recorded program. A streamed call holds the SDK's objects as `chunks` (OpenAI) or `events` (Anthropic).
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.syntax.json_lines import read_json_lines
from viewer.cassettes.syntax.truncated_json import read_cut_off
from viewer.cassettes.wire_form import JSON, JSON_LINES, json_lines
from viewer.text.json import mapping, parse
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "llm-cassette",
        "llm-cassette",
        "https://github.com/thbabs/llm-cassette",
        "JSON lines of format version 1, OpenAI and Anthropic, tool calls",
    ),
)

WIRE_LOST = Problem(
    "note",
    "The recorder kept the objects of the provider's SDK and not what came over the wire; each is shown as a line of JSON.",
    "The bytes, comments, pings and the closing [DONE] are lost, and fields that were not sent may stand as null.",
)

_STREAMS = ("chunks", "events")


def recognise(document: Document) -> int:
    """Look for the line about the file, and for a call after it."""
    if b'"format_version"' not in document.head:
        return 0
    begin, _, rest = document.head.lstrip().partition(b"\n")
    try:
        header = mapping(parse(begin))
    except ValueError:
        return 0
    if header.get("type") != "header" or "format_version" not in header:
        return 0
    return 95 if b'"llm_call"' in rest or b'"tool_call"' in rest else 60 if not rest.strip() else 0


def read(document: Document) -> Recording:
    """Return an interaction for each call; the URL of none is known."""
    problems: list[Problem] = []
    header, *calls = _lines(document.data, problems)
    if not calls:
        raise CassetteError(document.name, "an llm-cassette file without calls.", "Was anything recorded?")
    interactions = [_interaction(call, index, problems) for index, call in enumerate(calls)]
    if any(interaction.response.content_type == JSON_LINES for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording("llm-cassette", interactions, version(header.get("format_version")), tuple(problems))


def version(value: Any) -> str:
    """Return a version as text; "" for what is none."""
    return str(value) if isinstance(value, int | str) else ""


def streamed(objects: list[Any]) -> Response:
    """Return the response that an SDK handed out as these objects."""
    return Response(headers=fields.content_type(JSON_LINES), body=json_lines(objects))


def plain(value: Any) -> Response:
    """Return the response that an SDK handed out as one value."""
    return Response(headers=fields.content_type(JSON), body=fields.json_body(value))


def _lines(data: bytes, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the object of each line. Of a line that the end of the file cuts off, yield what is there."""
    for line in read_json_lines(data):
        if not line.error:
            yield mapping(line.value)
        elif cut_off := read_cut_off(line.data):
            problems.append(Problem("warning", "This line is cut off.", "Its beginning is shown.", offset=line.offset))
            yield mapping(cut_off[0])
        else:
            what = f"This line is not JSON ({line.error})."
            problems.append(Problem("warning", what, "It is skipped. Record the call again.", offset=line.offset))


def _interaction(call: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    asked: Any
    if call.get("type") == "tool_call":
        asked = {name: call[name] for name in ("name", "args") if name in call}
        response = plain(call["result"]) if "result" in call else None
    else:
        held = mapping(call.get("request"))
        # What is beside the body is the name of the SDK's method.
        asked = held.get("body", call.get("request"))
        response = _response(call["response"]) if "response" in call else None
    if response is None:
        problems.append(fields.no_response(index))
    return Interaction(Request(body=b"" if asked is None else fields.json_body(asked)), response or Response())


def _response(value: Any) -> Response:
    for name in _STREAMS:
        objects = mapping(value).get(name)
        if isinstance(objects, list) and len(value) == 1:
            return streamed(objects)
    return plain(value)
