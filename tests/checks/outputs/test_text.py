from viewer.checks.outputs.text import counts_line, lines_of_file
from viewer.checks.violation import Violation


def violation(rule="secret", level="fail", message="A message.", advice="Do this.", **place):
    return Violation(rule, level, "a.yaml", message, advice, "0", **place)


def test_columns_are_aligned_and_a_place_is_a_line_or_an_interaction():
    found = [violation(line=7), violation("cut-off-stream", "warn", interaction=3), violation(advice="Do that.")]
    assert list(lines_of_file(found, set(), coloured=False)) == [
        "a.yaml",
        "  line 7         fail  secret          A message. Do this.",
        "  interaction 3  warn  cut-off-stream  A message.",
        "                 fail  secret          A message. Do that.",
    ]


def test_advice_is_given_once_in_the_whole_output():
    told = set()
    first = list(lines_of_file([violation()], told, coloured=False))
    second = list(lines_of_file([violation()], told, coloured=False))
    assert first[1] == "  fail  secret  A message. Do this."
    assert second[1] == "  fail  secret  A message."


def test_recorded_text_cannot_control_the_terminal():
    lines = list(lines_of_file([violation(message="\x1b[2J\u202e")], set(), coloured=True))
    assert "\x1b[2J" not in lines[1]
    assert "\u202e" not in lines[1]


def test_the_last_line_counts():
    found = [violation(), violation(level="warn"), violation(level="warn")]
    assert counts_line(found, 1200) == "3 violations (1 fails, 2 warn): 1,200 recordings checked."
    assert counts_line([], 1, known=2) == "Nothing found: 1 recording checked, 2 more in the baseline."
    assert counts_line([], 0) == "No recordings were checked."
