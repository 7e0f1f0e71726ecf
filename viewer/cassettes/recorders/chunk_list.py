"""Lists of chunks by no known recorder: what programs write that keep the pieces of a stream, with or without their times.

docs/recording-by-hand.md describes such a file. Where the chunks' times cannot be arrivals, they are not used.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from viewer.cassettes import Recording
from viewer.cassettes.chunks.arrivals import times_of
from viewer.cassettes.chunks.bodies import EVENT_STREAM, Body
from viewer.cassettes.chunks.found_streams import Found, find_streams, find_streams_and_answers
from viewer.cassettes.chunks.lists import ChunkList, body_of, without_sent
from viewer.cassettes.chunks.times import ChunkTimes
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values, head_values
from viewer.cassettes.loose_events import split_at_done
from viewer.cassettes.nearby_requests import Surroundings, read_surroundings
from viewer.cassettes.wire_form import JSON, JSON_LINES, json_lines
from viewer.text.json import is_number
from viewer.types.formats import About
from viewer.types.http import Arrivals, Headers, Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem
from viewer.wire.sniff import is_event_stream, is_json

ABOUT = (
    About(
        "chunk-list",
        "list of chunks",
        "",
        "texts, base64 or JSON objects in a list under any key, in JSON, YAML, JSON lines or as Python prints them, with the"
        " request around it; see recording-by-hand.md",
        "each chunk, if its time stands beside it",
    ),
)


_UNKNOWN = Problem(
    "note",
    "No known recorder writes such a file. Lists of chunks, and texts with events, are shown as the streams they are.",
    "Compare the result with the file.",
)
_LINE_KEYS = ("request", "response", "chunk")


class _Part(NamedTuple):
    """A response in a body, with the arrivals of its parts."""

    data: bytes
    arrivals: Arrivals | None


def recognise(document: Document) -> int:
    """Look for a list of chunks at the beginning, or for a text of events next to a request."""
    values = head_values(document)
    if values is None:
        return 0
    return max((_sureness(found, values) for found in find_streams(values.tree, is_whole=False)), default=0)


def read(document: Document) -> Recording:
    """Return an interaction for each list, or for each response in it."""
    values = all_values(document)
    found = find_streams_and_answers(values.tree) if values else []
    if values is None or not found:
        raise CassetteError(document.name, "it holds no list of chunks.", "Open a cassette, or any text with events.")
    problems = [*values.problems] if _is_documented(values.tree) else [_UNKNOWN, *values.problems]
    interactions: list[Interaction] = []
    for one in found:
        for interaction in interactions_of(one, len(interactions), problems):
            interactions.append(interaction)  # noqa: PERF402 - the index of a problem depends on the number so far
    return Recording("chunk-list", interactions, problems=tuple(problems), from_tree=values.from_tree)


def _is_documented(tree: Any) -> bool:
    """Tell whether a file is written as docs/recording-by-hand.md shows, so that there is no doubt about what it means."""
    if isinstance(tree, dict):
        chunks = tree.get("chunks")
        return tree.keys() <= {"request", "response", "chunks"} and isinstance(chunks, list) and _are_timed(chunks)
    return isinstance(tree, list) and _are_timed(tree)


def _are_timed(lines: list[Any]) -> bool:
    """Tell whether each line has its time and one thing that happened then."""
    return all(
        isinstance(line, dict)
        and is_number(line.get("t"))
        and sum(key in line for key in _LINE_KEYS) == 1 == len(line) - 1
        for line in lines
    )


def _sureness(found: Found, values: Values) -> int:
    if isinstance(found.body, bytes):
        surroundings = read_surroundings(found.around)
        if values.is_lines:
            return 32
        # The module `text` finds an event stream too, but neither JSON lines nor what is packed.
        is_plain = is_event_stream(found.body) and not found.was_packed
        return 15 if surroundings.request != Request() or not found.around or not is_plain else 0
    if not found.body.is_certain:
        return 0 if values.is_lines else 8
    # Events one a line and nothing else are JSON lines, which the module `ndjson` reads unchanged.
    is_plain = found.body.in_events and not found.around and found.body.form == "objects"
    return 0 if values.is_lines and is_plain else 35 if values.is_lines else 25


def interactions_of(found: Found, index: int, problems: list[Problem]) -> Iterator[Interaction]:
    """Yield the interactions of one list. `index` is that of the first one."""
    chunks = found.body
    if isinstance(chunks, bytes):
        near = read_surroundings(found.around)
        media_type = EVENT_STREAM if is_event_stream(chunks) else JSON if is_json(chunks) else JSON_LINES
        body, times = Body(chunks, (), media_type), None
    else:
        near = read_surroundings([*chunks.heads, *found.around])
        chunks, sent = without_sent(chunks)
        if sent and not near.request.body:
            near = replace(near, request=replace(near.request, body=json_lines(sent)))
        body = body_of(chunks, as_events="event-stream" in near.headers.get("content-type", ""))
        times = _times(chunks, found, near, index, problems)
    parts = _parts(body, _arrivals(body, times))
    # One date cannot be the end of several responses.
    ended_s = times.ended_epoch_s if times and len(parts) == 1 else None
    for part in parts:
        recorded = RecordedTimes(
            headers_s=times.headers_s if times else None,
            arrivals=part.arrivals,
            ended=Moment(ended_s, times.resolution_s) if ended_s and times else None,
        )
        yield Interaction(near.request, Response(near.status, "", _headers(near.headers, body), part.data), recorded)


def _times(
    chunks: ChunkList, found: Found, near: Surroundings, index: int, problems: list[Problem]
) -> ChunkTimes | None:
    """Return when the chunks arrived. Report times that cannot be used."""
    sent = [near.recorded, *(head for head in chunks.heads if read_surroundings([head]).request != Request())]
    answered = [near.answered, *(head for head in chunks.heads if isinstance(head.get("response"), dict))]
    timed = times_of(chunks, found.around, sent, answered)
    if timed.trouble:
        what = f"The times `{timed.name}` are not used as arrivals: {timed.trouble}."
        problems.append(Problem("note", what, "The stream is timed by what else is known.", interaction=index))
    if timed.times and timed.times.doubt:
        problems.append(Problem("note", f"{timed.times.doubt}.", "Check how they were recorded.", interaction=index))
    return timed.times


def _arrivals(body: Body, times: ChunkTimes | None) -> Arrivals | None:
    if times is None:
        return None
    taken = range(len(body.ends)) if body.taken is None else body.taken
    known = [(times.s[chunk], end) for chunk, end in zip(taken, body.ends, strict=True) if chunk < len(times.s)]
    if not known:
        return None
    s, ends = zip(*known, strict=True)
    return Arrivals(tuple(s), tuple(ends), times.since_request, times.resolution_s)


def _parts(body: Body, arrivals: Arrivals | None) -> list[_Part]:
    """Cut a body after each `[DONE]`."""
    if body.media_type != EVENT_STREAM:
        return [_Part(body.data, arrivals)]
    return [_Part(body.data[begin:end], _within(arrivals, begin, end)) for begin, end in split_at_done(body.data)]


def _within(arrivals: Arrivals | None, begin: int, end: int) -> Arrivals | None:
    """Return the arrivals of a part of a body. A chunk that extends over its end belongs to it too."""
    if arrivals is None or arrivals.ends is None:
        return None
    first, last = bisect_right(arrivals.ends, begin), bisect_left(arrivals.ends, end) + 1
    ends = tuple(min(one, end) - begin for one in arrivals.ends[first:last])
    return replace(arrivals, s=arrivals.s[first:last], ends=ends) if ends else None


def _headers(recorded: Headers, body: Body) -> Headers:
    """Return the response's headers with the media type that the body has here."""
    is_same = body.media_type in ("", recorded.get("content-type", "").partition(";")[0].strip().lower())
    if is_same:
        return recorded
    others = [(name, value) for name, value in recorded.items() if name.lower() != "content-type"]
    return Headers([*others, ("Content-Type", body.media_type)])
