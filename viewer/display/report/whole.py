"""What is said of the recording as a whole: responses that are no streams, what is wrong with it, and what was struck from it."""

from collections.abc import Sequence

from viewer.conversation.conversation import conversation_of
from viewer.display.headline import answer_figures, answer_title
from viewer.display.nodes import Node, node
from viewer.display.report.conversation import conversation
from viewer.display.report.overview import figure
from viewer.display.report.sections import http
from viewer.display.story import facts_of, tell_answer
from viewer.redaction.cassette import Redaction
from viewer.redaction.findings import Finding
from viewer.streams.cassette import Cassette
from viewer.text.words import counted, number
from viewer.types.problems import Problem


def other_responses(cassette: Cassette) -> list[Node]:
    """Return each response that came whole, or that could not be read, with the head of its request."""
    streamed = {stream.interaction for stream in cassette.streams}
    others = [index for index in range(len(cassette.interactions)) if index not in streamed]
    return [_response(cassette, index, is_open=not streamed and index == others[0]) for index in others]


def _response(cassette: Cassette, index: int, *, is_open: bool) -> Node:
    answer = cassette.answers.get(index)
    attributes = {"class": "response", **({"open": ""} if is_open else {})}
    summary = node(
        "summary",
        "",
        f"{index} · {answer_title(cassette, index)} ",
        node("span", "facts", facts_of(cassette, index, None)),
    )
    if answer is None or answer.error is not None:
        said = [problem.message for problem in cassette.problems if problem.interaction == index]
        heads = node("div", "messages", *http(cassette, index))
        return node("details", attributes, summary, *(node("p", "story", one) for one in said), heads)
    return node(
        "details",
        attributes,
        summary,
        node("p", "story", tell_answer(answer)),
        node("dl", "figures", *map(figure, answer_figures(answer))),
        *conversation(conversation_of(cassette.interactions[index], answer)),
        node("div", "messages", *http(cassette, index)),
    )


def problems(listed: Sequence[Problem]) -> list[Node]:
    """Return what is wrong with the recording, where, and what to do."""
    if not listed:
        return [node("p", "note", "None found.")]
    return [
        node(
            "div",
            f"problem {problem.severity}",
            node("p", "", problem.message),
            node("p", "where", " · ".join(_where(problem))),
            *([node("p", "note", problem.advice)] if problem.advice else []),
        )
        for problem in listed
    ]


def _where(problem: Problem) -> list[str]:
    parts = [problem.severity, problem.file]
    if problem.interaction is not None:
        parts.append(f"interaction {problem.interaction}")
    if problem.offset is not None:
        parts.append(f"byte {problem.offset:,}")
    return [part for part in parts if part]


def redaction(findings: Sequence[Finding], options: Redaction | None) -> list[Node]:
    """Return what was struck, by rule and place; without options nothing was."""
    if options is None:
        return [node("p", "warning", "Nothing was struck: this page holds the recording as it is, secrets included.")]
    struck = [finding for finding in findings if finding.id not in options.keep]
    kept = [finding for finding in findings if finding.id in options.keep]
    rows = [_finding(finding, "struck") for finding in struck] + [_finding(finding, "kept") for finding in kept]
    columns = ("Rule", "Begins", "Times", "Where", "Became")
    titles = node("tr", "", *(node("th", {"scope": "col"}, name) for name in columns))
    table = [node("table", "findings", node("thead", "", titles), node("tbody", "", *rows))] if rows else []
    said = f"{counted(len(struck), 'secret')} struck." if struck else "No secret was found."
    return [node("p", "", f"{said} {_scope(options)}"), *table]


def _scope(options: Redaction) -> str:
    if options.metrics_only:
        return "All recorded texts were struck; sizes, times and token counts stay."
    stay = [
        name
        for name, struck in (("names of people in paths", options.personal_paths), ("e-mail addresses", options.emails))
        if not struck
    ]
    looked = "Headers, URL parameters and JSON keys were judged by name, and all texts by how tokens of known services begin."
    left = (
        f" Looked for neither {' nor '.join(stay)}."
        if len(stay) == 2
        else f" Did not look for {stay[0]}."
        if stay
        else ""
    )
    return f"{looked}{left} A secret in plain words is found by nobody."


def _finding(finding: Finding, what: str) -> Node:
    cells = (finding.rule, finding.preview, number(finding.count), finding.where, what)
    return node("tr", "", *(node("td", "", cell) for cell in cells))
