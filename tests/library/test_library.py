"""The table of many recordings: its values, and that one bad file hides no other."""

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
from viewer.library.library import gathered, read_task, rows
from viewer.library.stream_rows import COLUMNS, TEXT_COLUMNS
from viewer.library.workers import Task, in_order
from viewer.types.limits import Limits

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
SEED = "grok-code-fast-1_simple_streaming.yaml"


@pytest.fixture(scope="module")
def samples():
    return gathered(rows(members(SAMPLES)))


def one_row(library, name):
    return library.streams[library.streams["name"] == name].iloc[0]


def test_the_columns_and_their_types_are_those_that_are_written_down(samples):
    for library in (samples, gathered([]), gathered(rows([]))):
        assert {name: str(dtype) for name, dtype in library.streams.dtypes.items()} == {
            name: str(dtype) for name, dtype in COLUMNS.items()
        }
        assert list(library.texts.columns) == list(TEXT_COLUMNS)
        assert list(library.unreadable.columns) == ["name", "reason", "advice"]


def test_the_row_of_a_stream_says_what_the_recording_does(samples):
    # What is known of the seed is written in the design: 213 + 27 + 133 tokens, no chunk before 0.193 s, nothing after it known.
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


def test_every_sample_has_a_row_and_its_readme_is_passed_over(samples):
    assert set(samples.streams["name"]) == {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert samples.passed_over == {"not a recording (.md)": 1}
    assert len(samples.unreadable) == 0


def test_an_error_in_place_of_a_stream_and_one_inside_have_rows(samples):
    failed = samples.streams[samples.streams["error"].notna()]
    assert set(failed["name"]) >= {"claude-sonnet-4_overloaded.json", "weather-agent_tool-calls.yaml"}
    refused = failed[failed["kind"] == "error"]
    assert (refused["status"] >= 400).all()
    assert refused["grade"].isna().all()
    assert not refused["complete"].any()


def test_no_time_of_a_paced_stream_enters_the_table(samples):
    paced = samples.streams[samples.streams["grade"] == "paced"]
    assert len(paced) > 2
    assert paced[["ttft_s", "length_s"]].isna().all(axis=None)
    for column in ("ttft_grade", "length_grade"):
        assert not (samples.streams[column] == "paced").any()


def test_an_answer_that_came_whole_has_a_row():
    body = b'{"choices": [{"message": {"role": "assistant", "content": "Paris."}, "finish_reason": "stop", "index": 0}], "object": "chat.completion", "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}'
    cassette = (
        b'{"version": 1, "interactions": [{"request": {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "body": "{}", "headers": {}},'
        b' "response": {"status": {"code": 200, "message": "OK"}, "headers": {"content-type": ["application/json"], "date": ["Tue, 01 Jul 2025 00:00:00 GMT"]}, "body": {"string": %s}}}]}'
    ) % json.dumps(body.decode()).encode()
    row = gathered(rows(members(Named(cassette, "a.json")))).streams.iloc[0]
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


def test_three_hundred_files_of_which_one_is_broken_give_all_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(300):
            archive.writestr(f"{number:03}.sse", b"nothing" if number == 150 else EVENTS)
    found = list(members(tmp_path / "many.zip"))
    batches = list(rows(found))
    library = gathered(batches)
    assert len(library.streams) == len(library.texts) == 299
    assert library.unreadable["name"].tolist() == ["many.zip/150.sse"]
    assert "not a cassette" in library.unreadable["reason"][0]
    assert [batch.done for batch in batches] == [48, 96, 144, 192, 240, 288, 300]
    assert {batch.total for batch in batches} == {300}
    assert batches[0].current == "many.zip/047.sse"


def test_names_and_texts_that_are_half_characters_leave_as_utf_8(tmp_path):
    odd = EVENTS.replace(b"hi", b"\\ud83d")
    (tmp_path / os.fsdecode(b"a\xff.sse")).write_bytes(odd)
    library = gathered(rows(members(tmp_path)))
    assert library.streams["name"].tolist() == ["a\ufffd.sse"]
    assert library.texts["content"].tolist() == library.streams["opening"].tolist() == ["\ufffd"]


def fails():
    raise ZeroDivisionError("a fault of ours")


def holds():
    return Content(EVENTS)


def test_a_fault_in_reading_is_a_row_and_no_exception(monkeypatch):
    monkeypatch.setattr("viewer.library.library.open_recording", lambda *_: fails())
    library = gathered(rows([Member("a.sse", holds)]))
    assert library.unreadable["reason"].tolist() == ["reading it failed (ZeroDivisionError: a fault of ours)."]


@pytest.mark.parametrize("processes", [1, 2])
def test_no_more_of_a_recording_is_read_than_the_limits_allow(processes):
    nine = EVENTS.removesuffix(b"data: [DONE]\n\n") * 9
    streams = gathered(rows(members(Named(nine, "a.sse")), processes=processes, limits=Limits(events=3))).streams
    assert streams["chunks"].tolist() == [3]


def test_a_fault_in_a_figure_is_a_row_and_no_exception(monkeypatch):
    monkeypatch.setattr("viewer.streams.stream.measure", lambda *_: fails())
    library = gathered(rows([Member("a.sse", holds)]))
    assert library.unreadable["reason"].tolist() == ["reading it failed (ZeroDivisionError: a fault of ours)."]


def test_two_processes_give_the_rows_of_one(samples):
    library = gathered(rows(members(SAMPLES), processes=2))
    pd.testing.assert_frame_equal(library.streams, samples.streams)
    pd.testing.assert_frame_equal(library.texts, samples.texts)


FATAL = """
import os
from viewer.files.entries import Content
from tests.conftest import SAMPLES
EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\\n\\n'
def dies(): os._exit(1)
def holds(): return Content(EVENTS)
"""


def test_a_recording_that_makes_its_process_die_takes_no_other_with_it(tmp_path, monkeypatch):
    (tmp_path / "fatal_members.py").write_text(FATAL)
    monkeypatch.syspath_prepend(str(tmp_path))
    fatal_members = importlib.import_module("fatal_members")
    found = [Member(f"{n}.sse", fatal_members.dies if n == 11 else fatal_members.holds) for n in range(40)]
    library = gathered(rows(found, processes=2))
    assert library.streams["name"].tolist() == [f"{n}.sse" for n in range(40) if n != 11]
    assert library.unreadable["name"].tolist() == ["11.sse"]
    assert library.unreadable["reason"].tolist() == ["the process that read it died."]


def test_results_come_in_the_order_of_the_tasks():
    tasks = [Task((Member(str(number), holds),)) for number in range(7)]
    assert [files[0].name for files in in_order(read_task, tasks, 1)] == [str(number) for number in range(7)]


def test_every_file_of_the_corpus_has_a_row_or_a_reason(corpus):
    library = gathered(rows(members(corpus), processes=2))
    with (corpus / "catalog.csv").open(newline="") as table:
        catalogued = {row["path"]: int(row["interactions"]) for row in csv.DictReader(table)}
    shown, unreadable = set(library.streams["name"]), set(library.unreadable["name"])
    assert set(catalogued) <= shown | unreadable
    assert not shown & unreadable
    # What opens and holds no answer of a model says so; all others open but those in which the catalog counts nothing.
    silent = library.unreadable["reason"].str.contains("recording in which no model answers: ", regex=False)
    assert set(library.unreadable.loc[~silent, "name"]) == {path for path, count in catalogued.items() if not count}
    assert len(unreadable) < 20
    assert not (library.streams["ttft_grade"] == "paced").any()


def test_every_stream_of_the_facts_is_a_row(corpus, facts):
    wanted = {fact["path"] for fact in facts if "reel" in fact["path"] or fact["format"] == "other-nock"}
    library = gathered(rows(one for one in members(corpus) if one.name in wanted))
    assert wanted == set(library.streams["name"])


def test_playwright_s_zip_files_are_rows_and_tables_of_truth_are_passed_over(shared):
    library = gathered(rows(members(shared / "recorded" / "playwright")))
    assert set(library.streams["name"]) >= {"fetch-zip-list.har.zip", "fetch-zip-short.har.zip"}
    assert library.passed_over["not a recording (.csv)"] > 10
