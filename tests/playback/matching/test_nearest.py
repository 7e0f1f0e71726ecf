import json
import time

import pytest

from tests.support.asked_requests import nested, request
from tests.support.har_files import WEATHER, asked
from viewer.playback.matching.index import index_requests
from viewer.playback.matching.nearest import nearest
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.types.http import Request

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
REDACT = text_redactor(Redaction())


def miss_of(index, one, redact=REDACT):
    return nearest(index, one, redact)


def said(text, role="user"):
    return {"role": role, "content": text}


def differs(recorded, one):
    return miss_of(index_requests([recorded]), one).differs


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model": "gpt-4o-mini"}, "The model is gpt-4o-mini, recorded is gpt-4o."),
        ({"stream": False}, "The recording streams, the request does not."),
        ({"model": None}, "The request has no model, recorded is gpt-4o."),
        ({"suffix": "}"}, "suffix is }, the recording has none."),
        ({"tools": []}, "The tool weather is only in the recording."),
        (
            {"tools": [WEATHER, {"type": "function", "function": {"name": "clock"}}]},
            "The tool clock is not in the recording.",
        ),
        (
            {"messages": [said("Be brief.", "system"), said("Say goodbye.")]},
            "Message 2 (user) differs: “Say goodbye.”, recorded is “Say hello.”.",
        ),
    ],
)
def test_one_sentence_says_what_differs(change, sentence):
    assert differs(request(), request(asked(**change))) == (sentence,)


@pytest.mark.parametrize("body", [b'{"model": "gpt', b"[1, 2]", b"hello"])
def test_a_body_that_is_no_json_object_is_told_as_that(body):
    one = request()
    broken = Request(one.method, one.url, one.headers, body)
    assert differs(one, broken) == ("The body of the request is not a JSON object, that of the recording is.",)


def test_a_changed_tool_shows_where_it_differs():
    weather = {"type": "function", "function": {**WEATHER["function"], "name": "weather", "description": "Of now"}}
    (sentence,) = differs(request(), request(asked(tools=[weather])))
    assert sentence.startswith("The tool weather differs: “")
    assert "description" in sentence


def test_messages_that_only_one_side_has_are_told():
    more = asked(messages=[*asked()["messages"], said("Hello.", "assistant"), said("And then?")])
    assert differs(request(), request(more)) == (
        "The request has 4 messages, the recording 2.",
        "Message 3 (assistant) is not in the recording: “Hello.”.",
        "Message 4 (user) is not in the recording: “And then?”.",
    )
    assert differs(request(more), request())[1] == "Message 3 (assistant) is only in the recording: “Hello.”."


def test_the_method_and_the_path_are_told():
    assert differs(request(), request(method="PUT")) == ("The method is PUT, recorded is POST.",)
    assert differs(request(), request(url="/v1/responses"))[0] == (
        "The path is /v1/responses, recorded is /v1/chat/completions."
    )


@pytest.mark.parametrize(
    ("recorded", "one"),
    [
        ("https://b/model/claude-a%3A0/converse", "/model/claude-b%3A0/converse"),
        ("https://g/v1beta/models/gemini-a:generateContent", "/v1beta/models/gemini-b:generateContent"),
        ("https://z/openai/deployments/gpt-a/chat/completions", "/openai/deployments/gpt-b/chat/completions"),
    ],
)
def test_the_model_in_a_path_is_told_as_the_model(recorded, one):
    miss = miss_of(index_requests([request(url="https://a/v1/other"), request(url=recorded)]), request(url=one))
    assert miss.place == 1
    assert len(miss.differs) == 1
    assert miss.differs[0].startswith("The model is ")
    assert "/" not in miss.differs[0]


def test_only_the_words_around_the_first_difference_are_shown():
    text = "word " * 1000
    (sentence,) = differs(request({"prompt": f"{text}one {text}"}), request({"prompt": f"{text}two {text}"}))
    assert sentence.startswith("Message 1 (user) differs: “…")
    assert "two word" in sentence
    assert "recorded is “…" in sentence
    assert "one word" in sentence
    assert len(sentence) <= 200


def test_dates_and_ids_are_no_difference():
    recorded = {"messages": [said("Today is 2026-07-15.", "system"), said("Hi")], "id": "a"}
    other = {"messages": [said("Today is 2027-01-01.", "system"), said("Hello")], "id": "b"}
    assert differs(request(recorded), request(other)) == ("Message 2 (user) differs: “Hello”, recorded is “Hi”.",)


def test_the_nearest_has_the_same_path_then_the_fewest_differences_then_the_most_alike_words():
    recorded = [
        request(url="https://a/v1/responses"),
        request(asked(model="other", stream=False)),
        request(asked(messages=[said("What is the capital of Peru?")], model="gpt-4o")),
        request(asked(messages=[said("What is the weather in Oslo?")], model="gpt-4o")),
    ]
    index = index_requests(recorded)
    miss = miss_of(index, request(asked(messages=[said("What is the weather in Lima?")], model="gpt-4o")))
    assert miss.place == 3
    assert miss_of(index, request(asked(model="another", stream=False))).place == 1
    assert miss_of(index, request(url="/v2/responses")).place == 0


def test_recordings_without_a_request_are_nearest_only_if_there_are_no_others():
    assert miss_of(index_requests([Request(), request()]), request(url="/v1/x")).place == 1


def test_nothing_recorded_is_said():
    miss = miss_of(index_requests([]), request())
    assert (miss.place, miss.differs) == (None, ("No request is recorded.",))
    assert (
        miss.to_json()["error"]["message"] == "No recording answers POST /v1/chat/completions. No request is recorded."
    )


def test_the_answer_names_the_nearest_and_what_differs():
    miss = miss_of(index_requests([request()]), request(asked(model="gpt-5")))
    assert miss.to_json("weather.yaml, interaction 0") == {
        "error": {
            "type": "not_recorded",
            "message": "No recording answers POST /v1/chat/completions. The nearest is weather.yaml, interaction 0. "
            "The model is gpt-5, recorded is gpt-4o.",
            "nearest": "weather.yaml, interaction 0",
            "differs": ["The model is gpt-5, recorded is gpt-4o."],
        }
    }


@pytest.mark.parametrize(
    ("recorded", "one"),
    [
        (request({"prompt": f"My key is {KEY}."}), request({"prompt": "My key is nothing."})),
        (request({"prompt": "My key is nothing."}), request({"prompt": f"My key is {KEY}."})),
        (request({"prompt": f"{'word ' * 900}{KEY}A"}), request({"prompt": f"{'word ' * 900}{KEY}B"})),
        (request({"query": {"password": "first-secret"}}), request({"query": {"password": "other-secret"}})),
        (request({"query": "a", "api_key": "first-secret"}), request({"query": "b", "api_key": "other-secret"})),
        (request(f"password={KEY}\n".encode()), request(f"password={KEY[::-1]}\n".encode())),
        (request(), request(url=f"/v1/token/{KEY}?key=other-secret")),
        (request(url=f"https://me:first-secret@a/{KEY}/x?key=other-secret"), request(url="/v1/y")),
        (request({"model": KEY, "prompt": "a"}), request({"model": "m", "prompt": "a"})),
        (request({"tools": [{"name": KEY}]}), request({"tools": [{"name": "b"}]})),
        (request({"prompt": "a"}), request({"prompt": "b", "messages": [{"role": KEY}]})),
    ],
)
def test_no_secret_of_either_request_is_in_the_answer(recorded, one):
    miss = miss_of(index_requests([recorded]), one)
    answer = json.dumps([miss.to_json(), repr(miss)], ensure_ascii=False)
    assert miss.differs
    assert KEY[:12] not in answer
    assert KEY[-12:] not in answer
    assert KEY[::-1][:12] not in answer
    assert "first-secret" not in answer
    assert "other-secret" not in answer


def test_secrets_are_removed_by_the_function_that_is_given():
    miss = miss_of(
        index_requests([request({"prompt": "Anna"})]),
        request({"prompt": "Berta"}),
        lambda text: text.replace("Anna", "••••").replace("Berta", "•••••"),
    )
    assert miss.differs == ("Message 1 (user) differs: “•••••”, recorded is “••••”.",)


@pytest.mark.parametrize(
    "hostile",
    [
        request(nested(100_000)),
        request(nested(200)),
        request(b"\xff\x00" * 1000),
        request(
            b'{"messages": [7, null, [1], {"role": 7, "content": {"a": "\\ud800"}}], "tools": [3], "model": ["\\u202e"]}'
        ),
        request({"messages": [said(f"{n}\x1b[31m") for n in range(500)]}),
        request({f"field{n}": f"{n}" * 300 for n in range(500)}),
        request(method="P\nUT", url="/\x1b[0m/%0a%1b/" * 500),
        Request(),
    ],
    ids=lambda one: repr(one.body[:20]),
)
def test_a_hostile_request_gets_a_short_and_harmless_answer(hostile):
    for recorded, one in ((request(), hostile), (hostile, request(asked(model="m")))):
        miss = miss_of(index_requests([recorded]), one)
        assert len(miss.differs) <= 10
        assert all(
            len(line) <= 200 and (line.isprintable() or "\u202e" not in line) for line in (*miss.differs, miss.asked)
        )
        assert not any(character in "".join((*miss.differs, miss.asked)) for character in "\x1b\n\u202e\ud800")
        json.dumps(miss.to_json()).encode()


@pytest.mark.alone
def test_the_nearest_of_three_hundred_long_requests_is_found_in_the_time_of_a_few_events():
    turns = [said(f"Words of turn {turn}. " * 110) for turn in range(100)]
    index = index_requests([request(asked(messages=[said(f"Agent {n}", "system"), *turns])) for n in range(300)])
    missed = request(asked(messages=[said("Agent x", "system"), *turns]))
    miss_of(index, missed)
    start_s = time.process_time()
    assert miss_of(index, missed).differs[0].startswith("Message 1 (system) differs")
    assert time.process_time() - start_s < 0.1


def test_the_message_says_what_differs_first_because_some_sdks_show_nothing_else():
    asked_for = asked(model="gpt-5", stream=True, seed=1, messages=[{"role": "user", "content": "Other"}])
    miss = miss_of(index_requests([request()]), request(asked_for))
    assert len(miss.differs) > 2
    assert miss.to_json()["error"]["message"].endswith(" ".join(miss.differs[:3]))
