"""The tracks of the deck, whose lanes refer to the rows of the chunk table instead of repeating them."""

from collections.abc import Sequence
from typing import Any

from viewer.display.deck import make_tape
from viewer.display.lanes import choices_of, lanes_of
from viewer.display.packing import packed
from viewer.streams.stream import Stream


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
