"""What a cassette says in a few lines: its calls, what is wrong with it, and what of it was never used."""

from collections.abc import Sequence

from viewer.display.head import head_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.testing.files import CassetteFile
from viewer.testing.uses import UsedCassette
from viewer.text.masks import masked_url
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted, number, ranges, size
from viewer.types.http import Interaction
from viewer.types.problems import Problem

_MAX_ASKED_LENGTH = 60
_MAX_LINE_LENGTH = 200
_MAX_RANGES = 12
_MAX_PROBLEM_LINES = 5
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
        # The recorder may not have written it yet.
        return [f"{file.shown} ({by.recorder}): {visible_line(file.why)}{_recorded(by)}"]
    problems = _problem_lines(cassette, min(max_lines // 2, _MAX_PROBLEM_LINES))
    room = max(max_lines - 1 - len(problems), 1)
    return [_heading(file, cassette, used, by), *_calls(cassette, used, room), *problems]


def unused_words(used: Sequence[bool]) -> str:
    """Return which interactions were not used, such as "interactions 1 and 3 to 5"; "all", or "" if all were used."""
    unused = [place for place, is_used in enumerate(used) if not is_used]
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
    return f"; {number(by.recorded_count)} recorded in this run" if by.recorded_count else ""


def _calls(cassette: Cassette, used: Sequence[bool] | None, room: int) -> list[str]:
    """Return a line for each interaction, or for as many as there is room for, the used ones first."""
    count = len(cassette.interactions)
    shown = range(count)
    if count > room:
        by_use = sorted(shown, key=lambda index: not (used and used[index]))
        shown = sorted(by_use[: max(room - 1, 1)])  # type: ignore[assignment]  # Both are sequences of places.
    lines = [_call(cassette, index) for index in shown]
    return (
        lines if len(lines) in (count, room) else [*lines, f"  and {counted(count - len(lines), 'more interaction')}"]
    )


def _call(cassette: Cassette, index: int) -> str:
    reply = cassette.stream_of(index) or cassette.answers.get(index)
    told = _to_model(cassette, index, reply) if reply else _other(cassette.interactions[index])
    return shortened(visible_line(f"{index:>3}  {told}"), _MAX_LINE_LENGTH)


def _to_model(cassette: Cassette, index: int, reply: Stream | Answer) -> str:
    """Return who was asked what, and what came: the story, or what went wrong."""
    head = head_of(cassette, index, reply)
    alarm = head.alarms[0] if head.alarms else None
    came = ": ".join(filter(None, (alarm.title, alarm.detail))) if alarm else head.story
    if not (head.asked and head.asked.text):
        return f"{head.title}: {came}"
    asked = " ".join(head.asked.text[: _MAX_ASKED_LENGTH * 4].split())
    return f"{head.title}: “{shortened(asked, _MAX_ASKED_LENGTH)}” → {came}"


def _other(interaction: Interaction) -> str:
    """Return a request that is not one to a model, and its status."""
    request, response = interaction.request, interaction.response
    asked = f"{request.method} {masked_url(request.url)}".strip() or "a request that was not recorded"
    return f"{asked} → {response.status_line or 'no response'}, {size(len(response.body))}"


def _problem_lines(cassette: Cassette, room: int) -> list[str]:
    """Return a line for each problem, or for as many as there is room for, the worst first."""
    problems = sorted((one for one in cassette.problems if one.severity in _SEVERITIES), key=_severity)
    shown = problems if len(problems) <= room else problems[: room - 1]
    lines = [_problem(problem) for problem in shown]
    rest = len(problems) - len(shown)
    more = f"and {counted(rest, 'more problem')}" if shown else counted(rest, "problem")
    return [*lines, *([f"  {more}"] if rest else [])]


def _severity(problem: Problem) -> int:
    return _SEVERITIES.index(problem.severity)


def _problem(problem: Problem) -> str:
    place = "" if problem.interaction is None else f" in interaction {problem.interaction}"
    line = f"  {problem.severity}{place}: {problem.message} {problem.advice}"
    return shortened(visible_line(line.rstrip()), _MAX_LINE_LENGTH)
