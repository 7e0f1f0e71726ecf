"""The tables of many recordings: their values, and that one bad file does not hide the others."""

import csv
import hashlib
import importlib
import json
import os
import zipfile

import pandas as pd
import pytest

from tests.conftest import SAMPLES
from viewer.files.entries import Content, Member, Named
from viewer.files.folders import members
from viewer.library.library import join_batches, read_batches, read_task
from viewer.library.stream_rows import COLUMNS, TEXT_COLUMNS
from viewer.library.workers import Task, in_order
from viewer.types.limits import Limits

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
SEED = "grok-code-fast-1_simple_streaming.yaml"


@pytest.fixture(scope="module")
def samples():
    return join_batches(read_batches(members(SAMPLES)))


def one_row(library, name):
    return library.streams[library.streams["name"] == name].iloc[0]


def test_the_tables_have_the_documented_columns_and_dtypes(samples):
    for library in (samples, join_batches([]), join_batches(read_batches([]))):
        assert {name: str(dtype) for name, dtype in library.streams.dtypes.items()} == {
            name: str(dtype) for name, dtype in COLUMNS.items()
        }
        assert list(library.texts.columns) == list(TEXT_COLUMNS)
        assert list(library.unreadable.columns) == ["name", "reason", "advice"]


def test_the_row_of_a_stream_agrees_with_the_recording(samples):
    # The design says what is known of the seed: 213 + 27 + 133 tokens, no chunk before 0.193 s, no upper bound.
    row = one_row(samples, SEED)
    assert row[["kind", "format", "protocol", "provider", "model", "grade"]].tolist() == [
        "stream",
        "go-vcr",
        "openai-chat",
        "xai",
        "grok-code-fast-1",
        "bounded",
    ]
    assert row["ttft_low_s"] == pytest.approx(0.193, abs=1e-3)
    assert pd.isna(row["ttft_s"])
    assert row[["input_tokens", "reasoning_tokens", "hidden_tokens", "finish_reason", "status"]].tolist() == [
        213,
        133,
        120,
        "stop",
        200,
    ]
    assert row["output_tokens"] == 27 + 133
    assert row["sha256"] == hashlib.sha256((SAMPLES / SEED).read_bytes()).hexdigest()
    assert row["size_bytes"] == (SAMPLES / SEED).stat().st_size
    assert str(row["recorded_at"].tz) == "UTC"
    assert row["length_low_s"] <= row["length_s"] <= row["length_high_s"]


def test_every_sample_has_a_row_and_the_readme_is_skipped(samples):
    assert set(samples.streams["name"]) == {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert samples.skipped == {"not a recording (.md)": 1}
    assert len(samples.unreadable) == 0


def test_http_errors_and_errors_inside_streams_have_rows(samples):
    failed = samples.streams[samples.streams["error"].notna()]
    assert set(failed["name"]) >= {"claude-sonnet-4_overloaded.json", "weather-agent_tool-calls.yaml"}
    refused = failed[failed["kind"] == "error"]
    assert (refused["status"] >= 400).all()
    assert refused["grade"].isna().all()
    assert not refused["complete"].any()


def test_paced_streams_have_no_times_in_the_table(samples):
    paced = samples.streams[samples.streams["grade"] == "paced"]
    assert len(paced) > 2
    assert paced[["ttft_s", "length_s"]].isna().all(axis=None)
    for column in ("ttft_grade", "length_grade"):
        assert not (samples.streams[column] == "paced").any()


def test_an_answer_that_was_not_streamed_has_a_row():
    body = b'{"choices": [{"message": {"role": "assistant", "content": "Paris."}, "finish_reason": "stop", "index": 0}], "object": "chat.completion", "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}'
    cassette = (
        b'{"version": 1, "interactions": [{"request": {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "body": "{}", "headers": {}},'
        b' "response": {"status": {"code": 200, "message": "OK"}, "headers": {"content-type": ["application/json"], "date": ["Tue, 01 Jul 2025 00:00:00 GMT"]}, "body": {"string": %s}}}]}'
    ) % json.dumps(body.decode()).encode()
    row = join_batches(read_batches(members(Named(cassette, "a.json")))).streams.iloc[0]
    assert row[["kind", "protocol", "opening", "input_tokens", "output_tokens", "finish_reason"]].tolist() == [
        "answer",
        "openai-chat",
        "Paris.",
        3,
        2,
        "stop",
    ]
    assert row["cost_usd"] > 0
    assert row["cost_is_estimate"]
    assert pd.isna(row["grade"])


def test_one_broken_file_in_three_hundred_does_not_hide_the_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(300):
            archive.writestr(f"{number:03}.sse", b"nothing" if number == 150 else EVENTS)
    found = list(members(tmp_path / "many.zip"))
    batches = list(read_batches(found))
    library = join_batches(batches)
    assert len(library.streams) == len(library.texts) == 299
    assert library.unreadable["name"].tolist() == ["many.zip/150.sse"]
    assert "not a cassette" in library.unreadable["reason"][0]
    assert [batch.done for batch in batches] == [48, 96, 144, 192, 240, 288, 300]
    assert {batch.total for batch in batches} == {300}
    assert batches[0].current == "many.zip/047.sse"


def test_half_surrogate_pairs_in_names_and_texts_become_valid_utf_8(tmp_path):
    odd = EVENTS.replace(b"hi", b"\\ud83d")
    (tmp_path / os.fsdecode(b"a\xff.sse")).write_bytes(odd)
    library = join_batches(read_batches(members(tmp_path)))
    assert library.streams["name"].tolist() == ["a\ufffd.sse"]
    assert library.texts["content"].tolist() == library.streams["opening"].tolist() == ["\ufffd"]


def fails():
    raise ZeroDivisionError("a fault of ours")


def holds():
    return Content(EVENTS)


def test_an_exception_while_reading_becomes_a_row_of_unreadable(monkeypatch):
    monkeypatch.setattr("viewer.library.library.open_recording", lambda *_, **__: fails())
    library = join_batches(read_batches([Member("a.sse", holds)]))
    assert library.unreadable["reason"].tolist() == ["reading it failed (ZeroDivisionError: a fault of ours)."]


@pytest.mark.parametrize("processes", [1, 2])
def test_limits_apply_to_each_recording(processes):
    nine = EVENTS.removesuffix(b"data: [DONE]\n\n") * 9
    streams = join_batches(
        read_batches(members(Named(nine, "a.sse")), processes=processes, limits=Limits(events=3))
    ).streams
    assert streams["chunks"].tolist() == [3]


def test_an_exception_while_measuring_becomes_a_row_of_unreadable(monkeypatch):
    monkeypatch.setattr("viewer.streams.stream.measure", lambda *_: fails())
    library = join_batches(read_batches([Member("a.sse", holds)]))
    assert library.unreadable["reason"].tolist() == ["reading it failed (ZeroDivisionError: a fault of ours)."]


@pytest.mark.process
def test_two_processes_give_the_same_rows_as_one(samples):
    library = join_batches(read_batches(members(SAMPLES), processes=2))
    pd.testing.assert_frame_equal(library.streams, samples.streams)
    pd.testing.assert_frame_equal(library.texts, samples.texts)


FATAL = """
import os
from viewer.files.entries import Content
EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\\n\\n'
def dies(): os._exit(1)
def holds(): return Content(EVENTS)
"""


@pytest.mark.process
def test_a_recording_that_kills_its_process_does_not_take_others_with_it(tmp_path, monkeypatch):
    (tmp_path / "fatal_members.py").write_text(FATAL)
    monkeypatch.syspath_prepend(str(tmp_path))
    fatal_members = importlib.import_module("fatal_members")
    found = [Member(f"{n}.sse", fatal_members.dies if n == 11 else fatal_members.holds) for n in range(40)]
    library = join_batches(read_batches(found, processes=2))
    assert library.streams["name"].tolist() == [f"{n}.sse" for n in range(40) if n != 11]
    assert library.unreadable["name"].tolist() == ["11.sse"]
    assert library.unreadable["reason"].tolist() == ["the process that read it died."]


def test_results_come_in_the_order_of_the_tasks():
    tasks = [Task((Member(str(number), holds),)) for number in range(7)]
    assert [files[0].name for files in in_order(read_task, tasks, 1)] == [str(number) for number in range(7)]


@pytest.mark.process
def test_every_file_of_the_corpus_has_a_row_or_a_reason(corpus):
    library = join_batches(read_batches(members(corpus), processes=2))
    with (corpus / "catalog.csv").open(newline="") as table:
        catalogued = {row["path"]: int(row["interactions"]) for row in csv.DictReader(table)}
    shown, unreadable = set(library.streams["name"]), set(library.unreadable["name"])
    assert set(catalogued) <= shown | unreadable
    assert not shown & unreadable
    # A recording without a model's answer opens and says so. The others that do not open have no interactions in the catalog.
    silent = library.unreadable["reason"].str.contains("recording without model responses: ", regex=False)
    assert set(library.unreadable.loc[~silent, "name"]) == {path for path, count in catalogued.items() if not count}
    assert len(unreadable) < 20
    assert not (library.streams["ttft_grade"] == "paced").any()


def test_every_recording_of_the_facts_has_a_row(corpus, facts):
    wanted = {fact["path"] for fact in facts if "reel" in fact["path"] or fact["format"] == "other-nock"}
    library = join_batches(read_batches(one for one in members(corpus) if one.name in wanted))
    assert wanted == set(library.streams["name"])


def test_zip_files_of_playwright_have_rows_and_csv_files_are_skipped(shared):
    library = join_batches(read_batches(members(shared / "recorded" / "playwright")))
    assert set(library.streams["name"]) >= {"fetch-zip-list.har.zip", "fetch-zip-short.har.zip"}
    assert library.skipped["not a recording (.csv)"] > 10
