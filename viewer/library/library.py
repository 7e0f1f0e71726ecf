"""Many recordings at once: a table of all their streams, one of files that cannot be read, and one of their texts to search."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any

import pandas as pd

from viewer.files.entries import Content, Found, Member, Refused, Skipped
from viewer.library.stream_rows import COLUMNS, TEXT_COLUMNS, Row, rows_of, to_dataframe
from viewer.library.workers import Task, in_order
from viewer.redaction.cassette import Redaction
from viewer.redaction.finder import SEPARATOR
from viewer.redaction.outputs import outgoing
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError

UNREADABLE_COLUMNS: dict[str, Any] = {"name": "string", "reason": "string", "advice": "string"}
# Enough that sending a task to a process costs little next to reading it.
_MEMBERS_PER_TASK = 8
_PLEASE_REPORT = "Please report this, and name the recorder of the file."


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The recordings read since the batch before, and the progress so far."""

    done: int
    """How many files are done, skipped ones included."""
    total: int | None
    """How many files there are; None if they are still being found."""
    current: str
    """The name of the last file read."""
    streams: pd.DataFrame = field(repr=False)
    """One row for each stream, answer and error; `viewer.library.stream_rows` describes the columns."""
    texts: pd.DataFrame = field(repr=False)
    """The texts of each row of `streams`, for `viewer.library.matching`."""
    unreadable: pd.DataFrame = field(repr=False)
    """Columns name, reason and advice, all string."""
    skipped: Mapping[str, int] = field(repr=False)
    """How many files were skipped because they are not recordings, by reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The tables of many recordings. `Batch` describes the fields."""

    streams: pd.DataFrame = field(repr=False)
    texts: pd.DataFrame = field(repr=False)
    unreadable: pd.DataFrame = field(repr=False)
    skipped: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A recording that was opened, or the reason why it was not."""

    sha256: str
    cassette: Cassette | None = None
    rows: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    refused: Refused | None = None
    """Why it was not opened or has no rows."""


def read_batches(
    found: Iterable[Found], *, processes: int = 1, batch_size: int = 48, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Batch]:
    """Read recordings and yield their rows in batches, in order. A recording that cannot be read does not stop the others.

    Args:
        found: what `members` yields; pass a list, so that `total` is known.
        processes: how many processes read. For more than one, see `viewer.library.workers.in_order`.
        batch_size: how many recordings are in each batch but the last.
        limits: how much of each recording is read.
    """
    total = len(found) if isinstance(found, Sized) else None
    skipped: Counter[str] = Counter()
    results = in_order(partial(read_task, limits=limits), tasks_of(without_skipped(found, skipped)), processes)
    done = 0
    while True:
        files = [file for part in islice(results, max(1, batch_size // _MEMBERS_PER_TASK)) for file in part]
        if not files and not skipped:
            return
        skipped_now = Counter(skipped)
        skipped.clear()
        done += len(files) + skipped_now.total()
        yield batch_of(files, done, total, skipped_now)


def batch_of(
    files: Sequence["ReadFile"], done: int, total: int | None, skipped: Mapping[str, int] = MappingProxyType({})
) -> Batch:
    """Return what was read of some files as tables."""
    return Batch(
        done=done,
        total=total,
        current=files[-1].name if files else "",
        streams=to_dataframe((row for file in files for row in file.rows), COLUMNS),
        texts=to_dataframe((row for file in files for row in file.texts), TEXT_COLUMNS),
        unreadable=unreadable_table(file.refused for file in files if file.refused),
        skipped=skipped,
    )


def without_skipped(found: Iterable[Found], skipped: Counter[str]) -> Iterator[Member | Refused]:
    """Yield what is to be read, and count the rest in `skipped` by reason."""
    for one in found:
        if isinstance(one, Skipped):
            skipped[one.reason] += 1
        else:
            yield one


def tasks_of(found: Iterable[Member | Refused]) -> Iterator[Task]:
    """Yield recordings in tasks of a few, in order."""
    group: list[Member | Refused] = []
    for one in found:
        group.append(one)
        if len(group) == _MEMBERS_PER_TASK:
            yield Task(tuple(group))
            group = []
    if group:
        yield Task(tuple(group))


def join_batches(batches: Iterable[Batch]) -> Library:
    """Join the tables of all batches."""
    read = list(batches)
    skipped: Counter[str] = Counter()
    for batch in read:
        skipped.update(batch.skipped)
    return Library(
        streams=_joined([batch.streams for batch in read], COLUMNS),
        texts=_joined([batch.texts for batch in read], TEXT_COLUMNS),
        unreadable=_joined([batch.unreadable for batch in read], UNREADABLE_COLUMNS),
        skipped=dict(skipped),
    )


def _joined(frames: list[pd.DataFrame], columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else to_dataframe([], columns)


def unreadable_table(refused: Iterable[Refused]) -> pd.DataFrame:
    """Return the files that cannot be read, with the reasons, as a table."""
    return to_dataframe(
        ({"name": one.name, "reason": one.reason, "advice": one.advice} for one in refused), UNREADABLE_COLUMNS
    )


@dataclass(frozen=True, slots=True, eq=False)
class ReadFile:
    """The rows of one recording, in a form that is quick to send between processes."""

    name: str
    rows: list[Row]
    texts: list[Row]
    refused: Refused | None = None


def read_task(task: Task, limits: Limits = DEFAULT_LIMITS) -> list[ReadFile]:
    """Read the recordings of a task, in whichever process it runs."""
    return [read_file(one, limits) for one in task.found]


def read_file(found: Member | Refused, limits: Limits = DEFAULT_LIMITS) -> ReadFile:
    """Return the rows of one recording, or the reason if it cannot be read or has no answers."""
    if isinstance(found, Refused):
        return ReadFile(found.name, [], [], found)
    try:
        content = found.read()
    except CassetteError as error:
        return ReadFile(found.name, [], [], Refused(found.name, error.reason, error.advice))
    opened = open_content(content, found.name, limits)
    return ReadFile(found.name, opened.rows, opened.texts, opened.refused)


def open_content(
    content: Content,
    name: str,
    limits: Limits = DEFAULT_LIMITS,
    redaction: Redaction | None = None,
    *,
    think_tags: bool = False,
) -> Opened:
    """Open a recording whose content is in memory and make its rows. Every failure is returned, none raised.

    The rows and the cassette are as recorded unless `redaction` says what to remove from them. A recording with a row that
    still holds what was removed is refused.
    """
    sha256 = hashlib.sha256(content.data).hexdigest()
    try:
        cassette = open_recording(content.data, name, content.beside, limits, think_tags=think_tags)
        shown = outgoing(cassette, redaction)
        cassette = shown.cassette
        rows, texts = rows_of(cassette, name, sha256, len(content.data))
        shown.check(SEPARATOR.join(value for row in rows for value in row.values() if isinstance(value, str)))
    except CassetteError as error:
        refused = Refused(name, error.reason, error.advice)
    except Exception as error:  # noqa: BLE001 - a fault in this program must not hide the other recordings
        refused = Refused(name, f"reading it failed ({type(error).__name__}: {str(error)[:200]}).", _PLEASE_REPORT)
    else:
        return Opened(sha256, cassette, rows, texts, None if rows else _no_answers(cassette, name))
    return Opened(sha256, refused=refused)


def _no_answers(cassette: Cassette, name: str) -> Refused:
    """Return why a recording that opens has no rows."""
    what = f"a {cassette.format} recording without model responses"
    first = next((problem for problem in cassette.problems if problem.severity != "note"), None)
    first = first or next(iter(cassette.problems), None)
    return Refused(name, f"{what}: {first.message}" if first else f"{what}.", first.advice if first else "")
