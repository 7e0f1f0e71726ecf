"""What Codex says of the run of a tool, in the forms of its versions."""

import json

import pytest

from viewer.cassettes.sessions.codex.results import returned_by_event, returned_by_item


def result(output):
    return returned_by_item({"type": "function_call_output", "call_id": "c", "output": output})


@pytest.mark.parametrize(
    ("output", "is_error", "ran_s"),
    [
        # 0.20 to 0.4x
        (json.dumps({"output": "dry", "metadata": {"exit_code": 0, "duration_seconds": 1.3}}), False, 1.3),
        (json.dumps({"output": "", "metadata": {"exit_code": 127, "duration_seconds": 0.2}}), True, 0.2),
        # 0.58 to 0.104, for `shell`
        ("Exit code: 0\nWall time: 1.4 seconds\nOutput:\ndry", False, 1.4),
        ("Exit code: 1\nWall time: 0 seconds\nTotal output lines: 900\nOutput:\nno gauge", True, 0.0),
        # Since 0.5x, for `exec_command`
        ("Chunk ID: 9289a3\nWall time: 0.8571 seconds\nProcess exited with code 2\nOutput:\nno", True, 0.8571),
        ("Chunk ID: 9289a3\nWall time: 10.0 seconds\nProcess running with session ID 7\nOutput:\n", False, 10.0),
        # What a tool wrote is not what the program says.
        ("Output:\nExit code: 1\nWall time: 9 seconds", False, None),
        ([{"type": "input_text", "text": "Exit code: 1\nWall time: 2 seconds\nOutput:\n"}], True, 2.0),
        ({"content": "refused", "success": False}, True, None),
        ("Plan updated", False, None),
    ],
)
def test_an_item_says_whether_a_tool_failed_and_how_long_it_ran(output, is_error, ran_s):
    found = result(output)
    assert (found.call_id, found.is_error, found.ran_s) == ("c", is_error, ran_s)


@pytest.mark.parametrize(
    ("event", "is_error", "ran_s"),
    [
        ({"exit_code": 1, "duration": {"secs": 1, "nanos": 500_000_000}}, True, 1.5),
        ({"success": False}, True, None),
        ({"result": {"Ok": {"content": [], "isError": True}}, "duration": {"secs": 0, "nanos": 0}}, True, 0.0),
        ({"result": {"Err": "gone"}}, True, None),
        ({"result": {"Ok": {"content": []}}}, False, None),
        ({"exitCode": 0, "durationMs": 1250, "status": "completed"}, False, 1.25),
        ({"status": "declined", "durationMs": None}, True, None),
        ({"duration": {"secs": 10**30, "nanos": "x"}}, False, None),
    ],
)
def test_an_event_says_whether_a_tool_failed_and_how_long_it_ran(event, is_error, ran_s):
    found = returned_by_event({"call_id": "c", **event})
    assert (found.call_id, found.is_error, found.ran_s) == ("c", is_error, ran_s)
