"""Many recordings as Parquet tables, for DuckDB and all else that reads them: what `python -m viewer index` writes.

    DIR/streams/*.parquet       a row for each stream, answer and error; columns in `viewer.library.stream_rows`
    DIR/chunks/*.parquet        a row for each chunk: `name`, then the columns of `viewer.types.chunk_table`
    DIR/unreadable.parquet      name, reason, advice

A shard holds some dozens of recordings that stand one after another, cut by their names, so that a new one changes one shard.
Its bytes depend on the recordings and on the versions of this program, the price list and pyarrow alone: not on who made it
and in which order. A shard of streams also keeps the digests of what it was made from; what has not changed is not read anew.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from viewer.files.entries import Found, Member, Refused, Skipped
from viewer.library.library import unreadable_frame
from viewer.library.shard import FILES, MADE_BY, digest_of, made_by, parquet, shard_of
from viewer.library.workers import Task, in_order, through

# A shard ends where the digest of a name says so: after 64 recordings in the mean.
_MEAN_MEMBERS = 64
_MOST_MEMBERS = 256
_MOST_BYTES = 64 << 20


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
        found: of `viewer.files.folders.members` or `viewer.files.buckets.remote_members`, in the order of names.
        folder: where the tables are written. Tables there of recordings that are gone are deleted, and nothing else.
        processes: how many to read in; see `viewer.library.workers.in_order`.
        executor: where to read instead, such as `distributed.Client(…).get_executor(pure=False)` for several machines. Each
            must find the recordings under the same paths or addresses, and have the same versions of all packages.

    Raises:
        OSError: the tables cannot be written.
    """
    for kind in ("streams", "chunks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    passed: list[Skipped] = []
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
        parquet(table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))),
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
            if metadata.get(MADE_BY) == made_by() and (folder / "chunks" / path.name).exists():
                self._shard_of |= dict.fromkeys((record["name"] for record in orjson.loads(metadata[FILES])), path.name)

    def __call__(self, names: Iterable[str]) -> tuple[tuple[bytes, bytes], ...]:
        shards = dict.fromkeys(self._shard_of[name] for name in names if name in self._shard_of)
        streams, chunks = self._folder / "streams", self._folder / "chunks"
        return tuple(((streams / shard).read_bytes(), (chunks / shard).read_bytes()) for shard in shards)


def _tasks(found: Iterable[Found], passed: list[Skipped], earlier: _Earlier) -> Iterator[Task]:
    """Yield what makes one shard each; where it ends depends on names and sizes alone."""
    gathered: list[Member | Refused] = []
    size_bytes = 0
    for one in found:
        if isinstance(one, Skipped):
            passed.append(one)
            continue
        gathered.append(one)
        size_bytes += one.size_bytes if isinstance(one, Member) else 0
        is_end = int(digest_of(one.name.encode())[:8], 16) % _MEAN_MEMBERS == 0
        if is_end or len(gathered) == _MOST_MEMBERS or size_bytes > _MOST_BYTES:
            yield Task(tuple(gathered), earlier(member.name for member in gathered))
            gathered, size_bytes = [], 0
    if gathered:
        yield Task(tuple(gathered), earlier(member.name for member in gathered))
