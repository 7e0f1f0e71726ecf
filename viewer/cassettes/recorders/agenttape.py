"""agenttape: https://github.com/MITHRAN-BALACHANDER/AgentTape, YAML or JSON.

agenttape does not record streams of the OpenAI client or of httpx. It reads whatever goes through requests to its end and
stores it as text, even a stream. `created_at` has no zone. `latency_ms` is the time from the start of a call to the end of
its response. A text of more than 4096 bytes is in a file of its own, in a folder next to the cassette.
"""

from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.wire_form import JSON
from viewer.text.json import as_text, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "agenttape",
        "agenttape",
        "https://github.com/MITHRAN-BALACHANDER/AgentTape",
        "YAML and JSON of version 1; it stores streams only if they go through requests",
        "length of each call, to the microsecond",
    ),
)

_ASSET = "__agenttape_asset__"


def recognise(document: Document) -> int:
    """Look for the recorder's own version."""
    if b"agenttape_version" not in document.head:
        return 0
    tree = mapping(document.tree)
    return 97 if "agenttape_version" in mapping(tree.get("meta")) else 0


def read(document: Document) -> Recording:
    """Return the interactions in the order of the file."""
    items = document.tree.get("interactions")
    if not isinstance(items, list) or not items:
        reason = (
            "the agenttape cassette has no interactions: agenttape stores streams only if they go through requests."
        )
        raise CassetteError(document.name, reason, "Record the call without stream=True, or with another recorder.")
    problems: list[Problem] = []
    interactions = []
    for index, item in enumerate(items):
        whole, lost = _with_assets(item, document)
        if lost:
            what = f"Files with texts of this interaction are missing, so only the beginning of each is shown: {lost}."
            problems.append(Problem("warning", what, fields.OPEN_WITH_FILES, interaction=index))
        interactions.append(_interaction(mapping(whole), index, problems))
    version = as_text(document.tree.get("version"))
    return Recording("agenttape", interactions, version, tuple(problems), from_tree=True)


def _with_assets(item: Any, document: Document) -> tuple[Any, str]:
    """Return an interaction with the texts that are in files of their own, and the names of missing files."""
    root = [item]
    waiting: list[tuple[Any, Any]] = [(root, 0)]
    lost = []
    while waiting:
        holder, key = waiting.pop()
        value = holder[key]
        if isinstance(value, dict) and _ASSET in value:
            name = as_text(value[_ASSET]).replace("sha256:", "sha256-")
            content = document.beside(f"{PurePath(document.name).stem}.assets/{name}")
            holder[key] = as_text(value.get("preview")) if content is None else content.decode(errors="replace")
            if content is None:
                lost.append(name[:80])
        elif isinstance(value, dict | list):
            holder[key] = copy = value.copy()
            waiting += [(copy, inner) for inner in (copy if isinstance(copy, dict) else range(len(copy)))]
    return root[0], ", ".join(lost[:4])


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    times = RecordedTimes(whole_s=seconds_from_ms(item.get("latency_ms")))
    error = item.get("error")
    if error:
        return Interaction(_request(item), _failed_response(error, index, problems))
    if "response" not in item:
        problems.append(fields.no_response(index))
        return Interaction(_request(item), Response(), times)
    value = item["response"]
    if item.get("kind") != "http":
        return Interaction(
            _request(item), Response(headers=fields.content_type(JSON), body=fields.json_body(value)), times
        )
    response = mapping(value)
    received = Response(
        status=fields.status(as_text(response.get("status_code"))),
        reason=as_text(response.get("reason_phrase", response.get("reason"))),
        headers=Headers(_pairs(response.get("headers"))),
        body=_body(response),
    )
    return Interaction(_request(item), received, times)


def _request(item: dict[str, Any]) -> Request:
    """Return an HTTP request, or the arguments of a recorded function as a body without a URL."""
    request = mapping(item.get("request"))
    if item.get("kind") != "http":
        return Request(body=fields.json_body(item["request"]) if "request" in item else b"")
    return Request(
        method=as_text(request.get("method")),
        url=as_text(request.get("url")),
        headers=Headers(_pairs(request.get("headers"))),
        body=_body(request),
    )


def _failed_response(value: Any, index: int, problems: list[Problem]) -> Response:
    """Return what an exception holds of the response, and report the exception."""
    error = mapping(value)
    response, attributes = mapping(error.get("response")), mapping(error.get("attrs"))
    name = as_text(error.get("type")) or "an error"
    what = f"The call failed with {name[:80]}: {fields.quote(error.get('message', value))}"
    problems.append(
        Problem("error", what, "The parts of the response that the error holds are shown.", interaction=index)
    )
    return Response(
        status=fields.status(as_text(response.get("status_code", attributes.get("status_code")))),
        headers=Headers(_pairs(response.get("headers"))),
        body=fields.json_body(error["body"]) if "body" in error else b"",
    )


def _body(message: dict[str, Any]) -> bytes:
    """Return a body. The exact bytes are stored too if they differ from what the parsed form gives."""
    for name in ("raw_b64", "body_b64"):
        if name in message:
            return fields.base64_body(as_text(message[name]))
    if "json" in message:
        return fields.json_body(message["json"])
    if isinstance(message.get("form"), dict):
        return fields.body(urlencode(_pairs(message["form"])))
    return fields.body(as_text(message.get("text", message.get("content"))))


def _pairs(value: Any) -> list[tuple[str, str]]:
    return [(name, as_text(one)) for name, one in fields.pairs(value)]
