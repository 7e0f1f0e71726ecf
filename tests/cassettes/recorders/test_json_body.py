"""Answers that came whole, saved to a file by themselves; synthetic."""

import json

import pytest

import viewer


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"index": 0, "message": {"content": "Olá"}, "finish_reason": "stop"}]},
        {"candidates": [{"content": {"parts": [{"text": "Olá"}]}, "finishReason": "STOP"}]},
        {"model": "m", "created_at": "x", "message": {"content": "Olá"}, "done": True},
        {"model": "m", "response": "Olá", "done": True},
        {"message": {"content": [{"type": "text", "text": "Olá"}]}, "finish_reason": "COMPLETE"},
        {"output": {"message": {"content": [{"text": "Olá"}]}}, "stopReason": "end_turn"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": "Olá"}],
            "stop_reason": "end_turn",
        },
        {
            "object": "response",
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Olá"}]}],
        },
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_answer_of_every_provider_is_shown(body, indent):
    loaded = viewer.load(json.dumps(body, indent=indent, ensure_ascii=False).encode())
    assert (loaded.format, loaded.streams) == ("json", [])
    assert loaded.answers[0].text == "Olá"


def test_an_error_by_itself_is_an_answer_that_says_so():
    loaded = viewer.load(b'{"error": {"message": "slow down"}}')
    assert str(loaded.answers[0].error) == "slow down"


@pytest.mark.parametrize("text", ['{"a": 1}', '{"message": "x"}', "{}", '{"choices": [', "[]"])
def test_any_other_json_is_no_answer(text):
    with pytest.raises(viewer.CassetteError):
        viewer.load(text.encode())
