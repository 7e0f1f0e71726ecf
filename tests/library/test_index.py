"""The Parquet tables: their contents, that only the recordings change their bytes, and that unchanged ones are not read again."""

import importlib
import re
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

import viewer
import viewer.library.index
from tests.conftest import ROOT
from tests.support import planted
from viewer.cli.main import main
from viewer.files.folders import members
from viewer.library.index import write_index
from viewer.library.ready_queries import READY_QUERIES
from viewer.library.stream_rows import COLUMNS

pytestmark = pytest.mark.process

SAMPLES = ROOT / "sample_cassettes"
VIEWS, *QUERIES = re.findall(r"```sql\n(.*?)\n```", (ROOT / "docs" / "corpus.md").read_text(), re.DOTALL)
SECRET = planted.secrets_of("anthropic-key")[0]
EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\ndata: [DONE]\n\n'


def written(source, folder, **how):
    """The last progress of an index."""
    return list(write_index(members(source), folder, **how))[-1]


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def table(folder, kind):
    return pd.concat([pd.read_parquet(path) for path in sorted((folder / kind).glob("*.parquet"))], ignore_index=True)


def run(*arguments):
    return main(["index", *map(str, arguments)])


@pytest.fixture
def source(tmp_path):
    """A hundred small recordings, one with its body in a file next to it, and one that is broken."""
    source = tmp_path / "source"
    for number in range(100):
        path = source / f"{number % 7}" / f"{number:03}.sse"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(EVENTS % b"text %d" % number)
    (source / "mappings").mkdir()
    (source / "__files").mkdir()
    (source / "mappings" / "a.json").write_text(
        '{"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}'
    )
    (source / "__files" / "b.txt").write_bytes(EVENTS % b"beside")
    (source / "broken.json").write_bytes(b'{"a": 1}')
    (source / "README.md").write_bytes(b"#")
    return source


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "tables"
    written(SAMPLES, folder)
    return folder


def test_the_tables_agree_with_the_recordings(samples):
    streams, chunks = table(samples, "streams"), table(samples, "chunks")
    assert list(streams.columns) == list(COLUMNS)
    for name in streams["name"].unique():
        cassette = viewer.load(SAMPLES / name)
        mine = chunks[chunks["name"] == name].reset_index(drop=True)
        wanted = cassette.chunks
        assert mine["text"].tolist() == wanted["text"].tolist()
        assert mine["kind"].tolist() == wanted["kind"].tolist()
        pd.testing.assert_series_equal(mine["t"], wanted["t"])
        pd.testing.assert_series_equal(mine["t_high"], wanted["t_high"])
        assert (streams.loc[streams["name"] == name, "kind"] == "stream").sum() == len(cassette.streams)


def test_any_number_of_processes_writes_the_same_bytes(source, tmp_path):
    one, two = written(source, tmp_path / "one"), written(source, tmp_path / "two", processes=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert len(list((tmp_path / "one" / "streams").iterdir())) > 1
    assert one == two
    assert (one.done, one.read, one.unreadable, one.skipped) == (102, 102, 1, 2)


def test_a_bad_file_is_listed_as_unreadable(source, tmp_path):
    written(source, tmp_path / "tables")
    unreadable = pd.read_parquet(tmp_path / "tables" / "unreadable.parquet")
    assert unreadable["name"].tolist() == ["broken.json"]
    assert "a mapping with the keys 'a'" in unreadable["reason"][0]
    assert len(table(tmp_path / "tables", "streams")) == 101


def test_a_second_run_reads_and_changes_nothing(source, tmp_path, monkeypatch):
    written(source, tmp_path / "tables")
    before = files_of(tmp_path / "tables")
    monkeypatch.setattr("viewer.library.shard.open_content", lambda *_: pytest.fail("read again"))
    assert written(source, tmp_path / "tables").read == 0
    assert files_of(tmp_path / "tables") == before


def change(source):
    (source / "3" / "003.sse").write_bytes(EVENTS % b"other")


def change_body_file(source):
    (source / "__files" / "b.txt").write_bytes(EVENTS % b"other")


def remove_body_file(source):
    (source / "__files" / "b.txt").unlink()


def add(source):
    (source / "3" / "new.sse").write_bytes(EVENTS % b"other")


def repair(source):
    (source / "broken.json").write_bytes(EVENTS % b"whole")


@pytest.mark.parametrize("what", [change, change_body_file, remove_body_file, add, repair])
def test_only_changed_recordings_are_read_and_the_tables_equal_a_fresh_run(source, tmp_path, what):
    written(source, tmp_path / "tables")
    what(source)
    assert written(source, tmp_path / "tables").read == 1
    written(source, tmp_path / "fresh")
    assert files_of(tmp_path / "tables") == files_of(tmp_path / "fresh")


def test_deleted_recordings_leave_the_tables_and_other_files_stay(source, tmp_path):
    written(source, tmp_path / "tables")
    (tmp_path / "tables" / "streams" / "mine.parquet").write_bytes(b"mine")
    for number in range(1, 7):
        shutil.rmtree(source / str(number))
    assert written(source, tmp_path / "tables").read == 0
    assert (tmp_path / "tables" / "streams" / "mine.parquet").read_bytes() == b"mine"
    (tmp_path / "tables" / "streams" / "mine.parquet").unlink()
    written(source, tmp_path / "fresh")
    assert files_of(tmp_path / "tables") == files_of(tmp_path / "fresh")


def test_an_interrupted_run_continues_where_it_stopped(source, tmp_path):
    progress = write_index(members(source), tmp_path / "tables")
    first = next(progress)
    progress.close()
    assert written(source, tmp_path / "tables").read == 102 - first.done
    written(source, tmp_path / "fresh")
    assert files_of(tmp_path / "tables") == files_of(tmp_path / "fresh")


def test_another_version_of_the_program_reads_everything_again(source, tmp_path, monkeypatch):
    written(source, tmp_path / "tables")
    monkeypatch.setattr("viewer.library.shard.VERSION", "0.0.0")
    assert written(source, tmp_path / "tables").read == 102


def test_a_damaged_shard_is_made_again(source, tmp_path):
    written(source, tmp_path / "tables")
    before = files_of(tmp_path / "tables")
    next((tmp_path / "tables" / "streams").glob("*.parquet")).write_bytes(b"broken")
    assert 0 < written(source, tmp_path / "tables").read < 102
    assert files_of(tmp_path / "tables") == before


def test_damaged_or_foreign_chunk_files_are_made_again(source, tmp_path):
    written(source, tmp_path / "tables")
    before = files_of(tmp_path / "tables")
    first, second = sorted((tmp_path / "tables" / "chunks").glob("*.parquet"))[:2]
    first.write_bytes(first.read_bytes()[:100])
    second.write_bytes(b"other")
    assert 0 < written(source, tmp_path / "tables").read < 102
    assert files_of(tmp_path / "tables") == before


def test_half_a_surrogate_pair_becomes_a_replacement_character(tmp_path):
    (tmp_path / "a.sse").write_bytes(EVENTS % b"\\ud83d")
    (tmp_path / "b.sse").write_bytes(EVENTS % b"whole")
    written(tmp_path, tmp_path / "tables")
    texts = table(tmp_path / "tables", "chunks").groupby("name")["text"].sum()
    assert texts.to_dict() == {"a.sse": "\ufffd", "b.sse": "whole"}


def leaking(folder, name="a.sse"):
    """Two recordings: one is broken and one says a secret. Both have it in their names."""
    for broken in (False, True):
        path = folder / f"{SECRET}{'-broken' * broken}" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b'{"%s": 1}' % SECRET.encode() if broken else EVENTS % SECRET.encode())
    return folder


@pytest.mark.parametrize("kept_first", [False, True])
def test_tables_with_and_without_secrets_are_never_mixed(kept_first, tmp_path):
    source = leaking(tmp_path / "leaking")

    def write(*, redact):
        progress = written(source, tmp_path / "tables", redact=redact)
        return progress.read, any(SECRET[12:].encode() in content for content in unpacked(tmp_path / "tables"))

    # The first run reads all, a different one all again, and the same one nothing.
    assert write(redact=not kept_first) == (2, kept_first)
    assert write(redact=kept_first) == (2, not kept_first)
    assert write(redact=kept_first) == (0, not kept_first)


def unpacked(folder):
    """The metadata and values of all tables: Parquet packs what it holds."""
    for path in folder.rglob("*.parquet"):
        yield repr(pq.read_schema(path).metadata).encode()
        yield pq.read_table(path).to_pandas().to_csv().encode()


def test_several_machines_write_the_same_bytes(source, tmp_path, dask_cluster):
    written(source, tmp_path / "one")
    assert written(source, tmp_path / "dask-tables", executor=dask_cluster).read == 102
    assert files_of(tmp_path / "one") == files_of(tmp_path / "dask-tables")


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_documented_query_finds_something(query, samples, tmp_path, monkeypatch):
    duckdb = importlib.import_module("duckdb")
    shutil.copytree(samples, tmp_path / "tables")
    if "HAVING count(DISTINCT name)" in query:
        twice = tmp_path / "source"
        twice.mkdir()
        for name in ("a.sse", "b.sse"):
            (twice / name).write_bytes(EVENTS % b"hi")
        shutil.rmtree(tmp_path / "tables")
        written(twice, tmp_path / "tables")
    monkeypatch.chdir(tmp_path / "tables")
    with duckdb.connect() as connection:
        connection.execute(VIEWS)
        assert connection.sql(query).fetchall()


def test_the_documented_queries_agree_with_the_recordings(samples, monkeypatch):
    duckdb = importlib.import_module("duckdb")
    monkeypatch.chdir(samples)
    connection = duckdb.connect()
    connection.execute(VIEWS)
    text = next(query for query in QUERIES if "string_agg" in query)
    contents = {(name, place): content for name, place, content in connection.sql(text).fetchall()}
    seed = viewer.load(SAMPLES / "grok-code-fast-1_simple_streaming.yaml")
    assert contents["grok-code-fast-1_simple_streaming.yaml", 0] == seed.streams[0].text()
    gaps = next(query for query in QUERIES if "longest_gap_s" in query)
    longest = {name: gap for name, _, gap in connection.sql(gaps).fetchall()}
    trace = viewer.load(SAMPLES / "gemma-3-270m_curl.trace").streams[0]
    assert longest["gemma-3-270m_curl.trace"] == pytest.approx(trace.metrics["longest_stall"].value, abs=1e-3)


def test_the_documentation_shows_the_ready_queries_of_the_page():
    assert [query.sql for query in READY_QUERIES] == QUERIES
    assert len(QUERIES) >= 6


def test_the_command_writes_the_tables_and_a_summary(source, tmp_path, capsys):
    assert run(source, "--to", tmp_path / "tables", "--processes", 1) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "102 recordings: 102 read, 0 unchanged; 1 cannot be shown" in shown.err
    assert len(table(tmp_path / "tables", "streams")) == 101


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["/no/such/place", "--to", "x"], "/no/such/place: there is no such file or folder"),
        ([SAMPLES, "--to", "x", "--processes", 0], "--processes must be at least 1"),
        ([SAMPLES, "--to", ROOT / "README.md", "--processes", 1], "cannot be written"),
        (["nosuch://bucket", "--to", "x", "--processes", 1], "cannot be listed"),
    ],
)
def test_a_wrong_call_is_refused_with_the_reason(arguments, why, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert why in capsys.readouterr().err
