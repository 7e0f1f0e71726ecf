"""Synthetic aimock fixtures, in the layouts that its recorder and its users write."""

import copy
import json

import pytest

import viewer
from viewer.types.http import Arrivals

RESPONSE = {
    "content": "Ol\u00e1",
    "reasoning": "Hm.",
    "usage": {"completion_tokens": 20, "prompt_tokens": 48, "total_tokens": 68},
}
TIMINGS = {"ttftMs": 141, "interChunkDelaysMs": [0, 22, 57], "totalDurationMs": 1248}
MATCH = {"userMessage": "Hi", "model": "m", "turnIndex": 0, "hasToolResult": False}
DEEP = "[" * 1000 + "]" * 1000
NONSENSE = [None, 5, -1, 1e308, True, "x", "", [], [5], {}, {"a": 1}, {"live": {"entries": [5]}}, "DEEP"]


def fixture(response=RESPONSE, **more):
    return {"match": dict(MATCH), "response": copy.deepcopy(response), **more}


def recorded(response=RESPONSE, **timings):
    return fixture(response, recordedTimings={**TIMINGS, **timings}, metadata={"systemHash": "11ec99cf"})


def write(*fixtures, **top):
    return json.dumps({"fixtures": list(fixtures), **top}, indent=2).replace('"DEEP"', DEEP).encode()


def load(*fixtures, **top):
    return viewer.load(write(*fixtures, **top), "a.json")


def test_a_recorded_stream_is_one_event_with_the_whole_time():
    loaded = load(recorded())
    assert (loaded.format, loaded.format_version) == ("aimock", "")
    [interaction] = loaded.interactions
    assert json.loads(interaction.request.body) == MATCH
    assert (interaction.request.url, interaction.response.status) == ("", None)
    assert interaction.response.content_type == "application/x-ndjson"
    assert interaction.response.body.count(b"\n") == 1
    assert json.loads(interaction.response.body) == {"model": MATCH["model"], **RESPONSE}
    [stream] = loaded.streams
    assert (stream.protocol, stream.text(), stream.text("reasoning")) == ("aimock", "Olá", "Hm.")
    assert stream.model == MATCH["model"]
    assert (stream.complete, stream.usage.input, stream.usage.output) == (True, 48, 20)
    assert set(stream.chunks["event"]) == {0}


def test_the_joined_event_lies_between_the_times_of_the_first_and_last_event():
    loaded = load(recorded())
    times = loaded.interactions[0].times
    assert times == type(times)(first_s=0.141, whole_s=1.248)
    [stream] = loaded.streams
    assert (stream.timing.grade, stream.timing.origin) == ("span", "request")
    assert set(stream.chunks["t_low"]) == {0.141}
    assert set(stream.chunks["t_high"]) == {1.248}
    ttft = stream.metrics["ttft"]
    assert (ttft.value, ttft.low, ttft.high, ttft.grade) == (0.141, 0.141, 0.141, "measured")


def test_a_note_counts_the_joined_events():
    [problem] = load(fixture(), recorded()).problems[:1]
    assert (problem.severity, problem.interaction) == ("note", 1)
    assert "joined the 4 events" in problem.message


@pytest.mark.parametrize("total", [None, "5", -1, True, float("nan"), 1e300, [5]])
def test_an_invalid_total_is_ignored(total):
    assert load(recorded(totalDurationMs=total)).interactions[0].times.whole_s is None


def test_a_fixture_without_timings_is_a_response_that_was_not_streamed():
    loaded = load(fixture({"content": "Hi"}), fixture({"content": "Ho"}, streamingProfile={"ttft": 200, "tps": 40}))
    assert loaded.streams == []
    assert [interaction.response.body for interaction in loaded.interactions] == [
        b'{"content":"Hi"}',
        b'{"content":"Ho"}',
    ]
    assert loaded.interactions[0].response.content_type == "application/json"


def test_responses_to_the_same_request_keep_the_order_of_the_file():
    sequence = [{**fixture({"content": str(index)}), "match": {"sequenceIndex": index}} for index in range(3)]
    loaded = load(*sequence)
    assert [json.loads(one.request.body)["sequenceIndex"] for one in loaded.interactions] == [0, 1, 2]
    assert [json.loads(one.response.body)["content"] for one in loaded.interactions] == ["0", "1", "2"]


def test_an_error_has_its_status():
    loaded = load(fixture({"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429}))
    assert loaded.interactions[0].response.status == 429
    assert json.loads(loaded.interactions[0].response.body)["error"]["message"] == "slow down"
    assert any("429" in problem.message for problem in loaded.problems if problem.severity == "error")


def test_json_of_unknown_servers_is_unwrapped():
    [interaction] = load(fixture({"json": {"images": []}, "status": 201})).interactions
    assert (interaction.response.status, interaction.response.body) == (201, b'{"images":[]}')


@pytest.mark.parametrize(
    "response",
    [
        {"embedding": [0.5]},
        {"image": {"url": "x"}},
        {"audio": "AA=="},
        {"transcription": {"text": "x"}},
        {"video": {"id": "v", "status": "completed"}},
        {"blocks": [{"type": "text", "text": "x"}]},
        {"toolCalls": [{"name": "x", "arguments": {}}]},
    ],
)
def test_other_handwritten_responses_are_shown_unchanged(response):
    assert json.loads(load(fixture(response)).interactions[0].response.body) == response


def test_a_recorded_openai_live_session_has_its_events_and_their_times():
    entries = [
        {"direction": "client", "atMs": 0, "event": {"type": "session.start"}},
        {"direction": "server", "atMs": 12, "event": {"type": "session.started"}, "barrier": {}},
        {"direction": "server", "atMs": 1034, "event": {"type": "session.closed"}, "barrier": {}},
    ]
    live = {"version": 1, "entries": entries, "capture": {"source": "provider", "complete": True}}
    [interaction] = load(fixture({"live": live})).interactions
    assert interaction.request.body == b'{"type":"session.start"}\n'
    assert interaction.response.body == b'{"type":"session.started"}\n{"type":"session.closed"}\n'
    assert interaction.times.arrivals == Arrivals((0.012, 1.034), resolution_s=0.001)

    [connection] = interaction.connections
    assert [(one.is_sent, one.at_s) for one in connection.frames] == [(True, 0), (False, 0.012), (False, 1.034)]

    live["capture"]["source"] = "authored"
    loaded = load(fixture({"live": live}))
    assert {one.at_s for one in loaded.interactions[0].connections[0].frames} == {None}
    assert loaded.interactions[0].times.arrivals is None
    assert any("by hand" in problem.message for problem in loaded.problems)


def test_agent_events_are_lines():
    events = [{"type": "RUN_STARTED"}, {"type": "TEXT_MESSAGE_CONTENT", "delta": "Hi"}]
    loaded = load({"match": {"message": "hello"}, "events": events})
    assert loaded.format == "aimock"
    assert (
        loaded.interactions[0].response.body
        == b'{"type":"RUN_STARTED"}\n{"type":"TEXT_MESSAGE_CONTENT","delta":"Hi"}\n'
    )
    assert loaded.streams[0].chunks["event"].nunique() == 2


def test_warnings_of_the_recorder_are_problems():
    loaded = load(recorded(), _warnings=["Stream response was truncated", ["odd"]], _warning="…")
    warnings = [problem.message for problem in loaded.problems if problem.severity == "warning"]
    assert warnings == ["The recorder warns: Stream response was truncated", 'The recorder warns: ["odd"]']


def test_a_fixture_without_a_response_is_a_problem():
    loaded = load({"match": {}}, recorded())
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [0]


def test_a_file_without_fixtures_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.json: the aimock file has no fixtures"):
        load()


OTHERS = [
    {"fixtures": "a.json"},
    {"fixtures": [5, {"match": {}}, {"match": 5, "response": {}}]},
    {"fixtures": [], "a": 1},
]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_other_files_with_fixtures_are_not_recognised(other):
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder"):
        viewer.load(json.dumps(other).encode())


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(recorded(), recorded())
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "aimock"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


PLACES = [
    (),
    *[(name,) for name in ("match", "response", "recordedTimings", "events")],
    *[("response", name) for name in ("content", "usage", "live", "json", "status")],
    *[("recordedTimings", name) for name in ("totalDurationMs", "interChunkDelaysMs")],
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "fixture")
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    holder = fixtures = [recorded(), recorded()]
    for key in (0, *place)[:-1]:
        holder = holder[key]
    holder[(0, *place)[-1]] = nonsense
    loaded = load(*fixtures, _warnings=nonsense)
    assert loaded.format == "aimock"
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá"


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("name", ["direction", "atMs", "event"])
def test_a_session_with_wrong_types_does_not_affect_the_rest(name, nonsense):
    entry = {"direction": "server", "atMs": 5, "event": {"type": "x"}, name: nonsense}
    live = {"entries": [entry, nonsense], "capture": {"source": "provider"}}
    loaded = load(fixture({"live": live}), recorded())
    assert loaded.streams[-1].text() == "Olá"
