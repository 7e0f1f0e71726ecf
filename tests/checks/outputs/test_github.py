"""The commands are read back as GitHub's runner reads them: src/Runner.Common/ActionCommand.cs of actions/runner."""

import re

from tests.support.violations import HOSTILE, violation
from viewer.checks.outputs.github import as_annotations


def unescaped(text, *escapes):
    for escape in (*escapes, "%0D", "%0A", "%25"):
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text


def commands_in(log):
    """What the runner obeys: each line that begins with "::", and each that holds the older form."""
    assert "##[" not in log
    found = []
    for line in log.splitlines():
        if line.strip().startswith("::") and (match := re.match(r"\s*::(\w[\w-]*) ?(.*?)::(.*)", line)):
            pairs = (pair.split("=", 1) for pair in match[2].split(",") if pair)
            properties = {name: unescaped(value, "%3A", "%2C") for name, value in pairs}
            found.append((match[1], properties, unescaped(match[3])))
    return found


def test_a_violation_is_an_annotation_at_its_line():
    log = as_annotations([violation(), violation(2, "warn", line=None, rule="age")])
    assert commands_in(log) == [
        ("error", {"file": "cassettes/a.yaml", "line": "7", "title": "secret (cassette-viewer)"}, "A key. Revoke it."),
        ("warning", {"file": "cassettes/a.yaml", "title": "age (cassette-viewer)"}, "A key. Revoke it."),
    ]
    assert log.endswith("\ncassette-viewer check: 1 error and 1 warning.\n")


def test_ten_of_each_kind_are_annotations_and_the_others_are_lines_of_the_log():
    found = [violation(number, message=f"Key {number}.") for number in range(12)] + [violation(20, "warn")] * 3
    log = as_annotations(found)
    kinds = [kind for kind, *_ in commands_in(log)]
    assert (kinds.count("error"), kinds.count("warning")) == (10, 3)
    assert log.split("\n")[-4:-1] == [
        "error: cassettes/a.yaml:7: secret: Key 10. Revoke it.",
        "error: cassettes/a.yaml:7: secret: Key 11. Revoke it.",
        "cassette-viewer check: 12 errors and 3 warnings. GitHub shows 10 annotations of a kind; the others are above in this log.",
    ]


def test_nothing_found_is_one_line():
    assert as_annotations([]) == "cassette-viewer check: nothing found.\n"


def test_a_file_name_is_read_back_as_it_is():
    ((_, properties, _),) = commands_in(as_annotations([violation(file="a,b:c%2C,line=1::é.yaml")]))
    assert properties["file"] == "a,b:c%2C,line=1::é.yaml"
    assert properties["line"] == "7"


def test_recorded_text_gives_no_command():
    for many in (1, 12):
        log = as_annotations([violation(message=HOSTILE, file=HOSTILE)] * many)
        found = commands_in(log)
        assert [kind for kind, *_ in found] == ["error"] * min(many, 10)
        assert all("%0A" in message for _, _, message in found)
        log.encode()
