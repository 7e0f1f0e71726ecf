"""Synthetic files of Gemini CLI's `--record-responses`, in the layout of its own writer."""

import orjson
import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from tests.support.fuzzing import use
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import gemini_cli_responses


def chunk(text, finish=None, **usage):
    candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    return {"candidates": [{**candidate, "finishReason": finish} if finish else candidate], "usageMetadata": usage}


USAGE = {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}
STREAM = {"method": "generateContentStream", "response": [chunk("Olá"), chunk(" mar", "STOP", **USAGE)]}
ANSWER = {"method": "generateContent", "response": chunk("Sim.", "STOP", **USAGE)}
TOKENS = {"method": "countTokens", "response": {"totalTokens": 5}}


def lines(*calls):
    return b"".join(write(call) + b"\n" for call in calls)


def load(*calls):
    return viewer.load(lines(*calls), "a.responses")


def test_each_line_is_a_call_and_its_chunks_are_one_stream():
    loaded = load(ANSWER, STREAM, TOKENS)
    assert (loaded.format, len(loaded.interactions)) == ("gemini-cli", 3)
    assert [answer.text for answer in loaded.answers.values()] == ["Sim."]
    [stream] = loaded.streams
    assert (stream.interaction, stream.protocol, stream.text()) == (1, "gemini-generate", "Olá mar")
    assert (stream.finish_reason, stream.usage.total, stream.timing.grade) == ("STOP", 10, "paced")
    assert [problem.severity for problem in loaded.problems].count("note") == len(loaded.problems)


def test_a_stream_of_one_chunk_is_a_stream():
    loaded = load({"method": "generateContentStream", "response": [chunk("Olá", "STOP", **USAGE)]})
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


def test_the_recorder_keeps_what_the_sdk_returned_and_a_note_says_so():
    assert any("SDK" in problem.message for problem in load(STREAM).problems)
    assert not any("SDK" in problem.message for problem in load(ANSWER).problems)


@pytest.mark.parametrize("empty", [None, "x", 5])
def test_a_stream_without_a_list_is_a_problem_and_the_next_call_is_read(empty):
    loaded = load({"method": "generateContentStream", "response": empty}, STREAM)
    assert any("no response" in problem.message for problem in loaded.problems)
    assert [stream.text() for stream in loaded.streams] == ["Olá mar"]


def test_lines_that_are_no_calls_are_problems_with_their_offset():
    data = lines(STREAM) + b"not json\n" + lines({"method": "tools/call"}, STREAM)
    loaded = viewer.load(data)
    offsets = [problem.offset for problem in loaded.problems if problem.severity == "warning"]
    assert offsets == [len(lines(STREAM)), len(lines(STREAM)) + 9]
    assert [stream.text() for stream in loaded.streams] == ["Olá mar"] * 2


def test_a_file_that_is_cut_off_has_the_calls_before():
    whole = lines(STREAM)
    loaded = viewer.load(whole * 2 + whole[: len(whole) // 2])
    assert [stream.text() for stream in loaded.streams] == ["Olá mar"] * 2
    assert [problem.offset for problem in loaded.problems if problem.severity == "warning"] == [2 * len(whole)]


@pytest.mark.parametrize(
    "other",
    [
        {"method": "POST", "response": {"body": "x"}},
        {"method": "generateContent", "response": {}, "url": "https://example.com"},
        {"jsonrpc": "2.0", "method": "generateContent", "response": {}},
        {"method": ["generateContent"], "response": {}},
    ],
)
def test_other_lines_are_not_claimed(other):
    assert gemini_cli_responses.recognise(Document(lines(other), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_calls_readable():
    for _, changed in with_odd_values(STREAM):
        assert load(changed, STREAM).streams[-1].text() == "Olá mar"


def test_no_damage_raises():
    use_damaged(STREAM, lines)
    use(orjson.dumps(STREAM, option=orjson.OPT_INDENT_2))
