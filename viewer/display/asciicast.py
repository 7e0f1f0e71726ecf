"""Export of a stream as an asciicast, which asciinema players play: https://docs.asciinema.org/manual/asciicast/v3/."""

import json
import math
from collections.abc import Sequence

import numpy as np

from viewer.display.lanes import lanes_of
from viewer.display.terminal import duration_s, timed_outputs
from viewer.streams.stream import Stream
from viewer.text.safe import visible_line
from viewer.text.words import explain_grade
from viewer.types.chunk_table import FINISH

COLUMNS, ROWS = 80, 24
# Above this, JSON readers lose whole numbers. A recording with such a time is not genuine.
_MAX_TIMESTAMP_S = 2**53


def asciicast(
    stream: Stream,
    choice: int | None = None,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS,
    markers: Sequence[tuple[float, str]] | None = None,
) -> str:
    """Return an asciicast v3 of one choice of a stream, at its recorded speed.

    Times are rounded to the microsecond, without rounding errors adding up. It ends when the last chunk arrived, with status 1 if
    the stream broke off or failed.

    Args:
        stream: what to play.
        choice: which choice; by default the lowest.
        columns: the terminal's width, at which lines are broken between words.
        rows: the terminal's height.
        markers: moments to step to, in seconds since the stream's origin, with their names; by default the lanes and the finish.
    """
    outputs = [
        (output.t, "o", output.text.replace("\n", "\r\n")) for output in timed_outputs(stream, choice, columns=columns)
    ]
    marked = [
        (max(0.0, t), "m", visible_line(label))
        for t, label in (moments(stream, choice) if markers is None else markers)
    ]
    # The sort is stable. A marker comes before the output of its moment, so that stepping to it shows the output arrive.
    events = sorted([*marked, *outputs], key=lambda event: event[0])
    end = max(duration_s(stream), events[-1][0] if events else 0.0)
    events.append((end, "x", "0" if stream.complete else "1"))
    lines = [json.dumps(_header(stream, columns, rows))]
    before_us = 0
    for t, code, data in events:
        # Rounded before the subtraction, so that errors do not add up.
        at_us = round(t * 1e6)
        lines.append(json.dumps([(at_us - before_us) / 1e6, code, data]))
        before_us = at_us
    return "\n".join(lines) + "\n"


def _header(stream: Stream, columns: int, rows: int) -> dict[str, object]:
    grade = stream.timing.grade
    name = visible_line(stream.model or stream.protocol)
    header: dict[str, object] = {"version": 3, "term": {"cols": columns, "rows": rows}}
    at_s = stream.recorded_at_s
    if at_s is not None and math.isfinite(at_s) and 0 < at_s < _MAX_TIMESTAMP_S:
        header["timestamp"] = int(at_s)
    header["title"] = f"{name} · times {explain_grade(grade)}"
    return header


def moments(stream: Stream, choice: int | None = None) -> list[tuple[float, str]]:
    """Return the moments worth stepping to, in order: the start of each lane with text, and the finish."""
    t = stream.columns.arrival.t
    kind = stream.columns.kind
    markers = [(float(t[lane.rows[0]]), f"first {lane.label}") for lane in lanes_of(stream, choice) if lane.has_text]
    markers += [(float(t[row]), "finish") for row in np.flatnonzero(kind == FINISH)[-1:]]
    return sorted(markers)
