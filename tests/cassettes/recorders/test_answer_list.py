import json

import pytest

import viewer

USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
CHAT = {
    "object": "chat.completion",
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Rain."}, "finish_reason": "stop"}],
    "usage": USAGE,
}
MESSAGE = {
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [{"type": "text", "text": "Rain."}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 1, "output_tokens": 2},
}
RESPONSE = {
    "object": "response",
    "status": "completed",
    "model": "m",
    "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Rain."}]}],
    "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
}
GEMINI = {"candidates": [{"content": {"parts": [{"text": "Rain."}]}, "finishReason": "STOP"}]}


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def texts(loaded):
    return [answer.text for answer in loaded.answers.values()]


@pytest.mark.parametrize("answer", [CHAT, MESSAGE, RESPONSE])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda answer: answer,
        lambda answer: {"request_id": "a", "response": {"status": 200, "json": answer}, "failure": None},
        lambda answer: {"n": 1, "output": answer},
    ],
)
def test_each_complete_answer_of_a_list_is_an_answer_and_no_event(answer, wrap):
    for data in (lines(wrap(answer), wrap(answer)), json.dumps([wrap(answer)] * 2).encode()):
        loaded = viewer.load(data)
        assert (loaded.format, loaded.streams, texts(loaded)) == ("answer-list", [], ["Rain.", "Rain."])


def test_answers_of_gemini_are_a_list_if_its_items_are_marked_as_calls():
    loaded = viewer.load(lines({"requestId": "a", "response": GEMINI}, {"requestId": "b", "response": GEMINI}))
    assert (loaded.format, texts(loaded)) == ("answer-list", ["Rain.", "Rain."])


def test_a_failed_call_in_a_list_is_an_error():
    loaded = viewer.load(
        lines(
            {"requestId": "a", "response": {"status_code": 200, "body": CHAT}, "error": None},
            {"requestId": "b", "response": {"status_code": 400, "body": {"error": {"message": "too long"}}}},
            {"requestId": "c", "response": None, "error": {"message": "expired"}},
        )
    )
    assert loaded.format == "answer-list"
    assert [loaded.answers[index].error and loaded.answers[index].error.message for index in range(3)] == [
        None,
        "too long",
        "expired",
    ]
    assert [one.response.status for one in loaded.interactions] == [200, 400, None]


def test_the_request_of_an_answer_is_kept():
    call = {
        "request": {"url": "https://api.example.com/v1/chat", "method": "POST", "body": {"model": "m"}},
        "response": CHAT,
    }
    loaded = viewer.load(lines(call, call))
    assert loaded.interactions[1].request.url == "https://api.example.com/v1/chat"
    assert loaded.interactions[1].request.body == b'{"model":"m"}'


def test_events_of_streams_are_not_taken_for_answers():
    done = {"model": "m", "message": {"role": "assistant", "content": "Rain."}, "done": True}
    assert viewer.load(lines({**done, "done": False}, done)).format == "ndjson"
    assert viewer.load(lines(GEMINI, GEMINI)).format == "ndjson"


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [[]], {"error": 1}])
def test_an_item_of_any_type_is_no_exception(odd):
    for item in (odd, {"requestId": "b", "response": odd}, {"requestId": "b", "response": {"body": odd}}):
        good = {"requestId": "a", "response": {"status_code": 200, "body": CHAT}}
        try:
            viewer.load(lines(good, item, good))
        except viewer.CassetteError:
            continue


def test_a_file_that_is_cut_off_is_read_up_to_there():
    data = lines(CHAT, CHAT, CHAT)
    loaded = viewer.load(data[:-50])
    assert texts(loaded) == ["Rain.", "Rain."]
    assert any("not JSON" in problem.message for problem in loaded.problems)
