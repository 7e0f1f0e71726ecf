"""The blocks that page and report have in common, as nodes: sums, measures, evidence and problems. `head_blocks` has the head."""

from collections.abc import Sequence

from viewer.display.drawing import drawing_of
from viewer.display.headline import check_result, problem_place
from viewer.display.nodes import Node, node
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, MARKS, NOTHING, bounds, explain_grade, explanation, headline
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.usage import Usage, check_arithmetic

UNKNOWN_REQUEST = "The request was not recorded or has an unknown format."
TOOLS = "Tools"
PARAMETERS = "Parameters"
"""The titles of what a request holds besides messages."""

ASK_FOR_USAGE = 'Many providers send usage only if the request asks for it: "stream_options": {"include_usage": true}.'


def no_usage(stream: Stream) -> list[Node]:
    """Return why a stream has no usage."""
    if stream.protocol == "generic":
        return [node("p", "", "The protocol is unknown, so no usage was read.")]
    return [node("p", "", "The stream reports no usage."), node("p", "note", ASK_FOR_USAGE)]


def sums(usage: Usage, provider: str | None) -> list[Node]:
    """Return whether the provider's numbers add up, and each identity that was checked."""
    rows = [
        node(
            "li",
            "",
            node("span", "name", check.name),
            node("span", "sum" if check.passed else "sum fails", check.figures),
            node("span", "note", check_result(check)),
        )
        for check in usage.checks
    ]
    return [node("p", "verdict", check_arithmetic(usage, provider).text), node("ul", "sums", *rows)]


def measures(stream: Stream) -> Node:
    """Return every metric of a stream with its grade, bounds and source. Those that are not known stand last, by the reason."""
    known: list[Node] = []
    unknown: dict[str, list[str]] = {}
    for name, one in stream.metrics.items():
        label = LABELS.get(name, name)
        if headline(one) == NOTHING:
            unknown.setdefault(one.source, []).append(label)
        else:
            known.append(_measure(label, one))
    missing = [
        node("li", "unknown", node("span", "name", ", ".join(labels)), node("span", "more", f"not known: {reason}"))
        for reason, labels in unknown.items()
    ]
    return node("ul", "measures", *known, *missing)


def _measure(label: str, measure: Measure) -> Node:
    mark = MARKS[measure.grade] if measure.grade else ""
    return node(
        "li",
        "",
        node("span", "name", label),
        node("span", "value", headline(measure)),
        node("span", "mark", mark, tip=explanation(measure)),
        node("span", "more", " · ".join(part for part in (bounds(measure), measure.source) if part)),
    )


def evidence(stream: Stream) -> Node:
    """Return what the times of a stream are based on."""
    rows = [
        node("li", "", node("span", "name", one.source), node("span", "", one.statement))
        for one in stream.timing.evidence
    ]
    return node("ul", "evidence", *rows)


def grade_line(stream: Stream) -> str:
    """Return the grade of a stream's times and what it means."""
    grade = stream.timing.grade
    return f"{MARKS[grade]} {explain_grade(grade)}"


def times_note(stream: Stream) -> str:
    """Return the note above the chunk table: where its times begin and how well they are known."""
    since = "" if drawing_of(stream.timing.grade).axis == "chunks" else f"Times since the {stream.timing.origin}, "
    return f"{since}{grade_line(stream)}. Tokens are estimates."


def problem_list(problems: Sequence[Problem]) -> list[Node]:
    """Return each problem with its place and its advice, or that there is none."""
    if not problems:
        return [node("p", "note", "No problems were found.")]
    return [
        node(
            "div",
            f"problem {problem.severity}",
            node("p", "", problem.message),
            node("p", "where", problem_place(problem)),
            *([node("p", "note", problem.advice)] if problem.advice else []),
        )
        for problem in problems
    ]
