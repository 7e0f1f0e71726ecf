"""The rules that report the problems of a cassette: each problem is reported by one rule."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.checking import found_by, recording_of
from viewer.checks.problem_rules import subject_of
from viewer.types.problems import Problem

RULES = ("broken-stream", "cut-off-stream", "error-answer", "usage-arithmetic")


def said(data, file="a.sse"):
    recording = recording_of(data, file)
    return {rule: [one.message for one in found] for rule in RULES if (found := found_by(rule, recording))}


def sse(*payloads):
    return "".join(f"data: {one if isinstance(one, str) else json.dumps(one)}\n\n" for one in payloads).encode()


def chunk(text, finish=None, **more):
    choices = [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": choices, **more}


def test_a_whole_stream_breaks_no_rule():
    assert said(sse(chunk("a"), chunk("b", "stop"), "[DONE]")) == {}


def test_a_stream_without_an_end_is_cut_off():
    assert said(sse(chunk("a"), chunk("b"))) == {"cut-off-stream": ["The stream ends without a finish reason."]}


def test_an_event_that_is_not_json_is_broken():
    (rule,) = found = said(sse(chunk("a"), '{"choices": [}', chunk("b", "stop"), "[DONE]"))
    assert rule == "broken-stream"
    assert found[rule][0].startswith("Event 1 is not JSON")


def test_counts_that_do_not_add_up_are_usage():
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 99}
    (rule,) = said(sse(chunk("a"), chunk("b", "stop", usage=usage), "[DONE]"))
    assert rule == "usage-arithmetic"


@pytest.mark.parametrize("sample", ["claude-sonnet-4_overloaded.json", "weather-agent_tool-calls.yaml"])
def test_an_error_in_the_stream_and_of_the_server_are_answered_errors(sample):
    path = ROOT / "sample_cassettes" / sample
    found = said(path.read_bytes(), path.name)
    assert set(found) == {"error-answer"}
    assert len(found["error-answer"]) == 1


def test_a_message_does_not_show_a_secret_that_the_provider_quotes():
    key = "sk-proj-" + "q7Xk2mP9vL4tR8wZ1nB6cY3d" * 2
    data = sse(chunk("a"), {"error": {"message": f"Incorrect API key provided: {key}.", "type": "auth"}})
    (message,) = said(data)["error-answer"]
    assert key[8:] not in message
    assert "Incorrect API key provided" in message


def test_a_note_is_reported_by_no_rule():
    assert subject_of(Problem("note", "The response was not streamed.")) is None


def test_the_words_of_a_provider_do_not_choose_the_rule():
    message = "The server answered 400 Bad Request: the input was cut off"
    assert subject_of(Problem("error", message, interaction=0)) == "error answered"


def test_a_long_quotation_is_shortened():
    data = sse(chunk("a"), {"error": {"message": "x" * 5000}})
    (message,) = said(data)["error-answer"]
    assert len(message) < 400


def test_no_sample_is_broken():
    for path in sorted(Path(ROOT / "sample_cassettes").iterdir()):
        if path.suffix in {".yaml", ".json", ".sse", ".har"}:
            assert not {"broken-stream", "cut-off-stream"} & set(said(path.read_bytes(), path.name)), path.name
