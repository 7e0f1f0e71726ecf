import json

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.packed import unpacked
from viewer.display.deck import make_tape
from viewer.display.lanes import lanes_of


def lanes(stream):
    [track] = make_tape([stream])["streams"]
    return {lane["label"]: lane for lane in track["lanes"]}


def test_the_seed_has_a_lane_each_for_reasoning_hidden_reasoning_and_content(seed_stream):
    by_label = lanes(seed_stream)
    assert {label: len(lane["t"]) for label, lane in by_label.items()} == {
        "reasoning": 13,
        "hidden reasoning": 120,
        "content": 27,
    }
    assert "".join(by_label["content"]["text"]) == seed_stream.text()
    assert "".join(by_label["reasoning"]["text"]) == seed_stream.text("reasoning")
    assert by_label["hidden reasoning"]["text"] is None


def test_a_tape_is_plain_json(seed_stream):
    tape = make_tape([seed_stream])
    assert json.loads(json.dumps(tape, allow_nan=False)) == tape
    paced = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n').streams[0]
    json.dumps(make_tape([paced]), allow_nan=False)


def test_tracks_are_named_by_their_model_or_by_the_host(seed_stream):
    def names(*given):
        return [track["name"] for track in make_tape([seed_stream, seed_stream], names=given)["streams"]]

    assert names() == ["grok-code-fast-1"] * 2
    assert names("A · one", "B · other") == ["A · one", "B · other"]


def test_each_tool_call_has_a_lane_of_its_own():
    def call(index, name, arguments):
        return {
            "choices": [
                {
                    "index": 0,
                    "delta": {"tool_calls": [{"index": index, "function": {"name": name, "arguments": arguments}}]},
                }
            ]
        }

    events = [call(3, "add", ""), call(5, "mul", "{"), call(3, None, "{}"), call(5, None, "}")]
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    assert {label: lane["text"] for label, lane in lanes(stream).items()} == {"add": ["", "{}"], "mul": ["{", "}"]}


def test_markers_are_in_order(seed_stream):
    [track] = make_tape([seed_stream])["streams"]
    assert [marker["label"] for marker in track["markers"]] == [
        "first reasoning",
        "first content",
        "finish: stop",
        "usage",
    ]
    assert [marker["t"] for marker in track["markers"]] == sorted(marker["t"] for marker in track["markers"])


def test_bounds_are_given_in_runs_and_every_time_lies_in_its_run(seed_stream):
    rows = seed_stream.chunks[seed_stream.chunks["kind"] == "content"]
    lane = lanes(seed_stream)["content"]
    runs = lane["bounds"]
    assert len(runs) < 5
    for place, (t, low, high) in enumerate(zip(lane["t"], rows["t_low"], rows["t_high"], strict=True)):
        run = [run for run in runs if run[0] <= place][-1]
        assert run[1:] == [low, high]
        assert low <= t <= high


def test_measured_and_paced_chunks_have_no_bounds_to_draw():
    assert lanes(viewer.load(SAMPLES / "gemma-3-270m_curl.trace").streams[0])["content"]["bounds"] is None
    assert lanes(viewer.load(SAMPLES / "gemma-3-270m_responses.yaml").streams[0])["content"]["bounds"] is None


def test_tokens_of_the_lanes_add_up_to_the_provider_s_count(seed_stream):
    by_label = lanes(seed_stream)
    assert {label: lane["tokens"] * len(lane["t"]) for label, lane in by_label.items()} == {
        "reasoning": 13,
        "hidden reasoning": 120,
        "content": 27,
    }


@pytest.mark.parametrize(
    ("sample", "anchors"),
    [
        ("grok-code-fast-1_simple_streaming.yaml", {"request": None, "token": 0.0, "content": 1.621951}),
        ("gemma-3-270m_curl.trace", {"request": 0.0, "token": 0.045469, "content": 0.045469}),
        ("weather-agent_tool-calls.yaml", {"request": None, "token": 1, "content": None}),
    ],
)
def test_a_track_has_the_anchors_at_which_it_can_be_aligned(sample, anchors):
    [track] = make_tape(viewer.load(SAMPLES / sample).streams[:1])["streams"]
    assert track["anchors"] == pytest.approx(anchors)


def test_a_track_has_its_stalls_its_cost_and_a_summary_of_reasoning(seed_stream):
    [track] = make_tape([seed_stream])["streams"]
    assert track["thought"] == "thought for 1.62 s, 133 tokens, 120 hidden"
    assert track["cost"] == {"input": pytest.approx(8.04e-6), "total": pytest.approx(0.00024804), "estimate": True}
    [stalled] = make_tape(viewer.load(SAMPLES / "qwen3_ollama.ndjson").streams)["streams"]
    assert stalled["stalls"] == [[0.249415, 0.901719]]
    assert "longest stall" in [marker["label"] for marker in stalled["markers"]]
    assert stalled["cost"] is None


def test_many_tool_calls_share_the_last_lane():
    calls = [{"index": index, "function": {"name": f"f{index}", "arguments": str(index)}} for index in range(40)]
    body = json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]})
    by_label = lanes(viewer.load(f"data: {body}\n\n".encode()).streams[0])
    assert len(by_label) == 13
    assert by_label["28 more tool calls"]["text"] == [str(index) for index in range(12, 40)]


def test_the_lowest_choice_is_played_by_default():
    events = [{"choices": [{"index": index, "delta": {"content": f"choice {index}"}}]} for index in (2, 1)]
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    assert lanes(stream)["content"]["text"] == ["choice 1"]
    assert make_tape([stream], choice=2)["streams"][0]["lanes"][0]["text"] == ["choice 2"]


def track_of(sample):
    [track] = make_tape(viewer.load(SAMPLES / sample).streams[:1])["streams"]
    return track


@pytest.mark.parametrize("sample", ["weather-agent_tool-calls.yaml", "nova-lite_bedrock.yaml"])
def test_without_recorded_times_every_time_is_the_number_of_a_chunk(sample):
    track = track_of(sample)
    numbers = sorted(number for lane in track["lanes"] for number in lane["t"])
    assert track["axis"] == "chunks"
    assert numbers == list(range(1, len(numbers) + 1))
    assert track["duration"] == len(numbers)
    assert {marker["t"] for marker in track["markers"]} <= set(numbers)
    assert track["anchors"]["request"] is None
    assert all(lane["bounds"] is None for lane in track["lanes"])
    assert track["steps"] == track["stalls"] == []


def test_a_stream_of_which_a_total_is_recorded_plays_in_that_total():
    stream = viewer.load(SAMPLES / "nova-lite_bedrock.yaml").streams[0]
    track = track_of("nova-lite_bedrock.yaml")
    assert sum(unpacked(track["pace"], len(stream.chunks))) / 1e6 == pytest.approx(stream.chunks["t"].max())
    assert track["total"] == "0.731 s"
    assert track_of("gemma-3-270m_curl.trace")["pace"] is None


def test_a_nominal_pace_follows_the_tokens():
    assert track_of("gemma-3-270m_responses.yaml")["pace"] == {"all": 20_000}


@pytest.mark.parametrize(
    ("sample", "rate", "gaps"),
    [
        ("gemma-3-270m_curl.trace", "curve", True),
        ("qwen3_ollama.ndjson", "curve", True),
        ("gemma-3-270m_list.sse", "steps", False),
        ("nova-lite_bedrock.yaml", "none", False),
        ("weather-agent_tool-calls.yaml", "none", False),
    ],
)
def test_a_track_says_what_may_be_drawn_of_it(sample, rate, gaps):
    draws = track_of(sample)["draws"]
    assert (draws["rate"], draws["gaps"]) == (rate, gaps)
    assert draws["live_rate"] == (rate == "curve")


def test_the_events_of_a_lane_are_those_of_its_chunks(seed_stream):
    for lane, rows in zip(lanes(seed_stream).values(), lanes_of(seed_stream), strict=True):
        events = seed_stream.chunks["event"].iloc[rows.rows].tolist()
        assert unpacked(lane["events"], len(events)) == events


def test_markers_have_their_kind_and_event(seed_stream):
    [track] = make_tape([seed_stream])["streams"]
    assert [(marker["kind"], marker["event"]) for marker in track["markers"]] == [
        ("first", 0),
        ("first", 133),
        ("finish", 160),
        ("usage", 161),
    ]
    failed = track_of("claude-sonnet-4_overloaded.json")["markers"]
    assert ("error", 12) in [(marker["kind"], marker["event"]) for marker in failed]


def test_a_stream_that_breaks_off_has_a_marker_at_its_end():
    event = json.dumps({"choices": [{"index": 0, "delta": {"content": "a"}}]})
    [track] = make_tape(viewer.load(f"data: {event}\n\n".encode()).streams)["streams"]
    last = track["markers"][-1]
    assert (last["kind"], last["t"], last["event"]) == ("cut_off", 1, 0)
