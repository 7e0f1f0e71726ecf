"""Queries in SQL: what is answered, and that no query reaches beyond the tables or takes more than it may."""

import io
import json
import sys
import time

import pandas as pd
import pytest

from tests.conftest import SAMPLES
from viewer.files.folders import members
from viewer.library import query as asked
from viewer.library import query_process
from viewer.library.index import write_index
from viewer.library.library import gathered, rows
from viewer.library.query import QueryError, QueryLimits, query
from viewer.library.ready_queries import READY_QUERIES

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "tables"
    list(write_index(members(SAMPLES), folder))
    return folder


@pytest.fixture(scope="module")
def library():
    return gathered(rows(list(members(SAMPLES))))


@pytest.fixture(scope="module")
def outside(tmp_path_factory, index):
    """A folder beside the index, with a table in it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "other.parquet").write_bytes(next((index / "streams").iterdir()).read_bytes())
    (folder / "other.txt").write_text("secret")
    return folder


def found(sql, tables, **limits):
    return query(sql, tables, QueryLimits(**limits)).rows.to_pylist()


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tables_of_an_index_are_asked_by_their_names(index):
    assert found("SELECT count(*) AS n FROM streams", index) == [{"n": 16}]
    assert found("SELECT count(*) AS n FROM unreadable", index) == [{"n": 0}]
    sql = "SELECT string_agg(text, '' ORDER BY event) AS t FROM chunks WHERE kind = 'content' AND name LIKE 'qwen3%'"
    assert found(sql, index)[0]["t"].startswith("Sunlight is scattered by the molecules")


@pytest.mark.parametrize("ready", [one for one in READY_QUERIES if one.table == "streams"], ids=lambda one: one.title)
def test_rows_in_memory_answer_as_the_index_does(index, library, ready):
    assert found(ready.sql, {"streams": library.streams}) == found(ready.sql, index)


def test_what_was_named_is_there_and_no_variable_of_the_program(index):
    named = {"one": pd.DataFrame({"a": [1, 2]}), "two": pd.DataFrame({"a": pd.Categorical(["y", "x"], ["y", "x"])})}
    assert found("SELECT sum(a)::INT AS s FROM one", named) == [{"s": 3}]
    assert found("SELECT a FROM two ORDER BY a", named) == [{"a": "x"}, {"a": "y"}]
    with pytest.raises(QueryError, match="Table with name asked does not exist"):
        found("SELECT * FROM asked", index)


@pytest.mark.parametrize(
    "sql", ["DESCRIBE streams", "SUMMARIZE streams", "SHOW TABLES", "FROM streams -- all", "VALUES (1);"]
)
def test_what_counts_as_a_select_is_answered(sql, index):
    assert found(sql, index)


def test_numbers_and_texts_stay_what_they_are_and_all_else_is_text():
    sql = "SELECT 9007199254740993 AS a, 'é' AS b, [1, 2] AS c, {'x': 1} AS d, INTERVAL 1 DAY AS e, NULL::INT AS f, 'x'::BLOB AS g"
    assert found(sql, {}) == [
        {"a": 9007199254740993, "b": "é", "c": "[1, 2]", "d": "{'x': 1}", "e": "1 day", "f": None, "g": "x"}
    ]


def test_columns_of_one_name_are_told_apart():
    assert found("SELECT 1 AS a, 2 AS a, 3 AS a_1", {}) == [{"a": 1, "a_1": 2, "a_1_1": 3}]


def test_times_are_those_of_utc(index):
    sql = "SELECT strftime(recorded_at, '%H:%M') AS at FROM streams WHERE name LIKE 'qwen3%'"
    assert found(sql, index) == [{"at": "09:30"}]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("COPY streams TO '{index}/x.csv'", "Only SELECT and the like is answered, and this is COPY"),
        ("WITH x AS (COPY streams TO '{index}/x.csv') SELECT * FROM x", "reads the tables and nothing else"),
        ("WITH x AS (COPY streams TO '{outside}/x.csv') SELECT * FROM x", "reads the tables and nothing else"),
        ("WITH x AS (INSERT INTO streams FROM streams RETURNING *) SELECT * FROM x", "streams is not an table"),
        ("SELECT * FROM read_csv('/etc/passwd')", 'nothing else: cannot access file "/etc/passwd"'),
        ("SELECT * FROM read_text('{outside}/other.txt')", "reads the tables and nothing else"),
        ("SELECT * FROM read_text('{index}/../../{outside.name}/other.txt')", "reads the tables and nothing else"),
        ("SELECT * FROM read_blob('/proc/self/environ')", "reads the tables and nothing else"),
        ("SELECT * FROM read_parquet('{outside}/other.parquet')", "reads the tables and nothing else"),
        ("SELECT * FROM parquet_metadata('{outside}/other.parquet')", "reads the tables and nothing else"),
        ("SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')", "reads the tables and nothing else"),
        ("SELECT * FROM '{outside}/other.parquet'", "reads the tables and nothing else"),
        ("SELECT * FROM glob('/etc/*')", "reads the tables and nothing else"),
        ("SELECT * FROM query('COPY streams TO ''{index}/x.csv''')", "Expected a single SELECT"),
        (
            "SELECT * FROM enable_logging(storage := 'file', storage_path := '{index}/logs')",
            "configuration has been locked",
        ),
        ("SELECT * FROM enable_profiling(save_location := '{index}/profile')", "configuration has been locked"),
        ("ATTACH '{outside}/x.db'", "this is ATTACH"),
        ("INSTALL httpfs", "this is LOAD"),
        ("LOAD httpfs", "this is LOAD"),
        ("SET threads = 8", "this is SET"),
        ("SET enable_external_access = true", "this is SET"),
        ("RESET memory_limit", "this is SET"),
        ("PRAGMA database_list", "this is PRAGMA"),
        ("CALL enable_profiling()", "this is CALL"),
        ("CREATE TABLE x AS FROM streams", "this is CREATE"),
        ("EXPORT DATABASE '{outside}/x'", "this is EXPORT"),
        ("EXPLAIN ANALYZE COPY streams TO '{index}/x.csv'", "this is EXPLAIN"),
        ("SELECT 1; SELECT 2", "Only one statement is answered at a time; these are 2"),
        ("SELECT 1; COPY streams TO '{index}/x.csv'", "Only one statement"),
        ("", "There is no query"),
        ("-- nothing", "There is no query"),
        ("PIVOT streams ON kind USING count(*)", r"PIVOT is answered where the values are listed: ON column IN \(…\)"),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT nme FROM streams", 'column "nme" not found'),
        ("SELECT 'a'::INT", "Could not convert"),
        ("SELECT $1", "Values were not provided"),
    ],
)
def test_a_query_that_is_more_or_less_than_a_select_over_the_tables_is_refused(sql, why, index, outside):
    before = contents(index), contents(outside)
    # Without a process of its own, which costs a second each time and could write no file if the query asked it to.
    request = io.BytesIO(asked._request(sql.format(index=index, outside=outside), index, QueryLimits()))
    with pytest.raises(query_process.Refused, match=why) as refused:
        query_process.answer(json.loads(request.readline()), request)
    assert "\n" not in str(refused.value)
    assert (contents(index), contents(outside)) == before


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "reads the tables and nothing else"),
        ("SELECT nme FROM streams", 'column "nme" not found'),
        ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "expression depth"),
        ("SELECT '\ud83d'", "half of a character"),
    ],
)
def test_a_process_of_its_own_says_why_in_one_line(sql, why, index):
    with pytest.raises(QueryError, match=why) as refused:
        query(sql, index)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "sql",
    [
        ENDLESS,
        "SELECT sleep_ms(60000)",
        "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT count(*) FROM r",
    ],
)
def test_a_query_that_does_not_end_is_ended(sql):
    start_s = time.monotonic()
    with pytest.raises(QueryError, match=r"not done after 2.5 s"):
        query(sql, {}, QueryLimits(seconds=2.5))
    assert time.monotonic() - start_s < 10


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(a) FROM range(10000000000) t(a)",
        "SELECT a, count(*) FROM range(1000000000) t(a) GROUP BY a",
        # Of these DuckDB counts no memory; it is the system that bounds the process.
        pytest.param(
            "SELECT repeat('x', 4000000000)",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process so"),
        ),
        pytest.param(
            "SELECT repeat('x', 1000000) FROM range(100000)",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process so"),
        ),
    ],
)
def test_a_query_that_takes_all_memory_is_ended(sql):
    with pytest.raises(QueryError, match="needs more memory than 100 MiB"):
        query(sql, {}, QueryLimits(memory_bytes=100 << 20))


def test_only_so_many_rows_come_and_it_is_said_that_there_are_more():
    all_of_them, fewer = (query("FROM range(5)", {}, QueryLimits(rows=rows)) for rows in (5, 4))
    assert (all_of_them.rows.num_rows, all_of_them.more) == (5, False)
    assert (fewer.rows.to_pydict(), fewer.more) == ({"range": [0, 1, 2, 3]}, True)
    many = query("SELECT a.range FROM range(10000000) a, range(10000000) b", {})
    assert (many.rows.num_rows, many.more) == (10_000, True)


def test_a_result_too_large_is_refused():
    with pytest.raises(QueryError, match="larger than 1 MiB"):
        query("SELECT repeat('x', 1000) FROM range(2000)", {}, QueryLimits(result_bytes=1 << 20))


def test_a_query_too_long_is_refused():
    with pytest.raises(QueryError, match="20,008 characters is too long; 20,000 are the most"):
        query("SELECT 1" + " " * 20_000, {})


def test_a_folder_without_tables_says_what_writes_them(tmp_path):
    with pytest.raises(QueryError, match="python -m viewer index writes them"):
        query("SELECT 1", tmp_path)


def test_damaged_tables_are_a_refusal(tmp_path):
    for kind in ("streams", "chunks"):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "a.parquet").write_bytes(b"broken")
    with pytest.raises(QueryError, match="Parquet"):
        query("SELECT 1", tmp_path)


def test_two_queries_run_at_once_and_a_third_waits_no_longer_than_it_may():
    with asked._turns, asked._turns, pytest.raises(QueryError, match="Other queries are still running"):
        query("SELECT 1", {}, QueryLimits(seconds=0.1))
    assert found("SELECT 1 AS a", {}) == [{"a": 1}]


def test_where_duckdb_is_missing_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(query_process.Refused, match=r"pip install duckdb"):
        query_process.answer({}, io.BytesIO())
