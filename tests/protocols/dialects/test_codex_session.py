"""Session files of Codex, and its older output: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def line(kind, at_s=1.25, /, **payload):
    return {"timestamp": f"2026-02-03T04:05:{at_s:06.3f}Z", "type": kind, "payload": payload}


def item(kind, at_s=1.25, /, **fields):
    return line("response_item", at_s, type=kind, **fields)


def said(text, role="assistant", at_s=1.25):
    return item("message", at_s, role=role, content=[{"type": "output_text", "text": text}])


def told(kind, **fields):
    return line("event_msg", 9.5, type=kind, **fields)


def old(kind, **fields):
    return {"id": "0", "msg": {"type": kind, **fields}}


META = line("session_meta", id="s", cwd="/w", cli_version="1")
CONTEXT = line("turn_context", model="gpt-x", cwd="/w")
DONE = told("task_complete", last_agent_message="Dry.")
COUNTS = {
    "input_tokens": 30,
    "cached_input_tokens": 20,
    "output_tokens": 9,
    "reasoning_output_tokens": 4,
    "total_tokens": 39,
}


def load(*lines):
    """Read lines as one stream. As a file of lines, they are taken apart to calls."""
    return read("".join(f"data: {json.dumps(one)}\n\n" for one in lines).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def others(stream):
    return [value for kind, value in rows(stream) if kind == "other" and value]


def calls(stream):
    return [(one.id, one.name, one.arguments) for one in stream.tool_calls]


def test_items_usage_and_stamps_are_read():
    reasoning = item("reasoning", 2.5, summary=[{"type": "summary_text", "text": "Look"}], encrypted_content="x")
    counts = told("token_count", info={"total_token_usage": {"input_tokens": 900}, "last_token_usage": COUNTS})
    stream = load(META, CONTEXT, said("Dry?", "user"), reasoning, said("Dry.", at_s=3.75), counts, DONE)
    assert (stream.protocol, stream.model, stream.text("reasoning"), stream.text()) == (
        "codex-session",
        "gpt-x",
        "Look",
        "Dry.",
    )
    usage = stream.usage
    assert (usage.input, usage.cache_read, usage.output, usage.reasoning, usage.total) == (30, 20, 9, 4, 39)
    assert (stream.finish_reason, stream.complete, stream.problems) == ("completed", True, [])
    assert (others(stream), stream.timing.grade) == (["Dry?"], "stamped")


def test_a_text_in_an_event_and_an_item_is_shown_once():
    stream = load(
        META,
        told("agent_message", message="Dry."),
        said("Dry."),
        said("Why?", "user"),
        told("user_message", message="Why?"),
    )
    assert (stream.text(), others(stream)) == ("Dry.", ["Why?"])
    only = load(META, told("agent_reasoning", text="Only here"), item("reasoning", summary=[]), said("Dry."))
    assert (only.text("reasoning"), others(only)) == ("", ["Only here"])


def test_calls_and_what_they_returned_are_read():
    stream = load(
        META,
        item("function_call", name="shell", call_id="c", arguments='{"a":1}'),
        item("function_call_output", call_id="c", output="two files"),
        item("custom_tool_call", name="apply_patch", call_id="d", input="*** Begin"),
        item("custom_tool_call_output", call_id="d", output={"content": "done"}),
        item("web_search_call", action={"type": "search", "query": "rain"}),
        told("patch_apply_end", stdout="done", success=True),
        said("Dry."),
    )
    assert calls(stream)[:2] == [("c", "shell", '{"a":1}'), ("d", "apply_patch", "*** Begin")]
    assert calls(stream)[2][1:] == ("web_search_call", '{"type":"search","query":"rain"}')
    assert (others(stream), stream.complete) == (["two files", "done"], True)


def test_a_session_that_ends_with_a_call_is_not_complete_but_an_answer_that_does_is():
    call = item("function_call", name="shell", call_id="c", arguments="{}")
    assert load(META, said("Dry?", "user"), said("I look."), call).complete is False
    assert load(META, said("I look."), call).complete is True
    assert load(META, told("agent_reasoning", text="Look")).complete is False


def test_the_usage_of_several_calls_is_the_sum_of_their_own():
    def counts(total, **last):
        return told("token_count", info={"total_token_usage": {"input_tokens": total}, "last_token_usage": last})

    first, second = counts(500, input_tokens=30, output_tokens=4), counts(540, input_tokens=40, output_tokens=5)
    stream = load(META, said("a"), first, first, said("b"), second)
    assert (stream.usage.input, stream.usage.output) == (70, 9)
    assert list(stream.chunks["kind"]).count("usage") == 2
    # Since version 0.171, a line of its own has the usage, and an event repeats it.
    record = line(
        "token_usage_record", usage={"input_tokens": 30, "output_tokens": 4}, thread_token_usage={"input_tokens": 500}
    )
    assert load(META, said("a"), record, first).usage.input == 30


def test_items_that_were_written_after_their_tools_had_run_are_not_timed():
    info = {"total_token_usage": COUNTS, "last_token_usage": COUNTS}
    late = [
        told("agent_message", message="Dry."),
        told("token_count", info=info),
        said("Dry.", at_s=9.75),
        said("Dry.", at_s=9.85),
    ]
    stamps = load(*late).chunks["stamp"]
    assert stamps.notna().tolist() == [True, False, False, False]


def test_the_items_of_a_turn_repeat_those_of_the_api():
    texts = told("item_completed", item={"type": "AgentMessage", "content": [{"type": "Text", "text": "Dry."}]})
    thought = told("item_completed", item={"type": "Reasoning", "summary_text": ["Look"]})
    ran = told("item_completed", item={"type": "CommandExecution", "aggregated_output": "two files"})
    stream = load(META, thought, texts, said("Dry."), ran)
    assert (stream.text(), others(stream)) == ("Dry.", ["Look"])


def test_the_items_of_the_first_versions_stand_alone():
    reasoning = {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "Look"}]}
    call = {"type": "function_call", "name": "shell", "call_id": "c", "arguments": "{}"}
    stream = load(reasoning, {**said("Dry.")["payload"]}, call)
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("codex-session", "Look", "Dry.")
    assert (calls(stream), stream.complete) == ([("c", "shell", "{}")], True)


def test_a_turn_that_was_stopped_says_why():
    stream = load(META, said("a"), told("turn_aborted", reason="interrupted"))
    assert (stream.finish_reason, stream.complete) == ("interrupted", True)


def test_limits_of_an_account_are_no_usage():
    stream = load(META, told("token_count", info=None, rate_limits={"primary": {}}), said("a"))
    assert (stream.usage, stream.problems) == (None, [])


def test_the_older_output_is_read():
    stream = load(
        {"model": "gpt-x", "provider": "openai", "workdir": "/w"},
        {"prompt": "Dry?"},
        old("task_started", model_context_window=9),
        old("agent_reasoning_delta", delta="Lo"),
        old("agent_reasoning", text="Look"),
        old("exec_command_begin", call_id="c", command=["ls"], cwd="/w"),
        old("exec_command_end", call_id="c", stdout="two files", stderr="", exit_code=0),
        old("mcp_tool_call_begin", call_id="m", invocation={"server": "s", "tool": "radar", "arguments": {"km": 5}}),
        old("agent_message_delta", delta="Dr"),
        old("agent_message_delta", delta="y"),
        old("agent_message", message="Dry."),
        old("token_count", **COUNTS),
        old("task_complete", last_agent_message="Dry."),
    )
    assert (stream.protocol, stream.model, stream.text("reasoning"), stream.text()) == (
        "codex-session",
        "gpt-x",
        "Look",
        "Dry.",
    )
    assert calls(stream) == [("c", "exec_command", '{"command":["ls"]}'), ("m", "radar", '{"km":5}')]
    assert (others(stream), stream.usage.total, stream.complete) == (["Dry?", "two files"], 39, True)


def test_an_error_is_read():
    stream = load(old("task_started"), old("error", message="No quota"), old("task_complete"))
    assert (stream.error.message, stream.complete) == ("No quota", False)


def test_unknown_lines_events_and_items_with_text_are_shown_and_reported():
    stream = load(
        META, told("murmur", text="psst"), item("whisper", text="hush"), line("note", text="hm hm"), said("a")
    )
    assert others(stream) == ["psst", "hush", "hm hm"]
    assert len(stream.problems) == 3


def test_others_are_not_taken_for_it():
    log = {
        "id": 1,
        "timestamp": "2026-02-03T04:05:06Z",
        "type": "request",
        "payload": {"a": 1},
        "msg": {"type": "hello"},
    }
    assert load(log, log).protocol != "codex-session"
    delta = {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "a"}
    assert load(delta, delta).protocol == "openai-responses"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"data: {json.dumps(one)}\n\n" for one in (META, said("a"), said("b")))[:-9])
    assert stream.text() == "a"
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_line_does_not_affect_others(odd):
    names = (
        "message",
        "text",
        "info",
        "call_id",
        "arguments",
        "input",
        "output",
        "summary",
        "content",
        "invocation",
        "name",
        "role",
    )
    kinds = (
        "message",
        "reasoning",
        "function_call",
        "function_call_output",
        "agent_message",
        "token_count",
        "exec_command_begin",
        "x",
    )
    lines = [
        odd,
        {"type": odd},
        line("response_item") | {"payload": odd},
        {"id": odd, "msg": odd},
        line("turn_context", model=odd),
    ]
    lines += [make(kind, **{name: odd}) for make in (item, told, old) for kind in kinds for name in names]
    lines += [item(odd), told(odd), old(odd), {**META, "timestamp": odd}, item("message", content=[odd, {"text": odd}])]
    lines = [META, said("still"), *lines, said(" here")]
    stream = load(*lines)
    assert stream.protocol == "codex-session"
    assert stream.chunks["event"].nunique() == len(lines)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
