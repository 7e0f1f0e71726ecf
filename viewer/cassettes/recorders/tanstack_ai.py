"""TanStack AI's `ChunkRecording`: https://tanstack.com/ai/latest/docs/reference/interfaces/ChunkRecording, JSON of version 1.0.

A recording is one stream of TanStack AI's own chunks, which are AG-UI events since its version 0.1. Each has its time in
whole milliseconds. Some adapters stamp every chunk with the start of its call; these times are not used. The stamp of the file
is taken before the first chunk or after the last one, depending on who wrote it.
"""

from dataclasses import replace
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sdk_objects import WIRE_LOST, streamed
from viewer.text.json import is_number, mapping
from viewer.text.times import parse_epoch
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Request
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "tanstack-ai",
        "TanStack AI ChunkRecording",
        "https://tanstack.com/ai/latest/docs/reference/interfaces/ChunkRecording",
        "JSON of version 1.0; one stream of TanStack AI's chunks, without its request",
        "each chunk, and the start or end of the stream, to the millisecond",
    ),
)


# A chunk may share its millisecond with the ones before and after it, but hardly ever with more.
_MAX_CHUNKS_PER_STAMP = 3


def recognise(document: Document) -> int:
    """Look for chunks that each have an index and a time."""
    if not (b"chunks" in document.head and b"timestamp" in document.head):
        return 0
    tree = mapping(document.tree)
    if not {"version", "timestamp", "chunks"} <= tree.keys():
        return 0
    pieces = fields.mappings(tree.get("chunks"))
    return 96 if any({"chunk", "timestamp", "index"} <= piece.keys() for piece in pieces) else 0


def read(document: Document) -> Recording:
    """Return the one interaction of a file."""
    tree = document.tree
    pieces = [piece for piece in fields.mappings(tree["chunks"]) if "chunk" in piece]
    if not pieces:
        raise CassetteError(document.name, "the recording has no chunks.", fields.CHECK_RECORDER)
    problems = [WIRE_LOST]
    stamps_s = [_epoch_s(piece.get("timestamp")) for piece in pieces]
    arrivals = _arrivals(stamps_s)
    if arrivals is None:
        what = "The times of the chunks are missing or mostly the same, so they do not tell when each chunk arrived."
        problems.append(Problem("note", what, "Record with an adapter that stamps each chunk.", interaction=0))
    model = {name: tree[name] for name in ("provider", "model") if isinstance(tree.get(name), str)}
    interaction = Interaction(
        Request(body=fields.json_body(model) if model else b""),
        streamed([piece["chunk"] for piece in pieces]),
        _with_stamp(RecordedTimes(arrivals=arrivals), _epoch_s(tree.get("timestamp")), stamps_s),
    )
    version = fields.version(tree.get("version"))
    return Recording("tanstack-ai", [interaction], version, tuple(problems), from_tree=True)


def _epoch_s(value: Any) -> float | None:
    return parse_epoch(value) if is_number(value) else None


def _arrivals(stamps_s: list[float | None]) -> Arrivals | None:
    first_s = stamps_s[0]
    if first_s is None or len(stamps_s) > _MAX_CHUNKS_PER_STAMP * len(set(stamps_s)):
        return None
    since_first_s = [None if stamp_s is None else stamp_s - first_s for stamp_s in stamps_s]
    return fields.arrivals_at(since_first_s, fields.MILLISECOND_S)


def _with_stamp(times: RecordedTimes, stamp_s: float | None, stamps_s: list[float | None]) -> RecordedTimes:
    """Add the stamp of the file as the start or the end, if the stamps of the chunks tell which it is."""
    known_s = [one for one in stamps_s if one is not None]
    if stamp_s is None or not known_s:
        return times
    moment = Moment(stamp_s, fields.MILLISECOND_S)
    if stamp_s >= max(known_s):
        return replace(times, ended=moment)
    return replace(times, started=moment) if stamp_s <= min(known_s) else times
