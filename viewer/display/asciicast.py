"""Export of a stream as an asciicast, which asciinema and its players play.

Version 2 is what most tools read: https://docs.asciinema.org/manual/asciicast/v2/. Version 3 also tells how the stream ended:
https://docs.asciinema.org/manual/asciicast/v3/.
"""

import json
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from viewer.display.lanes import lanes_of
from viewer.display.terminal import duration_s, timed_outputs
from viewer.streams.stream import Stream
from viewer.text.safe import visible_line
from viewer.text.words import explain_grade
from viewer.types.chunk_table import FINISH

Version = Literal[2, 3]

COLUMNS, ROWS = 80, 24
# Above this, JSON readers lose whole numbers. A recording with such a time is not genuine.
_MAX_TIMESTAMP_S = 2**53


def asciicast(
    stream: Stream,
    choice: int | None = None,
    *,
    version: Version = 2,
    columns: int = COLUMNS,
    rows: int = ROWS,
    markers: Sequence[tuple[float, str]] | None = None,
) -> str:
    """Return an asciicast of one choice of a stream, at its recorded speed.

    Times are rounded to the microsecond, without rounding errors adding up. It ends when the last chunk arrived. In version 3 it
    ends with status 1 if the stream broke off or failed.

    Args:
        stream: what to play.
        choice: which choice; by default the lowest.
        version: of the format.
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
    if version == 3:
        end = max(duration_s(stream), events[-1][0])
        events.append((end, "x", "0" if stream.complete else "1"))
    lines = [json.dumps(_header(stream, version, columns, rows))]
    before_us = 0
    for t, code, data in events:
        # Rounded before the subtraction, so that errors do not add up.
        at_us = round(t * 1e6)
        lines.append(json.dumps([(at_us - before_us) / 1e6, code, data]))
        # Version 2 has the time since the start, version 3 that since the event before.
        before_us = at_us if version == 3 else 0
    return "\n".join(lines) + "\n"


def _header(stream: Stream, version: Version, columns: int, rows: int) -> dict[str, object]:
    size = {"width": columns, "height": rows} if version == 2 else {"term": {"cols": columns, "rows": rows}}
    header: dict[str, object] = {"version": version, **size}
    at_s = stream.recorded_at_s
    if at_s is not None and math.isfinite(at_s) and 0 < at_s < _MAX_TIMESTAMP_S:
        header["timestamp"] = int(at_s)
    name = visible_line(stream.model or stream.protocol)
    header["title"] = f"{name} · times {explain_grade(stream.timing.grade)}"
    return header


def moments(stream: Stream, choice: int | None = None) -> list[tuple[float, str]]:
    """Return the moments worth stepping to, in order: the start of each lane with text, and the finish."""
    t = stream.columns.arrival.t
    kind = stream.columns.kind
    markers = [(float(t[lane.rows[0]]), f"first {lane.label}") for lane in lanes_of(stream, choice) if lane.has_text]
    markers += [(float(t[row]), "finish") for row in np.flatnonzero(kind == FINISH)[-1:]]
    return sorted(markers)
