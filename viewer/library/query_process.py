"""A program that answers one query. `viewer.library.query` starts it and writes the query to its standard input.

It is run by its path and imports nothing from this package, because that would take longer than most queries.
"""

import json
import sys
from contextlib import suppress
from typing import Any, BinaryIO

_BATCH_ROWS = 2048
_MESSAGE_CHARACTERS = 300
# Types that a table on a page and a CSV file can show. DuckDB sums integers to HUGEINT.
_SHOWN_TYPES = frozenset(
    [
        *("BOOLEAN", "VARCHAR", "DATE", "FLOAT", "DOUBLE"),
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
        *("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"),
    ]
)
_SETTINGS = {
    "temp_directory": "",
    "enable_progress_bar": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_extension_repositories": "forbidden",
    "allow_persistent_secrets": False,
    # Table names must not find variables of this program.
    "python_enable_replacements": False,
    # Not the machine's, so that a query gives the same result everywhere.
    "TimeZone": "UTC",
    # DuckDB must not read or write any file: `WITH x AS (COPY …) SELECT …` counts as a SELECT.
    "enable_external_access": False,
    # Last, because it locks all settings.
    "lock_configuration": True,
}


class QueryRefused(Exception):  # noqa: N818 - an answer, not an error of this program
    """There is no result. The message says why."""


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Read the query, and write a line of JSON followed by the rows, if there are any."""
    request = json.loads(source.readline())
    limit_process(request)
    try:
        batches, schema, more = answer(request, source)
    except QueryRefused as error:
        target.write(json.dumps({"error": str(error)}).encode() + b"\n")
        return
    import pyarrow as pa  # noqa: PLC0415 - as in `_connect`

    target.write(json.dumps({"more": more}).encode() + b"\n")
    with pa.ipc.new_stream(target, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)


def limit_process(request: dict[str, Any]) -> None:
    """Limit this process's memory and CPU time, and forbid it to write files, if the system can."""
    try:
        import resource  # noqa: PLC0415 - Windows does not have it
    except ImportError:
        return
    limits = {
        resource.RLIMIT_DATA: request["process_bytes"],
        # If the server ends first, nobody kills this process.
        resource.RLIMIT_CPU: request["cpu_s"],
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


def answer(request: dict[str, Any], source: BinaryIO) -> tuple[list[Any], Any, bool]:
    """Return the rows in batches, their schema, and whether there are more. Raise `QueryRefused` if there is no result."""
    try:
        import duckdb  # noqa: PLC0415 - only the extra `corpus` installs it
    except ImportError as error:
        raise QueryRefused(
            "Queries need DuckDB, which is not installed: pip install duckdb (or the extra `corpus`)."
        ) from error
    try:
        return _run(duckdb, request, source)
    except Exception as error:
        raise QueryRefused(_why(error, request)) from error


def _run(duckdb: Any, request: dict[str, Any], source: BinaryIO) -> tuple[list[Any], Any, bool]:
    connection = _connect(duckdb, request, source)
    statements = connection.extract_statements(request["sql"])
    if len(statements) != 1:
        raise QueryRefused(f"Write one statement, not {len(statements)}." if statements else "There is no query.")
    kind = statements[0].type
    if kind == duckdb.StatementType.MULTI:
        raise QueryRefused("PIVOT needs its values listed: ON column IN (…).")
    if kind != duckdb.StatementType.SELECT:
        raise QueryRefused(f"Only SELECT and similar statements are allowed, not {kind.name.replace('_', ' ')}.")
    relation = connection.sql(statements[0])
    names = _unique(relation.columns)
    columns = ", ".join(
        f"#{place}" if _is_shown(str(kind)) else f"CAST(#{place} AS VARCHAR)"
        for place, kind in enumerate(relation.types, 1)
    )
    batches = []
    rows = size_bytes = 0
    with relation.project(columns).limit(request["rows"] + 1).to_arrow_reader(_BATCH_ROWS) as reader:
        schema = _with_names(reader.schema, names)
        for fetched in reader:
            batch = fetched.rename_columns(names).slice(0, max(0, request["rows"] - rows))
            rows, size_bytes = rows + fetched.num_rows, size_bytes + batch.nbytes
            if size_bytes > request["result_bytes"]:
                raise QueryRefused(
                    f"The result is larger than {request['result']}; select less of it, such as left(text, 200)."
                )
            batches.append(batch)
    return batches, schema, rows > request["rows"]


def _connect(duckdb: Any, request: dict[str, Any], source: BinaryIO) -> Any:
    """Return an in-memory database with the tables and locked settings."""
    import pyarrow as pa  # noqa: PLC0415 - if DuckDB is missing, say so first
    from pyarrow import dataset  # noqa: PLC0415

    pa.set_cpu_count(request["threads"])
    connection = duckdb.connect(":memory:")
    for name, paths in request["files"].items():
        connection.register(name, dataset.dataset(paths, format="parquet"))
    for name in request["frames"]:
        with pa.ipc.open_stream(source) as stream:
            connection.register(name, stream.read_all())
    bounds = {"memory_limit": f"{request['memory_bytes']}B", "threads": request["threads"]}
    for name, value in {**bounds, **_SETTINGS}.items():
        connection.execute(f"SET {name} = {_literal(value)}")
    return connection


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _is_shown(kind: str) -> bool:
    return kind in _SHOWN_TYPES or kind.startswith("DECIMAL")


def _unique(names: list[str]) -> list[str]:
    """Return names with repeated ones numbered, because a table cannot have two columns of one name."""
    unique: dict[str, None] = {}
    for name in names:
        free, count = name, 1
        while free in unique:
            free, count = f"{name}_{count}", count + 1
        unique[free] = None
    return list(unique)


def _with_names(schema: Any, names: list[str]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return pa.schema([column.with_name(name) for column, name in zip(schema, names, strict=True)])


def _why(error: Exception, request: dict[str, Any]) -> str:
    """Return in one line why a query failed. DuckDB adds the place below, and advice on settings that are locked here."""
    if isinstance(error, QueryRefused):
        return str(error)
    message = str(error)
    if isinstance(error, MemoryError) or "Out of Memory Error" in message or "bad_alloc" in message:
        return f"The query needs more than {request['memory']} of memory; narrow the query."
    if message.startswith("Permission Error"):
        what = message.removeprefix("Permission Error: ").partition(" - ")[0]
        return f"A query can read only the tables: {what[:1].lower()}{what[1:]}."[:_MESSAGE_CHARACTERS]
    reason = message.partition("\n\nLINE ")[0].partition("\nLINE ")[0]
    return " ".join(reason.split())[:_MESSAGE_CHARACTERS] or type(error).__name__


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
