"""llm-cassette: https://github.com/thbabs/llm-cassette, JSON lines without any times.

After a header line there is a line for each call, in order: to a model through its provider's SDK, or to a tool, which is a
function of the recorded program. A streamed call holds the SDK's objects as `chunks` (OpenAI) or `events` (Anthropic).
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sdk_objects import WIRE_LOST, is_streamed, not_streamed, streamed
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.cassettes.syntax.truncated_json import read_cut_off
from viewer.text.json import mapping, parse
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "llm-cassette",
        "llm-cassette",
        "https://github.com/thbabs/llm-cassette",
        "JSON lines of format version 1; OpenAI and Anthropic, with tool calls",
    ),
)

_STREAMS = ("chunks", "events")


def recognise(document: Document) -> int:
    """Look for the header line, and for a call after it."""
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
    """Return an interaction for each call. No URLs are recorded."""
    problems: list[Problem] = []
    header, *calls = _lines(document.data, problems)
    if not calls:
        raise CassetteError(document.name, "the llm-cassette file has no calls.", fields.CHECK_RECORDER)
    interactions = [_interaction(call, index, problems) for index, call in enumerate(calls)]
    if any(is_streamed(interaction.response) for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording("llm-cassette", interactions, fields.version(header.get("format_version")), tuple(problems))


def _lines(data: bytes, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the object of each line. Of a line that the end of the file cuts off, yield what is there."""
    for line in read_json_lines(data):
        if not line.error:
            yield mapping(line.value)
        elif cut_off := read_cut_off(line.data):
            problems.append(Problem("warning", "This line is cut off.", "Its beginning is shown.", offset=line.offset))
            yield mapping(cut_off[0])
        else:
            problems.append(skipped_line(line))


def _interaction(call: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request: Any
    if call.get("type") == "tool_call":
        request = {name: call[name] for name in ("name", "args") if name in call}
        response = not_streamed(call["result"]) if "result" in call else None
    else:
        # The other key of a request is the name of the SDK's method.
        request = mapping(call.get("request")).get("body", call.get("request"))
        response = _response(call["response"]) if "response" in call else None
    if response is None:
        problems.append(fields.no_response(index))
    return Interaction(Request(body=b"" if request is None else fields.json_body(request)), response or Response())


def _response(value: Any) -> Response:
    for name in _STREAMS:
        objects = mapping(value).get(name)
        if isinstance(objects, list) and len(value) == 1:
            return streamed(objects)
    return not_streamed(value)
