"""Cline and Roo Code: the files of a task, opened as one interaction for each call."""

import json

import viewer
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import cline_session

START_MS = 1_770_091_500_000
MODEL = {"modelId": "claude-sonnet-4-5", "providerId": "anthropic", "mode": "act"}
CONTEXT = "<environment_details>\n# Time\n</environment_details>"


def text(words):
    return {"type": "text", "text": words}


def message(role, at, *content, **fields):
    return {"role": role, "content": list(content), "ts": START_MS + at, **fields}


def answer(at, *content, prompt=130, cost=0.25):
    metrics = {"tokens": {"prompt": prompt, "completion": 50, "cached": 100}, "cost": cost}
    return message("assistant", at, *content, modelInfo=MODEL, metrics=metrics)


HISTORY = (
    message("user", 1000, text("<task>\nIs it dry?\n</task>"), text(CONTEXT)),
    answer(
        4000, text("Looking."), {"type": "tool_use", "id": "t1", "name": "execute_command", "input": {"command": "ls"}}
    ),
    message("user", 9000, {"type": "tool_result", "tool_use_id": "t1", "content": [text("dry")]}, text(CONTEXT)),
    answer(12_000, text("It is dry."), prompt=150, cost=0.5),
    message("user", 30_000, text("<feedback>\nThanks.\n</feedback>")),
    answer(33_000, text("Gladly.")),
)


def shown(at, kind, words=None, *, asked=False, **fields):
    form = "ask" if asked else "say"
    return {"ts": START_MS + at, "type": form, form: kind, **({} if words is None else {"text": words}), **fields}


def request(at, cost=0.25, **fields):
    info = {"request": "<task>", "tokensIn": 10, "tokensOut": 50, "cacheWrites": 20, "cacheReads": 100, "cost": cost}
    return shown(at, "api_req_started", json.dumps(info | fields), modelInfo=MODEL)


MESSAGES = (
    shown(900, "task", "Is it dry?"),
    request(1000),
    shown(2000, "reasoning", "Look."),
    shown(2500, "text", "Looking."),
    shown(3900, "command", "cat gauge", asked=True),
    shown(6000, "command_output", "dry"),
    shown(6500, "checkpoint_created"),
    request(9000, 0.5),
    shown(10_000, "completion_result", "It is dry."),
    shown(11_500, "completion_result", "", asked=True),
    shown(30_000, "user_feedback", "Thanks."),
    request(30_100),
    shown(31_000, "text", "Gladly."),
)


def load(*messages):
    return viewer.load(json.dumps(messages).encode(), "task.json")


def test_each_answer_in_the_history_is_a_call_with_its_tokens_and_cost():
    cassette = load(*HISTORY)
    assert (cassette.format, [stream.text() for stream in cassette.streams]) == (
        "cline",
        ["Looking.", "It is dry.", "Gladly."],
    )
    usage, cost = cassette.streams[1].usage, cassette.streams[1].cost
    assert (usage.input, usage.output, usage.cache_read) == (150, 50, 100)
    assert (cost.usd, cost.source, cost.is_estimate) == (0.5, "as Cline states it in `cost`", False)
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    (run,) = cassette.session.tool_runs
    assert (run.interaction, run.call_id, run.returned.epoch_s - run.called.epoch_s) == (0, "t1", 5.0)
    assert all(one.complete and one.model == "claude-sonnet-4-5" for one in cassette.streams)
    assert [one.severity for one in cassette.problems] == ["note"]


def test_a_history_without_tokens_says_where_they_are():
    cassette = load(*({name: one[name] for name in ("role", "content", "ts")} for one in HISTORY))
    assert [stream.usage for stream in cassette.streams] == [None, None, None]
    assert any("ui_messages.json" in one.advice for one in cassette.problems)
    # The first versions wrote no times either. Then only the texts around what was asked tell the format.
    assert load(*({"role": one["role"], "content": one["content"]} for one in HISTORY)).format == "cline"


def test_each_request_that_the_user_saw_is_a_call_with_its_tokens_and_cost():
    cassette = load(*MESSAGES)
    assert [stream.text() for stream in cassette.streams] == ["Looking.", "It is dry.", "Gladly."]
    assert cassette.streams[0].text("reasoning") == "Look."
    usage = cassette.streams[0].usage
    assert (usage.input, usage.output, usage.cache_read, usage.cache_write) == (130, 50, 100, 20)
    assert [stream.cost.usd for stream in cassette.streams] == [0.25, 0.5, 0.25]
    (called,) = cassette.streams[0].tool_calls
    assert (called.name, called.arguments) == ("execute_command", '{"command":"cat gauge"}')
    (run,) = cassette.session.tool_runs
    assert round(run.returned.epoch_s - run.called.epoch_s, 3) == 2.1
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    assert all(stream.complete for stream in cassette.streams)


def test_counts_that_include_the_cache_are_not_added_twice():
    assert load(*MESSAGES[:1], request(1000, tokensIn=130, apiProtocol="openai")).streams[0].usage.input == 130


def test_the_time_of_a_shown_message_is_when_it_began_so_it_times_no_chunk():
    cassette = load(*MESSAGES)
    assert {stream.timing.grade for stream in cassette.streams} == {"paced"}
    place = cassette.session.calls[1]
    assert (place.given.epoch_s * 1000 - START_MS, place.first.epoch_s * 1000 - START_MS) == (6000, 10_000)


def test_a_request_that_failed_or_was_stopped_is_not_complete():
    failed = request(1000, cancelReason="streaming_failed", streamingFailedMessage="Overloaded")
    stream = load(MESSAGES[0], failed, shown(2000, "text", "Well")).streams[0]
    assert (stream.error.message, stream.error.type, stream.complete) == ("Overloaded", "streaming_failed", False)
    waiting = shown(1000, "api_req_started", json.dumps({"request": "<task>"}))
    assert load(MESSAGES[0], waiting, shown(2000, "text", "Well")).streams[0].complete is False


def test_tools_have_the_name_in_their_text():
    used = shown(3000, "tool", json.dumps({"tool": "readFile", "path": "a.py"}))
    (called,) = load(*MESSAGES[:2], used).streams[0].tool_calls
    assert (called.name, called.arguments) == ("readFile", '{"path":"a.py"}')


def test_a_conversation_that_was_condensed_is_noted():
    condensed = shown(20_000, "condense_context", "Summary")
    assert load(*MESSAGES[:10], condensed, *MESSAGES[10:]).session.compacted_before == (2,)
    summary = message("user", 20_000, text("Summary"), isSummary=True)
    assert load(*HISTORY[:4], summary, *HISTORY[4:]).session.compacted_before == (2,)


def test_unknown_messages_are_counted_and_a_file_that_was_cut_opens():
    assert "1 line of unknown types: 1 murmur." in [one.message for one in load(*MESSAGES, shown(1, "murmur")).problems]
    whole = json.dumps(MESSAGES)
    cut = viewer.load(whole[: whole.index("Gladly")].encode(), "task.json")
    assert [stream.text() for stream in cut.streams][:2] == ["Looking.", "It is dry."]


def test_others_are_not_taken_for_it():
    chat = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    for other in (chat, {"messages": chat}, [{"ts": 1, "type": "say"}], [{"ts": 1.5, "role": "user", "content": "a"}]):
        assert cline_session.recognise(Document(json.dumps(other).encode(), "a.json")) == 0
