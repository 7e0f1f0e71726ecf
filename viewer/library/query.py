"""Answer a SQL query over the tables of many recordings, bounded and safe_path, so that a server can offer it to all.

result = viewer.query.query("SELECT model, count(*) FROM streams GROUP BY model", Path("tables"))
result.rows      # a pyarrow.Table
result.more      # whether rows were left out

DuckDB alone does not keep within bounds: of what a query gives back and of long texts it counts no memory, and within one value
it cannot be interrupted. So each query runs in a process of its own, `viewer.library.query_process`, which is ended when its time is over.
It opens no file: the tables are read for it.
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
"""The folder of an index that `viewer.library.index` wrote, whose tables are `streams`, `chunks` and `unreadable`; or tables by name."""


class QueryError(ValueError):
    """Say in a line why a query is not answered; the message is for who wrote it."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """State what a query may take at most."""

    rows: int = 10_000
    """Of the result. The rest is left out."""
    seconds: float = 20.0
    memory_bytes: int = 1024 * _MEBIBYTE
    """As DuckDB counts it. On Linux its process may hold 2 GiB more, which is what it reserves by itself, and long texts."""
    threads: int = 2
    result_bytes: int = 32 * _MEBIBYTE
    """Of the rows that are given back. A larger result is refused."""
    sql_characters: int = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Hold what a query found."""

    rows: pa.Table = field(repr=False)
    """Columns of truth values, numbers, times and texts; all else, such as lists, is text as DuckDB writes it."""
    more: bool
    """Whether there are more rows than were asked for."""
    took_s: float


DEFAULT_LIMITS = QueryLimits()
# So that a few who ask at once do not take what the machine has; who comes later waits.
_turns = threading.BoundedSemaphore(2)


def query(sql: str, tables: Tables, limits: QueryLimits = DEFAULT_LIMITS) -> Result:
    """Return what one SELECT finds in tables.

    Raises:
        QueryError: the query is no single SELECT, asks for more than tables, fails, or goes beyond a limit.
    """
    if len(sql) > limits.sql_characters:
        raise QueryError(f"A query of {len(sql):,} characters is too long; {limits.sql_characters:,} are the most.")
    if not is_whole(sql):
        raise QueryError("The query holds half of a character.")
    request = _request(sql, tables, limits)
    if not _turns.acquire(timeout=limits.seconds):
        raise QueryError("Other queries are still running; ask again in a while.")
    start_s = time.monotonic()
    try:
        # The program is this one's, and the query reaches it as data.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-P", str(_PROCESS)],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(f"The query was not done after {limits.seconds:g} s; ask for less.") from error
    finally:
        _turns.release()
    took_s = time.monotonic() - start_s
    written = io.BytesIO(done.stdout)
    head = written.readline()
    if done.returncode or not head:
        raise QueryError(
            f"The query ended the process that answers it: it needs more memory than {_size(limits.memory_bytes)}, "
            "or meets a fault in DuckDB."
        )
    told = json.loads(head)
    if "error" in told:
        raise QueryError(told["error"])
    with pa.ipc.open_stream(written) as stream:
        return Result(stream.read_all(), told["more"], took_s)


def _request(sql: str, tables: Tables, limits: QueryLimits) -> bytes:
    """Return what the process is told: a line of JSON, then the tables that are not in files."""
    files: dict[str, list[str]] = {}
    written = io.BytesIO()
    frames: Mapping[str, pd.DataFrame] = {}
    if isinstance(tables, Path):
        files = _files(tables)
    else:
        frames = tables
    asked = {
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
    written.write(json.dumps(asked).encode() + b"\n")
    for frame in frames.values():
        # As in the tables of an index, where these are texts too: a category would be sorted by another order.
        categories = frame.select_dtypes("category").columns
        table = pa.Table.from_pandas(frame.astype(dict.fromkeys(categories, "string")), preserve_index=False)
        with pa.ipc.new_stream(written, table.schema) as stream:
            stream.write_table(table)
    return written.getvalue()


def _files(folder: Path) -> dict[str, list[str]]:
    """Return the files of each table of an index."""
    files = {kind: sorted(map(str, (folder / kind).glob("*.parquet"))) for kind in _KINDS}
    files["unreadable"] = [str(path) for path in [folder / "unreadable.parquet"] if path.exists()]
    if not all(files[kind] for kind in _KINDS):
        raise QueryError("There are no tables to ask; python -m viewer index writes them.")
    return {name: paths for name, paths in files.items() if paths}


def _size(size_bytes: int) -> str:
    return f"{size_bytes / _MEBIBYTE:,.0f} MiB"
