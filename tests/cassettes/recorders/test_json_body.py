"""Synthetic responses that were not streamed, saved to a file."""

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
def test_the_response_of_every_provider_is_recognised(body, indent):
    loaded = viewer.load(json.dumps(body, indent=indent, ensure_ascii=False).encode())
    assert (loaded.format, loaded.streams) == ("json", [])
    assert loaded.answers[0].text == "Olá"


def test_an_error_object_is_a_response_with_an_error():
    loaded = viewer.load(b'{"error": {"message": "slow down"}}')
    assert str(loaded.answers[0].error) == "slow down"


@pytest.mark.parametrize("text", ['{"a": 1}', '{"message": "x"}', "{}", '{"choices": [', "[]"])
def test_other_json_is_not_recognised(text):
    with pytest.raises(viewer.CassetteError):
        viewer.load(text.encode())
