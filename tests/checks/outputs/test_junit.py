from xml.etree.ElementTree import fromstring

from tests.support.violations import HOSTILE, violation
from viewer.checks.outputs.junit import as_junit


def suite_of(files, violations):
    root = fromstring(as_junit(files, violations).encode())  # noqa: S314 - written by this project
    (suite,) = root
    for one in (root, suite):
        assert int(one.get("tests")) == len(suite)
        assert int(one.get("failures")) == len(suite.findall("testcase/failure"))
    return suite


def test_each_recording_is_a_test_case_and_fails_once():
    found = [violation(1), violation(2, rule="cut-off", line=None), violation(3, "warn", rule="age")]
    suite = suite_of(["cassettes/a.yaml", "b.yaml"], found)
    failed, passed = suite
    assert [one.get("name") for one in suite] == ["cassettes/a.yaml", "b.yaml"]
    (failure,) = failed.findall("failure")
    assert failure.get("message") == "2 violations: secret, cut-off"
    assert failure.text.split("\n") == [
        "cassettes/a.yaml:7: secret: A key. Revoke it.",
        "cassettes/a.yaml: cut-off: A key. Revoke it.",
    ]
    assert failed.find("system-out").text == "cassettes/a.yaml:7: age: A key. Revoke it."
    assert failed.get("line") == "7"
    assert len(passed) == 0


def test_a_recording_with_warnings_only_passes():
    (case,) = suite_of(["cassettes/a.yaml"], [violation(level="warn")])
    assert case.find("failure") is None
    assert case.find("system-out") is not None


def test_a_file_that_only_a_rule_over_all_recordings_names_is_a_test_case():
    assert [one.get("name") for one in suite_of(["b.yaml"], [violation(file="orphan.yaml")])] == [
        "b.yaml",
        "orphan.yaml",
    ]


def test_recorded_text_stays_text():
    (case,) = suite_of([], [violation(message=HOSTILE, file=HOSTILE, rule=HOSTILE)])
    assert [one.tag for one in case.iter()] == ["testcase", "failure"]
    assert '<b>&"' in case.find("failure").text
    assert "\n" not in case.find("failure").text
