"""Some recordings as two Parquet tables. `viewer.library.index` runs this pure function in processes or on other machines."""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viewer.files.entries import Content, Member, Refused
from viewer.files.sidecars import Sidecars
from viewer.library.library import open_content
from viewer.library.stream_rows import COLUMNS, Row, to_dataframe
from viewer.library.workers import ShardFiles, Task
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.streams.chunk_frame import COLUMNS as CHUNK_COLUMNS
from viewer.streams.chunk_frame import PYTHON_TEXT
from viewer.text.json import is_whole
from viewer.text.safe import well_formed
from viewer.types.problems import CassetteError
from viewer.types.version import VERSION

# Raised when the tables change, so that earlier shards are made again.
_LAYOUT = "4"
FILES, MADE_BY, _CHUNKS = b"files", b"made_by", b"chunks"
"""Metadata keys of a streams file: digests of its recordings, the versions that made it, and the digest of its chunks file."""

_ARROW = {"int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_()}
_ARROW |= {"Int16": pa.int16(), "Int32": pa.int32(), "Int64": pa.int64(), "string": pa.string()}
_ARROW |= {"datetime64[ms, UTC]": pa.timestamp("ms", "UTC"), "category": pa.string()}
STREAMS = pa.schema([(column, _ARROW[str(dtype)]) for column, dtype in COLUMNS.items()])
CHUNKS = pa.schema([("name", pa.string()), *((column, _ARROW[str(dtype)]) for column, dtype in CHUNK_COLUMNS.items())])


@dataclass(frozen=True, slots=True)
class Shard:
    """The two tables of some recordings as Parquet files."""

    name: str
    streams: bytes = field(repr=False)
    chunks: bytes = field(repr=False)
    refused: tuple[Refused, ...]
    files: int
    read: int
    """How many of the files were read; the others are unchanged since an earlier run."""


def shard_of(task: Task, redaction: Redaction | None = None) -> Shard:
    """Return the tables of some recordings. This runs in a process or on another machine, and writes nothing.

    Args:
        task: the recordings. Their names are written as they are.
        redaction: what to remove from the tables; None keeps everything. Earlier shards must have been made with the same.
    """
    earlier = _EarlierShards(task.earlier)
    unchanged = [earlier.find_unchanged(found) for found in task.found]
    if (same := earlier.same_shard(unchanged)) is not None:
        return same
    read = _Reader(redaction)
    made = [earlier.tables_of(one) if one else read(found) for found, one in zip(task.found, unchanged, strict=True)]
    records = [one.record for one in made]
    # One table for everything that was read, because a table of one recording takes as long as a table of fifty.
    rows = to_dataframe((row for one in made for row in one.rows), COLUMNS)
    fresh = pa.Table.from_pandas(rows, schema=STREAMS, preserve_index=False).replace_schema_metadata(None)
    fresh_chunks = _chunk_table([(found.name, one.chunks) for found, one in zip(task.found, made, strict=True)])
    streams: list[pa.Table] = []
    chunks: list[pa.Table] = []
    start = chunk_start = 0
    for one in made:
        streams.append(one.earlier.streams if one.earlier else fresh.slice(start, len(one.rows)))
        chunks.append(one.earlier.chunks if one.earlier else fresh_chunks.slice(chunk_start, len(one.chunks)))
        start, chunk_start = start + len(one.rows), chunk_start + len(one.chunks)
    chunk_file = parquet(pa.concat_tables([CHUNKS.empty_table(), *chunks]).replace_schema_metadata(None))
    metadata = {FILES: orjson.dumps(records), MADE_BY: made_by(redaction), _CHUNKS: digest_of(chunk_file).encode()}
    return Shard(
        name=_shard_name(task.found[0].name if task.found else ""),
        streams=parquet(pa.concat_tables([STREAMS.empty_table(), *streams]).replace_schema_metadata(metadata)),
        chunks=chunk_file,
        refused=_refused(records),
        files=len(records),
        read=sum(one.earlier is None for one in made),
    )


def _shard_name(first: str) -> str:
    """Return the file name of a shard, given the name of its first recording."""
    return f"{digest_of(first.encode())[:16]}.parquet"


def _refused(records: Iterable[Mapping[str, Any]]) -> tuple[Refused, ...]:
    return tuple(Refused(one["name"], one["reason"], one["advice"]) for one in records if one["reason"])


@dataclass(frozen=True, slots=True, eq=False)
class _EarlierTables:
    """The tables of a recording that is not read again."""

    streams: pa.Table
    chunks: pa.Table


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What one recording adds to a shard: new rows, or the tables of an earlier run."""

    record: dict[str, Any]
    """Its entry in the metadata."""
    rows: Sequence[Row] = ()
    chunks: pd.DataFrame = field(default_factory=pd.DataFrame)
    earlier: _EarlierTables | None = None


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """An unchanged recording, and which of the earlier shards holds it."""

    record: dict[str, Any]
    place: int


class _EarlierShards:
    """The shards that an earlier run made from the same recordings."""

    def __init__(self, earlier: Sequence[ShardFiles]) -> None:
        self._earlier = earlier
        self._lists: list[list[dict[str, Any]]] = []
        self._records: dict[str, _Unchanged] = {}
        # Tables are read only when something in them is needed.
        self._tables: dict[int, tuple[_RowsByName, _RowsByName]] = {}
        for place, (streams, chunks) in enumerate(earlier):
            metadata = pq.read_schema(io.BytesIO(streams)).metadata
            # If one of the two files is damaged or from another run, neither is used.
            belongs = metadata.get(_CHUNKS) == digest_of(chunks).encode()
            self._lists.append(orjson.loads(metadata[FILES]) if belongs else [])
            self._records |= {record["name"]: _Unchanged(record, place) for record in self._lists[-1]}

    def find_unchanged(self, found: Member | Refused) -> _Unchanged | None:
        """Return the entry of a recording if its bytes, and those of the files next to it, are unchanged."""
        known = self._records.get(found.name)
        if isinstance(found, Refused) or known is None or not known.record["sha256"]:
            return None
        try:
            content = found.read()
        except CassetteError:
            return None
        record = known.record
        beside = [[name, folder, _digest_or_none(content.beside(name, folder))] for name, folder, _ in record["beside"]]
        return known if digest_of(content.data) == record["sha256"] and beside == record["beside"] else None

    def same_shard(self, unchanged: Sequence[_Unchanged | None]) -> Shard | None:
        """Return an earlier shard if it holds exactly these recordings, all unchanged."""
        if not unchanged or unchanged[0] is None:
            return None
        records = self._lists[unchanged[0].place]
        if [one.record for one in unchanged if one] != records or len(unchanged) != len(records):
            return None
        streams, chunks = self._earlier[unchanged[0].place]
        name = _shard_name(records[0]["name"])
        return Shard(name, streams, chunks, _refused(records), files=len(records), read=0)

    def tables_of(self, one: _Unchanged) -> _Made:
        """Return the tables of an unchanged recording."""
        if one.place not in self._tables:
            streams, chunks = (pq.read_table(io.BytesIO(content)) for content in self._earlier[one.place])
            self._tables[one.place] = _RowsByName(streams), _RowsByName(chunks)
        name = one.record["name"]
        of_streams, of_chunks = self._tables[one.place]
        return _Made(one.record, earlier=_EarlierTables(of_streams.of(name), of_chunks.of(name)))


class _RowsByName:
    """A table from which the rows of one recording can be cut. They are consecutive."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.replace_schema_metadata(None)
        self._places: dict[str, tuple[int, int]] = {}
        start = 0
        for counted in pc.value_counts(table["name"]).to_pylist():
            self._places[counted["values"]] = start, counted["counts"]
            start += counted["counts"]

    def of(self, name: str) -> pa.Table:
        return self._table.slice(*self._places.get(name, (0, 0)))


class _Reader:
    """Reads recordings and returns what each adds."""

    def __init__(self, redaction: Redaction | None) -> None:
        self._redaction = redaction
        self._redact_text: Callable[[str], str] = text_redactor(redaction) if redaction else str

    def __call__(self, found: Member | Refused) -> _Made:
        if isinstance(found, Refused):
            return _Made(self._record(found.name, "", [], found))
        try:
            content = found.read()
        except CassetteError as error:
            return _Made(self._record(found.name, "", [], Refused(found.name, error.reason, error.advice)))
        read_beside: list[list[str | None]] = []
        content = Content(content.data, partial(_noting, content.beside, read_beside))
        opened = open_content(content, found.name, redaction=self._redaction)
        record = self._record(found.name, opened.sha256, read_beside, opened.refused)
        return _Made(record, opened.rows, opened.cassette.chunks) if opened.cassette else _Made(record)

    def _record(
        self, name: str, sha256: str, beside: list[list[str | None]], refused: Refused | None
    ) -> dict[str, Any]:
        """Return the entry of a recording in the metadata."""
        return {
            "name": name,
            "sha256": sha256,
            # A file whose name holds a secret is not found by its redacted name. Its recording is then read again.
            "beside": [
                [*map(self._redact_text, (file or "", folder or "")), digest] for file, folder, digest in beside
            ],
            "reason": well_formed(self._redact_text(refused.reason)) if refused else "",
            "advice": well_formed(self._redact_text(refused.advice)) if refused else "",
        }


def _noting(beside: Sidecars, read_beside: list[list[str | None]], name: str, folder: str = "") -> bytes | None:
    """Return a file next to a recording, and note its name and digest."""
    content = beside(name, folder)
    # Half a surrogate pair can neither be written as JSON nor be part of a file name.
    if is_whole(name + folder):
        read_beside.append([name, folder, _digest_or_none(content)])
    return content


def _chunk_table(made: Iterable[tuple[str, pd.DataFrame]]) -> pa.Table:
    """Return the chunks of several recordings as one table, in order."""
    named = [(name, _well_formed(chunks)) for name, chunks in made if len(chunks)]
    if not named:
        return CHUNKS.empty_table()
    names, frames = zip(*named, strict=True)
    chunks = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    columns = {"name": pa.array(names).take(pa.array(np.repeat(np.arange(len(names)), list(map(len, frames)))))}
    for column in CHUNK_COLUMNS:
        columns[column] = pa.array(chunks[column], from_pandas=True).cast(CHUNKS.field(column).type)
    return pa.table(columns, schema=CHUNKS)


def _well_formed(chunks: pd.DataFrame) -> pd.DataFrame:
    """Replace half surrogate pairs in chunks, which Arrow cannot hold."""
    texts = chunks["text"]
    return chunks.assign(text=texts.map(well_formed).astype("string")) if texts.dtype == PYTHON_TEXT else chunks


def parquet(table: pa.Table) -> bytes:
    """Write a table as a Parquet file and return its bytes."""
    written = io.BytesIO()
    pq.write_table(table.combine_chunks(), written, compression="zstd", row_group_size=1 << 20)
    return written.getvalue()


def made_by(redaction: Redaction | None) -> bytes:
    """Return what a shard's bytes depend on, apart from the recordings: versions, and what was removed."""
    import genai_prices  # noqa: PLC0415 - importing it reads its price list

    removed = redaction and [
        redaction.personal_paths,
        redaction.emails,
        redaction.identities,
        redaction.metrics_only,
        sorted(redaction.keep),
        [[one.rule, re.compile(one.expression).pattern] for one in redaction.extra_patterns],
    ]
    return orjson.dumps([_LAYOUT, VERSION, genai_prices.__version__, pa.__version__, pd.__version__, removed])


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _digest_or_none(content: bytes | None) -> str | None:
    return None if content is None else digest_of(content)
