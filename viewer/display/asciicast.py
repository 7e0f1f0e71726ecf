"""A stream as an asciicast, which any asciinema player plays: https://docs.asciinema.org/manual/asciicast/v3/."""

import json
import math
from collections.abc import Sequence

import numpy as np

from viewer.display.lanes import lanes_of
from viewer.display.terminal import duration_s, timed_outputs
from viewer.streams.stream import Stream
from viewer.text.safe import visible_line
from viewer.text.words import MEANINGS
from viewer.types.chunk_table import FINISH

COLUMNS, ROWS = 80, 24
# JSON holds whole numbers up to here exactly; what is stamped later was made up.
_HIGHEST_TIMESTAMP_S = 2**53


def asciicast(
    stream: Stream,
    choice: int | None = None,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS,
    markers: Sequence[tuple[float, str]] | None = None,
) -> str:
    """Return an asciicast v3 of one choice of a stream, at its recorded speed.

    Its times add up to those of the stream, rounded to the microsecond. It ends when the last chunk came, with status 1
    where the stream broke off or failed.

    Args:
        stream: what to play.
        choice: which choice; the lowest where none is named.
        columns: the terminal's width, in which lines are broken between words.
        rows: the terminal's height.
        markers: moments to step to, in seconds since the stream's origin, and their names; those of the deck where none are given.
    """
    written = [
        (frame.t, "o", frame.text.replace("\n", "\r\n")) for frame in timed_outputs(stream, choice, columns=columns)
    ]
    marked = [
        (max(0.0, t), "m", visible_line(label))
        for t, label in (moments(stream, choice) if markers is None else markers)
    ]
    # The sort is stable: a marker stands before what is written at its moment, so that stepping to it shows it come.
    events = sorted([*marked, *written], key=lambda event: event[0])
    end = max(duration_s(stream), events[-1][0] if events else 0.0)
    events.append((end, "x", "0" if stream.complete else "1"))
    lines = [json.dumps(_header(stream, columns, rows))]
    before_us = 0
    for t, code, data in events:
        # Rounded before they are subtracted: no error adds up.
        at_us = round(t * 1e6)
        lines.append(json.dumps([(at_us - before_us) / 1e6, code, data]))
        before_us = at_us
    return "\n".join(lines) + "\n"


def _header(stream: Stream, columns: int, rows: int) -> dict[str, object]:
    grade = stream.timing.grade
    name = visible_line(stream.model or stream.protocol)
    header: dict[str, object] = {"version": 3, "term": {"cols": columns, "rows": rows}}
    at_s = stream.recorded_at_s
    if at_s is not None and math.isfinite(at_s) and 0 < at_s < _HIGHEST_TIMESTAMP_S:
        header["timestamp"] = int(at_s)
    header["title"] = f"{name} · times {grade}: {MEANINGS[grade]}"
    return header


def moments(stream: Stream, choice: int | None = None) -> list[tuple[float, str]]:
    """Return the moments worth stepping to, in order: where each lane with text begins, and the finish."""
    t = stream.chunks["t"].to_numpy()
    kind = stream.chunks["kind"].cat.codes.to_numpy()
    found = [(float(t[lane.rows[0]]), f"first {lane.label}") for lane in lanes_of(stream, choice) if lane.has_text]
    found += [(float(t[row]), "finish") for row in np.flatnonzero(kind == FINISH)[-1:]]
    return sorted(found)
