"""Find complete answers in a list, such as a log of finished calls.

Each is an answer of its own, and not an event of one stream. It may be in the same place within every item.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from viewer.cassettes.event_shapes import is_answer, is_session_line, may_be_answer
from viewer.text.json import mapping, write

_SAMPLE = 32
_MAX_DEPTH = 3
_MAX_KEYS = 30
# An item with one of these is the result of one call.
_CALL_KEYS = ("custom_id", "key", "request", "request_id", "requestId")


class AnswerList(NamedTuple):
    """A list of answers."""

    path: tuple[str, ...]
    """The keys that lead from an item to its answer."""
    items: Sequence[Any]

    def values(self, item: Any) -> list[Any]:
        """Return what is on the way from an item to its answer, from the item on."""
        found = [item]
        for key in self.path:
            found.append(mapping(found[-1]).get(key))
        return found


def read_answer_list(items: Any) -> AnswerList | None:
    """Return the answers in a list. Return None if it holds something else."""
    if not isinstance(items, list) or not items:
        return None
    sample = [mapping(item) for item in items[:_SAMPLE]]
    if not all(sample) or any(map(is_session_line, sample)):
        return None
    for path in _paths(sample):
        found = AnswerList(path, items)
        answers = [found.values(item)[-1] for item in sample]
        is_call = bool(path) and all(any(key in item for key in _CALL_KEYS) for item in sample)
        are_answers = [is_answer(one) or (is_call and may_be_answer(one)) for one in answers]
        # Where items are not marked as calls, everything has to be an answer, or else the list can be a stream.
        if any(are_answers) and (all(are_answers) or (is_call and all(map(_is_finished, sample, are_answers)))):
            return found
    return None


def _is_finished(item: dict[str, Any], has_answer: bool) -> bool:  # noqa: FBT001 - called by `map`
    """Tell whether a call has an answer or failed."""
    return has_answer or b'"error"' in write(item).encode("utf-8", "replace")


def _paths(sample: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return the paths to the mappings in the first items, the shortest first."""
    paths: dict[tuple[str, ...], None] = {(): None}
    for item in sample[:4]:
        waiting: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), item)]
        while waiting:
            path, value = waiting.pop(0)
            paths[path] = None
            if len(path) < _MAX_DEPTH:
                inner = [(key, one) for key, one in list(value.items())[:_MAX_KEYS] if isinstance(key, str)]
                waiting += [((*path, key), one) for key, one in inner if isinstance(one, dict)]
    return sorted(paths, key=len)
