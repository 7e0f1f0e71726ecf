"""The schema is that of the standard, as Microsoft's `@microsoft/jest-sarif` (MIT, on npm) ships it to judge SARIF."""

import json

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.support.violations import HOSTILE, PLACES, violation
from viewer.checks.catalogue import all_checks
from viewer.checks.outputs.sarif import FINGERPRINT, as_sarif
from viewer.checks.rule import Rule

SCHEMA = json.loads((ROOT / "tests/support/schemas/sarif-2.1.0-rtm.5.json").read_text())
JUDGE = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
RULES = [one.rule for one in all_checks()]


def run_of(violations, rules=RULES):
    log = json.loads(as_sarif(violations, rules))
    JUDGE.validate(log)
    (run,) = log["runs"]
    return run


def test_the_judge_refuses_what_is_not_sarif():
    log = json.loads(as_sarif([violation()], RULES))
    log["runs"][0]["results"][0]["level"] = "fail"
    with pytest.raises(jsonschema.ValidationError, match="'fail' is not one of"):
        JUDGE.validate(log)


def test_nothing_found_is_a_run_without_results():
    """A run without `results` would mean that nothing was checked (section 3.14.23)."""
    assert run_of([])["results"] == []


def test_a_violation_is_a_result_at_its_line():
    (result,) = run_of([violation()])["results"]
    assert result["ruleId"] == "secret"
    assert result["level"] == "error"
    assert result["message"] == {"text": "A key. Revoke it."}
    place = {"artifactLocation": {"uri": "cassettes/a.yaml", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 7}}
    assert result["locations"] == [{"physicalLocation": place}]
    assert result["partialFingerprints"] == {FINGERPRINT: f"{1:016x}"}


def test_a_violation_without_a_line_has_no_region_and_a_fingerprint_for_github():
    (result,) = run_of([violation(line=None)])["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert set(result["partialFingerprints"]) == {FINGERPRINT, "primaryLocationLineHash"}


def test_each_rule_has_help_and_its_level():
    rules = [
        Rule("cut-off", "warn", "About.", "Why."),
        Rule("secret", "fail", "About.", "Why."),
        Rule("age", "off", "A.", "W."),
    ]
    run = run_of([violation()], rules)
    told = run["tool"]["driver"]["rules"]
    assert [one["defaultConfiguration"] for one in told] == [
        {"enabled": True, "level": "warning"},
        {"enabled": True, "level": "error"},
        {"enabled": False, "level": "none"},
    ]
    assert [one["name"] for one in told] == ["CutOff", "Secret", "Age"]
    assert told[0]["help"]["text"] == "About. Why."
    assert "`tool.cassette-viewer.check.rules`" in told[0]["help"]["markdown"]
    assert ["security-severity" in one["properties"] for one in told] == [False, True, False]
    assert run["results"][0]["ruleIndex"] == 1


@pytest.mark.parametrize("file", PLACES)
def test_a_place_is_a_relative_uri(file):
    (result,) = run_of([violation(file=file)])["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert not set(uri) & set(" :,") or file == "cassettes/plain.yaml"
    assert uri == {"a b,c:d%é.yaml": "a%20b%2Cc%3Ad%25%C3%A9.yaml"}.get(file, file)


def test_an_absolute_place_is_a_file_uri_without_a_base(tmp_path):
    (result,) = run_of([violation(file=str(tmp_path / "a b.yaml"))])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": (tmp_path / "a b.yaml").as_uri()}


def test_recorded_text_makes_no_link_and_no_control_character():
    (result,) = run_of([violation(message=HOSTILE, file=HOSTILE)])["results"]
    assert "\\[link\\](http://evil.example)" in result["message"]["text"]
    assert not [one for one in result["message"]["text"] if ord(one) < 32]


def test_of_too_many_results_those_that_fail_are_kept():
    many = [violation(number, "warn") for number in range(25_000)]
    log = json.loads(as_sarif([*many, violation(99_999)], RULES))
    (run,) = log["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["level"] == "error"
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("1 more violation")
