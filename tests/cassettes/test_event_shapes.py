import time

import pytest

from viewer.cassettes.answer_lists import read_answer_list
from viewer.cassettes.chunks.lists import read_chunk_list
from viewer.cassettes.event_shapes import are_events, is_answer, is_event


@pytest.mark.parametrize(
    "value",
    [
        {"type": "content_block_delta"},
        {"type": "ping"},
        {"type": "response.output_text.delta"},
        {"type": "text-delta"},
        {"type": "TEXT_MESSAGE_CONTENT"},
        {"object": "chat.completion.chunk", "choices": []},
        {"choices": [{"index": 0, "text": "a"}]},
        {"event_type": "text-generation.chunk"},
        {"candidates": []},
        {"done": True, "response": ""},
        {"contentBlockDelta": {}},
        {"chunk": {"bytes": "e30="}},
        {"token": {"text": "a"}},
        {"type": "assistant", "message": {"content": []}, "session_id": "s"},
        {"type": "response_item", "payload": {"type": "message"}},
        {"type": "message", "role": "assistant", "delta": True, "timestamp": "2026-02-03T04:05:06Z"},
        {"author": "a", "invocationId": "i"},
        {"type": "text", "sessionID": "s", "part": {}},
    ],
)
def test_events_of_every_provider_are_events(value):
    assert is_event(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x",
        [],
        {},
        {"type": "text", "text": "a"},
        {"type": "function", "function": {}},
        {"type": "tool_use", "name": "a"},
        {"role": "user", "content": "a"},
        {"event": "message_start", "data": {}},
        {"event": "data: response.created"},
        {"t": 1, "chunk": {"type": "Buffer"}},
        {"choices": [{"message": {"content": "a"}}]},
        {"type": 5, "object": [], "choices": {}},
        {"type": "assistant", "message": {"content": "a"}},
        {"type": "message", "role": "user", "content": "a", "timestamp": 1},
        {"author": "a", "title": "b"},
    ],
)
def test_other_objects_are_not(value):
    assert not is_event(value)


def test_the_lines_of_a_coding_agent_are_not_unwrapped():
    event = {"type": "stream_event", "session_id": "s", "event": {"type": "message_stop"}}
    message = {"type": "message", "content": [], "stop_reason": "end_turn"}
    assert read_chunk_list([event, event], is_root=True).payloads == [event, event]
    assert read_answer_list([{"type": "assistant", "sessionId": "s", "message": message}] * 2) is None
    assert read_answer_list([{"custom_id": "c", "message": message}] * 2) is not None


def test_the_last_event_of_a_stream_of_ollama_does_not_make_it_a_list_of_answers():
    chunk, last = ({"message": {"content": "a"}, "done": done} for done in (False, True))
    assert is_answer(last)
    assert are_events([chunk, last])
    assert not are_events([last, last])


def test_a_kind_of_many_parts_is_judged_in_linear_time():
    begin = time.process_time()
    assert not is_event({"type": "_a" * 38 + "!"})
    assert time.process_time() - begin < 0.1
