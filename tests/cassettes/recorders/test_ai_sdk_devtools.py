"""Synthetic databases of the AI SDK's DevTools, in the layout of its own writer."""

import json

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import ai_sdk_devtools
from viewer.types.http import Moment

CHUNKS = [{"choices": [{"index": 0, "delta": {"content": "Olá"}, "finish_reason": "stop"}]}]
PARTS = [{"type": "text-start", "id": "0"}, {"type": "text-delta", "id": "0", "delta": "Olá"}]
ANSWER = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"content": "Sim"}, "finish_reason": "stop"}],
}
OUTPUT = {"textParts": [{"id": "0", "text": "Olá"}]}


def step(**more):
    return {
        "id": "s",
        "run_id": "r",
        "step_number": 1,
        "type": "stream",
        "model_id": "gpt-4o",
        "provider": "openai.chat",
        "started_at": "2026-01-02T03:04:05.678Z",
        "duration_ms": 1234,
        "input": json.dumps({"prompt": []}),
        "output": json.dumps(OUTPUT),
        "usage": None,
        "error": None,
        "raw_request": json.dumps({"stream": True}),
        "raw_response": json.dumps(PARTS),
        "raw_chunks": json.dumps(CHUNKS),
        "provider_options": None,
        **more,
    }


def database(*steps):
    return {"runs": [{"id": "r", "started_at": "2026-01-02T03:04:05.600Z"}], "steps": list(steps)}


def load(*steps):
    return viewer.load(write(database(*steps)), "a.json")


def test_the_events_of_the_provider_are_the_stream_of_a_step():
    loaded = load(step(), step())
    assert (loaded.format, len(loaded.interactions)) == ("ai-sdk-devtools", 2)
    assert loaded.interactions[0].request.body == b'{"stream":true}'
    assert [(stream.protocol, stream.text()) for stream in loaded.streams] == [("openai-chat", "Olá")] * 2
    assert [problem.severity for problem in loaded.problems] == ["note"]


def test_a_step_has_its_start_and_length():
    times = load(step()).interactions[0].times
    assert (times.whole_s, times.started) == (1.234, Moment(1767323045.678, 0.001))


def test_without_events_the_parts_of_the_ai_sdk_are_the_stream():
    [stream] = load(step(raw_chunks=None)).streams
    assert "Olá" in "".join(stream.chunks["text"])


def test_a_step_that_was_not_streamed_has_the_answer_of_the_provider():
    loaded = load(step(type="generate", raw_chunks=None, raw_response=json.dumps(ANSWER)))
    assert [answer.text for answer in loaded.answers.values()] == ["Sim"]


def test_without_any_response_the_output_is_shown():
    body = load(step(raw_chunks=None, raw_response=None)).interactions[0].response.body
    assert json.loads(body) == OUTPUT


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (json.dumps('{"stream":true}'), b'{"stream":true}'),
        (json.dumps("not json"), b"not json"),
        (None, b'{"prompt":[]}'),
    ],
)
def test_a_request_is_read_also_if_its_json_was_written_twice_and_else_the_input(sent, expected):
    assert load(step(raw_request=sent)).interactions[0].request.body == expected


def test_a_failed_step_is_an_error_with_the_reason():
    loaded = load(step(output=None, raw_response=None, raw_chunks=None, error="Request aborted"))
    assert [problem.severity for problem in loaded.problems if "Request aborted" in problem.message] == ["error"]


def test_a_step_without_a_response_is_a_problem():
    loaded = load(step(output=None, raw_response=None, raw_chunks=None))
    assert any("no response" in problem.message for problem in loaded.problems)


def test_an_empty_database_is_refused_with_the_reason():
    with pytest.raises(viewer.CassetteError, match="no steps"):
        load()


@pytest.mark.parametrize(
    "other", [{"steps": [step()]}, {"runs": [], "steps": [{"name": "build"}]}, {"runs": {}, "steps": []}]
)
def test_other_files_with_steps_are_not_claimed(other):
    assert ai_sdk_devtools.recognise(Document(write(other), "a")) == 0


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(database(step(), step()))
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert (loaded.format, loaded.streams[0].text()) == ("ai-sdk-devtools", "Olá")
    assert any("cut off" in problem.message for problem in loaded.problems)


def test_a_value_of_any_type_in_any_place_leaves_the_other_steps_readable():
    for _, changed in with_odd_values(step()):
        loaded = load(changed, step())
        assert loaded.format == "ai-sdk-devtools"
        assert loaded.streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(database(step()))
