"""Mastra's llm-recorder: https://github.com/mastra-ai/mastra/tree/main/packages/_llm-recorder, JSON.

A stream is a list of texts, cut where the network cut it. Each has its time in whole milliseconds since the one before; the
first counts from the response headers. A recorded file is an object with `recordings`; early versions wrote the array alone.
`request.timestamp` is the time of the request, but the first versions took it when the response had ended. Both wrote arrays,
so the timestamps of an array are not used. A body that is not text is in a file of its own next to the cassette.
"""

from itertools import accumulate
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, is_whole_number, items, mapping
from viewer.text.times import parse_epoch, seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "mastra-llm-recorder",
        "Mastra llm-recorder",
        "https://github.com/mastra-ai/mastra/tree/main/packages/_llm-recorder",
        "JSON, with or without `meta`; binary bodies in files next to it",
        "each network chunk since the response headers and the request, to the millisecond",
    ),
)

_SIGNS = (b"recordings", b"isStreaming", b"chunkTimings", b"hash")


def recognise(document: Document) -> int:
    """Look for recordings whose request has a time, and which have a hash or say whether they were streamed."""
    if not any(sign in document.head for sign in _SIGNS):
        return 0
    recordings = _recordings(document)
    if any(map(_is_recording, recordings)):
        return 96
    return 60 if _is_empty(document.tree) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each recording, in the order of the file."""
    recordings = _recordings(document)
    if not recordings:
        raise CassetteError(document.name, "the file has no recordings.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(item, index, document, problems) for index, item in enumerate(recordings)]
    return Recording("mastra-llm-recorder", interactions, problems=tuple(problems), from_tree=True)


def _recordings(document: Document) -> list[dict[str, Any]]:
    tree = document.tree
    return fields.mappings(tree.get("recordings") if isinstance(tree, dict) else tree)


def _is_recording(item: dict[str, Any]) -> bool:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    has_sign = "hash" in item or "isStreaming" in response or "chunkTimings" in response
    return has_sign and {"url", "timestamp"} <= request.keys()


def _is_empty(tree: Any) -> bool:
    return mapping(tree).get("recordings") == [] and "createdAt" in mapping(tree.get("meta"))


def _interaction(item: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> Interaction:
    request, response = mapping(item.get("request")), mapping(item.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    recorded = response.get("chunks")
    chunks = [fields.body(chunk) for chunk in (recorded if isinstance(recorded, list) else [recorded])]
    return Interaction(
        Request(
            method=as_text(request.get("method")),
            url=as_text(request.get("url")),
            body=_body(request, "request", index, document, problems),
        ),
        Response(
            status=fields.status(response.get("status")),
            reason=as_text(response.get("statusText")),
            headers=fields.headers(response.get("headers")),
            body=b"".join(chunks) or _body(response, "response", index, document, problems),
        ),
        RecordedTimes(
            arrivals=_arrivals(response, chunks, index, problems),
            started=_moment(request.get("timestamp")) if isinstance(document.tree, dict) else None,
        ),
    )


def _arrivals(response: dict[str, Any], chunks: list[bytes], index: int, problems: list[Problem]) -> Arrivals | None:
    """Return when each chunk arrived since the headers, from the milliseconds between them."""
    timings = items(response.get("chunkTimings"))
    gaps_s = [gap_s for timing in timings if (gap_s := seconds_from_ms(timing)) is not None]
    if not timings:
        return None
    if len(gaps_s) != len(chunks) or len(timings) != len(chunks):
        what = f"The times of the chunks are not usable: {len(gaps_s):,} valid times for {len(chunks):,} chunks."
        problems.append(Problem("warning", what, "Record the call again to measure them.", interaction=index))
        return None
    return Arrivals(
        tuple(accumulate(gaps_s)), ends=tuple(accumulate(map(len, chunks))), resolution_s=fields.MILLISECOND_S
    )


def _moment(value: Any) -> Moment | None:
    epoch_s = parse_epoch(value) if is_whole_number(value) else None
    return None if epoch_s is None else Moment(epoch_s, fields.MILLISECOND_S)


def _body(message: dict[str, Any], side: str, index: int, document: Document, problems: list[Problem]) -> bytes:
    """Return a body from the file, or from a file next to it."""
    artifact = mapping(message.get("binaryArtifact"))
    if "path" not in artifact:
        return fields.body(message.get("body"))
    path = as_text(artifact["path"])
    content = document.beside(path)
    if content is None:
        problems.append(fields.missing_body_file(path, index, side))
    return content or b""
