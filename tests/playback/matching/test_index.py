import json

import pytest

from tests.support.asked_requests import URL, get, places, request
from tests.support.har_files import WEATHER, asked
from viewer.comparison.request_diff import Change
from viewer.playback.matching.index import DATES_DIFFER, NO_BODY, NO_REQUEST, PLACEHOLDERS, index_requests
from viewer.types.http import Request

# What counts and what does not


def test_ids_spaces_and_the_order_of_keys_do_not_count():
    def history(call_id, arguments):
        call = {"id": call_id, "type": "function", "function": {"name": "weather", "arguments": arguments}}
        return asked(messages=[
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call_id, "content": "sunny"},
        ])  # fmt: skip

    recorded = history("call_1", '{"city": "Oslo", "unit": "C"}')
    other = json.dumps(history("call_2", '{"unit":"C","city":"Oslo"}'), indent=3, sort_keys=True).encode()
    assert places([request(recorded)], request(other)) == (0,)
    assert places([request(recorded)], request(history("call_1", '{"city": "Lima", "unit": "C"}'))) is None


def test_what_a_client_may_leave_out_does_not_count():
    recorded = asked(stream=False, store=None, messages=[{"role": "user", "content": "Hi", "name": None}])
    left_out = asked(messages=[{"role": "user", "content": "Hi", "cache_control": {"type": "ephemeral"}}])
    del left_out["stream"]
    assert places([request(recorded)], request(left_out)) == (0,)


def test_the_order_of_tools_does_not_count():
    clock = {"type": "function", "function": {"name": "clock"}}
    recorded, other = asked(tools=[WEATHER, clock]), asked(tools=[clock, WEATHER])
    assert places([request(recorded)], request(other)) == (0,)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "gpt-4o-mini"},
        {"stream": False},
        {"tools": []},
        {"messages": [{"role": "user", "content": "Say hello."}]},
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello 2 times."}]},
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "developer", "content": "Say hello."}]},
        {"suffix": "!"},
    ],
)
def test_another_model_message_tool_or_form_of_the_answer_is_another_request(change):
    assert places([request()], request(asked(**change))) is None


def test_ollama_streams_unless_it_is_told_not_to():
    url = "http://localhost:11434/api/chat"
    body = {"model": "llama3", "messages": [{"role": "user", "content": "Hi"}]}
    recorded = [request({**body, "stream": False}, url=url), request(body, url=url)]
    assert places(recorded, request({**body, "stream": True}, url=url)) == (1,)
    assert places(recorded, request({**body, "stream": False}, url=url)) == (0,)


# Settings, sequences and rank


def test_settings_that_differ_are_told():
    found = index_requests([request()]).find(request(asked(temperature=1, user="me", stream_options={"a": 1})))
    assert found.places == (0,)
    assert set(found.settings) == {
        Change("temperature", "0.5", "1"),
        Change("user", None, '"me"'),
        Change("stream_options", None, '{"a":1}'),
    }
    assert found.note == ""


def test_a_secret_in_a_setting_is_masked():
    found = index_requests([request()]).find(request(asked(metadata={"api_key": "first"}, api_key="second")))
    assert "first" not in str(found.settings)
    assert "second" not in str(found.settings)


def test_equal_settings_win_then_the_fewest_that_differ():
    recorded = [request(asked(temperature=0, top_p=1)), request(asked(temperature=1)), request(asked(temperature=2))]
    assert places(recorded, request(asked(temperature=2))) == (2,)
    assert places(recorded, request(asked(temperature=0))) == (0,)
    assert places(recorded, request(asked(temperature=0, top_p=0.5))) == (0,)


def test_the_same_api_version_wins():
    recorded = [request(url=f"{URL}?api-version=2023"), request(url=f"{URL}?api-version=2024")]
    assert places(recorded, request(url=f"{URL}?api-version=2024")) == (1,)
    found = index_requests(recorded).find(request(url=f"{URL}?api-version=2025"))
    assert found.settings == (Change("?api-version", '"2023"', '"2025"'),)


def test_recordings_of_one_request_are_a_sequence_in_recorded_order():
    recorded = [request(), request(asked(model="other")), request(), request(asked(id="x"))]
    found = index_requests(recorded).find(request())
    assert found.places == (0, 2, 3)
    assert found.note == ""
    assert found.key == index_requests(recorded).find(request(url="/chat/completions")).key


def test_of_recordings_that_differ_in_settings_the_first_is_taken_and_that_is_said():
    recorded = [request(asked(temperature=0)), request(asked(temperature=1)), request(asked(temperature=0))]
    found = index_requests(recorded).find(request(asked(temperature=2)))
    assert found.places == (0, 2)
    assert found.note == "3 recordings with other settings answer equally well; the first is taken."
    assert found.note.isascii()


def test_ids_that_the_client_repeats_choose_among_recordings_of_equal_meaning():
    recorded = [request(asked(previous_response_id="resp_1")), request(asked(previous_response_id="resp_2"))]
    assert places(recorded, request(asked(previous_response_id="resp_2"))) == (1,)
    assert places(recorded, request(asked(previous_response_id="resp_3"))) == (0, 1)
    polled = [get("https://a/v1/responses/resp_0a5004ef5dc3"), get("https://a/v1/responses/resp_01466b9ec36d")]
    assert places(polled, get("/v1/responses/resp_01466b9ec36d")) == (1,)
    assert places(polled, get("/v1/responses/resp_9999999999aa")) == (0, 1)


# Dates, ids and placeholders inside texts


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        ("Today is 2026-07-15.", "Today is 2027-01-02."),
        ("Now: 2026-07-15T10:11:12.123Z", "Now: 2026-08-01T00:00:00Z"),
        ("It is Sunday, November 29, 2026 at 5:45 PM.", "It is Monday, May 4, 2027 at 11:02 AM."),
        ("Date: Sun, 29 Nov 2026 17:45:37 GMT", "Date: Mon, 04 May 2027 01:02:03 GMT"),
        ("Folder /tmp/1b4e28ba-2fa1-11d2-883f-0016d3cca427", "Folder /tmp/9b4e28ba-2fa1-11d2-883f-0016d3cca427"),
        ("Two  words\n", "Two words"),
    ],
)
def test_dates_ids_and_spaces_inside_texts_do_not_count_and_that_is_said(recorded, text):
    index = index_requests([request({"model": "m", "messages": [{"role": "system", "content": recorded}, {"role": "user", "content": "Hi"}]})])  # fmt: skip
    found = index.find(request({"model": "m", "messages": [{"role": "system", "content": text}, {"role": "user", "content": "Hi"}]}))  # fmt: skip
    assert found is not None
    assert found.note == DATES_DIFFER


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        ("2 + 2", "2 + 3"),
        ("Wait 5 seconds", "Wait 9 seconds"),
        ("At 10:30", "At 11:30"),
        ("In 2024", "In 2025"),
        ("ab", "a b"),
    ],
)
def test_other_numbers_inside_texts_count(recorded, text):
    assert places([request({"model": "m", "prompt": recorded})], request({"model": "m", "prompt": text})) is None


def test_the_same_date_wins():
    recorded = [request({"model": "m", "prompt": f"News of {day}"}) for day in ("2026-01-01", "2026-01-02")]
    assert places(recorded, request({"model": "m", "prompt": "News of 2026-01-02"})) == (1,)


@pytest.mark.parametrize(
    "placeholder",
    [
        "[REDACTED]",
        "<redacted>",
        "REDACTED",
        "***",
        "xxxxxx",
        "DUMMY",
        "[FILTERED]",
        "<API_TOKEN>",
        "**REDACTED**",
        "•••••",
    ],
)
def test_a_placeholder_matches_any_value(placeholder):
    index = index_requests([request({"model": "m", "prompt": placeholder})])
    found = index.find(request({"model": "m", "prompt": "the true text"}))
    assert (found.places, found.note) == ((0,), PLACEHOLDERS)
    assert index.find(request({"model": "other", "prompt": "the true text"})) is None


@pytest.mark.parametrize("text", ["x", "...", "test", "none", "", "**bold**", "• a list", "dummy", "hidden treasure"])
def test_an_ordinary_text_is_no_placeholder(text):
    assert places([request({"model": "m", "prompt": text})], request({"model": "m", "prompt": "another text"})) is None


def test_the_text_around_a_placeholder_counts():
    index = index_requests([request({"model": "m", "prompt": "Log in with [REDACTED] and say •••••• twice"})])
    assert index.find(request({"model": "m", "prompt": "Log in with my-key and say hello twice"})) is not None
    assert index.find(request({"model": "m", "prompt": "Log in with my-key and say hello thrice"})) is None


def test_what_a_client_repeats_of_a_redacted_answer_matches_the_recorded_secret():
    def turn(key):
        return request({"model": "m", "messages": [{"role": "assistant", "content": f"Your key is {key}."}]})

    assert places([turn("sk-secret-value"), turn("none")], turn("•" * 15)) == (0, 1)
    assert places([turn("sk-secret-value")], turn("[REDACTED]")) is None


def test_a_placeholder_in_a_setting_is_no_difference():
    index = index_requests([request(asked(prompt_cache_key="[REDACTED]"))])
    assert index.find(request(asked(prompt_cache_key="mine"))).settings == ()


# Recordings that do not say everything


def test_a_recording_without_a_body_answers_last_and_that_is_said():
    index = index_requests([request(b""), request()])
    assert index.find(request()).places == (1,)
    found = index.find(request(asked(model="other")))
    assert (found.places, found.note) == ((0,), NO_BODY)
    assert index.find(request(asked(model="other"), url="/v1/messages")) is None


def test_a_get_without_a_body_does_not_answer_another_query():
    assert places([get("https://a/v1/files?after=1")], get("/v1/files?after=2")) is None


def test_recordings_without_a_request_answer_in_recorded_order_and_that_is_said():
    found = index_requests([Request(), Request()]).find(request())
    assert (found.places, found.note) == ((0, 1), NO_REQUEST)


def test_a_recording_without_a_request_is_never_taken_for_an_equal_one():
    found = index_requests([Request()]).find(get("/v1/files"))
    assert (found.places, found.note) == ((0,), NO_REQUEST)
    assert places([Request(), get("https://a/v1/files")], get("/v1/files")) == (1,)


def test_a_recording_without_a_request_does_not_hide_a_miss():
    index = index_requests([Request(), request()])
    assert index.find(request()).places == (1,)
    assert index.find(request(asked(model="other"))) is None
    assert index.find(request(url="/v1/messages")).places == (0,)


def test_nothing_recorded_answers_nothing():
    assert index_requests([]).find(request()) is None
