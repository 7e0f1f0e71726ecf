"""Gemini CLI's `--record-responses`: https://github.com/google-gemini/gemini-cli/pull/11894, JSON lines.

Each line is one call of the Gen AI SDK: its method and what it returned, a list of chunks for a stream. The recorder keeps
only candidates and token counts. The request, the model and all times are lost.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sdk_objects import WIRE_LOST, is_streamed, not_streamed, streamed
from viewer.cassettes.syntax.json_lines import read_json_lines, skipped_line
from viewer.text.json import mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "gemini-cli",
        "Gemini CLI `--record-responses`",
        "https://github.com/google-gemini/gemini-cli/pull/11894",
        "JSON lines; streams, answers, token counts and embeddings, without requests",
    ),
)

_STREAM = "generateContentStream"
_METHODS = frozenset({_STREAM, "generateContent", "countTokens", "embedContent"})


class _Call(NamedTuple):
    method: str
    response: Any


def recognise(document: Document) -> int:
    """Look for a line with a method of the SDK and its response, and with nothing else."""
    if not (b'"method"' in document.head and b'"response"' in document.head):
        return 0
    # Only the lines that can be calls: indented JSON has a hundred thousand lines, each of which fails to parse.
    lines = b"\n".join(line for line in document.data.split(b"\n") if b'"method"' in line and b'"response"' in line)
    return 96 if next(_calls(lines, []), None) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each call, in the order of the file."""
    problems: list[Problem] = []
    interactions = [
        Interaction(Request(), _response(call, index, problems))
        for index, call in enumerate(_calls(document.data, problems))
    ]
    if any(is_streamed(interaction.response) for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording("gemini-cli", interactions, problems=tuple(problems))


def _calls(data: bytes, problems: list[Problem]) -> Iterator[_Call]:
    for line in read_json_lines(data):
        if line.error:
            problems.append(skipped_line(line, again="Record the session again."))
            continue
        call = mapping(line.value)
        method = call.get("method")
        if isinstance(method, str) and method in _METHODS and call.keys() == {"method", "response"}:
            yield _Call(method, call["response"])
        else:
            what = "This line is not a call of the Gen AI SDK."
            problems.append(Problem("warning", what, "It is skipped.", offset=line.offset))


def _response(call: _Call, index: int, problems: list[Problem]) -> Response:
    if isinstance(call.response, list) and call.method == _STREAM:
        return streamed(call.response)
    if call.response is None or (call.method == _STREAM and not isinstance(call.response, dict)):
        problems.append(fields.no_response(index))
    return not_streamed(call.response)
