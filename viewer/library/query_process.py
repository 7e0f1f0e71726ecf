"""Answer one query and end: what `viewer.library.query` starts, and tells on standard input what is asked.

It is run by its path and imports nothing of this package, which would take longer than most queries do.
"""

import json
import sys
from contextlib import suppress
from typing import Any, BinaryIO

_BATCH_ROWS = 2048
_MESSAGE_CHARACTERS = 300
# What a table on a page and a CSV file hold as it is; of sums of whole numbers DuckDB makes a HUGEINT.
_PLAIN = frozenset(
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
    # A table is one that was named, and no variable of this program.
    "python_enable_replacements": False,
    # Not that of the machine, so that a query finds the same everywhere.
    "TimeZone": "UTC",
    # DuckDB reads and writes no file at all, for `WITH x AS (COPY …) SELECT …` counts as a SELECT.
    "enable_external_access": False,
    # Last, since it holds all settings.
    "lock_configuration": True,
}


class Refused(Exception):  # noqa: N818 - it is an answer
    """Say why there is no result."""


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Read what is asked, and write a line of JSON, and behind it the rows where there are any."""
    asked = json.loads(source.readline())
    bound(asked)
    try:
        batches, schema, more = answer(asked, source)
    except Refused as error:
        target.write(json.dumps({"error": str(error)}).encode() + b"\n")
        return
    import pyarrow as pa  # noqa: PLC0415 - as below

    target.write(json.dumps({"more": more}).encode() + b"\n")
    with pa.ipc.new_stream(target, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)


def bound(asked: dict[str, Any]) -> None:
    """Bound what this process may take, where the system can: memory, time, and nothing written."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    bounds = {
        resource.RLIMIT_DATA: asked["process_bytes"],
        # Where the server ends first, nobody ends this process.
        resource.RLIMIT_CPU: asked["cpu_s"],
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in bounds.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def answer(asked: dict[str, Any], source: BinaryIO) -> tuple[list[Any], Any, bool]:
    """Return the rows that were found in batches, their schema, and whether there are more; raise `Refused` for why not."""
    try:
        import duckdb  # noqa: PLC0415 - it is the extra `corpus`
    except ImportError as error:
        raise Refused(
            "Queries need DuckDB, which is not installed: pip install duckdb (or the extra `corpus`)."
        ) from error
    try:
        return _found(duckdb, asked, source)
    except Exception as error:
        raise Refused(_why(error, asked)) from error


def _found(duckdb: Any, asked: dict[str, Any], source: BinaryIO) -> tuple[list[Any], Any, bool]:
    connection = _connected(duckdb, asked, source)
    statements = connection.extract_statements(asked["sql"])
    if len(statements) != 1:
        raise Refused(
            f"Only one statement is answered at a time; these are {len(statements)}."
            if statements
            else "There is no query."
        )
    kind = statements[0].type
    if kind == duckdb.StatementType.MULTI:
        raise Refused("PIVOT is answered where the values are listed: ON column IN (…).")
    if kind != duckdb.StatementType.SELECT:
        raise Refused(f"Only SELECT and the like is answered, and this is {kind.name.replace('_', ' ')}.")
    relation = connection.sql(statements[0])
    names = _distinct(relation.columns)
    columns = ", ".join(
        f"#{place}" if _is_plain(str(kind)) else f"CAST(#{place} AS VARCHAR)"
        for place, kind in enumerate(relation.types, 1)
    )
    batches = []
    rows = size_bytes = 0
    with relation.project(columns).limit(asked["rows"] + 1).to_arrow_reader(_BATCH_ROWS) as reader:
        schema = _named(reader.schema, names)
        for found in reader:
            batch = found.rename_columns(names).slice(0, max(0, asked["rows"] - rows))
            rows, size_bytes = rows + found.num_rows, size_bytes + batch.nbytes
            if size_bytes > asked["result_bytes"]:
                raise Refused(
                    f"The result is larger than {asked['result']}; select less of it, such as left(text, 200)."
                )
            batches.append(batch)
    return batches, schema, rows > asked["rows"]


def _connected(duckdb: Any, asked: dict[str, Any], source: BinaryIO) -> Any:
    """Return a database in memory that holds the tables, and can change nothing about itself."""
    import pyarrow as pa  # noqa: PLC0415 - where DuckDB is missing, that is said at once
    from pyarrow import dataset  # noqa: PLC0415

    pa.set_cpu_count(asked["threads"])
    connection = duckdb.connect(":memory:")
    for name, paths in asked["files"].items():
        connection.register(name, dataset.dataset(paths, format="parquet"))
    for name in asked["frames"]:
        with pa.ipc.open_stream(source) as stream:
            connection.register(name, stream.read_all())
    bounds = {"memory_limit": f"{asked['memory_bytes']}B", "threads": asked["threads"]}
    for name, value in {**bounds, **_SETTINGS}.items():
        connection.execute(f"SET {name} = {_literal(value)}")
    return connection


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _is_plain(kind: str) -> bool:
    return kind in _PLAIN or kind.startswith("DECIMAL")


def _distinct(names: list[str]) -> list[str]:
    """Return names of which each stands once, since a table cannot hold two alike."""
    distinct: dict[str, None] = {}
    for name in names:
        free, count = name, 1
        while free in distinct:
            free, count = f"{name}_{count}", count + 1
        distinct[free] = None
    return list(distinct)


def _named(schema: Any, names: list[str]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - see above

    return pa.schema([column.with_name(name) for column, name in zip(schema, names, strict=True)])


def _why(error: Exception, asked: dict[str, Any]) -> str:
    """Return in a line why a query failed: DuckDB shows below it the place, and advice for who may change settings."""
    if isinstance(error, Refused):
        return str(error)
    message = str(error)
    if isinstance(error, MemoryError) or "Out of Memory Error" in message or "bad_alloc" in message:
        return f"The query needs more memory than {asked['memory']}; ask for less."
    if message.startswith("Permission Error"):
        what = message.removeprefix("Permission Error: ").partition(" - ")[0]
        return f"A query reads the tables and nothing else: {what[:1].lower()}{what[1:]}."[:_MESSAGE_CHARACTERS]
    told = message.partition("\n\nLINE ")[0].partition("\nLINE ")[0]
    return " ".join(told.split())[:_MESSAGE_CHARACTERS] or type(error).__name__


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
