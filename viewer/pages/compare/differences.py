"""What differs between two recordings besides figures, as nodes: attributes, request, texts, tool calls, fields."""

from viewer.comparison.aspects import ASPECTS
from viewer.comparison.comparison import Comparison
from viewer.comparison.diff_lines import DiffLine, diff_lines
from viewer.comparison.figures import AttributeRow
from viewer.comparison.sections import Cell, Recorded, Section, sections
from viewer.comparison.text_diff import TextDiff
from viewer.display.nodes import Node, node
from viewer.text.words import NOTHING, number

_MAX_DIFF_LINES = 400
_MAX_DIFF_CHARACTERS = 60_000
# These are shown as bars, and as attributes with those that agree.
_SHOWN_ELSEWHERE = frozenset({"Figures", "Usage and cost", "Attributes that differ"})


def attribute_nodes(one: Comparison, *, only_differences: bool) -> list[Node]:
    """Return the attributes side by side. `only_differences` folds those that agree."""
    differing = [row for row in one.attributes if row.differs]
    equal = [row for row in one.attributes if not row.differs]
    if not only_differences:
        return [node("h2", "", "Attributes"), _attributes([*differing, *equal])]
    nodes = [node("h2", "", "Attributes"), _attributes(differing)] if differing else []
    if equal:
        title = f"{number(len(equal))} attribute{'s agree' if len(equal) > 1 else ' agrees'}"
        nodes.append(node("details", "", node("summary", "agree", title), _attributes(equal)))
    return nodes


def _attributes(rows: list[AttributeRow]) -> Node:
    head = node("tr", "", node("td"), *(node("th", {"scope": "col"}, letter) for letter in "AB"))
    body = (
        node(
            "tr",
            "",
            node("th", {"scope": "row"}, row.label),
            *(node("td", "", _written(value)) for value in row.values),
        )
        for row in rows
    )
    return node("div", "scroll", node("table", "table", head, *body))


def _written(value: str | int | None) -> str:
    return NOTHING if value is None else number(value) if isinstance(value, int) else value


def section_nodes(one: Comparison) -> list[list[Node]]:
    """Return the nodes of each section that differs."""
    return [_section(section) for section in sections(one, frozenset(ASPECTS)) if section.title not in _SHOWN_ELSEWHERE]


def same_texts(one: Comparison) -> list[Node]:
    """Return the texts that are equal on both sides, in one line each."""
    differing = {(text.kind, text.choice) for text in one.texts}
    rows = [
        node(
            "li",
            "",
            node("span", "name", f"{kind}{f', choice {choice}' if choice else ''}"),
            f"{number(len(text))} characters",
        )
        for (kind, choice), text in one.left.texts.items()
        if (kind, choice) not in differing
    ]
    return [node("h2", "", "Texts that agree"), node("ul", "evidence", *rows)] if rows else []


def _section(section: Section) -> list[Node]:
    title = " · ".join(part for part in (section.title, section.subject) if part)
    nodes: list[Node] = [node("h2", "", title)]
    if section.note:
        nodes.append(node("p", "note", section.note))
    if section.rows:
        head = node("tr", "", *(node("th" if name else "td", "", name) for name in section.header))
        body = (node("tr", "", *(node("td", "", _text(cell)) for cell in row)) for row in section.rows)
        nodes.append(node("div", "scroll", node("table", "table", head, *body)))
    if section.diff:
        nodes += _diff(section.diff)
    return nodes


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Recorded) else cell


def _diff(diff: TextDiff) -> list[Node]:
    shown = diff_lines(diff, _MAX_DIFF_LINES, _MAX_DIFF_CHARACTERS)
    nodes: list[Node] = [node("div", "diff", *map(_line, shown.lines))]
    if shown.left_out:
        nodes.append(node("p", "note", f"{shown.left_out:,} more differing lines are not shown."))
    return nodes


def _line(line: DiffLine) -> Node:
    tag = {"-": "del", "+": "ins"}.get(line.mark, "span")
    spans = (node("b", "", span.text) if span.is_changed else node("span", "", span.text) for span in line.spans)
    return node("pre", "", node(tag, "", f"{line.mark} ", *spans))
