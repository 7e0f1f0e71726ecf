"""Synthetic promptecho cassettes, in the layout of its own writer."""

import base64
import copy

import pytest
import yaml

import viewer

EVENTS = [
    'data: {"choices":[{"index":0,"delta":{"content":"Ol\u00e1"}}]}\n\n',
    ": ping\n\n",
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    "data: [DONE]\n\n",
]
BODY = {"messages": [{"role": "user", "content": "Hi"}], "stream": True, "system": "You are a helpful assistant"}
NONSENSE = [None, 5, -1, 1e308, True, "x", "", b"\xff", [], [5], [b"x"], {}, {"a": b"x"}, {b"k": 1}, {"type": "json"}]


def interaction(sent=BODY, **response):
    return {
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "match_key": "baf88617cc1b7561",
            "matched_on": ["model", "messages"],
            "body": copy.deepcopy(sent),
        },
        "response": {
            "status": 200,
            "headers": {"content-type": "text/event-stream"},
            "streaming": "events" in response,
            **copy.deepcopy(response),
        },
    }


def cassette(*interactions):
    return {"version": 2, "match_on": ["model", "messages"], "interactions": list(interactions)}


def write(tree):
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100).encode()


def load(*interactions):
    return viewer.load(write(cassette(*interactions)), "a.yaml")


def test_the_texts_of_the_events_are_the_stream():
    loaded = load(interaction(events=EVENTS))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("promptecho", "2", [])
    [held] = loaded.interactions
    assert (held.request.method, held.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert held.response.status == 200
    assert held.response.headers["Content-Type"] == "text/event-stream"
    assert held.response.body == "".join(EVENTS).encode()
    [stream] = loaded.streams
    assert (stream.protocol, stream.text(), stream.finish_reason, stream.complete) == (
        "openai-chat",
        "Olá",
        "stop",
        True,
    )
    assert stream.chunks["event"].nunique() == len(EVENTS)


def test_the_request_is_shown_as_recorded_with_the_system_message_moved_out():
    assert load(interaction(events=EVENTS)).interactions[0].request.body == (
        b'{"messages":[{"role":"user","content":"Hi"}],"stream":true,"system":"You are a helpful assistant"}'
    )


def test_a_request_that_was_not_json_is_reported_as_stored_only_as_a_hash():
    loaded = load(interaction({"__raw_body_sha256__": "ab"}, events=EVENTS))
    assert [(problem.severity, problem.interaction) for problem in loaded.problems] == [("note", 0)]
    assert "hash" in loaded.problems[0].message


def test_no_times_are_invented():
    times = load(interaction(events=EVENTS)).interactions[0].times
    assert times == type(times)()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_missing_blank_line_of_an_event_is_restored(end):
    stripped = [event.rstrip("\n") + end for event in EVENTS]
    assert load(interaction(events=stripped)).interactions[0].response.body == "".join(EVENTS).encode()


def test_a_stream_with_other_line_ends_is_unchanged():
    whole = "".join(EVENTS).replace("\n", "\r\n")
    loaded = load(interaction(events=[whole]))
    assert loaded.interactions[0].response.body == whole.encode()
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ({"body": {"a": [1, None]}}, b'{"a":[1,null]}'),
        ({"body": "text"}, b"text"),
        ({"body": None}, b""),
        ({"binary": True, "body": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({}, b""),
    ],
)
def test_a_response_that_is_not_a_stream_gives_its_bytes(response, body):
    assert load(interaction(**response)).interactions[0].response.body == body


def test_a_request_without_a_response_is_a_problem():
    loaded = load(interaction(events=EVENTS), {"request": {"matched_on": []}})
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [1]
    assert loaded.streams[0].text() == "Olá"


def test_a_file_without_match_on_is_recognised_by_its_requests():
    tree = cassette(interaction(events=EVENTS))
    del tree["match_on"]
    assert viewer.load(write(tree)).format == "promptecho"


def test_an_empty_cassette_explains_what_the_recorder_cannot_see():
    with pytest.raises(viewer.CassetteError, match=r"a\.yaml: the promptecho cassette has no interactions\. .*httpx2"):
        load()


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(cassette(interaction(events=EVENTS), interaction(events=EVENTS)))
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "promptecho"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


PLACES = [
    ("interactions", 0),
    *[("interactions", 0, side) for side in ("request", "response")],
    *[("interactions", 0, "request", name) for name in ("method", "url", "matched_on", "body")],
    *[("interactions", 0, "response", name) for name in ("status", "headers", "events", "binary", "body")],
    ("interactions", 0, "response", "events", 0),
    ("version",),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    tree = cassette(interaction(events=EVENTS), interaction(events=EVENTS))
    holder = tree
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = nonsense
    loaded = viewer.load(write(tree))
    assert loaded.format == "promptecho"
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá"


def test_a_deeply_nested_value_does_not_affect_the_rest():
    deep = "[" * 400 + "]" * 400
    text = write(cassette(interaction("DEEP", events=EVENTS))).decode().replace("DEEP", deep)
    loaded = viewer.load(text.replace("status: 200", f"status: {deep}").encode())
    assert loaded.streams[0].text() == "Olá"
