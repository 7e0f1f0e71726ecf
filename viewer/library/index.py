"""Many recordings as Parquet tables, which `cassette-viewer index` writes for DuckDB and other programs.

    DIR/streams/*.parquet       one row for each stream, answer and error; columns in `viewer.library.stream_rows`
    DIR/chunks/*.parquet        one row for each chunk: `name`, then the columns of `viewer.types.chunk_table`
    DIR/unreadable.parquet      name, reason, advice

A shard holds some dozens of consecutive recordings. The names decide where it ends, so a new recording changes only one shard.
Its bytes depend only on the recordings and on the versions of this program, the price list and pyarrow, not on who made it or in
which order. The streams file of a shard also keeps digests of the recordings, so that unchanged ones are not read again.

Secrets are removed by default. Tables with other things removed are made again, so that one folder never mixes the two.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from viewer.files.entries import Found, Member, Refused, Skipped, with_unique_names
from viewer.library.library import unreadable_table
from viewer.library.shard import FILES, MADE_BY, digest_of, made_by, parquet, shard_of
from viewer.library.workers import ShardFiles, Task, in_executor, in_order
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor

# A shard ends after a name whose digest is a multiple of this: on average after 64 recordings.
_MEAN_MEMBERS = 64
# Bounds for the memory of one task.
_MAX_MEMBERS = 256
_MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writing of an index has come."""

    done: int
    read: int
    """How many of them were read; the others are unchanged since the last run."""
    unreadable: int
    skipped: int
    """Files that are not recordings."""


def write_index(
    found: Iterable[Found],
    folder: Path,
    *,
    processes: int = 1,
    executor: Executor | None = None,
    redact: bool | Redaction = True,
) -> Iterator[Progress]:
    """Write the tables of recordings, and yield the progress after each shard. Shards that have not changed are kept.

    Args:
        found: what `members` or `remote_members` yields, sorted by name.
        folder: where the tables are written. Shards of recordings that are gone are deleted, and nothing else.
        processes: how many processes read; see `viewer.library.workers.in_order`.
        executor: what reads instead, such as `distributed.Client(…).get_executor(pure=False)` for several machines. Each
            machine must reach the recordings under the same paths or addresses, and have the same versions of all packages.
        redact: True removes secrets, False keeps everything, and a `viewer.Redaction` says what else to remove.

    Raises:
        OSError: the tables cannot be written.
    """
    for kind in ("streams", "chunks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    skipped: list[Skipped] = []
    redaction = Redaction() if redact is True else redact or None
    tasks = _tasks(_with_redacted_names(found, redaction), skipped, _EarlierRun(folder, redaction))
    make_shard = partial(shard_of, redaction=redaction)
    shards = (
        in_executor(executor, make_shard, tasks, 2 * _cores(executor))
        if executor
        else in_order(make_shard, tasks, processes)
    )
    kept: set[str] = set()
    refused: list[Refused] = []
    done = read = 0
    for shard in shards:
        # The streams file lists what the shard was made from, so it must be written last.
        _write(folder / "chunks" / shard.name, shard.chunks)
        _write(folder / "streams" / shard.name, shard.streams)
        kept.add(shard.name)
        refused += shard.refused
        done, read = done + shard.files, read + shard.read
        yield Progress(done, read, len(refused), len(skipped))
    for kind in ("streams", "chunks"):
        for path in _shards(folder / kind):
            if path.name not in kept:
                path.unlink()
    table = pa.Table.from_pandas(unreadable_table(refused), preserve_index=False).replace_schema_metadata(None)
    _write(
        folder / "unreadable.parquet",
        parquet(table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))),
    )
    yield Progress(done, read, len(refused), len(skipped))


def _with_redacted_names(found: Iterable[Found], redaction: Redaction | None) -> Iterable[Found]:
    """Return what was found under names without secrets: every table and file has them."""
    if redaction is None:
        return found
    redact_name = text_redactor(redaction)
    return with_unique_names(replace(one, name=redact_name(one.name)) for one in found)


def _cores(executor: Executor) -> int:
    """Return how many tasks an executor can run at once."""
    client = getattr(executor, "_client", None)
    return sum(client.nthreads().values()) if client else os.cpu_count() or 1


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically. Leave it alone if it has this content already."""
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _shards(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.glob("*.parquet") if len(path.stem) == 16 and set(path.stem) <= set("0123456789abcdef")
    )


class _EarlierRun:
    """The shards of an earlier run, found by the names of recordings."""

    def __init__(self, folder: Path, redaction: Redaction | None) -> None:
        self._folder = folder
        self._shard_of: dict[str, str] = {}
        for path in _shards(folder / "streams"):
            try:
                metadata = pq.read_schema(path).metadata or {}
            except (pa.ArrowException, OSError):
                continue
            if metadata.get(MADE_BY) == made_by(redaction) and (folder / "chunks" / path.name).exists():
                self._shard_of |= dict.fromkeys((record["name"] for record in orjson.loads(metadata[FILES])), path.name)

    def __call__(self, names: Iterable[str]) -> tuple[ShardFiles, ...]:
        shards = dict.fromkeys(self._shard_of[name] for name in names if name in self._shard_of)
        streams, chunks = self._folder / "streams", self._folder / "chunks"
        return tuple(ShardFiles((streams / shard).read_bytes(), (chunks / shard).read_bytes()) for shard in shards)


def _tasks(found: Iterable[Found], skipped: list[Skipped], earlier: _EarlierRun) -> Iterator[Task]:
    """Yield one task for each shard. Where a shard ends depends only on names and sizes."""
    group: list[Member | Refused] = []
    size_bytes = 0
    for one in found:
        if isinstance(one, Skipped):
            skipped.append(one)
            continue
        group.append(one)
        size_bytes += one.size_bytes if isinstance(one, Member) else 0
        is_end = int(digest_of(one.name.encode())[:8], 16) % _MEAN_MEMBERS == 0
        if is_end or len(group) == _MAX_MEMBERS or size_bytes > _MAX_BYTES:
            yield Task(tuple(group), earlier(member.name for member in group))
            group, size_bytes = [], 0
    if group:
        yield Task(tuple(group), earlier(member.name for member in group))
