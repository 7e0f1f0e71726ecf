"""One table of all streams in many recordings."""

import json
import pickle
import zipfile

import pandas as pd
import pytest

import viewer
from tests.conftest import SAMPLES
from viewer.library.open_many import COLUMNS
from viewer.text.words import LABELS


@pytest.fixture(scope="module")
def samples():
    return viewer.open_many(SAMPLES)


def chat(text, model="m"):
    return f"data: {json.dumps({'model': model, 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n"


def test_columns_have_the_documented_names_and_types(samples):
    assert list(samples.columns) == list(COLUMNS)
    assert samples.dtypes["ttft"] == "float64"
    assert samples.dtypes["streamed"] == "bool"
    assert samples.dtypes["output_tokens"] == "Int64"
    assert samples.dtypes["ttft_grade"].categories.tolist() == ["measured", "stamped", "bounded", "span", "paced"]
    assert viewer.open_many().dtypes.equals(samples.dtypes)


def test_every_metric_of_a_stream_has_its_value_bounds_and_grade(samples):
    for path in ("qwen3_ollama.ndjson", "nova-lite_bedrock.yaml"):
        [row] = samples[samples.file == path].to_dict("records")
        [stream] = viewer.load(SAMPLES / path).streams
        assert set(stream.metrics) == set(LABELS)
        for name, figure in stream.metrics.items():
            shown = [row[name], row[f"{name}_low"], row[f"{name}_high"]]
            assert [None if pd.isna(one) else one for one in shown] == [figure.value, figure.low, figure.high], name
            assert (None if pd.isna(row[f"{name}_grade"]) else row[f"{name}_grade"]) == figure.grade


def test_the_time_to_first_token_by_model_is_missing_where_it_was_not_recorded(samples):
    ttft = samples.groupby("model").ttft.median()
    [measured] = viewer.load(SAMPLES / "qwen3_ollama.ndjson").streams
    assert ttft["qwen3:4b"] == measured.metrics["ttft"].value
    # Only a lower bound is recorded.
    assert pd.isna(ttft["grok-code-fast-1"])
    assert samples[samples.model == "grok-code-fast-1"].ttft_low.iloc[0] == pytest.approx(0.193, abs=0.001)


def test_no_figure_of_a_stream_without_times_is_graded_paced(samples):
    paced = samples[samples.grade == "paced"]
    assert len(paced)
    for name in LABELS:
        assert not (samples[f"{name}_grade"] == "paced").any()
    assert paced.tokens_per_second.isna().all()


def test_an_answer_that_was_not_streamed_and_an_error_are_marked(tmp_path):
    def entry(status, body):
        request = {"method": "POST", "url": "https://api.openai.com/v1/chat/completions", "headers": []}
        content = {"mimeType": "application/json", "text": json.dumps(body)}
        response = {"status": status, "statusText": "", "headers": [], "content": content}
        return {"startedDateTime": "2026-01-01T00:00:00Z", "time": 5, "request": request, "response": response}

    whole = {
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    }
    entries = [entry(200, whole), entry(429, {"error": {"message": "slow down"}})]
    (tmp_path / "a.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    frame = viewer.open_many(tmp_path)
    assert frame.streamed.tolist() == [False, False]
    assert frame.finish_reason.fillna("").tolist() == ["stop", ""]
    assert frame.error.fillna("").tolist() == ["", "slow down"]
    assert frame.grade.isna().all()
    assert frame.ttft.isna().all()


def test_what_cannot_be_read_is_listed_and_stops_nothing(tmp_path):
    (tmp_path / "good.sse").write_text(chat("word"))
    (tmp_path / "bad.sse").write_bytes(b"\x00\x01\x02nothing")
    (tmp_path / "notes.md").write_text("not a recording")
    frame = viewer.open_many(tmp_path)
    assert frame.file.tolist() == ["good.sse"]
    assert [problem["file"] for problem in frame.attrs["problems"]] == ["bad.sse"]
    assert all(problem["reason"] for problem in frame.attrs["problems"])
    assert frame.attrs["skipped"] == {"not a recording (.md)": 1}
    # pandas compares them when it joins tables.
    assert len(pd.concat([frame, frame])) == 2


def test_folders_archives_and_files_are_opened_together(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.sse").write_text(chat("one", "a"))
    (tmp_path / "b.sse").write_text(chat("two", "b"))
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("c.sse", chat("three", "c"))
        archive.writestr("d.sse", chat("four", "d"))
    frame = viewer.open_many(folder, tmp_path / "b.sse", str(tmp_path / "more.zip"))
    assert frame.model.tolist() == ["a", "b", "c", "d"]
    assert frame.file.is_unique


def test_a_source_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(viewer.CassetteError, match=r"missing: cannot be read: No such file"):
        viewer.open_many(tmp_path / "missing")


def test_limits_and_think_tags_apply_to_each_recording(tmp_path):
    stamped = (
        f"{at:.6f} {chat(text).strip()}\n{at:.6f} \n" for at, text in ((1, "<think>"), (2, "hm</think>"), (3, "yes"))
    )
    (tmp_path / "a.txt").write_text("".join(stamped))
    [problem] = viewer.open_many(tmp_path, limits=viewer.Limits(file_bytes=10)).attrs["problems"]
    assert "file_bytes" in problem["reason"]
    assert viewer.open_many(tmp_path).thinking_time.isna().all()
    assert viewer.open_many(tmp_path, think_tags=True).thinking_time.tolist() == [pytest.approx(2)]


def test_other_processes_can_be_sent_the_work_and_send_the_same_rows_back(samples, monkeypatch):
    asked_for = []

    def through_pickle(function, tasks, processes):
        asked_for.append(processes)
        for task in tasks:
            send = pickle.dumps((function, task))
            read, received = pickle.loads(send)  # noqa: S301 - our own
            yield pickle.loads(pickle.dumps(read(received)))  # noqa: S301 - our own

    monkeypatch.setattr("viewer.library.open_many.in_order", through_pickle)
    pd.testing.assert_frame_equal(viewer.open_many(SAMPLES, processes=2), samples)
    assert asked_for == [2]


def test_an_empty_name_is_refused_and_does_not_mean_the_current_folder():
    with pytest.raises(viewer.CassetteError, match="an empty name: names no file"):
        viewer.open_many("")
