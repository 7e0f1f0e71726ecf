"""JUnit XML, which Jenkins, GitLab and CircleCI show as test results: https://github.com/testmoapp/junitxml.

Each recording is a test case. It has one failure at most, because Jenkins shows only one.
"""

from collections.abc import Iterator, Sequence

from viewer.checks.violation import Level, Violation
from viewer.text.words import counted
from viewer.text.xml import escape_xml

_SUITE = "cassette-viewer check"


def as_junit(files: Sequence[str], violations: Sequence[Violation]) -> str:
    """Return the files that were checked as test cases. What fails is a failure, and warnings are output of the test.

    There are no times: that of a rule over all recordings belongs to none of them.
    """
    by_file: dict[str, list[Violation]] = {file: [] for file in files}
    for one in violations:
        by_file.setdefault(one.file, []).append(one)
    failures = sum(any(one.level == "fail" for one in found) for found in by_file.values())
    counts = f'name="{_SUITE}" tests="{len(by_file)}" failures="{failures}" errors="0"'
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites {counts}>", f'<testsuite {counts} skipped="0">']
    for file, found in by_file.items():
        lines += _case(file, found)
    return "\n".join([*lines, "</testsuite>", "</testsuites>"]) + "\n"


def _case(file: str, found: Sequence[Violation]) -> Iterator[str]:
    name = escape_xml(file)
    line = next((one.line for one in found if one.level == "fail" and one.line), None)
    at_line = f' line="{line}"' if line else ""
    yield f'<testcase name="{name}" classname="{_SUITE}" file="{name}"{at_line}>'
    failures = [one for one in found if one.level == "fail"]
    if failures:
        rules = ", ".join(dict.fromkeys(one.rule for one in failures))
        message = escape_xml(f"{counted(len(failures), 'violation')}: {rules}")
        yield f'<failure type="{escape_xml(failures[0].rule)}" message="{message}">{_told(found, "fail")}</failure>'
    if len(failures) < len(found):
        yield f"<system-out>{_told(found, 'warn')}</system-out>"
    yield "</testcase>"


def _told(found: Sequence[Violation], level: Level) -> str:
    return "\n".join(
        escape_xml(f"{one.file}{f':{one.line}' if one.line else ''}: {one.rule}: {one.message} {one.advice}".strip())
        for one in found
        if one.level == level
    )
