"""The head of an interaction: figures that the recording has, alarms, and nothing that it cannot support."""

import json
import re

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.streams import delta
from viewer.cassettes.go_vcr_export import interactions_text
from viewer.display.alarms import alarms_of
from viewer.display.head import head_of
from viewer.display.head_blocks import head_blocks
from viewer.display.nodes import html
from viewer.text.words import range_and_guess
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.measure import Measure

USAGE = {"choices": [], "usage": {"prompt_tokens": 84, "completion_tokens": 46, "total_tokens": 130}}


def head(cassette, index=None):
    index = cassette.main_interaction if index is None else index
    stream = next((one for one in cassette.streams if one.interaction == index), None)
    return head_of(cassette, index, stream or cassette.answers.get(index))


def figures(shown):
    return {figure.label: (figure.value, figure.mark, figure.more) for figure in shown.figures}


def opened(*events, end="data: [DONE]\n\n"):
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode())


def answered(status, body):
    """A recording of one response that was not streamed."""
    response = Response(status, "", Headers([("Content-Type", "application/json")]), json.dumps(body).encode())
    return viewer.load(
        interactions_text([Interaction(Request("POST", "https://api.openai.com/v1"), response)]).encode()
    )


def test_a_bounded_stream_shows_its_ranges_and_small_guesses(seed):
    assert figures(head(seed)) == {
        "Time to first token": ("≥ 0.193 s", "↔", ""),
        "Thinking": ("1.00 to 3.00 s", "↔", "about 1.62 s"),
        "Chunk rate": ("82 chunks/s", "↔", ""),
        "Input": ("213 tokens", "", "192 from cache"),
        "Output": ("160 tokens", "", "133 reasoning, 120 hidden"),
        "Cost": ("$0.00025", "", "estimate, list prices"),
    }


def test_a_stream_without_times_shows_six_figures_and_none_of_them_is_invented():
    shown = head(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml"), 1)
    assert figures(shown) == {
        "Input": ("84 tokens", "", ""),
        "Output": ("46 tokens", "", ""),
        "Cost": ("$0.000040", "", "estimate, list prices"),
        "Tool calls": ("2", "", "weather twice"),
        "Chunks": ("14", "", ""),
        "Headers after": ("0.413 s", "●", ""),
    }
    assert shown.asked.text == "Is it warmer in Lima or in Oslo right now? Answer in one sentence."
    assert shown.story == "Called weather twice, 46 tokens."
    assert "cassette-viewer record" in shown.times.text
    assert "docs/recording-by-hand.md" in shown.times.text


@pytest.mark.parametrize(
    "path", sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md"), ids=lambda path: path.stem
)
def test_no_headline_figure_of_a_sample_is_a_dash(path):
    cassette = viewer.load(path)
    for index in range(len(cassette.interactions)):
        shown = head(cassette, index)
        assert 1 <= len(shown.figures) <= 6
        assert not [figure for figure in shown.figures if "—" in figure.value + figure.more]


def test_a_stream_without_times_states_no_seconds():
    shown = head(opened(delta(content="Hello"), USAGE))
    assert not re.search(r"\d m?s\b", html(head_blocks(shown)))


@pytest.mark.parametrize(
    ("measure", "written"),
    [
        (Measure(1.62, 1, 3, "s", "bounded", ""), ("1.00 to 3.00 s", "about 1.62 s")),
        (Measure(0.345, 0, 2, "s", "bounded", ""), ("≤ 2.00 s", "about 0.345 s")),
        (Measure(75.4, 11.5, None, "chunks/s", "bounded", ""), ("≥ 11.5 chunks/s", "about 75.4 chunks/s")),
        (Measure(0.364, 0, None, "s", "span", ""), ("about 0.364 s", "")),
        (Measure(82, 82, 82, "chunks/s", "bounded", ""), ("82 chunks/s", "")),
        (Measure(70, 50, 130, "s", "bounded", ""), ("50.0 s to 2 min 10 s", "about 1 min 10 s")),
        (Measure(None, 0.193, None, "s", "bounded", ""), ("≥ 0.193 s", "")),
        (Measure(1.5, 1.4, 1.6, "s", "measured", ""), ("1.50 s", "")),
    ],
)
def test_a_guess_never_stands_where_the_certain_range_belongs(measure, written):
    assert range_and_guess(measure) == written


@pytest.mark.parametrize(
    ("events", "end", "alarm"),
    [
        (
            [delta(content="Hi"), {"error": {"message": "slow down", "type": "rate_limit"}}],
            "",
            ("error", "The stream ends with an error", "slow down (rate_limit)", 1),
        ),
        (
            [delta(content="Hi")],
            "",
            ("error", "The stream breaks off after event 0", "The event that ends a stream is missing.", 0),
        ),
        (
            [delta(content="Hi"), {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}],
            "data: [DONE]\n\n",
            ("warning", "The answer was cut off by its token limit", "Finish reason: length", 1),
        ),
        (
            [delta(content="Hi"), {"choices": [{"index": 0, "delta": {}, "finish_reason": "content_filter"}]}],
            "data: [DONE]\n\n",
            ("warning", "The provider's filter stopped the answer", "Finish reason: content_filter", 1),
        ),
    ],
)
def test_what_went_wrong_in_a_stream_is_told_with_its_event(events, end, alarm):
    [found] = head(opened(*events, end=end)).alarms
    assert (found.tone, found.title, found.detail, found.event) == alarm


def test_a_stream_that_ends_well_has_no_alarm():
    assert head(opened(delta(content="Hi"), USAGE)).alarms == ()


def test_a_refused_request_shows_its_status_and_the_provider_s_message():
    shown = head(answered(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}))
    [alarm] = shown.alarms
    assert (alarm.tone, alarm.title) == ("error", "The provider answered 429 Too Many Requests")
    assert alarm.detail == "slow down (rate_limit_exceeded)"
    assert alarm.event is None
    assert shown.story == ""


def test_a_response_that_was_not_streamed_has_the_same_figures():
    message = {"role": "assistant", "content": "Hi"}
    shown = head(
        answered(
            200,
            {"model": "gpt-4o", "choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE["usage"]},
        )
    )
    assert list(figures(shown))[:2] == ["Input", "Output"]
    assert shown.story == "Answered without streaming: wrote 46 tokens."


def test_counts_that_do_not_add_up_are_noted():
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 9}}
    assert head(opened(delta(content="Hi"), usage)).notes == (
        "The token counts do not add up: total = prompt + completion, but 9 ≠ 1 + 2.",
    )


def test_a_caveat_of_the_cost_is_spelled_out():
    usage = {**USAGE["usage"], "cost": 0.001, "is_byok": True}
    [note] = head(opened(delta(content="Hi"), {"choices": [], "usage": usage})).notes
    assert note.startswith("Cost: This is only the gateway's fee.")


def test_an_alarm_and_the_problems_can_be_followed(seed):
    cassette = opened(delta(content="Hi"), end="")
    shown = html(head_blocks(head(cassette)))
    assert '<a data-event="0">Go to event</a>' in shown
    assert 'href="#tab-Problems"' in shown
    assert 'href="#tab-Problems"' not in html(head_blocks(head(seed)))


def test_a_long_question_is_cut_and_kept_whole():
    question = "Why? " * 100
    body = {"messages": [{"role": "user", "content": question}]}
    response = Response(
        200, "", Headers([("Content-Type", "text/event-stream")]), b'data: {"choices": []}\n\ndata: [DONE]\n\n'
    )
    request = Request("POST", "https://api.openai.com/v1/chat/completions", Headers(), json.dumps(body).encode())
    cassette = viewer.load(interactions_text([Interaction(request, response)]).encode())
    shown = html(head_blocks(head(cassette)))
    assert "show all" in shown
    assert question.strip() in shown


def test_alarms_of_a_stream_of_an_unknown_protocol_do_not_claim_that_it_breaks_off():
    cassette = viewer.load(b'data: {"odd": 1}\n\n')
    assert alarms_of(cassette, 0, cassette.streams[0]) == []
