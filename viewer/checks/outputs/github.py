"""Annotations on a pull request, as workflow commands: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions."""

from collections.abc import Sequence

from viewer.checks.violation import Level, Violation
from viewer.text.safe import visible_line
from viewer.text.words import counted

# GitHub shows this many of each level for one step, and drops the others without a word.
_MAX_SHOWN = 10
_COMMANDS: dict[Level, str] = {"fail": "error", "warn": "warning"}


def as_annotations(violations: Sequence[Violation]) -> str:
    """Return violations as annotations, as many as GitHub shows, then the others as plain lines of the log, then a summary."""
    shown: list[str] = []
    others: list[str] = []
    told: list[str] = []
    for level, command in _COMMANDS.items():
        found = [one for one in violations if one.level == level]
        shown += [_annotation(command, one) for one in found[:_MAX_SHOWN]]
        others += [_log_line(command, one) for one in found[_MAX_SHOWN:]]
        if found:
            told.append(counted(len(found), command))
    summary = f"cassette-viewer check: {' and '.join(told) or 'nothing found'}."
    if others:
        summary += f" GitHub shows {_MAX_SHOWN} annotations of a kind; the others are above in this log."
    return "\n".join([*shown, *others, summary]) + "\n"


def _annotation(command: str, violation: Violation) -> str:
    line = f",line={violation.line}" if violation.line else ""
    title = f"{violation.rule} (cassette-viewer)"
    message = _data(f"{violation.message} {violation.advice}".strip())
    return f"::{command} file={_property(violation.file)}{line},title={_property(title)}::{message}"


def _log_line(command: str, violation: Violation) -> str:
    place = f"{violation.file}:{violation.line}" if violation.line else violation.file
    # The kind comes first, so that no file name can begin the line with "::".
    return _harmless(f"{command}: {place}: {violation.rule}: {violation.message} {violation.advice}".strip())


def _data(text: str) -> str:
    """Escape the message of a command."""
    return _harmless(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _harmless(text: str) -> str:
    """Return a text on one line. The runner also obeys commands in the older form, "##[error]", anywhere in a line."""
    return visible_line(text).replace("##[", "# #[")
