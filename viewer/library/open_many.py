"""One table of all streams in many recordings, for notebooks and scripts.

One row for each stream, each answer that was not streamed, and each error of the server:

| column | dtype, unit | meaning |
|---|---|---|
| file | string | its place in the folder or archive, or the name of the file |
| interaction | int32 | index into `cassette.interactions` |
| recorder | string | `cassette.format` |
| protocol, provider, model | string | missing if not known |
| streamed | bool | False for an answer that arrived at once, and for an error |
| status | Int32 | of the HTTP response |
| recorded_at | datetime64[ms, UTC] | missing if the recording does not say |
| finish_reason, error | string | as the provider wrote them; missing if there is none |
| complete | boolean | whether the stream reached its end |
| chunks | Int32 | missing if nothing was streamed |
| tool_calls | int32 | |
| input_tokens, output_tokens | Int64 | input includes cache, output includes reasoning |
| reasoning_tokens, hidden_tokens | Int64 | part of the output; hidden tokens are the reasoning that the stream does not show |
| cache_read_tokens, cache_write_tokens | Int64 | part of the input |
| cost_usd | float64, US dollars | missing if it is not known |
| cost_is_estimate | boolean | whether it is calculated from prices, not reported by the provider |
| grade | category | how the arrival times of the chunks are known; missing if nothing was streamed |
| problems | int32 | how many problems the interaction and the whole file have |
| *metric* | float64, s or tokens/s or chunks/s | the best value; missing if the recording does not support one |
| *metric*`_low`, *metric*`_high` | float64, the same unit | hard bounds; missing if there is none |
| *metric*`_grade` | category | how the times behind it are known: measured, stamped, bounded or span, never paced |

The metrics are those of `stream.metrics` under the same names: `ttft`, `stream_time`, `tokens_per_second` and so on. A rate has
"per_second" in its name; all others are in seconds.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from viewer.files.entries import Member, Refused, system_reason
from viewer.files.folders import members
from viewer.library.library import open_content, tasks_of, without_skipped
from viewer.library.stream_rows import COLUMNS as LIBRARY_COLUMNS
from viewer.library.stream_rows import Row, rows_of, to_dataframe
from viewer.library.workers import Task, in_order
from viewer.streams.cassette import Cassette
from viewer.streams.chunk_frame import GRADE_DTYPE
from viewer.streams.stream import Stream
from viewer.text.words import LABELS
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError

# The column of the library that each of these columns is, in order. The others have the same name in both.
_FROM_LIBRARY = {"file": "name", "recorder": "format"}
_ROW_COLUMNS = (
    "file",
    "interaction",
    "recorder",
    "protocol",
    "provider",
    "model",
    "streamed",
    "status",
    "recorded_at",
    "finish_reason",
    "error",
    "complete",
    "chunks",
    "tool_calls",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "hidden_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cost_usd",
    "cost_is_estimate",
    "grade",
    "problems",
)
COLUMNS: dict[str, Any] = {
    column: "bool" if column == "streamed" else LIBRARY_COLUMNS[_FROM_LIBRARY.get(column, column)]
    for column in _ROW_COLUMNS
} | {
    f"{metric}{part}": GRADE_DTYPE if part == "_grade" else "float64"
    for metric in LABELS
    for part in ("", "_low", "_high", "_grade")
}


def open_many(
    *sources: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS, think_tags: bool = False, processes: int = 1
) -> pd.DataFrame:
    """Open all recordings in folders, archives and files, and return one row for each stream and answer.

    The module's docstring lists the columns. `frame.attrs["problems"]` lists the files that cannot be read or hold no answer of a
    model, each with `file`, `reason` and `advice`. `frame.attrs["skipped"]` counts the files that are obviously not recordings, by
    reason. Like `stream.chunks`, the table is as recorded: secrets in an error message are still there.

        viewer.open_many("cassettes/").groupby("model").ttft.median()

    Args:
        sources: paths of folders, zip and tar archives, and single files.
        limits: upper limits on what is read of each recording.
        think_tags: whether thinking in tags, such as `<think>`, counts as reasoning; see `viewer.load`.
        processes: how many processes read. More than one pays from some hundred files. In a script it needs
            `if __name__ == "__main__":`, because each process imports the script again.

    Raises:
        CassetteError: a source does not exist.
    """
    for source in sources:
        _refuse_missing(source)
    skipped: Counter[str] = Counter()
    found = without_skipped(members(*sources), skipped)
    read = partial(_read_task, limits=limits, think_tags=think_tags)
    rows: list[Row] = []
    problems: list[dict[str, str]] = []
    for files in in_order(read, tasks_of(found), processes):
        for file in files:
            rows += file.rows
            if file.refused is not None:
                problems.append(
                    {"file": file.refused.name, "reason": file.refused.reason, "advice": file.refused.advice}
                )
    frame = to_dataframe(rows, COLUMNS)
    # Plain lists and strings, because pandas compares and copies them, and writes them to Parquet as JSON.
    frame.attrs |= {"problems": problems, "skipped": dict(skipped)}
    return frame


@dataclass(frozen=True, slots=True)
class _File:
    rows: Sequence[Row] = ()
    refused: Refused | None = None


def _refuse_missing(source: str | os.PathLike[str]) -> None:
    if not os.fspath(source):
        # Such as a variable that is not set. Python would take it for the current folder.
        raise CassetteError("an empty name", "names no file.")
    try:
        Path(source).stat()
    except (OSError, ValueError) as error:
        raise CassetteError(str(source), f"cannot be read: {system_reason(error)}.") from error


def _read_task(task: Task, *, limits: Limits, think_tags: bool) -> list[_File]:
    return [_read(one, limits, think_tags=think_tags) for one in task.found]


def _read(found: Member | Refused, limits: Limits, *, think_tags: bool) -> _File:
    if isinstance(found, Refused):
        return _File(refused=found)
    try:
        content = found.read()
    except CassetteError as error:
        return _File(refused=Refused(found.name, error.reason, error.advice))
    opened = open_content(content, found.name, limits, think_tags=think_tags)
    return _File(_with_metrics(opened.rows, opened.cassette.streams) if opened.cassette else (), opened.refused)


def answer_rows(cassette: Cassette, name: str) -> list[Row]:
    """Return the rows that one recording adds to the table. `name` is its value of the column `file`."""
    return _with_metrics(rows_of(cassette, name, "", 0).streams, cassette.streams)


def _with_metrics(rows: Iterable[Row], streams: Iterable[Stream]) -> list[Row]:
    by_interaction = {stream.interaction: stream for stream in streams}
    return [_row(row, by_interaction.get(row["interaction"])) for row in rows]


def _row(row: Row, stream: Stream | None) -> Row:
    metrics = _metrics(stream) if stream else {}
    values = {column: row.get(_FROM_LIBRARY.get(column, column)) for column in _ROW_COLUMNS}
    return {**values, "streamed": stream is not None, **metrics}


def _metrics(stream: Stream) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for name, measure in stream.metrics.items():
        values[name] = measure.value
        values |= {f"{name}_low": measure.low, f"{name}_high": measure.high, f"{name}_grade": measure.grade}
    return values
