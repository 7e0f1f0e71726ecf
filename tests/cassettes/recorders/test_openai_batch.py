"""The lines are those of the providers' documentation of their batches."""

import json
from contextlib import suppress

import pytest

import viewer

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Rain."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
RESPONSES = {
    "object": "response",
    "status": "completed",
    "model": "m",
    "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Rain."}]}],
}
MESSAGE = {
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [{"type": "text", "text": "Rain."}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 1, "output_tokens": 2},
}
GEMINI = {"candidates": [{"content": {"parts": [{"text": "Rain."}]}, "finishReason": "STOP"}]}
EMBEDDING = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}], "model": "e"}


def openai(body, name="a"):
    response = {"status_code": 200, "request_id": "req_1", "body": body}
    return {"id": "batch_req_1", "custom_id": name, "response": response, "error": None}


def load(*rows):
    return viewer.load("".join(json.dumps(row) + "\n" for row in rows).encode(), "output.jsonl")


@pytest.mark.parametrize(
    ("line", "protocol"),
    [
        (openai(CHAT), "openai-chat"),
        (openai(RESPONSES), "openai-responses"),
        ({"custom_id": "a", "result": {"type": "succeeded", "message": MESSAGE}}, "anthropic-messages"),
        ({"key": "a", "response": GEMINI}, "gemini-generate"),
    ],
    ids=["chat", "responses", "anthropic", "gemini"],
)
def test_a_line_is_an_answer_of_its_provider(line, protocol):
    for loaded in (load(line), load(line, line), viewer.load(json.dumps([line]).encode())):
        answer = loaded.answers[0]
        assert (loaded.format, loaded.streams, answer.text, answer.protocol) == ("openai-batch", [], "Rain.", protocol)
        assert json.loads(loaded.interactions[0].request.body) in ({"custom_id": "a"}, {"key": "a"})
    assert any("results of a batch, not streams" in problem.message for problem in loaded.problems)


def test_the_response_is_kept_as_it_is():
    loaded = load(openai(CHAT), openai(EMBEDDING))
    assert [json.loads(one.response.body) for one in loaded.interactions] == [CHAT, EMBEDDING]
    assert [one.response.status for one in loaded.interactions] == [200, 200]
    assert loaded.interactions[0].response.headers["x-request-id"] == "req_1"


def test_a_failed_request_is_an_error():
    refused = {"status_code": 400, "request_id": "r", "body": {"error": {"message": "too long", "type": "invalid"}}}
    loaded = load(
        openai(CHAT),
        {"custom_id": "b", "response": refused, "error": None},
        {"custom_id": "c", "response": None, "error": {"code": "batch_expired", "message": "expired"}},
        {
            "custom_id": "d",
            "result": {"type": "errored", "error": {"type": "error", "error": {"type": "x", "message": "bad"}}},
        },
        {"custom_id": "e", "result": {"type": "canceled"}},
        {"key": "f", "error": {"code": 400, "message": "wrong"}},
    )
    messages = [answer.error and answer.error.message for answer in loaded.answers.values()]
    assert messages == [None, "too long", "expired", "bad", "The request is canceled.", "wrong"]
    assert loaded.interactions[1].response.status == 400


def test_an_error_file_of_failed_requests_only_opens():
    line = {
        "id": "b",
        "custom_id": "c",
        "response": {"status_code": 429, "body": {"error": {"message": "slow"}}},
        "error": None,
    }
    assert load(line).answers[0].error.message == "slow"


def test_a_file_that_is_cut_off_is_read_up_to_there():
    data = "".join(json.dumps(openai(CHAT)) + "\n" for _ in range(3))[:-50].encode()
    loaded = viewer.load(data)
    assert [answer.text for answer in loaded.answers.values()] == ["Rain.", "Rain."]
    assert any("not JSON" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [[]], {"error": 1}, {"type": []}])
def test_a_line_of_any_type_is_no_exception(odd):
    for line in (
        odd,
        {"custom_id": "b", "response": odd},
        {"custom_id": odd, "result": odd},
        openai(odd),
        {"key": odd},
    ):
        loaded = load(openai(CHAT), line, openai(CHAT))
        assert [loaded.answers[0].text, loaded.answers[2].text] == ["Rain.", "Rain."]


@pytest.mark.parametrize(
    "other", [{"custom_id": "a"}, {"key": "a", "response": {"x": 1}}, {"custom_id": "a", "result": {}}]
)
def test_other_lines_are_not_claimed(other):
    with suppress(viewer.CassetteError):
        assert load(other, other).format != "openai-batch"
