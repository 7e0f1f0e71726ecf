"""Calls of xAI's SDK by gRPC as Pydantic AI's tests record them: https://github.com/pydantic/pydantic-ai, YAML.

Each message stands as protobuf, and beside it, unless the recorder was told not to, as the JSON that protobuf maps it to;
the JSON is what is read. A call is a `sample`, answered whole, or a `stream`, answered in chunks. No address is recorded:
the one here is xAI's own, which that SDK calls unless it is told another.
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
        "YAML of version 1, the JSON beside the protobuf",
    ),
)

_URL = "grpc://api.x.ai/xai_api.Chat"
_REQUESTS = ("request_stream", "request_sample")
_PROTOBUF = "The bytes of the protobuf are shown as base64; record it with its JSON."


def recognise(document: Document) -> int:
    """Look for a request to stream or to sample."""
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
    """Return a message that came whole, as JSON."""
    if "json" in holder or "raw" not in holder:
        return fields.body(holder.get("json"))
    problems.append(Problem("note", f"The {side} stands here as protobuf alone.", _PROTOBUF, interaction=index))
    return _packed(holder["raw"]).encode()


def _chunks(response: dict[str, Any], index: int, problems: list[Problem]) -> list[Any]:
    """Return the chunks of a stream; in place of those that are not there as JSON the base64 of their protobuf."""
    chunks = [mapping(item).get("chunk", item) for item in items(response.get("chunks_json"))]
    rest = items(response.get("chunks_raw"))[len(chunks) :]
    if rest:
        what = f"Chunks that stand here as protobuf alone: {len(rest)}."
        problems.append(Problem("warning", what, _PROTOBUF, interaction=index))
    return [*chunks, *map(_packed, rest)]


def _packed(raw: Any) -> str:
    return b64encode(fields.body(raw)).decode()
