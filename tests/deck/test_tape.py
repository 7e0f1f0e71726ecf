import json

import viewer
from viewer.deck import make_tape


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


def test_markers_stand_in_order(seed_stream):
    [track] = make_tape([seed_stream])["streams"]
    assert [marker["label"] for marker in track["markers"]] == ["first reasoning", "first content", "finish"]
    assert [marker["t"] for marker in track["markers"]] == sorted(marker["t"] for marker in track["markers"])


def test_many_tool_calls_share_the_last_lane():
    calls = [{"index": index, "function": {"name": f"f{index}", "arguments": str(index)}} for index in range(40)]
    body = json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]})
    by_label = lanes(viewer.load(f"data: {body}\n\n".encode()).streams[0])
    assert len(by_label) == 13
    assert by_label["28 more tool calls"]["text"] == [str(index) for index in range(12, 40)]


def test_the_lowest_choice_is_played_unless_another_is_asked_for():
    events = [{"choices": [{"index": index, "delta": {"content": f"choice {index}"}}]} for index in (2, 1)]
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    assert lanes(stream)["content"]["text"] == ["choice 1"]
    assert make_tape([stream], choice=2)["streams"][0]["lanes"][0]["text"] == ["choice 2"]
