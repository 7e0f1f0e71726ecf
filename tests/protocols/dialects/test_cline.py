"""Messages of Cline and Roo Code: what the recorder's tests do not show."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def message(content, role="assistant", **fields):
    return {"role": role, "content": content, "ts": 1_770_091_500_000, **fields}


def shown(kind, words, form="say", **fields):
    return {"ts": 1_770_091_500_000, "type": form, form: kind, "text": words, **fields}


def load(*lines):
    body = "".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def test_blocks_and_reasoning_of_the_history_are_read():
    thinking = {"type": "thinking", "thinking": "Look.", "signature": "x"}
    summary = [{"type": "summary_text", "text": "Weighed it."}]
    stream = load(
        {"type": "reasoning", "summary": summary, "ts": 1}, message([thinking, {"type": "text", "text": "Dry."}])
    )
    assert (stream.protocol, stream.text(), stream.text("reasoning")) == ("cline", "Dry.", "Weighed it.Look.")
    assert (load(message("Dry.")).text(), load(message("Dry.")).complete) == ("Dry.", True)


def test_questions_and_plans_are_shown_as_the_user_saw_them():
    question = shown("followup", json.dumps({"question": "Which town?", "options": ["Lima"]}), "ask")
    plan = shown("plan_mode_respond", json.dumps({"response": "First look."}), "ask")
    assert load(question, plan).text() == "Which town?First look."


def test_what_is_no_answer_is_of_kind_other():
    stream = load(shown("text", "Dry."), shown("checkpoint_created", "abc def"), message("Dry?", "user"))
    assert (stream.text(), stream.text("other")) == ("Dry.", "abc defDry?")


def test_a_request_that_failed_is_an_error():
    assert (
        load(shown("text", "Well"), shown("api_req_failed", "401 Unauthorized", "ask")).error.message
        == "401 Unauthorized"
    )


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_message_does_not_affect_others(odd):
    kinds = ("api_req_started", "text", "tool", "command", "followup", "x")
    lines = [odd, message(odd), message([odd]), message("", odd), message("", modelInfo=odd, metrics=odd)]
    lines += [message("", metrics={"tokens": odd, "cost": odd}), shown(odd, "a"), {"type": "say", "ts": odd}]
    lines += [shown(kind, odd) for kind in kinds] + [shown(kind, json.dumps({"tool": 7, "cost": 7})) for kind in kinds]
    lines += [shown("api_req_started", json.dumps({"tokensIn": "x", "tokensOut": "y"}))]
    lines = [message("still"), *lines, message(" here")]
    stream = load(*lines)
    assert (stream.protocol, stream.chunks["event"].nunique()) == ("cline", len(lines))
    assert (stream.text().startswith("still"), stream.text().endswith(" here")) == (True, True)
