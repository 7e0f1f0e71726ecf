import json
from pathlib import Path

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.node_tests import passed_in_node
from viewer.conversation.agent import calls_of
from viewer.pages.recording.call_rows import grid, rail_rows, totals

HERE = Path(__file__).parent


def har(*entries):
    return viewer.load(json.dumps({"log": {"version": "1.2", "entries": entries}}).encode(), "a.har")


def entry(
    *, input_tokens=None, started=None, whole_ms=None, finish="stop", url="https://api.openai.com/v1/chat/completions"
):
    usage = (
        {"prompt_tokens": input_tokens, "completion_tokens": 10, "total_tokens": input_tokens + 10}
        if input_tokens
        else None
    )
    answer = {
        "object": "chat.completion",
        "model": "m",
        "usage": usage,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": finish}],
    }
    asked = {"messages": [{"role": "user", "content": "Is it?"}]}
    times = {"startedDateTime": started} if started else {}
    times |= {"time": whole_ms, "timings": {"send": 0, "wait": whole_ms, "receive": 0}} if whole_ms else {}
    return {
        "request": {"method": "POST", "url": url, "postData": {"text": json.dumps(asked)}},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": json.dumps(answer)}},
        **times,
    }


def picture():
    return {
        "request": {"method": "GET", "url": "https://a.example/logo.png?size=2"},
        "response": {"status": 304, "content": {"mimeType": "image/png", "text": "x"}},
    }


def rows(cassette):
    calls = calls_of(cassette)
    return grid(calls), rail_rows(cassette, calls), totals(cassette, calls)


def test_the_rail_lists_every_interaction_and_the_grid_only_calls():
    table, rail, total = rows(har(picture(), entry(input_tokens=30), entry(input_tokens=60, finish="length")))
    assert [(row["index"], row["status"], row["words"], row["note"]) for row in rail] == [
        (0, "other", "GET /logo.png", "304"),
        (1, "ok", "Yes.", ""),
        (2, "cut", "Yes.", "cut off"),
    ]
    assert [(row["input"], row["output"], row["tokens"]) for row in rail[1:]] == [
        (30, 10, "30 in · 10 out"),
        (60, 10, "60 in · 10 out"),
    ]
    assert [row["index"] for row in table["rows"]] == [1, 2]
    assert total == ("All 2 calls", "1 other request · 90 in, 20 out · 1 cut off")


def test_bars_of_measured_calls_are_closed_and_on_one_axis():
    table, _, _ = rows(
        har(
            entry(started="2026-01-01T00:00:00.000Z", whole_ms=2000),
            entry(started="2026-01-01T00:00:06.000Z", whole_ms=4000),
        )
    )
    bars = [row["bar"] for row in table["rows"]]
    assert [bar["from"] for bar in bars] == [0, pytest.approx(60)]
    assert [bar["parts"] for bar in bars] == [[["output", pytest.approx(20)]], [["output", pytest.approx(40)]]]
    assert not any(bar["open"] for bar in bars)
    assert table["axis"] == {
        "label": "seconds since the first call",
        "ticks": [[20 * at, str(2 * at)] for at in range(6)],
    }
    assert table["longest"] == ["longest", 1, "4.00 s ●"]


def test_a_bar_is_open_if_only_a_part_of_the_length_is_known():
    weather = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    table, _, _ = rows(weather)
    refused, *answered = [row["bar"] for row in table["rows"]]
    # The call that was refused has no time stamp.
    assert refused is None
    assert all(bar["open"] and not bar["unknown"] for bar in answered)
    assert [row["length"][0] for row in table["rows"][1:]] == ["≥ 0.413 s ↔", "≥ 0.338 s ↔", "≥ 0.505 s ↔"]
    assert table["longest"] == ["longest as far as known", 3, "≥ 0.505 s ↔"]
    assert [row["tools"] for row in table["rows"]] == [[], [["weather", False, 2], ["weather", False, 2]], [], []]


def test_a_bar_without_any_length_is_marked_as_unknown():
    table, _, _ = rows(har(entry(started="2026-01-01T00:00:00.000Z"), entry(started="2026-01-01T00:00:06.000Z")))
    assert [(row["bar"]["unknown"], row["length"][0]) for row in table["rows"]] == [(True, "—"), (True, "—")]
    assert "length" not in table["columns"]
    assert table["longest"] is None


def test_without_times_the_bars_show_tokens_one_after_the_other_and_no_second():
    table, _, _ = rows(har(entry(input_tokens=30), entry(), entry(input_tokens=50)))
    first, unknown, last = [row["bar"] for row in table["rows"]]
    assert first == {"from": 0, "parts": [["input", 30], ["output", 10]], "open": False, "unknown": False, "bounds": []}
    assert unknown is None
    assert (last["from"], last["parts"]) == (40, [["input", 50], ["output", 10]])
    assert table["axis"]["label"] == "tokens so far; times were not recorded"
    assert [text for _, text in table["axis"]["ticks"]] == ["0", "20", "40", "60", "80", "100"]
    assert table["columns"] == ["input", "output", "so-far"]


def test_half_a_surrogate_pair_in_a_tool_s_name_can_be_written():
    call = {"id": "call_1", "type": "function", "function": {"name": "\ud83d", "arguments": "{}"}}
    answer = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "tool_calls": [call]}}],
    }
    one = entry() | {
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": json.dumps(answer)}}
    }
    table, rail, _ = rows(har(one, one))
    json.dumps([table, rail], ensure_ascii=False).encode()


def test_the_scripts_of_rail_and_waterfall_pass_their_tests_in_node():
    assert passed_in_node(*sorted(HERE.glob("*.test.mjs"))) >= 16
