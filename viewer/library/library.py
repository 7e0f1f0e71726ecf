"""Many recordings at once: a table of all their streams, one of what cannot be read, and one of their texts to search.

found = list(viewer.members.members("recordings/", "more.zip"))
for batch in viewer.library.rows(found):
    print(batch.done, "of", batch.total, batch.current)

library = viewer.library.gathered(viewer.library.rows(found))
library.streams        # a row for each stream, answer and error; columns in `viewer.library.stream_rows`
library.unreadable     # name, reason, advice
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import pandas as pd

from viewer.files.entries import Content, Found, Member, Refused, Skipped
from viewer.library.stream_rows import COLUMNS, TEXT_COLUMNS, Row, frame, rows_of
from viewer.library.workers import Task, in_order
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError

UNREADABLE_COLUMNS: dict[str, Any] = {"name": "string", "reason": "string", "advice": "string"}
_MEMBERS_OF_A_TASK = 8
_REPORT = "The file is not shown; please report it with what recorded it."


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Hold what has been read since the batch before, and how far that is."""

    done: int
    """How many of what was found are done, what was passed over included."""
    total: int | None
    """How many were found; None where they are still being looked for."""
    current: str
    """The last that was read."""
    streams: pd.DataFrame = field(repr=False)
    """Columns in `viewer.library.stream_rows`."""
    texts: pd.DataFrame = field(repr=False)
    """A row for each row of `streams`, for `viewer.library.search`."""
    unreadable: pd.DataFrame = field(repr=False)
    """Columns name, reason and advice, all string."""
    passed_over: Mapping[str, int] = field(repr=False)
    """How many files were no recordings, by the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Hold the tables of many recordings, as `Batch` does of some."""

    streams: pd.DataFrame = field(repr=False)
    texts: pd.DataFrame = field(repr=False)
    unreadable: pd.DataFrame = field(repr=False)
    passed_over: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """Hold a recording that was opened, or why it was not."""

    sha256: str
    cassette: Cassette | None = None
    rows: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    refused: Refused | None = None
    """Why it was not opened, or has no row."""


def rows(
    found: Iterable[Found], *, processes: int = 1, members_of_a_batch: int = 48, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Batch]:
    """Read recordings and yield their rows batch by batch, in order; one that cannot be read hides no other.

    Args:
        found: of `viewer.files.folders.members`; as a list, so that `total` is known.
        processes: how many to read in; what more than one demands of the program is said in `viewer.library.workers.in_order`.
        members_of_a_batch: how many recordings a batch holds, but for the last.
        limits: how much of each recording is read.
    """
    total = len(found) if isinstance(found, Sized) else None
    passed: Counter[str] = Counter()
    results = in_order(partial(read_task, limits=limits), _tasks(found, passed), processes)
    done = 0
    while True:
        files = [file for part in islice(results, max(1, members_of_a_batch // _MEMBERS_OF_A_TASK)) for file in part]
        if not files and not passed:
            return
        over, passed_now = Counter(passed), sum(passed.values())
        passed.clear()
        done += len(files) + passed_now
        yield Batch(
            done=done,
            total=total,
            current=files[-1].name if files else "",
            streams=frame((row for file in files for row in file.rows), COLUMNS),
            texts=frame((row for file in files for row in file.texts), TEXT_COLUMNS),
            unreadable=unreadable_frame(file.refused for file in files if file.refused),
            passed_over=over,
        )


def _tasks(found: Iterable[Found], passed: Counter[str]) -> Iterator[Task]:
    gathered: list[Member | Refused] = []
    for one in found:
        if isinstance(one, Skipped):
            passed[one.reason] += 1
            continue
        gathered.append(one)
        if len(gathered) == _MEMBERS_OF_A_TASK:
            yield Task(tuple(gathered))
            gathered = []
    if gathered:
        yield Task(tuple(gathered))


def gathered(batches: Iterable[Batch]) -> Library:
    """Return the rows of all batches as one library."""
    every = list(batches)
    passed: Counter[str] = Counter()
    for batch in every:
        passed.update(batch.passed_over)
    return Library(
        streams=_joined([batch.streams for batch in every], COLUMNS),
        texts=_joined([batch.texts for batch in every], TEXT_COLUMNS),
        unreadable=_joined([batch.unreadable for batch in every], UNREADABLE_COLUMNS),
        passed_over=dict(passed),
    )


def _joined(frames: list[pd.DataFrame], columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else frame([], columns)


def unreadable_frame(refused: Iterable[Refused]) -> pd.DataFrame:
    """Return what cannot be read as a table."""
    return frame(
        ({"name": one.name, "reason": one.reason, "advice": one.advice} for one in refused), UNREADABLE_COLUMNS
    )


@dataclass(frozen=True, slots=True, eq=False)
class ReadFile:
    """Hold the rows of one recording, in a form that goes quickly from process to process."""

    name: str
    rows: list[Row]
    texts: list[Row]
    refused: Refused | None = None


def read_task(task: Task, limits: Limits = DEFAULT_LIMITS) -> list[ReadFile]:
    """Read the recordings of a task: what a process does."""
    return [read_file(one, limits) for one in task.found]


def read_file(found: Member | Refused, limits: Limits = DEFAULT_LIMITS) -> ReadFile:
    """Return the rows of one recording; of one that cannot be read, or in which no model answers, why."""
    if isinstance(found, Refused):
        return ReadFile(found.name, [], [], found)
    try:
        content = found.read()
    except CassetteError as error:
        return ReadFile(found.name, [], [], Refused(found.name, error.reason, error.advice))
    opened = open_content(content, found.name, limits)
    return ReadFile(found.name, opened.rows, opened.texts, opened.refused)


def open_content(content: Content, name: str, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """Open a recording of which the content is there and make its rows; why that fails is a value, whatever it is."""
    sha256 = hashlib.sha256(content.data).hexdigest()
    try:
        cassette = open_recording(content.data, name, content.beside, limits)
        read, texts = rows_of(cassette, name, sha256, len(content.data))
    except CassetteError as error:
        refused = Refused(name, error.reason, error.advice)
    except Exception as error:  # noqa: BLE001 - a fault of this program must not hide the other recordings
        refused = Refused(name, f"reading it failed ({type(error).__name__}: {str(error)[:200]}).", _REPORT)
    else:
        return Opened(sha256, cassette, read, texts, None if read else _without_answer(cassette, name))
    return Opened(sha256, refused=refused)


def _without_answer(cassette: Cassette, name: str) -> Refused:
    """Return why a recording that opens has no row."""
    held = f"a {cassette.format} recording in which no model answers"
    first = next((problem for problem in cassette.problems if problem.severity != "note"), None)
    first = first or next(iter(cassette.problems), None)
    return Refused(name, f"{held}: {first.message}" if first else f"{held}.", first.advice if first else "")
