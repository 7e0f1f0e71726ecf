"""What a cassette says in a few lines: its calls, what is wrong with it, and what of it was never used."""

from collections.abc import Sequence

from viewer.display.head import Head, head_of
from viewer.streams.cassette import Cassette
from viewer.testing.files import CassetteFile
from viewer.testing.uses import UsedCassette
from viewer.text.masks import masked_url
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted, ranges
from viewer.types.problems import Problem

_MAX_ASKED_LENGTH = 60
_MAX_LINE_LENGTH = 200
_MAX_RANGES = 12
_MAX_PROBLEMS = 4
_SEVERITIES = ("error", "warning")


def story_lines(
    file: CassetteFile, cassette: Cassette | None, used: Sequence[bool] | None, by: UsedCassette, max_lines: int
) -> list[str]:
    """Return the lines about a file, three at least.

    Args:
        file: the file.
        cassette: what it holds, without secrets; None if it cannot be opened.
        used: whether each interaction was used; None if that is not known.
        by: the cassette of the recorder, which was read from this file and maybe others.
        max_lines: how many lines there may be.
    """
    if cassette is None:
        return [f"{file.shown} ({by.recorder}): {visible_line(file.why)}{_recorded(by)}"]
    problems = _problem_lines(cassette)
    room = max(max_lines - 1 - len(problems), 1)
    return [_heading(file, cassette, used, by), *_calls(cassette, used, room), *problems][: max(max_lines, 3)]


def unused_words(used: Sequence[bool]) -> str:
    """Return which interactions were not used, such as "interactions 1 and 3 to 5"; "all", or "" if all were used."""
    unused = [number for number, is_used in enumerate(used) if not is_used]
    if not unused:
        return ""
    if len(unused) == len(used) > 1:
        return "all"
    return f"interaction{'s' * (len(unused) > 1)} {ranges(unused, _MAX_RANGES)}"


def _heading(file: CassetteFile, cassette: Cassette, used: Sequence[bool] | None, by: UsedCassette) -> str:
    count = counted(len(cassette.interactions), "interaction")
    unused = unused_words(used) if used is not None else ""
    told = f"; not used: {unused}" if unused else ""
    return f"{file.shown} ({by.recorder}): {count}{told}{_recorded(by)}"


def _recorded(by: UsedCassette) -> str:
    """Say what the test has recorded and its file does not hold yet."""
    if not by.recorded_count:
        return ""
    return f"; {counted(by.recorded_count, 'interaction')} recorded in this run, written when the test ends"


def _calls(cassette: Cassette, used: Sequence[bool] | None, room: int) -> list[str]:
    """Return a line for each interaction, or for as many as there is room for, the used ones first."""
    count = len(cassette.interactions)
    shown = range(count)
    if count > room:
        by_use = sorted(shown, key=lambda index: not (used and used[index]))
        shown = sorted(by_use[: room - 1])  # type: ignore[assignment]  # Both are sequences of places.
    lines = [_call(cassette, index) for index in shown]
    return lines if count <= room else [*lines, f"  and {counted(count - len(lines), 'more interaction')}"]


def _call(cassette: Cassette, index: int) -> str:
    head = head_of(cassette, index, cassette.stream_of(index) or cassette.answers.get(index))
    line = f"{index:>3}  {head.title}: {_asked(cassette, index, head)} → {_came(cassette, index, head)}"
    return shortened(visible_line(line), _MAX_LINE_LENGTH)


def _asked(cassette: Cassette, index: int, head: Head) -> str:
    if head.asked and head.asked.text:
        text = " ".join(head.asked.text[: _MAX_ASKED_LENGTH * 4].split())
        return f"“{shortened(text, _MAX_ASKED_LENGTH)}”"
    request = cassette.interactions[index].request
    return f"{request.method} {masked_url(request.url)}".strip() or "a request that was not recorded"


def _came(cassette: Cassette, index: int, head: Head) -> str:
    if head.alarms:
        alarm = head.alarms[0]
        return f"{alarm.title}{f': {alarm.detail}' if alarm.detail else ''}"
    return head.story or cassette.interactions[index].response.status_line or "no response"


def _problem_lines(cassette: Cassette) -> list[str]:
    problems = sorted((one for one in cassette.problems if one.severity in _SEVERITIES), key=_severity)
    lines = [_problem(problem) for problem in problems[:_MAX_PROBLEMS]]
    rest = len(problems) - len(lines)
    return [*lines, *([f"  and {counted(rest, 'more problem')}"] if rest else [])]


def _severity(problem: Problem) -> int:
    return _SEVERITIES.index(problem.severity)


def _problem(problem: Problem) -> str:
    place = "" if problem.interaction is None else f" in interaction {problem.interaction}"
    line = f"  {problem.severity}{place}: {problem.message} {problem.advice}"
    return shortened(visible_line(line.rstrip()), _MAX_LINE_LENGTH)
