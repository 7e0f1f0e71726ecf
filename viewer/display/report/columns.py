"""The chunk table in a compact form, and the tracks of the deck, whose lanes refer to its rows instead of repeating them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viewer.display.deck import make_tape
from viewer.display.lanes import choices_of, lanes_of
from viewer.display.packing import packed
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.types.chunk_table import Floats

_MICRO = 1e6
_MILLI = 1e3


def packed_table(stream: Stream) -> dict[str, Any]:
    """Return the chunks of a stream: times and stamps in microseconds, tokens in thousandths, unknown values as None."""
    chunks = stream.chunks
    columns = {
        **{name: chunks[name].tolist() for name in ("event", "choice", "offset", "size")},
        **{name: chunks[name].cat.codes.tolist() for name in ("kind", "grade")},
        **{name: _whole(chunks[name].to_numpy(), _MICRO) for name in ("t", "t_low", "t_high", "stamp")},
        "tokens": _whole(chunks["tokens"].to_numpy(), _MILLI),
        "tool": [None if tool < 0 else tool for tool in chunks["tool"].fillna(-1).tolist()],
    }
    texts = [well_formed(text) for text in chunks["text"].tolist()]
    return {
        "count": len(chunks),
        "columns": {"text": texts, **{name: packed(values) for name, values in columns.items()}},
    }


def packed_tracks(streams: Sequence[Stream]) -> list[dict[str, Any]]:
    """Return a track for each stream in order, so that the number in a link is that of the stream, then one for each further choice."""
    first = [(place, choice) for place, stream in enumerate(streams) for choice in choices_of(stream)[:1] or [0]]
    further = [(place, choice) for place, stream in enumerate(streams) for choice in choices_of(stream)[1:]]
    return [_track(streams[place], place, choice) for place, choice in first + further]


def _track(stream: Stream, place: int, choice: int) -> dict[str, Any]:
    [track] = make_tape([stream], choice)["streams"]
    if len(choices_of(stream)) > 1:
        track["name"] = f"{track['name']}, choice {choice}"
    lanes = [
        {**_without_rows(lane), "rows": packed(rows.rows.tolist()), "hasText": rows.has_text}
        for lane, rows in zip(track["lanes"], lanes_of(stream, choice), strict=True)
    ]
    return {**track, "stream": place, "lanes": lanes}


def _without_rows(lane: dict[str, Any]) -> dict[str, Any]:
    return {name: lane[name] for name in ("kind", "label", "bounds")}


def _whole(values: Floats, scale: float) -> list[int | None]:
    known = np.isfinite(values)
    whole = np.rint(np.where(known, values, 0.0) * scale).astype(np.int64)
    return [value if is_known else None for value, is_known in zip(whole.tolist(), known.tolist(), strict=True)]
