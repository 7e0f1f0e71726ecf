"""The sums over the calls of a session, held against what the program reports."""

import json

import pytest

import viewer
from viewer.conversation.sessions.totals import session_totals


def answer(message_id, output, **fields):
    usage = {"input_tokens": 10, "cache_read_input_tokens": 90, "output_tokens": output}
    message = {"id": message_id, "role": "assistant", "model": "claude-sonnet-4-5-20250929"}
    message |= {"content": [{"type": "text", "text": "a"}], "usage": usage, "stop_reason": "end_turn"}
    return {"type": "assistant", "session_id": "s", "message": message | fields}


def result(**fields):
    return {"type": "result", "subtype": "success", "session_id": "s", "num_turns": 9, **fields}


def totals(*lines):
    cassette = viewer.load("\n".join(map(json.dumps, lines)).encode())
    return session_totals(cassette, cassette.session)


def test_calls_are_summed_up_by_turn_and_by_agent():
    found = totals(
        answer("m1", 5),
        {**answer("s1", 7), "parent_tool_use_id": "t"},
        result(),
        answer("m2", 11),
    )
    assert (found.whole.calls, found.whole.input_tokens, found.whole.output_tokens) == (3, 300, 23)
    assert (found.whole.cache_read_tokens, found.whole.cache_write_tokens) == (270, 0)
    assert [turn.output_tokens for turn in found.turns] == [12, 11]
    assert [agent.output_tokens for agent in found.agents] == [16, 7]
    assert found.whole.cost_usd == pytest.approx(sum(turn.cost_usd for turn in found.turns))


def test_sums_that_agree_are_said_to():
    usage = {"input_tokens": 20, "cache_read_input_tokens": 180, "output_tokens": 16}
    found = totals(answer("m1", 5), answer("m2", 11), result(usage=usage))
    assert [(one.name, one.agrees) for one in found.agreements] == [("input tokens", True), ("output tokens", True)]
    assert found.agreements[0].text == (
        "Claude Code reports 200 input tokens of the main agent, and the calls add up to the same."
    )


def test_sums_that_differ_are_said_to_with_the_reason():
    usage = {"input_tokens": 20, "cache_read_input_tokens": 180, "output_tokens": 16}
    found = totals(answer("m1", 5, stop_reason=None), answer("m2", 11), result(usage=usage, total_cost_usd=0.5))
    output, cost = found.agreements[1:]
    assert (output.agrees, output.of_calls, output.reported) == (False, 11, 16)
    assert output.text.endswith("but the calls add up to 11: the output of 1 call is not known.")
    assert (cost.agrees, cost.reported) == (None, 0.5)
    assert cost.text == "Claude Code reports $0.50. The calls cannot be added up: 2 calls have no price."


def test_a_cost_is_compared_with_that_of_the_calls():
    stamped = {"timestamp": "2026-02-03T04:05:06.000Z"}
    found = totals({**answer("m1", 5), **stamped}, {**answer("m2", 5), **stamped}, result(total_cost_usd=0.5))
    (cost,) = found.agreements
    assert (cost.agrees, cost.text.startswith("Claude Code reports $0.50, but the calls add up to")) == (False, True)
    again = totals({**answer("m1", 5), **stamped}, {**answer("m2", 5), **stamped}, result(total_cost_usd=cost.of_calls))
    assert again.agreements[0].agrees is True


def test_a_program_that_reports_nothing_is_not_compared():
    assert totals(answer("m1", 5), answer("m2", 5)).agreements == ()


def test_cached_tokens_are_not_known_only_if_no_call_mentions_a_cache():
    without = answer("m1", 5)
    del without["message"]["usage"]["cache_read_input_tokens"]
    assert totals(without, {**without, "message": {**without["message"], "id": "m2"}}).whole.without_cache == 2
    found = totals(without, answer("m2", 5)).whole
    assert (found.cache_read_tokens, found.without_cache) == (90, 0)
