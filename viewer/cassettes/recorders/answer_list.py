"""Complete answers in a list or one a line, such as a log of finished calls that a program wrote."""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.answer_lists import AnswerList, read_answer_list
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import all_values, head_values
from viewer.cassettes.nearby_requests import read_surroundings
from viewer.cassettes.wire_form import JSON
from viewer.text.json import mapping
from viewer.types.formats import About
from viewer.types.http import Interaction, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "answer-list",
        "list of answers",
        "",
        "complete answers in a JSON list or one a line, also within other fields, as in a log of finished calls",
    ),
)


def recognise(document: Document) -> int:
    """Look for a list of which every item is, or contains, a complete answer. One item alone is an answer, not a list."""
    values = head_values(document)
    if values is None or not isinstance(values.tree, list):
        return 0
    if len(values.tree) < 2 and not values.is_lines:
        return 0
    return 36 if read_answer_list(values.tree) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each item."""
    values = all_values(document)
    found = read_answer_list(values.tree) if values else None
    if values is None or found is None:
        return Recording("answer-list", [])
    problems = list(values.problems)
    interactions = [_interaction(item, found, index, problems) for index, item in enumerate(found.items)]
    return Recording("answer-list", interactions, problems=tuple(problems), from_tree=values.from_tree)


def _interaction(item: Any, found: AnswerList, index: int, problems: list[Problem]) -> Interaction:
    *around, answer = found.values(item)
    holders = [one for one in reversed(around) if isinstance(one, dict)]
    surroundings = read_surroundings(holders)
    if not isinstance(answer, dict):
        answer = next((one["error"] for one in holders if one.get("error")), None)
        if answer is None:
            problems.append(fields.no_response(index))
            return Interaction(surroundings.request, Response(surroundings.status))
        answer = answer if "error" in mapping(answer) else {"error": answer}
    headers = fields.content_type(JSON)
    return Interaction(surroundings.request, Response(surroundings.status, "", headers, fields.json_body(answer)))
