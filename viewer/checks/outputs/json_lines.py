"""Violations as JSON, one object on each line. docs/check.md describes the fields."""

import json

from viewer.checks.violation import Violation


def json_line(violation: Violation) -> str:
    """Return a violation as one line of JSON, with all its fields."""
    return json.dumps(
        {
            "rule": violation.rule,
            "level": violation.level,
            "file": violation.file,
            "line": violation.line,
            "interaction": violation.interaction,
            "message": violation.message,
            "advice": violation.advice,
            "fingerprint": violation.fingerprint,
        }
    )
