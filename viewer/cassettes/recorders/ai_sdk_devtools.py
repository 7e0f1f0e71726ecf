"""The AI SDK's DevTools: https://github.com/vercel/ai/tree/main/packages/devtools, `.devtools/generations.json`.

The file holds runs and their steps. A step is one call of a model: what the AI SDK sent and what it got, each as JSON in a
text. `raw_chunks` are the provider's own events, parsed, and `raw_response` the provider's answer, or for a stream the parts
that the AI SDK made of it.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sdk_objects import WIRE_LOST, is_streamed, not_streamed, streamed
from viewer.text.json import parse
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "ai-sdk-devtools",
        "AI SDK DevTools",
        "https://github.com/vercel/ai/tree/main/packages/devtools",
        "JSON; the provider's events or answer of each step, without URL and headers",
        "start and length of each step, to the millisecond",
    ),
)

_STEP_KEYS = frozenset({"run_id", "step_number", "input"})


def recognise(document: Document) -> int:
    """Look for steps that belong to a run."""
    if not (b"steps" in document.head or b"runs" in document.head):
        return 0
    tree = document.tree
    if not isinstance(tree, dict) or not {"runs", "steps"} <= tree.keys():
        return 0
    steps = fields.mappings(tree.get("steps"))
    if any(step.keys() >= _STEP_KEYS for step in steps):
        return 96
    return 60 if tree["steps"] == [] and isinstance(tree["runs"], list) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each step, in the order of the file."""
    steps = fields.mappings(document.tree["steps"])
    if not steps:
        raise CassetteError(document.name, "the file has no steps.", "Check that the model is wrapped or observed.")
    problems: list[Problem] = []
    interactions = [_interaction(step, index, problems) for index, step in enumerate(steps)]
    if any(is_streamed(interaction.response) for interaction in interactions):
        problems.append(WIRE_LOST)
    return Recording("ai-sdk-devtools", interactions, problems=tuple(problems), from_tree=True)


def _interaction(step: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    sent = _parsed(step.get("raw_request"))
    request = Request(body=fields.body(_parsed(step.get("input")) if sent is None else sent))
    times = RecordedTimes(
        whole_s=seconds_from_ms(step.get("duration_ms")),
        started=fields.moment(step.get("started_at"), fields.MILLISECOND_S),
    )
    response = _response(step)
    if step.get("error"):
        what = f"The step failed: {fields.quote(step['error'])}."
        problems.append(Problem("error", what, "What came before is shown.", interaction=index))
    elif not response.body:
        problems.append(fields.no_response(index))
    return Interaction(request, response, times)


def _response(step: dict[str, Any]) -> Response:
    """Return the provider's events or answer, or if they are not recorded, what the AI SDK made of them."""
    chunks, answer = _parsed(step.get("raw_chunks")), _parsed(step.get("raw_response"))
    if isinstance(chunks, list) and chunks:
        return streamed(chunks)
    if isinstance(answer, list) and answer:
        return streamed(answer)
    body = _parsed(step.get("output")) if answer in (None, []) else answer
    return Response() if body is None else not_streamed(body)


def _parsed(value: Any) -> Any:
    """Parse JSON that was recorded as a text, also if it was written twice. Return a text that is not JSON unchanged."""
    for _ in range(2):
        if not isinstance(value, str):
            return value
        try:
            value = parse(value.encode("utf-8", "surrogatepass"))
        except ValueError:
            return value
    return value
