import io
import json

import numpy as np
import pandas as pd
import pytest

import viewer
from tests.conftest import SAMPLES, SEED
from tests.support.streams import delta
from viewer.cli.main import main
from viewer.streams.chunk_frame import COLUMNS

WEATHER = SAMPLES / "weather-agent_tool-calls.yaml"


def run(capfdbinary, *arguments):
    assert main(["chunks", *map(str, arguments)]) == 0
    return capfdbinary.readouterr().out


def test_csv_has_the_whole_table(capfdbinary, seed_stream):
    table = pd.read_csv(io.BytesIO(run(capfdbinary, SEED)), keep_default_na=False, na_values={"t": ""})
    assert table.columns.tolist() == list(COLUMNS)
    assert table["text"].tolist() == seed_stream.chunks["text"].tolist()
    assert table["kind"].tolist() == seed_stream.chunks["kind"].tolist()
    assert np.array_equal(table["t"], seed_stream.chunks["t"])


def test_jsonl_has_the_whole_table(capfdbinary, seed_stream):
    rows = [json.loads(line) for line in run(capfdbinary, SEED, "--format", "jsonl").splitlines()]
    assert list(rows[0]) == list(COLUMNS)
    assert [row["text"] for row in rows] == seed_stream.chunks["text"].tolist()
    assert np.allclose([row["t"] for row in rows], seed_stream.chunks["t"], rtol=0, atol=1e-12)
    assert {row["tool"] for row in rows} == {None}


def test_parquet_keeps_the_table_and_its_dtypes(capfdbinary, seed_stream, tmp_path):
    run(capfdbinary, SEED, "--format", "parquet", "--to", tmp_path / "chunks.parquet")
    table = pd.read_parquet(tmp_path / "chunks.parquet")
    pd.testing.assert_frame_equal(table, seed_stream.chunks, check_dtype=False, check_categorical=False)
    assert table.dtypes["event"] == "int32"
    piped = pd.read_parquet(io.BytesIO(run(capfdbinary, SEED, "--format", "parquet")))
    pd.testing.assert_frame_equal(piped, table)


def test_a_dash_as_the_file_to_write_is_standard_output(capfdbinary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capfdbinary, SEED, "--to", "-") == run(capfdbinary, SEED)
    assert list(tmp_path.iterdir()) == []


def test_kinds_can_be_chosen(capfdbinary, seed_stream):
    table = pd.read_csv(io.BytesIO(run(capfdbinary, SEED, "--kind", "content", "--kind", "usage")))
    assert set(table["kind"]) == {"content", "usage"}
    content = table["text"][table["kind"] == "content"]
    assert "".join(content) == seed_stream.text()


def test_all_streams_are_written_unless_one_is_chosen(capfdbinary):
    table = pd.read_csv(io.BytesIO(run(capfdbinary, WEATHER)))
    assert set(table["interaction"]) == {1, 2}
    table = pd.read_csv(io.BytesIO(run(capfdbinary, WEATHER, "--interaction", 2)))
    assert set(table["interaction"]) == {2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--kind", "nothing"], "there is no kind 'nothing'; the kinds are reasoning, content"),
        (["--interaction", "0"], "interaction 0 has no stream. The server answered 429"),
        (["--to", "nowhere/at/all.csv"], "nowhere/at/all.csv: cannot be written"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(capsys, arguments, message):
    assert main(["chunks", str(WEATHER), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_half_a_surrogate_pair_becomes_a_replacement_character(capfdbinary, tmp_path):
    file = tmp_path / "half.sse"
    file.write_text('data: {"choices":[{"index":0,"delta":{"content":"x\\ud83d"}}]}\n\n')
    for how in ("csv", "jsonl", "parquet"):
        run(capfdbinary, file, "--format", how)
    assert "x\ufffd" in run(capfdbinary, file).decode()


def test_a_terminal_gets_no_escape_sequences_and_a_pipe_gets_the_exact_text(capfdbinary, on_terminal, tmp_path):
    text = "\x1b[2J\x9b1m"
    file = tmp_path / "hostile.sse"
    file.write_text(f"data: {json.dumps(delta(content=text))}\n\n")
    assert viewer.load(file).streams[0].text() == text
    for how in ("csv", "jsonl"):
        shown = on_terminal("chunks", file, "--format", how)
        assert "\x1b" not in shown
        assert "\x9b" not in shown
        assert "␛[2J" in shown
    piped = pd.read_csv(io.BytesIO(run(capfdbinary, file)), keep_default_na=False)
    assert text in piped["text"].tolist()


def test_parquet_is_not_written_to_a_terminal(on_terminal):
    assert on_terminal("chunks", SEED, "--format", "parquet") == ""


def test_a_cassette_without_streams_gives_an_empty_table(capfdbinary, tmp_path):
    file = tmp_path / "whole.har"
    response = {"status": 404, "statusText": "", "headers": [], "content": {"size": 0, "text": ""}}
    entry = {"request": {"method": "GET", "url": "https://a.example/", "headers": []}, "response": response}
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    assert viewer.load(file).streams == []
    assert run(capfdbinary, file).decode() == ",".join(COLUMNS) + "\n"
