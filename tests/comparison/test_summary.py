import json

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har, tool_call
from viewer.comparison.comparison import compare_sides
from viewer.comparison.side import side
from viewer.comparison.summary import percent, summarise, unlike_times


def timed(answer, step_s, *, status=200):
    """A recording whose events arrived `step_s` apart, as Chrome exports it."""
    one = entry(asked(), answer, status=status)
    payloads = [part.removeprefix("data: ") for part in answer.strip().split("\n\n")]
    start_s = 1_735_689_600.0
    one["_eventSourceMessages"] = [
        {"time": start_s + step_s * (place + 1), "eventName": "message", "eventId": "", "data": data}
        for place, data in enumerate(payloads)
    ]
    return har(one)


def spoken(tokens):
    return chat(
        "one ", "two ", "three", usage={"prompt_tokens": 9, "completion_tokens": tokens, "total_tokens": 9 + tokens}
    )


def summary(left, right):
    sides = [side(viewer.load(data, "a.har"), 0) for data in (left, right)]
    return summarise(compare_sides(*sides))


def test_a_shorter_time_of_the_same_grade_is_faster_and_comes_with_its_numbers():
    found = summary(timed(spoken(4), 0.5), timed(spoken(31), 0.25))
    assert found.lead == "B is faster."
    assert found.line.startswith("B answers in 1.25 s instead of 2.50 s (−50 %)")
    assert "writes 27 tokens more" in found.line
    assert found.line.endswith("Same request; same text.")


def test_the_slower_side_is_named_when_it_is_a():
    assert summary(timed(spoken(4), 0.25), timed(spoken(4), 0.5)).lead == "A is faster."


def test_who_is_done_sooner_is_told_apart_from_who_writes_faster():
    found = summary(timed(spoken(4), 0.25), timed(spoken(40), 0.5))
    assert found.lead == "A is done sooner, B writes faster."


def test_without_times_no_second_is_written():
    untimed = har(entry(asked(), spoken(4)))
    for pair in ((untimed, untimed), (untimed, timed(spoken(4), 0.5))):
        found = summary(*pair)
        assert found.lead == "Which is faster cannot be told."
        assert "hold" in found.line
        assert " s " not in found.line


def test_bounds_that_overlap_tell_no_winner_but_are_written():
    def bounded(shift):
        rows = [
            {"created": second, "model": "m", "choices": [{"index": 0, "delta": {"content": "word "}}]}
            for second in (1_700_000_000, 1_700_000_001, 1_700_000_002 + shift)
        ]
        return "".join(f"data: {json.dumps(row)}\n\n" for row in rows).encode()

    sides = [side(viewer.load(bounded(shift), "a.sse"), 0) for shift in (0, 1)]
    found = summarise(compare_sides(*sides))
    assert found.lead == "Which is faster cannot be told."
    assert "The bounds overlap." in found.line


def test_unlike_grades_tell_no_winner_and_say_which_they_are():
    cassettes = [viewer.load(f"sample_cassettes/gemma-3-270m_{name}") for name in ("list.sse", "reel.jsonl")]
    comparison = compare_sides(*(side(cassette, cassette.main_interaction) for cassette in cassettes))
    assert summarise(comparison).lead == "Which is faster cannot be told."
    assert unlike_times(comparison).startswith("The times of A are bounded")
    assert unlike_times(comparison) in summarise(comparison).line


def test_what_differs_besides_figures_is_named():
    left = har(entry(asked(), chat(tool_call("weather", '{"city":"Lima"}'))))
    right = har(entry(asked(temperature=1), chat("It is ", "warm.", finish="length")))
    found = summary(left, right)
    assert found.line.endswith(
        "B writes 4 tokens, as A. Different requests; tool calls differ; text differs in 1 place; they end for different reasons."
    )


def test_an_error_comes_first():
    failed = har(
        entry(
            asked(),
            '{"error": {"message": "slow down", "type": "rate_limit"}}',
            status=429,
            content_type="application/json",
        )
    )
    assert summary(timed(spoken(4), 0.5), failed).lead == "B ended with an error."


@pytest.mark.parametrize(
    ("ratio", "written"), [(0.62, "−38 %"), (1.5, "+50 %"), (12.0, "12×"), (1.001, ""), (None, "")]
)
def test_a_ratio_is_written_as_a_change(ratio, written):
    assert percent(ratio) == written
