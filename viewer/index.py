"""Many recordings as Parquet tables, for DuckDB and all else that reads them: what `python -m viewer index` writes.

    DIR/streams/*.parquet       a row for each stream, answer and error; columns in `viewer.stream_rows`
    DIR/chunks/*.parquet        a row for each chunk: `name`, then the columns of `viewer.schema`
    DIR/unreadable.parquet      name, reason, advice

A shard holds some dozens of recordings that stand one after another, cut by their names, so that a new one changes one shard.
Its bytes depend on the recordings and on the versions of this program, the price list and pyarrow alone: not on who made it
and in which order. A shard of streams also keeps the digests of what it was made from; what has not changed is not read anew.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import viewer
from viewer.beside import Beside
from viewer.found import Content, Found, Member, PassedOver, Refused
from viewer.library import open_content, unreadable_frame, without_answer
from viewer.payload import is_whole
from viewer.phrasing import displayable
from viewer.pool import Task, in_order, through
from viewer.problems import CassetteError
from viewer.schema import COLUMNS as CHUNK_COLUMNS
from viewer.schema import PYTHON_TEXT
from viewer.stream_rows import COLUMNS, Row, frame, rows_of

_LAYOUT = "1"
# A shard ends where the digest of a name says so: after 64 recordings in the mean.
_MEAN_MEMBERS = 64
_MOST_MEMBERS = 256
_MOST_BYTES = 64 << 20
_FILES, _MADE_BY = b"files", b"made_by"

_ARROW = {"int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_()}
_ARROW |= {"Int16": pa.int16(), "Int32": pa.int32(), "Int64": pa.int64(), "string": pa.string()}
_ARROW |= {"datetime64[ms, UTC]": pa.timestamp("ms", "UTC"), "category": pa.string()}
STREAMS = pa.schema([(column, _ARROW[str(dtype)]) for column, dtype in COLUMNS.items()])
CHUNKS = pa.schema([("name", pa.string()), *((column, _ARROW[str(dtype)]) for column, dtype in CHUNK_COLUMNS.items())])


@dataclass(frozen=True, slots=True)
class Shard:
    """Hold two tables of some recordings as Parquet files."""

    name: str
    streams: bytes = field(repr=False)
    chunks: bytes = field(repr=False)
    refused: tuple[Refused, ...]
    files: int
    read: int
    """How many of the files were read anew."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Say how far an index is."""

    done: int
    read: int
    """How many of them were read anew, and not as they were found the last time."""
    unreadable: int
    passed_over: int


def write_index(
    found: Iterable[Found], folder: Path, *, processes: int = 1, executor: Executor | None = None
) -> Iterator[Progress]:
    """Write the tables of recordings, and yield how far that is after each shard; what is there already is kept.

    Args:
        found: of `viewer.members.members` or `viewer.remote.remote_members`, in the order of names.
        folder: where the tables are written. Tables there of recordings that are gone are deleted, and nothing else.
        processes: how many to read in; see `viewer.pool.in_order`.
        executor: where to read instead, such as `distributed.Client(…).get_executor(pure=False)` for several machines. Each
            must find the recordings under the same paths or addresses, and have the same versions of all packages.

    Raises:
        OSError: the tables cannot be written.
    """
    for kind in ("streams", "chunks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    passed: list[PassedOver] = []
    tasks = _tasks(found, passed, _Earlier(folder))
    made = (
        through(executor, shard_of, tasks, 2 * _cores(executor)) if executor else in_order(shard_of, tasks, processes)
    )
    kept: set[str] = set()
    refused: list[Refused] = []
    done = read = 0
    for shard in made:
        # What was made of what stands in the streams, so that they come last.
        _write(folder / "chunks" / shard.name, shard.chunks)
        _write(folder / "streams" / shard.name, shard.streams)
        kept.add(shard.name)
        refused += shard.refused
        done, read = done + shard.files, read + shard.read
        yield Progress(done, read, len(refused), len(passed))
    for kind in ("streams", "chunks"):
        for path in _shards(folder / kind):
            if path.name not in kept:
                path.unlink()
    table = pa.Table.from_pandas(unreadable_frame(refused), preserve_index=False).replace_schema_metadata(None)
    _write(
        folder / "unreadable.parquet",
        _parquet(table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))),
    )
    yield Progress(done, read, len(refused), len(passed))


def _cores(executor: Executor) -> int:
    """Return how many tasks an executor can do at once."""
    client = getattr(executor, "_client", None)
    return sum(client.nthreads().values()) if client else os.cpu_count() or 1


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that says the same already is left alone."""
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _shards(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.glob("*.parquet") if len(path.stem) == 16 and set(path.stem) <= set("0123456789abcdef")
    )


class _Earlier:
    """Find what an earlier run wrote of recordings, by their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shard_of: dict[str, str] = {}
        for path in _shards(folder / "streams"):
            try:
                metadata = pq.read_schema(path).metadata or {}
            except (pa.ArrowException, OSError):
                continue
            if metadata.get(_MADE_BY) == _made_by() and (folder / "chunks" / path.name).exists():
                self._shard_of |= dict.fromkeys(
                    (record["name"] for record in orjson.loads(metadata[_FILES])), path.name
                )

    def __call__(self, names: Iterable[str]) -> tuple[tuple[bytes, bytes], ...]:
        shards = dict.fromkeys(self._shard_of[name] for name in names if name in self._shard_of)
        streams, chunks = self._folder / "streams", self._folder / "chunks"
        return tuple(((streams / shard).read_bytes(), (chunks / shard).read_bytes()) for shard in shards)


def _tasks(found: Iterable[Found], passed: list[PassedOver], earlier: _Earlier) -> Iterator[Task]:
    """Yield what makes one shard each; where it ends depends on names and sizes alone."""
    gathered: list[Member | Refused] = []
    size_bytes = 0
    for one in found:
        if isinstance(one, PassedOver):
            passed.append(one)
            continue
        gathered.append(one)
        size_bytes += one.size_bytes if isinstance(one, Member) else 0
        is_end = int(_digest(one.name.encode())[:8], 16) % _MEAN_MEMBERS == 0
        if is_end or len(gathered) == _MOST_MEMBERS or size_bytes > _MOST_BYTES:
            yield Task(tuple(gathered), earlier(member.name for member in gathered))
            gathered, size_bytes = [], 0
    if gathered:
        yield Task(tuple(gathered), earlier(member.name for member in gathered))


def shard_of(task: Task) -> Shard:
    """Return the tables of some recordings: what a process or a machine does. It writes nothing."""
    known = _Known(task.earlier)
    made = [known.unchanged(found) or _read(found) for found in task.found]
    records = [one.record for one in made]
    # Of all that was read in one go, since the table of one recording takes as long to make as that of fifty.
    rows = frame((row for one in made for row in one.rows), COLUMNS)
    fresh = pa.Table.from_pandas(rows, schema=STREAMS, preserve_index=False).replace_schema_metadata(None)
    fresh_chunks = _chunk_table([(found.name, one.chunks) for found, one in zip(task.found, made, strict=True)])
    streams: list[pa.Table] = []
    chunks: list[pa.Table] = []
    start = chunk_start = 0
    for one in made:
        streams.append(one.kept.streams if one.kept else fresh.slice(start, len(one.rows)))
        chunks.append(one.kept.chunks if one.kept else fresh_chunks.slice(chunk_start, len(one.chunks)))
        start, chunk_start = start + len(one.rows), chunk_start + len(one.chunks)
    metadata = {_FILES: orjson.dumps(records), _MADE_BY: _made_by()}
    first = task.found[0].name if task.found else ""
    return Shard(
        name=f"{_digest(first.encode())[:16]}.parquet",
        streams=_parquet(pa.concat_tables([STREAMS.empty_table(), *streams]).replace_schema_metadata(metadata)),
        chunks=_parquet(pa.concat_tables([CHUNKS.empty_table(), *chunks]).replace_schema_metadata(None)),
        refused=tuple(Refused(one["name"], one["reason"], one["advice"]) for one in records if one["reason"]),
        files=len(records),
        read=sum(one.kept is None for one in made),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Hold the tables of a recording that is not read again."""

    streams: pa.Table
    chunks: pa.Table


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """Hold what one recording adds to a shard: what was read, or what was kept."""

    record: dict[str, Any]
    """What the shard keeps of it."""
    rows: Sequence[Row] = ()
    chunks: pd.DataFrame = field(default_factory=pd.DataFrame)
    kept: _Kept | None = None


class _Known:
    """Hold what an earlier run made of recordings."""

    def __init__(self, earlier: Sequence[tuple[bytes, bytes]]) -> None:
        self._records: dict[str, tuple[dict[str, Any], int]] = {}
        self._tables: list[tuple[_Parts, _Parts]] = []
        for place, (streams, chunks) in enumerate(earlier):
            tables = pq.read_table(io.BytesIO(streams)), pq.read_table(io.BytesIO(chunks))
            self._tables.append((_Parts(tables[0]), _Parts(tables[1])))
            for record in orjson.loads(tables[0].schema.metadata[_FILES]):
                self._records[record["name"]] = record, place

    def unchanged(self, found: Member | Refused) -> _Made | None:
        """Return what was made of a recording whose bytes, and those of the files beside it, are what they were."""
        record, place = self._records.get(found.name, ({}, 0))
        if isinstance(found, Refused) or not record or not record["sha256"]:
            return None
        try:
            content = found.read()
        except CassetteError:
            return None
        beside = [[name, folder, _digest_of(content.beside(name, folder))] for name, folder, _ in record["beside"]]
        if _digest(content.data) != record["sha256"] or beside != record["beside"]:
            return None
        streams, chunks = self._tables[place]
        return _Made(record, kept=_Kept(streams.of(found.name), chunks.of(found.name)))


class _Parts:
    """Cut a table into what each recording added; the rows of one stand together."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.replace_schema_metadata(None)
        self._places: dict[str, tuple[int, int]] = {}
        start = 0
        for counted in pc.value_counts(table["name"]).to_pylist():
            self._places[counted["values"]] = start, counted["counts"]
            start += counted["counts"]

    def of(self, name: str) -> pa.Table:
        return self._table.slice(*self._places.get(name, (0, 0)))


def _read(found: Member | Refused) -> _Made:
    """Return what a recording that is read anew adds."""
    if isinstance(found, Refused):
        return _Made(_record(found.name, "", [], found))
    try:
        content = found.read()
    except CassetteError as error:
        return _Made(_record(found.name, "", [], Refused(found.name, error.reason, error.advice)))
    asked: list[list[str | None]] = []
    opened = open_content(Content(content.data, partial(_noted, content.beside, asked)), found.name)
    if opened.cassette is None:
        return _Made(_record(found.name, opened.sha256, asked, opened.refused))
    rows, _ = rows_of(opened.cassette, found.name, opened.sha256, opened.size_bytes)
    refused = None if rows else without_answer(opened.cassette, found.name)
    return _Made(_record(found.name, opened.sha256, asked, refused), rows, opened.cassette.chunks)


def _noted(beside: Beside, asked: list[list[str | None]], name: str, folder: str = "") -> bytes | None:
    """Return a file beside a recording, and note which it was."""
    content = beside(name, folder)
    # Half of a character cannot be written down, nor be in the name of a file.
    if is_whole(name + folder):
        asked.append([name, folder, _digest_of(content)])
    return content


def _record(name: str, sha256: str, beside: list[list[str | None]], refused: Refused | None) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": sha256,
        "beside": beside,
        "reason": displayable(refused.reason) if refused else "",
        "advice": displayable(refused.advice) if refused else "",
    }


def _chunk_table(made: Iterable[tuple[str, pd.DataFrame]]) -> pa.Table:
    """Return the chunks of recordings, by their names, one after another."""
    named = [(name, _whole(chunks)) for name, chunks in made if len(chunks)]
    if not named:
        return CHUNKS.empty_table()
    names, frames = zip(*named, strict=True)
    chunks = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    columns = {"name": pa.array(names).take(pa.array(np.repeat(np.arange(len(names)), list(map(len, frames)))))}
    for column in CHUNK_COLUMNS:
        columns[column] = pa.array(chunks[column], from_pandas=True).cast(CHUNKS.field(column).type)
    return pa.table(columns, schema=CHUNKS)


def _whole(chunks: pd.DataFrame) -> pd.DataFrame:
    """Return chunks without half of a surrogate pair, which Arrow cannot hold."""
    texts = chunks["text"]
    return chunks.assign(text=texts.map(displayable).astype("string")) if texts.dtype == PYTHON_TEXT else chunks


def _parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    pq.write_table(table.combine_chunks(), written, compression="zstd", row_group_size=1 << 20)
    return written.getvalue()


def _made_by() -> bytes:
    return orjson.dumps([_LAYOUT, viewer.__version__, version("genai-prices"), pa.__version__, pd.__version__])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_of(content: bytes | None) -> str | None:
    return None if content is None else _digest(content)
