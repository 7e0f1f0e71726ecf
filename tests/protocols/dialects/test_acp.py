"""Agent Client Protocol: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def update(name, **fields):
    fields = {"sessionId": "s", "update": {"sessionUpdate": name, **fields}}
    return {"jsonrpc": "2.0", "method": "session/update", "params": fields}


def text(content):
    return {"type": "text", "text": content}


def says(content, kind="agent_message_chunk", **fields):
    return update(kind, content=text(content), **fields)


def result(identity=3, **fields):
    return {"jsonrpc": "2.0", "id": identity, "result": fields}


def request(method, identity=3, **fields):
    return {"jsonrpc": "2.0", "id": identity, "method": method, "params": fields}


END = result(stopReason="end_turn")


def load(*messages):
    return read("".join(f"{json.dumps(message)}\n" for message in messages).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(call.id, call.name, call.arguments) for call in stream.tool_calls]


def test_messages_thoughts_and_the_stop_reason_are_read():
    stream = load(says("Hm.", "agent_thought_chunk"), says("Dry"), says(" today."), END)
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("acp", "Hm.", "Dry today.")
    assert rows(stream)[-1] == ("finish", "")
    assert (stream.finish_reason, stream.complete, stream.problems) == ("end_turn", True, [])


def test_messages_of_the_client_are_of_kind_other():
    stream = load(
        request("initialize", 0, protocolVersion=1),
        result(0, protocolVersion=1, agentCapabilities={}),
        request("session/new", 1, cwd="/"),
        result(1, sessionId="s"),
        request("session/prompt", 2, prompt=[text("Is it dry?")]),
        says("Is it dry?", "user_message_chunk"),
        says("Yes"),
        result(2, stopReason="max_tokens"),
    )
    assert (stream.protocol, stream.text()) == ("acp", "Yes")
    assert ("other", "Is it dry?") in rows(stream)
    assert ("other", '{"cwd":"/"}') in rows(stream)
    assert stream.finish_reason == "max_tokens"


def test_the_last_arguments_of_a_call_count():
    stream = load(
        update("tool_call", toolCallId="c", title="Read", kind="read", status="pending", rawInput={}),
        update("tool_call_update", toolCallId="c", rawInput={"path": "a"}),
        update("tool_call_update", toolCallId="c", status="in_progress", rawInput={"path": "a", "line": 1}),
        update("tool_call", toolCallId="d", title="Wait"),
        update("tool_call_update", toolCallId="c", content=[{"type": "content", "content": text("4 mm")}]),
        update("tool_call_update", toolCallId="c", status="completed", rawOutput={"mm": 4}),
        END,
    )
    assert calls(stream) == [("c", "Read", '{"path":"a","line":1}'), ("d", "Wait", "")]
    assert [value for kind, value in rows(stream) if kind == "other"] == ["4 mm", '{"mm":4}']
    assert stream.text() == ""


def test_a_later_title_is_the_name_of_a_call_and_empty_arguments_are_arguments():
    begun = update("tool_call", toolCallId="c", title="Read", rawInput={})
    assert calls(load(begun, END)) == [("c", "Read", "{}")]
    told = update("tool_call_update", toolCallId="c", title="Read /a", rawInput={"path": "/a"})
    assert calls(load(begun, told, END)) == [("c", "Read /a", '{"path":"/a"}')]


def test_a_plan_may_be_a_list_markdown_or_a_file():
    plans = [{"entries": [{"content": "Look"}]}, {"content": "# Look"}, {"uri": "file:///plan.md"}]
    stream = load(*[update("plan_update", plan={"planId": "p", **plan}) for plan in plans], END)
    assert [shown for _, shown in rows(stream)] == ["Look", "# Look", "file:///plan.md", ""]
    assert stream.problems == []


def test_an_error_answers_the_last_request_of_its_id():
    ask, file = request("session/prompt", 3, prompt=[]), request("fs/read_text_file", 3, path="/a")
    failed = {"jsonrpc": "2.0", "id": 3, "error": {"code": -32603, "message": "Gone"}}
    assert load(ask, file, failed, result(3, stopReason="end_turn")).error is None
    assert load(ask, file, result(3, content="a"), failed).error.message == "Gone"
    mode = request("session/set_mode", 4, modeId="x")
    assert load(ask, mode, {**failed, "id": 4}, result(3, stopReason="end_turn")).error is None


def test_plans_and_diffs_are_shown():
    diff = {"type": "diff", "path": "a", "oldText": "x", "newText": "y"}
    plan = [{"content": "Look", "priority": "high", "status": "pending"}, {"content": "Tell"}]
    stream = load(update("plan", entries=plan), update("tool_call", toolCallId="c", title="Edit", content=[diff]), END)
    assert [value for kind, value in rows(stream) if kind == "other"] == ["Look\nTell", "y"]


def test_version_2_ends_with_a_state_and_may_repeat_a_message():
    whole = update("agent_message", messageId="m", content=[text("Dry")])
    stream = load(
        says("Dry", messageId="m"), whole, update("state_update", state="idle", stopReason="end_turn"), result(3)
    )
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Dry", "end_turn", True)
    assert load(whole, update("state_update", state="idle", stopReason="end_turn")).text() == "Dry"


def test_usage_of_a_turn_is_read():
    counts = {"inputTokens": 10, "outputTokens": 5, "thoughtTokens": 2, "cachedReadTokens": 30, "totalTokens": 47}
    usage = load(says("a"), result(stopReason="end_turn", usage=counts)).usage
    assert (usage.input, usage.output, usage.reasoning, usage.cache_read, usage.total) == (40, 7, 2, 30, 47)


def test_an_error_of_the_agent_is_one_of_the_stream_but_that_of_a_file_is_not():
    missing = {"jsonrpc": "2.0", "id": 9, "error": {"code": -32002, "message": "No file"}}
    stream = load(says("a"), request("fs/read_text_file", 9, path="/x"), missing, END)
    assert (stream.error, stream.complete) == (None, True)
    assert ("other", "No file") in rows(stream)
    stream = load(says("a"), {"jsonrpc": "2.0", "id": 3, "error": {"code": -32000, "message": "Sign in"}})
    assert (stream.error.message, stream.error.code, stream.complete) == ("Sign in", "-32000", False)


def test_an_unknown_update_with_a_text_is_shown_and_reported():
    stream = load(says("a"), update("murmur", text="psst"), update("nothing"), END)
    assert "psst" in stream.text("other")
    assert [("murmur" in one.message, "nothing" in one.message) for one in stream.problems] == [(True, False)]


def test_other_json_rpc_is_not_recognised():
    assert load(result(content=[text("a")]), result(content=[])).protocol == "mcp-jsonrpc"
    assert load(request("notifications/message", data="a"), result(content=[])).protocol == "mcp-jsonrpc"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"{json.dumps(says(one))}\n" for one in ("a", "b", "c"))[:-9])
    assert (stream.text(), stream.complete) == ("ab", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_message_does_not_affect_others(odd):
    fields = ("content", "messageId", "toolCallId", "title", "rawInput", "rawOutput", "entries", "stopReason")
    kinds = ("agent_message_chunk", "agent_message", "tool_call", "tool_call_update", "plan", "state_update", "x")
    messages = [update(kind, **{name: odd}) for kind in kinds for name in fields]
    messages += [update(odd), {"jsonrpc": "2.0", "method": "session/update", "params": odd}, {"a": odd}]
    messages += [{"jsonrpc": "2.0", "id": odd, "error": odd}, {"jsonrpc": "2.0", "id": odd, "method": odd}]
    messages += [{"jsonrpc": "2.0", "id": odd, "result": odd}, result(stopReason=odd, usage=odd, content=odd)]
    messages += [update("tool_call_update", content=[odd, {"type": "content", "content": odd}, {"type": "diff"}])]
    messages += [update("agent_message_chunk", content={"type": odd, "text": odd, "resource": odd})]
    stream = load(says("still"), *messages, says(" here"))
    assert stream.protocol == "acp"
    assert stream.chunks["event"].nunique() == len(messages) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
