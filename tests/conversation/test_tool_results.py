import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tool_links import links_of
from viewer.conversation import messages, tool_results
from viewer.conversation.agent import calls_of
from viewer.conversation.conversation import Conversation, Message, Part
from viewer.conversation.tool_results import Turn, find_results
from viewer.streams.cassette import Cassette
from viewer.text.json import parse
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import ToolCall

URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2:generateContent"


def loop(steps, **defaults):
    """A cassette of an agent without call ids. Each request repeats the one before and adds a call and its result.

    The client adds `defaults` to the arguments that it sends back, so that no call is recognised.
    """
    contents = [{"role": "user", "parts": [{"text": "?"}]}]
    interactions = []
    for step in range(steps):
        arguments = {"city": f"city {step}"}
        parts = [{"functionCall": {"name": "weather", "args": arguments}}]
        answer = {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}
        request = Request("POST", URL, Headers(), json.dumps({"contents": contents}).encode())
        interactions.append(Interaction(request, Response(200, "OK", Headers(), json.dumps(answer).encode())))
        result = {"functionResponse": {"name": "weather", "response": {"degrees": step}}}
        sent_back = {"functionCall": {"name": "weather", "args": arguments | defaults}}
        contents = [*contents, {"role": "model", "parts": [sent_back]}, {"role": "user", "parts": [result]}]
    return Cassette("loop", "vcrpy", "1", interactions, [], [])


def work_of(steps, monkeypatch, **defaults):
    """The links of a loop, and how many messages and arguments were read to find them."""
    counts = {"messages": 0, "arguments": 0}

    def counted(name, function):
        def count(*arguments):
            counts[name] += 1
            return function(*arguments)

        return count

    with monkeypatch.context() as patch:
        patch.setattr(messages, "message_of", counted("messages", messages.message_of))
        patch.setattr(tool_results, "parse", counted("arguments", parse))
        links = links_of(calls_of(loop(steps, **defaults)))
    return [(source, target) for source, _, target in links], counts


@pytest.mark.parametrize("defaults", [{}, {"unit": "C"}], ids=["answered", "never answered"])
def test_each_message_of_a_long_loop_is_read_once(monkeypatch, defaults):
    for steps in (25, 50, 100):
        links, counts = work_of(steps, monkeypatch, **defaults)
        assert links == ([] if defaults else [(step, step + 1) for step in range(steps - 1)])
        assert counts["messages"] == 2 * steps - 1
        assert counts["arguments"] <= 2 * steps


@pytest.mark.process
def test_the_calls_of_400_steps_without_ids_are_linked_in_time():
    opened = loop(400, unit="C")
    begin = time.process_time()
    assert links_of(calls_of(opened)) == []
    # It takes about 0.6 s. A separate search for each call took 14.6 s.
    assert time.process_time() - begin < 2


NAMES = st.sampled_from(["f", "g"])
IDS = st.sampled_from(["", "", "1", "2"])
ARGUMENTS = st.sampled_from(['{"a":1}', '{ "a": 1.0 }', '{"a":[1,{"b":2}]}', '{"a":[1,{"b":3}]}', '{"a"', ""])
CALLS = st.lists(st.builds(ToolCall, IDS, NAMES, ARGUMENTS, st.just(0)), max_size=2)
PARTS = st.builds(Part, st.sampled_from(["tool_call", "tool_result", "text"]), ARGUMENTS, NAMES, IDS)
MESSAGES = st.builds(
    Message, st.sampled_from(["user", "model", "assistant", "tool"]), st.lists(PARTS, max_size=3).map(tuple)
)
TURNS = st.lists(st.tuples(st.lists(MESSAGES, max_size=6), CALLS), max_size=6)


@given(TURNS)
def test_one_pass_finds_the_same_results_as_a_search_for_each_call(drawn):
    turns = [
        Turn(place, Conversation(tuple(asked), (), (), (), readable=True), calls)
        for place, (asked, calls) in enumerate(drawn)
    ]
    expected = [[searched(call, turns[place + 1 :]) for call in turn.tool_calls] for place, turn in enumerate(turns)]
    assert find_results(turns) == expected


def searched(call, later):
    """The first later turn that brings a result, found by the plainest search."""
    by_id = [turn for turn in later if call.id and call.id in [part.id for part in brought(turn)]]
    by_order = [turn for turn in later if answers_in_order(call, turn)]
    return next((turn.interaction for turn in (*by_id, *by_order)), None)


def brought(turn):
    return [
        part
        for message in turn.conversation.messages
        for part in message.parts
        if part.kind == "tool_result" and message.role not in ("model", "assistant")
    ]


def answers_in_order(call, turn):
    parts = [part for message in turn.conversation.messages for part in message.parts]
    calls = [part for part in parts if part.kind == "tool_call" and part.name == call.name]
    results = [part for part in brought(turn) if part.name == call.name]
    if call.id and any(part.id for part in (*calls, *results)):
        return False
    return any(parsed(part.text) == parsed(call.arguments) for part in calls[: len(results)])


def parsed(text):
    try:
        return parse(text.encode())
    except ValueError:
        return text
