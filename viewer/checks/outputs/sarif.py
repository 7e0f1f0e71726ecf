"""SARIF 2.1.0, which GitHub shows as code scanning alerts: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

What GitHub does with it: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from viewer.checks.rule import Rule
from viewer.checks.violation import Violation
from viewer.text.safe import visible_line
from viewer.types.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "cassetteViewer/v1"
"""The name of our fingerprints. Change its number whenever fingerprints change for what is the same."""
# The name by which GitHub and VS Code know the root of a repository.
_ROOT = "%SRCROOT%"
# GitHub refuses a file with more.
_MAX_RESULTS = 25_000
_LEVELS = {"fail": "error", "warn": "warning", "off": "none"}
# On GitHub's scale of severities, where 7 to 8.9 is high. Only these rules are about security.
_SECURITY_SEVERITY = {"secret": "8.0"}


def as_sarif(violations: Sequence[Violation], rules: Sequence[Rule]) -> str:
    """Return violations as SARIF. If there are too many for GitHub, those that fail are kept first."""
    kept = sorted(violations, key=lambda one: one.level != "fail")[:_MAX_RESULTS]
    places = {rule.name: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "cassette-viewer", "semanticVersion": VERSION, "rules": list(map(_rule, rules))}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which cassette-viewer ran."}}},
        "invocations": [{"executionSuccessful": True, **_left_out(len(violations) - len(kept))}],
        "results": [_result(one, places) for one in kept],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    switch = (
        f"Set `{rule.name}` to `off`, `warn` or `fail` in the table `tool.cassette-viewer.check.rules` of `pyproject.toml`."
    )
    markdown = f"{rule.about}\n\n{rule.why}\n\n{switch}"
    tags = ["cassette", *(["security"] if rule.name in _SECURITY_SEVERITY else [])]
    severity = _SECURITY_SEVERITY.get(rule.name)
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.about},
        "fullDescription": {"text": f"{rule.about} {rule.why}"},
        "help": {"text": f"{rule.about} {rule.why}", "markdown": markdown},
        "defaultConfiguration": {"enabled": rule.level != "off", "level": _LEVELS[rule.level]},
        "properties": {"tags": tags, **({"security-severity": severity} if severity else {})},
    }


def _result(violation: Violation, places: dict[str, int]) -> dict[str, Any]:
    fingerprints = {FINGERPRINT: violation.fingerprint}
    location: dict[str, Any] = {"artifactLocation": _artifact(violation.file)}
    if violation.line:
        location["region"] = {"startLine": violation.line}
    else:
        # GitHub computes this from the line, and warns if another value is there. Without a line it computes nothing.
        fingerprints["primaryLocationLineHash"] = f"{violation.fingerprint}:1"
    return {
        "ruleId": violation.rule,
        **({"ruleIndex": places[violation.rule]} if violation.rule in places else {}),
        "level": _LEVELS[violation.level],
        "message": {"text": _plain(f"{violation.message} {violation.advice}".strip())},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": fingerprints,
    }


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix().encode("utf-8", "surrogatepass")), "uriBaseId": _ROOT}


def _plain(text: str) -> str:
    """Escape the brackets of what would be a link in a message (section 3.11.6): recorded text makes no links."""
    text = visible_line(text)
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _left_out(number: int) -> dict[str, Any]:
    if number <= 0:
        return {}
    what = f"{number} more violations are left out, because GitHub accepts {_MAX_RESULTS} at most."
    return {"toolExecutionNotifications": [{"level": "warning", "message": {"text": what}}]}
