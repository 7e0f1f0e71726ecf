"""What a call in a session was given, read from the lines of the program's file."""

import json

import viewer
from viewer.conversation.agent import calls_of
from viewer.conversation.conversation import conversation_of
from viewer.conversation.session_requests.lines import read_lines


def read(*lines):
    return read_lines("".join(json.dumps(line) + "\n" for line in lines).encode())


def test_messages_are_read_and_other_lines_become_parameters():
    content = read(
        {"type": "system", "subtype": "init", "model": "m"},
        {"type": "user", "message": {"role": "user", "content": "Hi"}},
        {
            "type": "user",
            "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "dry"}]},
        },
        {"type": "progress", "message": "no message"},
    )
    parts = [(part.kind, part.text, part.id) for message in content.messages for part in message.parts]
    assert parts == [("text", "Hi", ""), ("tool_result", "dry", "t")]
    assert [name for name, _ in content.parameters] == ["system.init", "progress"]
    assert (content.readable, content.form) == (True, "lines")


def test_lines_that_are_not_objects_are_kept():
    content = read_lines(b'{"cut\n7\n\n')
    assert content.parameters == [("line", '{"cut'), ("line", "7")]
    assert content.readable is False


def test_the_label_of_a_call_names_the_tool_though_only_its_call_has_the_name():
    call = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}
    lines = [
        {"type": "assistant", "sessionId": "s", "message": {"id": "m1", "role": "assistant", "content": [call]}},
        {
            "type": "user",
            "sessionId": "s",
            "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "ok"}]},
        },
        {
            "type": "assistant",
            "sessionId": "s",
            "message": {"id": "m2", "role": "assistant", "content": [{"type": "text", "text": "Done."}]},
        },
    ]
    cassette = viewer.load("\n".join(map(json.dumps, lines)).encode())
    first, second = calls_of(cassette)
    assert (second.label, first.tool_calls[0].answered_by) == ("result of Bash", 1)
    (message,) = conversation_of(cassette.interactions[1], None).messages
    assert message.parts[0].text == "ok"


def test_the_lines_of_codex_are_read_in_every_form():
    result = {"type": "function_call_output", "call_id": "c", "output": "dry"}
    content = read(
        {"timestamp": "2026-02-03T04:05:06Z", "type": "response_item", "payload": result},
        # Before September 2025, an item stood alone.
        {**result, "call_id": "d"},
        {
            "id": "1",
            "msg": {"type": "exec_command_end", "call_id": "e", "stdout": "wet\n", "stderr": "", "exit_code": 0},
        },
        {
            "id": "1",
            "msg": {"type": "exec_command_end", "call_id": "f", "stdout": "", "stderr": "no gauge", "exit_code": 1},
        },
        {"timestamp": "2026-02-03T04:05:06Z", "type": "event_msg", "payload": {"type": "token_count", "info": None}},
    )
    parts = [(part.kind, part.text, part.id) for message in content.messages for part in message.parts]
    assert parts == [
        ("tool_result", "dry", "c"),
        ("tool_result", "dry", "d"),
        ("tool_result", "wet\n", "e"),
        ("tool_result", "no gauge", "f"),
    ]
    assert [name for name, _ in content.parameters] == ["event_msg.token_count"]


def test_a_result_of_codex_says_that_its_tool_failed():
    head = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\nno gauge"
    failed = {"type": "function_call_output", "call_id": "c", "output": head}
    ran = {"type": "commandExecution", "id": "d", "aggregatedOutput": "no gauge", "status": "failed"}
    content = read(
        {"type": "response_item", "payload": failed},
        {
            "type": "response_item",
            "payload": {**failed, "output": "Chunk ID: 1\nProcess exited with code 0\nOutput:\nExit code: 2"},
        },
        {"method": "item/completed", "params": {"threadId": "t", "item": ran}},
    )
    assert [part.is_error for message in content.messages for part in message.parts] == [True, False, True]


def test_what_the_user_asked_codex_is_a_message_in_every_form():
    asked = {"type": "userMessage", "id": "u", "content": [{"type": "text", "text": "Is it dry?"}]}
    content = read({"prompt": "Is it dry?"}, {"method": "item/completed", "params": {"threadId": "t", "item": asked}})
    assert [(one.role, one.parts[0].text) for one in content.messages] == [("user", "Is it dry?")] * 2
