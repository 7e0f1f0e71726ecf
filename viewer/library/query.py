"""SQL queries over the tables of many recordings, bounded and contained so that a server can offer them to anyone.

result = viewer.library.run_query("SELECT model, count(*) FROM streams GROUP BY model", Path("tables"))
result.rows      # a pyarrow.Table
result.more      # whether rows were left out

DuckDB's own limits are not enough: it does not count the memory of results and of long texts, and it cannot be interrupted while
it computes one value. So each query runs in a process of its own, `viewer.library.query_process`, which is killed when its time
is up. DuckDB opens no files; the process reads the tables for it.
"""

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from viewer.text.json import is_whole

_MEBIBYTE = 1 << 20
_PROCESS = Path(__file__).with_name("query_process.py")
_KINDS = ("streams", "chunks")

Tables = Path | Mapping[str, pd.DataFrame]
"""The folder of an index, with the tables `streams`, `chunks` and `unreadable`; or tables by name."""


class QueryError(ValueError):
    """A query cannot be answered. The message tells its author why, in one line."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much a query may use."""

    rows: int = 10_000
    """Rows in the result. The rest is left out."""
    seconds: float = 20.0
    memory_bytes: int = 1024 * _MEBIBYTE
    """As DuckDB counts it. On Linux the process may use 2 GiB more, for what it reserves at start and for long texts."""
    threads: int = 2
    result_bytes: int = 32 * _MEBIBYTE
    """Size of the rows in the result. A larger result is refused."""
    sql_characters: int = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The result of a query."""

    rows: pa.Table = field(repr=False)
    """Columns of booleans, numbers, times and texts. Other values, such as lists, become text as DuckDB writes it."""
    more: bool
    """Whether the result has more rows than the limit."""
    took_s: float


DEFAULT_LIMITS = QueryLimits()
# Two at a time, so that queries do not take the whole machine. Others wait.
_slots = threading.BoundedSemaphore(2)


def run_query(sql: str, tables: Tables, limits: QueryLimits = DEFAULT_LIMITS) -> Result:
    """Run one SELECT over tables.

    Raises:
        QueryError: the query is not a single SELECT, reads anything but the tables, fails, or exceeds a limit.
    """
    if len(sql) > limits.sql_characters:
        raise QueryError(f"The query has {len(sql):,} characters; at most {limits.sql_characters:,} are allowed.")
    if not is_whole(sql):
        raise QueryError("The query contains half a surrogate pair, which is not a character.")
    request = _request(sql, tables, limits)
    if not _slots.acquire(timeout=limits.seconds):
        raise QueryError("Other queries are still running; try again later.")
    start_s = time.monotonic()
    try:
        # The program is part of this package, and gets the query as data.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-P", str(_PROCESS)],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(f"The query did not finish within {limits.seconds:g} s; narrow the query.") from error
    finally:
        _slots.release()
    took_s = time.monotonic() - start_s
    output = io.BytesIO(done.stdout)
    head = output.readline()
    if done.returncode or not head:
        raise QueryError(
            f"The query crashed: it needs more than {_size(limits.memory_bytes)} of memory, or hit a bug in DuckDB."
        )
    answer = json.loads(head)
    if "error" in answer:
        raise QueryError(answer["error"])
    with pa.ipc.open_stream(output) as stream:
        return Result(stream.read_all(), answer["more"], took_s)


def _request(sql: str, tables: Tables, limits: QueryLimits) -> bytes:
    """Return the input of the process: a line of JSON, then the tables that are not in files, as Arrow streams."""
    files: dict[str, list[str]] = {}
    written = io.BytesIO()
    frames: Mapping[str, pd.DataFrame] = {}
    if isinstance(tables, Path):
        files = _files(tables)
    else:
        frames = tables
    settings = {
        "sql": sql,
        "files": files,
        "frames": list(frames),
        "rows": limits.rows,
        "cpu_s": int(limits.seconds * limits.threads) + 10,
        "memory_bytes": limits.memory_bytes,
        "process_bytes": limits.memory_bytes + 2048 * _MEBIBYTE,
        "threads": limits.threads,
        "result_bytes": limits.result_bytes,
        "memory": _size(limits.memory_bytes),
        "result": _size(limits.result_bytes),
    }
    written.write(json.dumps(settings).encode() + b"\n")
    for frame in frames.values():
        # Categories become text, as in the tables of an index. Otherwise they would sort by the order of the categories.
        categories = frame.select_dtypes("category").columns
        table = pa.Table.from_pandas(frame.astype(dict.fromkeys(categories, "string")), preserve_index=False)
        with pa.ipc.new_stream(written, table.schema) as stream:
            stream.write_table(table)
    return written.getvalue()


def _files(folder: Path) -> dict[str, list[str]]:
    """Return the files of each table in the folder of an index."""
    files = {kind: sorted(map(str, (folder / kind).glob("*.parquet"))) for kind in _KINDS}
    files["unreadable"] = [str(path) for path in [folder / "unreadable.parquet"] if path.exists()]
    if not all(files[kind] for kind in _KINDS):
        raise QueryError("The folder has no tables; cassette-viewer index writes them.")
    return {name: paths for name, paths in files.items() if paths}


def _size(size_bytes: int) -> str:
    return f"{size_bytes / _MEBIBYTE:,.0f} MiB"
