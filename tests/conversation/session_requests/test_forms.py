"""Lines of agents' session files, read as messages."""

import json

from viewer.cassettes.wire_form import JSON_LINES
from viewer.conversation.requests import read_request
from viewer.types.http import Headers, Request


def messages_of(*lines):
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    content = read_request(Request(headers=Headers([("Content-Type", JSON_LINES)]), body=body))
    return [
        (message.role, [(part.kind, part.text, part.id, part.is_error) for part in message.parts])
        for message in content.messages
    ], content.parameters


def test_prompts_and_results_of_gemini_cli_are_messages_and_other_lines_parameters():
    failed = {"type": "X", "message": "no signal"}
    said, parameters = messages_of(
        {"type": "init", "timestamp": "x", "session_id": "s", "model": "m"},
        {"type": "message", "timestamp": "x", "role": "user", "content": "Weather?"},
        {"type": "tool_result", "timestamp": "x", "tool_id": "a", "status": "success", "output": "clear"},
        {"type": "tool_result", "timestamp": "x", "tool_id": "b", "status": "error", "error": failed},
        {"type": "user", "timestamp": "x", "id": "u", "content": [{"text": "Thanks."}]},
    )
    assert said == [
        ("user", [("text", "Weather?", "", False)]),
        ("user", [("tool_result", "clear", "a", False)]),
        ("user", [("tool_result", "no signal", "b", True)]),
        ("user", [("text", "Thanks.", "", False)]),
    ]
    assert [name for name, _ in parameters] == ["init"]


def test_exported_messages_and_parts_of_opencode_are_messages():
    part = {"id": "p", "sessionID": "s", "messageID": "u", "type": "text", "text": "Is it dry?"}
    said, parameters = messages_of(
        {"info": {"id": "u", "role": "user"}, "parts": [part]},
        {"type": "message.updated", "properties": {"info": {"role": "user"}}},
        {"type": "message.part.updated", "properties": {"part": part}},
    )
    assert said == [("user", [("text", "Is it dry?", "", False)])] * 2
    assert [name for name, _ in parameters] == ["message.updated"]


def test_a_tool_response_of_goose_is_the_result_of_its_call_in_every_version():
    result = {"status": "success", "value": {"content": [{"type": "text", "text": "dry"}], "isError": False}}
    older = {"status": "success", "value": [{"type": "text", "text": "wet"}]}
    failed = {"status": "error", "error": "-32603: no"}
    returned = [
        {"type": "toolResponse", "id": name, "toolResult": one}
        for name, one in zip("abc", (result, older, failed), strict=True)
    ]
    message = {"role": "user", "created": 1, "content": returned}
    for line in (message, {"type": "message", "message": message}):
        said, _ = messages_of(line)
        assert said == [
            (
                "user",
                [
                    ("tool_result", "dry", "a", False),
                    ("tool_result", "wet", "b", False),
                    ("tool_result", "-32603: no", "c", True),
                ],
            )
        ]


def test_messages_are_found_in_both_files_of_cline():
    block = {"type": "tool_result", "tool_use_id": "t", "content": "dry"}
    said, parameters = messages_of(
        {"role": "user", "ts": 1, "content": [block]},
        {"ts": 2, "type": "say", "say": "user_feedback", "text": "Thanks."},
        {"ts": 3, "type": "say", "say": "command_output", "text": "dry"},
        {"ts": 4, "type": "say", "say": "checkpoint_created"},
    )
    assert said == [
        ("user", [("tool_result", "dry", "t", False)]),
        ("user", [("text", "Thanks.", "", False)]),
        ("tool", [("tool_result", "dry", "", False)]),
    ]
    assert [name for name, _ in parameters] == ["say"]
