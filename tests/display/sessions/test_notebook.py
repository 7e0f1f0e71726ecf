"""A notebook shows the session of an agent as turns, calls and subagents, not as streams without times."""

import json
import re

import viewer
from tests.conftest import SAMPLES
from tests.support import planted
from tests.support.agent_sessions import answer, text, user
from tests.support.spans import export, span
from viewer.display.notebook import cassette_html


def session_of(*lines):
    return viewer.load("".join(json.dumps(one) + "\n" for one in lines).encode(), "a.jsonl")


def rows_of(html):
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows if "<td" in row]


def test_turns_calls_and_subagents_have_a_row_each_and_the_streams_are_not_listed_again():
    html = cassette_html(viewer.load(SAMPLES / "rain-gauge_claude-code.jsonl"))
    rows = rows_of(html)
    assert [row[0] for row in rows] == ["1.", "0", "", "1", "2", "3", "4", "5", "6", "2.", "7", "8"]
    assert rows[0][1].endswith("mend it. · 1 failed")
    assert rows[1][1:] == [
        "\u2003Bash, Task · failed",
        "12.3 s ◐",
        "5.64 s ◐",
        "6.62 s ◐",
        "14.2k",
        "0",
        "214",
        "$0.057",
    ]
    assert rows[3][1] == "\u2003\u2003\u2003Grep"
    assert "Session of Claude Code" in html
    assert "model 28.7 s ◐ · tools 18.4 s ◐" in html
    assert "time to first token" not in html


def test_the_calls_of_a_trace_are_shown_although_none_is_a_stream():
    trace = viewer.load(
        export(
            span({"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 20}, own=1),
            span({"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 12}, own=2, begin_s=2.0),
        ),
        "trace.json",
    )
    assert not trace.streams
    assert [row[0] for row in rows_of(cassette_html(trace))] == ["0", "1"]


def test_of_a_long_session_only_turns_are_listed():
    lines = [[user(2.0 * n, f"Question {n}"), answer(2.0 * n + 1, f"m{n}", text("yes"))] for n in range(70)]
    html = cassette_html(session_of(*(line for turn in lines for line in turn)))
    rows = rows_of(html)
    assert len(rows) == 60
    assert all(row[0].endswith(".") for row in rows)
    assert "and 10 more rows" in html


def test_prompts_are_shown_without_secrets_and_as_text():
    secret = planted.secrets_of("anthropic-key")[0]
    html = cassette_html(session_of(user(1, f"<b onclick=x> {secret}"), answer(2, "m", text("yes"))))
    assert secret not in html
    assert "<b onclick" not in html
    assert "&lt;b onclick=x&gt;" in html
