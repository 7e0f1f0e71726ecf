"""A protocol that leaves the text of nearly all events unread gives way to the next."""

import json

import pytest

import viewer


def load(*payloads):
    return viewer.load("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode()).streams[0]


def chunk(**delta):
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}], "model": "m"}


def step(kind, **more):
    return {"type": kind, **more}


def test_events_of_a_known_protocol_whose_text_stands_elsewhere_are_shown_as_payloads():
    deltas = [step("text-delta", id="1", content=word) for word in ("High", " tide", " at noon", " and", " midnight")]
    stream = load(
        step("start"), step("start-step"), *deltas * 3, step("finish-step"), step("finish", finishReason="stop")
    )
    assert stream.protocol == "generic"
    assert "High" in stream.chunks["text"][2]
    assert any("protocol of this stream is not known" in problem.message for problem in stream.problems)


@pytest.mark.parametrize(
    ("payloads", "protocol"),
    [
        # Cut off after the first chunk, or silent since the model reasons in secret.
        ([chunk(role="assistant", content="")], "openai-chat"),
        ([chunk(role="assistant", content=""), *[chunk(content="")] * 20], "openai-chat"),
        # The instructions are text, but no answer.
        (
            [
                step(f"response.{name}", response={"instructions": "Answer in one word.", "status": name})
                for name in ("created", "queued", "in_progress")
            ],
            "openai-responses",
        ),
        (
            [step("message_start", message={"model": "m", "usage": {"input_tokens": 1}}), step("ping")],
            "anthropic-messages",
        ),
    ],
)
def test_a_stream_without_any_answer_keeps_its_protocol(payloads, protocol):
    assert load(*payloads).protocol == protocol


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [[[[[[[[[[["High tide"]]]]]]]]]]]])
def test_payloads_of_any_type_can_be_searched(odd):
    assert len(load(step("start"), step("start-step"), *[step("text-delta", id="1", text=odd)] * 9).chunks) >= 11


def test_megabytes_of_letters_are_searched_in_no_time():
    stream = load(step("unknown-audio", audio="A" * 2_000_000))
    assert stream.chunks["event"].nunique() == 1
