"""gRPC calls of xAI's SDK, from Pydantic AI's tests: https://github.com/pydantic/pydantic-ai, YAML.

Each message is stored as protobuf and, unless this was turned off, as the JSON that protobuf maps it to. The JSON is what is
read. A call is a `sample` with one response or a `stream` of chunks. No URL is recorded. The URL here is xAI's own, which
the SDK calls by default.
"""

from base64 import b64encode
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON, JSON_LINES, json_lines
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "xai-grpc-yaml",
        "xAI cassette of Pydantic AI",
        "https://github.com/pydantic/pydantic-ai/blob/main/tests/models/xai_proto_cassettes.py",
        "YAML of version 1, with JSON next to the protobuf",
    ),
)

_URL = "grpc://api.x.ai/xai_api.Chat"
_REQUESTS = ("request_stream", "request_sample")
_RECORD_JSON = "The bytes of the protobuf are shown as base64. Record the call with its JSON."


def recognise(document: Document) -> int:
    """Look for a request of a stream or a sample."""
    if b"interactions" not in document.head or not any(name.encode() in document.head for name in _REQUESTS):
        return 0
    return 95 if any(name in item for item in _items(document) for name in _REQUESTS) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each call, in the order of the file."""
    problems: list[Problem] = []
    interactions = [_interaction(item, index, problems) for index, item in enumerate(_items(document))]
    version = mapping(document.tree).get("version")
    return Recording("xai-grpc-yaml", interactions, as_text(version), tuple(problems), from_tree=True)


def _items(document: Document) -> list[dict[str, Any]]:
    return fields.mappings(mapping(document.tree).get("interactions"))


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    call = "stream" if "request_stream" in item else "sample"
    request, response = (mapping(item.get(f"{side}_{call}")) for side in ("request", "response"))
    if not response:
        problems.append(fields.no_response(index))
    media_type = JSON_LINES if call == "stream" else JSON
    return Interaction(
        Request("POST", _URL, body=_message(request, "request", index, problems)),
        Response(
            headers=fields.content_type(media_type) if response else Headers(),
            body=json_lines(_chunks(response, index, problems))
            if call == "stream"
            else _message(response, "response", index, problems),
        ),
    )


def _message(holder: dict[str, Any], side: str, index: int, problems: list[Problem]) -> bytes:
    """Return a single message as JSON."""
    if "json" in holder or "raw" not in holder:
        return fields.body(holder.get("json"))
    problems.append(Problem("note", f"The {side} is recorded only as protobuf.", _RECORD_JSON, interaction=index))
    return _packed(holder["raw"]).encode()


def _chunks(response: dict[str, Any], index: int, problems: list[Problem]) -> list[Any]:
    """Return the chunks of a stream as JSON, or as the base64 of their protobuf if they have no JSON."""
    chunks = [mapping(item).get("chunk", item) for item in items(response.get("chunks_json"))]
    rest = items(response.get("chunks_raw"))[len(chunks) :]
    if rest:
        what = f"Chunks that are recorded only as protobuf: {len(rest):,}."
        problems.append(Problem("warning", what, _RECORD_JSON, interaction=index))
    return [*chunks, *map(_packed, rest)]


def _packed(raw: Any) -> str:
    return b64encode(fields.body(raw)).decode()
