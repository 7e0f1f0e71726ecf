"""`show` of a session: its turns, calls and sums."""

import json

import pytest

from tests.support.agent_sessions import SESSION, answer, long_session, text, user, without_times
from viewer.cli.main import main


@pytest.fixture
def shown(tmp_path, capsys):
    def show(lines, *arguments):
        file = tmp_path / "session.jsonl"
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        assert main(["show", str(file), *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    return show


def test_a_session_is_shown_as_turns_calls_and_subagents_with_their_sums(shown):
    lines = shown(SESSION)
    assert lines[0] == "Session of Claude Code  claude-code 2.1.0"
    assert lines[1].startswith("2 turns · 8 calls · $0.0")
    assert lines[1].endswith(" · 5 min 35 s · 1 failed · 8,080 in (8,000 cached), 150 out")
    assert lines[2] == "model 15.2 s ◐ · tools 19.8 s ◐ · waiting for you 5 min 0 s ◐"
    first, bash, _, explore, grep = lines[5:10]
    assert first.split()[:8] == ["1.", "30.0", "s", "◐", "12.2", "s", "◐", "17.8"]
    assert first.endswith("  Fix the failing test, <b>please</b>.  1 failed")
    assert bash.endswith("    Bash")
    assert explore.endswith("      Explore: Search for rain")
    assert grep.endswith("        Grep")
    assert lines[-1] == "Show one call with --interaction N."


def test_one_call_of_a_session_is_shown_if_it_is_named(shown):
    lines = shown(SESSION, "--interaction", "7")
    assert lines[0].startswith("claude-sonnet-4-5-20250929")
    assert "Session of" not in "".join(lines)


def test_a_long_session_is_shown_as_its_turns(shown):
    lines = shown(long_session(4, 20))
    assert lines[1].startswith("4 turns · 84 calls")
    assert [line.split()[0] for line in lines[5:-2]] == ["1.", "2.", "3.", "4."]


def test_a_session_without_times_has_no_seconds(shown):
    lines = shown(without_times(*SESSION))
    assert lines[1] == "2 turns · 8 calls · 1 failed · 8,080 in (8,000 cached), 150 out"
    assert " s " not in "".join(lines[4:-1]).replace("please", "")
    assert "◐" not in "".join(lines)


def test_escape_sequences_in_a_prompt_do_not_reach_the_terminal(shown):
    lines = shown([user(1, "\x1b[31mred"), answer(2, "m1", text("ok"))])
    assert "\x1b" not in "".join(lines)
    assert "red" in "".join(lines)
