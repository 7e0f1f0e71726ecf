import json

import pytest

import viewer
from tests.conftest import ROOT
from tests.support.tool_links import links_of
from viewer.conversation.agent import calls_of
from viewer.streams.cassette import Cassette
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response


@pytest.fixture(scope="module")
def weather():
    return calls_of(viewer.load(ROOT / "sample_cassettes" / "weather-agent_tool-calls.yaml"))


def recorded(*steps):
    """A cassette of answers that are not streamed. A step is the request's body, the answer's body, times and headers."""
    url = "https://api.openai.com/v1/chat/completions"
    interactions = [
        Interaction(
            Request("POST", url, Headers(), json.dumps(request).encode()),
            Response(200, "OK", Headers([*headers.items()]), json.dumps(answer).encode()),
            times,
        )
        for request, answer, times, headers in steps
    ]
    return Cassette("a", "vcrpy", "1", interactions, [], [])


def user(text):
    return {"messages": [{"role": "user", "content": text}]}


def answer(content="x", **fields):
    return {
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content, **fields}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def test_a_tool_result_links_its_call_to_the_request_that_brings_it_back(weather):
    assert links_of(weather) == [(1, "weather", 2), (1, "weather", 2)]
    assert [(made.id, made.answered_by) for made in weather[1].tool_calls] == [("call_Lima01", 2), ("call_Oslo02", 2)]


def test_calls_are_in_order_and_have_labels(weather):
    assert [call.interaction for call in weather] == [0, 1, 2, 3]
    assert weather[0].label == weather[1].label == "Is it warmer in Lima or in Oslo right now? Answer in one sentence."
    assert weather[2].label == "result of weather ×2"
    assert [call.finish_reason for call in weather] == [None, "tool_calls", "stop", "stop"]
    assert weather[0].error.startswith("Rate limit reached")


def test_running_totals_count_the_calls_without_a_price(weather):
    # The recorded usage is 84 + 46, 168 + 18 and 31 + 4. The call that was refused has none.
    assert [call.input_tokens_so_far for call in weather] == [0, 84, 252, 283]
    assert [call.output_tokens_so_far for call in weather] == [0, 46, 64, 68]
    assert [call.unpriced_so_far for call in weather] == [1, 1, 1, 1]
    assert weather[-1].cost_so_far_usd == pytest.approx(sum(call.cost.usd or 0 for call in weather))
    assert weather[-1].cost_so_far_usd > 0


def test_a_start_by_the_server_s_timestamp_has_no_bounds(weather):
    assert [call.started.value for call in weather] == [None, 0.0, 4.0, 9.0]
    assert {call.started.grade for call in weather} == {None, "stamped"}
    assert weather[2].started.low is weather[2].started.high is None


def test_calls_are_ordered_by_the_recorder_s_own_times():
    opened = recorded(
        (user("second"), answer(), RecordedTimes(started=Moment(1_700_000_005.25, 0.001), whole_s=2.5), {}),
        (user("first"), answer(), RecordedTimes(started=Moment(1_700_000_000.0, 0.001)), {}),
    )
    first, second = calls_of(opened)
    assert (first.interaction, second.interaction) == (1, 0)
    assert (first.started.value, first.started.low, first.started.high) == (0.0, 0.0, 0.0)
    assert second.started.value == pytest.approx(5.25)
    assert (second.started.low, second.started.high) == (pytest.approx(5.249), pytest.approx(5.251))
    assert second.started.grade == "measured"
    assert (second.length.value, second.length.grade) == (2.5, "measured")
    assert (first.length.value, first.length.grade) == (None, None)


def test_a_start_is_the_end_minus_the_length():
    opened = recorded(
        (user("a"), answer(), RecordedTimes(ended=Moment(1_700_000_003.0, 0.001), whole_s=3.0), {}),
        (user("b"), answer(), RecordedTimes(ended=Moment(1_700_000_010.0, 0.001), whole_s=2.0), {}),
    )
    assert [call.started.value for call in calls_of(opened)] == [0.0, 8.0]


def test_a_date_and_the_time_to_headers_bound_the_start_by_a_second():
    opened = recorded(
        (user("a"), answer(), RecordedTimes(headers_s=0.5), {"Date": "Fri, 13 Dec 2024 12:57:52 GMT"}),
        (user("b"), answer(), RecordedTimes(headers_s=1.5), {"Date": "Fri, 13 Dec 2024 12:57:57 GMT"}),
        (user("c"), answer(), RecordedTimes(), {"Date": "Fri, 13 Dec 2024 12:57:59 GMT"}),
    )
    _, second, third = calls_of(opened)
    assert (second.started.value, second.started.low, second.started.high) == (4.0, 3.0, 5.0)
    assert (second.started.grade, second.length.low, second.length.value) == ("bounded", 1.5, None)
    assert (third.started.value, third.started.low, third.started.grade) == (7.5, None, "stamped")


def test_a_length_of_which_only_a_total_is_known_has_no_bounds():
    (call,) = calls_of(viewer.load(ROOT / "sample_cassettes" / "nova-lite_bedrock.yaml"))
    assert (call.length.value, call.length.low, call.length.high, call.length.grade) == (0.731, None, None, "span")


def test_a_recording_without_times_says_so():
    (call,) = calls_of(recorded((user("a"), answer(), RecordedTimes(), {})))
    assert (call.started.value, call.started.source) == (None, "the recording does not say when its requests were sent")


def test_calls_more_than_a_day_apart_have_no_starts():
    opened = recorded(
        (user("a"), answer(), RecordedTimes(started=Moment(1_700_000_000.0, 0.001)), {}),
        (user("b"), answer(), RecordedTimes(started=Moment(1_710_000_000.0, 0.001)), {}),
    )
    assert [call.started.value for call in calls_of(opened)] == [None, None]


def wanted(city):
    return {"functionCall": {"name": "weather", "args": {"city": city}}}


def measured(degrees):
    return {"functionResponse": {"name": "weather", "response": {"degrees": degrees}}}


def gemini(*parts):
    return {"candidates": [{"content": {"role": "model", "parts": [*parts]}, "finishReason": "STOP"}]}


ASKED = {"role": "user", "parts": [{"text": "?"}]}


def test_without_ids_a_result_is_found_by_name_and_order():
    lima = [{"role": "model", "parts": [wanted("Lima")]}, {"role": "user", "parts": [measured(19)]}]
    oslo = [{"role": "model", "parts": [wanted("Oslo")]}, {"role": "user", "parts": [measured(2)]}]
    nothing = RecordedTimes()
    opened = recorded(
        ({"contents": [ASKED]}, gemini(wanted("Lima")), nothing, {}),
        ({"contents": [ASKED, *lima]}, gemini(wanted("Oslo")), nothing, {}),
        ({"contents": [ASKED, *lima, *oslo]}, gemini(wanted("Rome")), nothing, {}),
    )
    assert links_of(calls_of(opened)) == [(0, "weather", 1), (1, "weather", 2)]


def test_without_ids_a_repeated_call_without_a_result_is_not_answered():
    both = {"role": "model", "parts": [wanted("Lima"), wanted("Oslo")]}
    opened = recorded(
        ({"contents": [ASKED]}, gemini(wanted("Lima"), wanted("Oslo")), RecordedTimes(), {}),
        ({"contents": [ASKED, both, {"parts": [measured(19)]}]}, gemini({"text": "?"}), RecordedTimes(), {}),
        (
            {"contents": [ASKED, both, {"parts": [measured(19), measured(2)]}]},
            gemini({"text": "!"}),
            RecordedTimes(),
            {},
        ),
    )
    assert [made.answered_by for made in calls_of(opened)[0].tool_calls] == [1, 2]


def test_a_request_that_is_not_to_a_model_is_left_out():
    opened = recorded(
        ({"query": "{ viewer }"}, {"data": {}}, RecordedTimes(), {}), (user("a"), answer(), RecordedTimes(), {})
    )
    assert [call.interaction for call in calls_of(opened)] == [1]


def test_a_label_is_the_first_line_of_a_text_and_is_cut():
    (call,) = calls_of(recorded((user("\n" + "a" * 100 + "\nb"), answer(), RecordedTimes(), {})))
    assert call.label == "a" * 79 + "…"


def test_every_tool_call_of_the_corpus_is_answered_by_the_first_later_request_with_its_id(cassettes):
    answered = 0
    for path, opened in cassettes.items():
        calls = calls_of(opened)
        for place, call in enumerate(calls):
            for made in call.tool_calls:
                if len(made.id) < 8 or made.id.startswith("srvtoolu_"):
                    # The id is too short to search for as bytes, or the provider ran the tool and has its result.
                    continue
                bodies = [
                    (one.interaction, opened.interactions[one.interaction].request.body) for one in calls[place + 1 :]
                ]
                expected = next((index for index, body in bodies if made.id.encode() in body), None)
                assert made.answered_by == expected, (path, call.interaction, made)
                answered += expected is not None
    assert answered > 300


def test_a_call_says_what_it_did(weather):
    assert [call.deed.kind for call in weather] == ["error", "tools", "answer", "answer"]
    assert weather[0].deed.words.startswith("Rate limit reached")
    assert [call.deed.words for call in weather[1:]] == [
        "weather ×2",
        "Lima is warmer: it is 19 °C there and 2 °C in Oslo.",
        "Lima against Oslo",
    ]


def test_a_call_says_how_it_ended(weather):
    assert [(call.outcome, call.status) for call in weather] == [("error", 429), ("ok", 200), ("ok", 200), ("ok", 200)]
    [cut] = calls_of(
        recorded(
            (
                user("a"),
                answer() | {"choices": [{**answer()["choices"][0], "finish_reason": "length"}]},
                RecordedTimes(),
                {},
            )
        )
    )
    assert cut.outcome == "cut off"


def test_a_status_without_a_readable_error_is_an_error():
    request = Request("POST", "https://api.openai.com/v1/chat/completions", Headers(), json.dumps(user("a")).encode())
    gateway = Response(502, "Bad Gateway", Headers(), b"<html>")
    [call] = calls_of(Cassette("a", "vcrpy", "1", [Interaction(request, gateway)], [], []))
    assert (call.outcome, call.error, call.deed.words) == ("error", "502 Bad Gateway", "502 Bad Gateway")


def anthropic(*content, stop="end_turn"):
    usage = {"input_tokens": 10, "output_tokens": 5}
    return {
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [*content],
        "stop_reason": stop,
        "usage": usage,
    }


def wanted_by_id(number):
    return {"type": "tool_use", "id": f"toolu_{number}", "name": f"tool_{number}", "input": {}}


def result(number, **fields):
    return {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": "x", **fields}


def test_the_call_whose_tool_failed_is_marked_and_no_other():
    asked = {"role": "user", "content": "?"}
    called = {"role": "assistant", "content": [wanted_by_id(1), wanted_by_id(2)]}
    answered = {"role": "user", "content": [result(1), result(2, is_error=True)]}
    first = {"messages": [asked]}, anthropic(wanted_by_id(1), wanted_by_id(2), stop="tool_use"), RecordedTimes(), {}
    # Later requests repeat the failed result.
    later = {"messages": [asked, called, answered]}, anthropic({"type": "text", "text": "Sorry."}), RecordedTimes(), {}
    calls = calls_of(recorded(first, later, later))
    assert [call.outcome for call in calls] == ["tool failed", "ok", "ok"]
    assert [(made.name, made.failed, made.answered_by) for made in calls[0].tool_calls] == [
        ("tool_1", False, 1),
        ("tool_2", True, 1),
    ]
    # Without the first call, the request that brings the result is marked.
    [call] = calls_of(recorded(later))
    assert (call.outcome, call.failed_results) == ("tool failed", ("tool_2",))


def test_without_ids_a_failed_result_is_found_by_the_tool_s_name():
    broken = {"functionResponse": {"name": "weather", "status": "error", "response": {"error": "down"}}}
    failed = [{"role": "model", "parts": [wanted("Lima")]}, {"role": "user", "parts": [broken]}]
    opened = recorded(
        ({"contents": [ASKED]}, gemini(wanted("Lima")), RecordedTimes(), {}),
        ({"contents": [ASKED, *failed]}, gemini({"text": "!"}), RecordedTimes(), {}),
    )
    assert [made.failed for made in calls_of(opened)[0].tool_calls] == [True]
