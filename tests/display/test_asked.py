"""What an interaction asked."""

import json

import pytest

from viewer.conversation.conversation import conversation_of
from viewer.display.asked import Asked, asked_in
from viewer.types.http import Interaction, Request, Response

QUESTION = {"role": "user", "content": "Is it warm?"}
CALL = {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "weather", "arguments": "{}"}}]}


def asked(*messages, **body):
    request = Request("POST", "https://a.example", body=json.dumps({"messages": messages, **body}).encode())
    return asked_in(conversation_of(Interaction(request, Response()), None).messages)


@pytest.mark.parametrize(
    "messages",
    [
        [QUESTION],
        [{"role": "system", "content": "Be brief."}, QUESTION],
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, QUESTION],
        # Some requests begin the answer themselves.
        [QUESTION, {"role": "assistant", "content": "It is"}],
        [QUESTION, {"role": "developer", "content": "Be brief."}],
    ],
)
def test_the_question_is_the_last_message_that_is_not_the_model_s(messages):
    assert asked(*messages) == Asked("Asked", "Is it warm?")


def test_a_request_that_brings_the_result_of_a_tool_names_the_tool():
    result = {"role": "tool", "tool_call_id": "a", "content": "19 °C"}
    assert asked(QUESTION, CALL, result) == Asked("Asked with the result of weather", "Is it warm?")
    # A request may hold no message of the user.
    assert asked(CALL, result) == Asked("Asked with the result of weather", "19 °C")


def test_results_in_several_messages_are_all_shown():
    results = [{"role": "tool", "tool_call_id": "a", "content": text} for text in ("19 °C", "2 °C")]
    assert asked(QUESTION, CALL, *results) == Asked("Asked with the results of weather", "Is it warm?")
    assert asked(CALL, *results) == Asked("Asked with the results of weather", "19 °C\n2 °C")


def test_a_question_after_a_result_in_the_same_message_is_shown():
    use = {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "weather", "input": {}}]}
    parts = [{"type": "tool_result", "tool_use_id": "a", "content": "19 °C"}, {"type": "text", "text": "And now?"}]
    assert asked(QUESTION, use, {"role": "user", "content": parts}) == Asked(
        "Asked with the result of weather, and", "And now?"
    )


def test_an_image_is_described():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    question = {"role": "user", "content": [picture, {"type": "text", "text": "What is this?"}]}
    assert asked(question) == Asked("Asked", "[image: image/png, 3 B]\nWhat is this?")


@pytest.mark.parametrize(
    "messages", [[], [{"role": "system", "content": "Be brief."}], [{"role": "user", "content": " "}]]
)
def test_a_request_that_asks_nothing_has_no_question(messages):
    assert asked(*messages) is None
