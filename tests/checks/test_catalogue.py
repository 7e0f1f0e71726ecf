import json
import re

import pytest

from tests.conftest import ROOT
from viewer.checks.catalogue import all_checks
from viewer.checks.settings import Settings

CHECKS = all_checks()
DOCS = (ROOT / "docs" / "check.md").read_text("utf-8")


def test_every_module_is_a_rule_with_the_name_of_its_file():
    files = {path.stem for path in (ROOT / "viewer" / "checks" / "rules").glob("*.py")} - {"__init__"}
    assert {one.rule.name.replace("-", "_") for one in CHECKS} == files


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.rule.name)
def test_a_rule_says_what_and_why_and_checks_one_recording_or_all(check):
    rule = check.rule
    assert rule.about.endswith(".")
    assert rule.why.endswith(".")
    assert (check.check is None) == (check.check_all is not None) == (check.facts is not None)


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.rule.name)
def test_the_docs_have_a_row_for_each_rule_and_each_option(check):
    rule = check.rule
    assert f"| `{rule.name}` | {rule.level} | {rule.about} | {rule.why} |" in DOCS
    for option in rule.options:
        default = list(option.default) if isinstance(option.default, tuple) else option.default
        assert f"| `rules.{rule.name}.{option.name}` | {option.about}; {json.dumps(default)} by default |" in DOCS


def test_the_docs_have_no_row_of_another_rule():
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:off|warn|fail) \|", DOCS, re.MULTILINE)
    assert rows == [one.rule.name for one in CHECKS]


def test_what_fails_by_default_is_chosen_with_care():
    failing = {one.rule.name for one in CHECKS if Settings().level(one.rule) == "fail"}
    assert failing == {"secret", "merge-conflict"}
