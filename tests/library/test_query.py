"""SQL queries: which are answered, and that no query reaches beyond the tables or exceeds its limits."""

import io
import json
import sys
import time

import pandas as pd
import pyarrow as pa
import pytest

from tests.conftest import SAMPLES
from viewer.files.folders import members
from viewer.library import query as query_module
from viewer.library import query_process
from viewer.library.index import write_index
from viewer.library.library import join_batches, read_batches
from viewer.library.query import QueryError, QueryLimits, run_query
from viewer.library.ready_queries import READY_QUERIES

# A busy machine may take longer than the default limit to start a process.
PATIENT_S = 120.0
ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "tables"
    list(write_index(members(SAMPLES), folder))
    return folder


@pytest.fixture(scope="module")
def library():
    return join_batches(read_batches(list(members(SAMPLES))))


@pytest.fixture(scope="module")
def outside(tmp_path_factory, index):
    """A folder outside the index, with a table in it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "other.parquet").write_bytes(next((index / "streams").iterdir()).read_bytes())
    (folder / "other.txt").write_text("secret")
    return folder


def found(sql, tables):
    """Answer a query in this process: starting one takes a second each time, and the answer is the same."""
    request = io.BytesIO(query_module._request(sql, tables, QueryLimits()))
    batches, schema, _ = query_process.answer(json.loads(request.readline()), request)
    return pa.Table.from_batches(batches, schema).to_pylist()


def found_by_a_process(sql, tables):
    return run_query(sql, tables, QueryLimits(seconds=PATIENT_S)).rows.to_pylist()


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tables_of_an_index_have_names(index):
    assert found("SELECT count(*) AS n FROM streams", index) == [{"n": 25}]
    assert found("SELECT count(*) AS n FROM unreadable", index) == [{"n": 0}]
    sql = "SELECT string_agg(text, '' ORDER BY event) AS t FROM chunks WHERE kind = 'content' AND name LIKE 'qwen3%'"
    assert found(sql, index)[0]["t"].startswith("Sunlight is scattered by the molecules")


@pytest.mark.parametrize("ready", [one for one in READY_QUERIES if one.table == "streams"], ids=lambda one: one.title)
def test_tables_in_memory_give_the_answers_of_the_index(index, library, ready):
    assert found(ready.sql, {"streams": library.streams}) == found(ready.sql, index)


def test_a_query_sees_the_named_tables_and_no_variables_of_the_program(index):
    named = {"one": pd.DataFrame({"a": [1, 2]}), "two": pd.DataFrame({"a": pd.Categorical(["y", "x"], ["y", "x"])})}
    assert found("SELECT sum(a)::INT AS s FROM one", named) == [{"s": 3}]
    assert found("SELECT a FROM two ORDER BY a", named) == [{"a": "x"}, {"a": "y"}]
    with pytest.raises(query_process.QueryRefused, match="Table with name named does not exist"):
        found("SELECT * FROM named", index)


@pytest.mark.process
def test_a_process_gives_the_same_answer(index, library):
    sql = "SELECT name, output_tokens, recorded_at FROM streams ORDER BY name, interaction"
    assert found_by_a_process(sql, index) == found(sql, index) == found_by_a_process(sql, {"streams": library.streams})
    with pytest.raises(QueryError, match="Table with name request does not exist"):
        found_by_a_process("SELECT * FROM request", index)


@pytest.mark.parametrize(
    "sql", ["DESCRIBE streams", "SUMMARIZE streams", "SHOW TABLES", "FROM streams -- all", "VALUES (1);"]
)
def test_statements_that_count_as_select_are_answered(sql, index):
    assert found(sql, index)


def test_numbers_and_texts_keep_their_types_and_other_values_become_text():
    sql = "SELECT 9007199254740993 AS a, 'é' AS b, [1, 2] AS c, {'x': 1} AS d, INTERVAL 1 DAY AS e, NULL::INT AS f, 'x'::BLOB AS g"
    assert found(sql, {}) == [
        {"a": 9007199254740993, "b": "é", "c": "[1, 2]", "d": "{'x': 1}", "e": "1 day", "f": None, "g": "x"}
    ]


def test_repeated_column_names_are_numbered():
    assert found("SELECT 1 AS a, 2 AS a, 3 AS a_1", {}) == [{"a": 1, "a_1": 2, "a_1_1": 3}]


def test_times_are_in_utc(index):
    sql = "SELECT strftime(recorded_at, '%H:%M') AS at FROM streams WHERE name LIKE 'qwen3%'"
    assert found(sql, index) == [{"at": "09:30"}]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("COPY streams TO '{index}/x.csv'", "Only SELECT and similar statements are allowed, not COPY"),
        ("WITH x AS (COPY streams TO '{index}/x.csv') SELECT * FROM x", "can read only the tables"),
        ("WITH x AS (COPY streams TO '{outside}/x.csv') SELECT * FROM x", "can read only the tables"),
        ("WITH x AS (INSERT INTO streams FROM streams RETURNING *) SELECT * FROM x", "streams is not an table"),
        ("SELECT * FROM read_csv('/etc/passwd')", 'only the tables: cannot access file "/etc/passwd"'),
        ("SELECT * FROM read_text('{outside}/other.txt')", "can read only the tables"),
        ("SELECT * FROM read_text('{index}/../../{outside.name}/other.txt')", "can read only the tables"),
        ("SELECT * FROM read_blob('/proc/self/environ')", "can read only the tables"),
        ("SELECT * FROM read_parquet('{outside}/other.parquet')", "can read only the tables"),
        ("SELECT * FROM parquet_metadata('{outside}/other.parquet')", "can read only the tables"),
        ("SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')", "can read only the tables"),
        ("SELECT * FROM '{outside}/other.parquet'", "can read only the tables"),
        ("SELECT * FROM glob('/etc/*')", "can read only the tables"),
        ("SELECT * FROM query('COPY streams TO ''{index}/x.csv''')", "Expected a single SELECT"),
        (
            "SELECT * FROM enable_logging(storage := 'file', storage_path := '{index}/logs')",
            "configuration has been locked",
        ),
        ("SELECT * FROM enable_profiling(save_location := '{index}/profile')", "configuration has been locked"),
        ("ATTACH '{outside}/x.db'", "not ATTACH"),
        ("INSTALL httpfs", "not LOAD"),
        ("LOAD httpfs", "not LOAD"),
        ("SET threads = 8", "not SET"),
        ("SET enable_external_access = true", "not SET"),
        ("RESET memory_limit", "not SET"),
        ("PRAGMA database_list", "not PRAGMA"),
        ("CALL enable_profiling()", "not CALL"),
        ("CREATE TABLE x AS FROM streams", "not CREATE"),
        ("EXPORT DATABASE '{outside}/x'", "not EXPORT"),
        ("EXPLAIN ANALYZE COPY streams TO '{index}/x.csv'", "not EXPLAIN"),
        ("SELECT 1; SELECT 2", "Write one statement, not 2"),
        ("SELECT 1; COPY streams TO '{index}/x.csv'", "Write one statement"),
        ("", "There is no query"),
        ("-- nothing", "There is no query"),
        ("PIVOT streams ON kind USING count(*)", r"PIVOT needs its values listed: ON column IN \(…\)"),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT nme FROM streams", 'column "nme" not found'),
        ("SELECT 'a'::INT", "Could not convert"),
        ("SELECT $1", "Values were not provided"),
    ],
)
def test_anything_but_one_select_over_the_tables_is_refused(sql, why, index, outside):
    before = contents(index), contents(outside)
    # In this process: a process of its own takes a second, and could not write a file even if the query asked it to.
    request = io.BytesIO(query_module._request(sql.format(index=index, outside=outside), index, QueryLimits()))
    with pytest.raises(query_process.QueryRefused, match=why) as refused:
        query_process.answer(json.loads(request.readline()), request)
    assert "\n" not in str(refused.value)
    assert (contents(index), contents(outside)) == before


@pytest.mark.process
@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "can read only the tables"),
        ("SELECT nme FROM streams", 'column "nme" not found'),
        ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "expression depth"),
        ("SELECT '\ud83d'", "half a surrogate pair"),
    ],
)
def test_the_query_process_gives_the_reason_in_one_line(sql, why, index):
    with pytest.raises(QueryError, match=why) as refused:
        run_query(sql, index, QueryLimits(seconds=PATIENT_S))
    assert "\n" not in str(refused.value)


@pytest.mark.process
@pytest.mark.parametrize(
    "sql",
    [
        ENDLESS,
        "SELECT sleep_ms(60000)",
        "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT count(*) FROM r",
    ],
)
def test_an_endless_query_is_stopped(sql):
    start_s = time.monotonic()
    with pytest.raises(QueryError, match=r"did not finish within 2.5 s"):
        run_query(sql, {}, QueryLimits(seconds=2.5))
    assert time.monotonic() - start_s < 10


@pytest.mark.process
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(a) FROM range(10000000000) t(a)",
        "SELECT a, count(*) FROM range(1000000000) t(a) GROUP BY a",
        # DuckDB does not count this memory; the system limits the process.
        pytest.param(
            "SELECT repeat('x', 4000000000)",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process"),
        ),
        pytest.param(
            "SELECT repeat('x', 1000000) FROM range(100000)",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process"),
        ),
    ],
)
def test_a_query_that_needs_too_much_memory_is_stopped(sql):
    with pytest.raises(QueryError, match="needs more than 100 MiB of memory"):
        run_query(sql, {}, QueryLimits(seconds=PATIENT_S, memory_bytes=100 << 20))


@pytest.mark.process
def test_the_rows_are_limited_and_the_result_says_if_there_are_more():
    complete, fewer = (run_query("FROM range(5)", {}, QueryLimits(seconds=PATIENT_S, rows=rows)) for rows in (5, 4))
    assert (complete.rows.num_rows, complete.more) == (5, False)
    assert (fewer.rows.to_pydict(), fewer.more) == ({"range": [0, 1, 2, 3]}, True)
    many = run_query("SELECT a.range FROM range(10000000) a, range(10000000) b", {}, QueryLimits(seconds=PATIENT_S))
    assert (many.rows.num_rows, many.more) == (10_000, True)


@pytest.mark.process
def test_a_result_that_is_too_large_is_refused():
    with pytest.raises(QueryError, match="larger than 1 MiB"):
        run_query("SELECT repeat('x', 1000) FROM range(2000)", {}, QueryLimits(seconds=PATIENT_S, result_bytes=1 << 20))


def test_a_query_that_is_too_long_is_refused():
    with pytest.raises(QueryError, match="The query has 20,008 characters; at most 20,000 are allowed"):
        run_query("SELECT 1" + " " * 20_000, {})


def test_the_message_about_a_folder_without_tables_says_how_to_write_them(tmp_path):
    with pytest.raises(QueryError, match="cassette-viewer index writes them"):
        run_query("SELECT 1", tmp_path)


@pytest.mark.process
def test_damaged_tables_are_refused(tmp_path):
    for kind in ("streams", "chunks"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "a.parquet").write_bytes(b"broken")
    with pytest.raises(QueryError, match="Parquet"):
        run_query("SELECT 1", tmp_path, QueryLimits(seconds=PATIENT_S))


@pytest.mark.process
def test_a_third_query_at_once_waits_until_its_time_is_up():
    with query_module._slots, query_module._slots, pytest.raises(QueryError, match="Other queries are still running"):
        run_query("SELECT 1", {}, QueryLimits(seconds=0.1))
    assert found("SELECT 1 AS a", {}) == [{"a": 1}]


def test_if_duckdb_is_missing_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(query_process.QueryRefused, match=r"pip install duckdb"):
        query_process.answer({}, io.BytesIO())
