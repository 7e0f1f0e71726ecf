"""Which recorded interactions no test of a run used. Each test's report carries what it used, also from other processes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest

from viewer.testing.faults import fault_line
from viewer.testing.files import shown_path
from viewer.testing.secrets import Secrets
from viewer.testing.section import used_cassettes
from viewer.testing.stories import unused_words
from viewer.testing.uses import used_in_either
from viewer.testing.watching import Uses
from viewer.text.words import counted

_FIELD = "cassette_viewer_uses"
"""The attribute of a report. pytest-xdist sends all attributes whose values are plain."""


class _Seen(NamedTuple):
    """What was seen of one cassette."""

    used: tuple[bool, ...]
    has_failed: bool
    """Whether a test failed that used it. Such a test may end before it has asked for everything."""


def carry_uses(report: pytest.TestReport, uses: Uses, root: str) -> None:
    """Let a report say what its test used."""
    told = [
        # pytest-recording reads several files as one cassette.
        {
            "path": " + ".join(shown_path(path, root) for path in paths),
            "used": list(used.used),
            "failed": uses.has_failed,
        }
        for paths, used in used_cassettes(uses).items()
    ]
    if told:
        setattr(report, _FIELD, told)


class NeverUsed:
    """A plugin that gathers what the tests of a run used, and says at its end what none of them did."""

    def __init__(self) -> None:
        self._told: list[Mapping[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what one test used."""
        self._told += getattr(report, _FIELD, ())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it in a line for each cassette."""
        terminalreporter.section("recorded interactions that no test used")
        try:
            lines = never_used_lines(self._told)
        except Exception as error:  # noqa: BLE001 - pytest would end with it
            lines = [fault_line(error)]
        for line in lines:
            terminalreporter.line(line)


def never_used_lines(told: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each cassette of which something was never used, and one that counts the others."""
    seen = _by_path(told)
    if not seen:
        return ["No test used a cassette."]
    judged = {path: one for path, one in sorted(seen.items()) if not one.has_failed}
    unused = {path: words for path, one in judged.items() if (words := unused_words(one.used))}
    redact = Secrets().redact
    lines = [f"{redact(path)}: {words} of {len(judged[path].used)}" for path, words in unused.items()]
    if whole := len(judged) - len(unused):
        lines.append(f"{counted(whole, 'cassette')}: everything was used")
    if failed := len(seen) - len(judged):
        lines.append(f"{counted(failed, 'cassette')}: not judged, because a test that uses it failed")
    return lines


def _by_path(told: Iterable[Mapping[str, Any]]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for one in told:
        before = seen.get(one["path"], _Seen((), has_failed=False))
        used = used_in_either(before.used, one["used"])
        seen[one["path"]] = _Seen(used, before.has_failed or bool(one["failed"]))
    return seen
