"""The sections of the recording as a whole: responses that were not streamed, and what was redacted."""

from collections.abc import Sequence

from viewer.conversation.conversation import conversation_of
from viewer.display.head import head_of
from viewer.display.head_blocks import head_blocks
from viewer.display.headline import answer_title
from viewer.display.nodes import Node, node
from viewer.display.report.conversation import RepeatedNodes, conversation
from viewer.display.report.sections import http
from viewer.display.story import source_line
from viewer.redaction.cassette import Redaction
from viewer.redaction.findings import Finding
from viewer.streams.cassette import Cassette
from viewer.text.words import counted, listed, number


def other_responses(cassette: Cassette) -> list[Node]:
    """Return each response that was not streamed or could not be read, with its HTTP messages."""
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
        node("span", "facts", source_line(cassette, index, None)),
    )
    spoken = conversation_of(cassette.interactions[index], answer)
    head = head_of(cassette, index, answer, spoken.messages)
    is_answer = answer is not None and answer.error is None
    return node(
        "details",
        attributes,
        summary,
        *head_blocks(head)[1:],
        *(conversation(spoken, RepeatedNodes()) if is_answer or spoken.messages else []),
        node("div", "messages", *http(cassette, index)),
    )


def redaction(findings: Sequence[Finding], options: Redaction | None) -> list[Node]:
    """Return what was redacted, by rule and place. Without options, nothing was."""
    if options is None:
        return [
            node(
                "p", "warning", "Nothing was redacted: this page holds the recording unchanged, including its secrets."
            )
        ]
    redacted = [finding for finding in findings if finding.id not in options.keep]
    kept = [finding for finding in findings if finding.id in options.keep]
    rows = [_finding(finding, "redacted") for finding in redacted] + [_finding(finding, "kept") for finding in kept]
    columns = ("Rule", "Begins with", "Times", "Where", "Result")
    titles = node("tr", "", *(node("th", {"scope": "col"}, name) for name in columns))
    table = [node("table", "findings", node("thead", "", titles), node("tbody", "", *rows))] if rows else []
    count = f"{counted(len(redacted), 'secret')} redacted." if redacted else "No secret was found."
    return [node("p", "", f"{count} {_scope(options)}"), *table]


def _scope(options: Redaction) -> str:
    if options.metrics_only:
        return "All recorded texts were removed; sizes, times and token counts remain."
    rules = (
        ("names of people in paths", options.personal_paths),
        ("e-mail addresses", options.emails),
        ("ids of requests and accounts", options.identities),
    )
    skipped = [name for name, is_redacted in rules if not is_redacted]
    searched = (
        "Secrets were searched by their names and by the forms of known tokens, and what was found once, everywhere else."
        " No removed value is left in this page."
    )
    exceptions = f" {listed(skipped).capitalize()} were not searched for." if skipped else ""
    return f"{searched}{exceptions} A secret written as ordinary words cannot be found."


def _finding(finding: Finding, result: str) -> Node:
    cells = (finding.rule, finding.preview, number(finding.count), finding.where, result)
    return node("tr", "", *(node("td", "", cell) for cell in cells))
