"""Which later request brings the result of a tool call back to the model.

Every request of an agent repeats the messages of the one before it, so a search for each call by itself would read the
whole conversation over and over. One pass from the last request to the first reads each request once.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from viewer.conversation.conversation import Conversation
from viewer.conversation.parts import Part
from viewer.text.json import parse
from viewer.types.replies import ToolCall


class Turn(NamedTuple):
    """One request of an agent, and the tool calls of its response."""

    interaction: int
    conversation: Conversation
    tool_calls: Sequence[ToolCall]


def find_results(turns: Sequence[Turn]) -> list[list[int | None]]:
    """Return, for each tool call of each turn, the interaction of the first later turn that brings its result.

    A result is recognised by its call's id. Without ids it is recognised by order: the request repeats the call, and holds
    at least as many results of that tool as there are calls up to it.
    """
    later = _LaterRequests()
    found: list[list[int | None]] = []
    for turn in reversed(turns):
        found.append([later.find(call) for call in turn.tool_calls])
        later.add(turn)
    return found[::-1]


def is_model(role: str) -> bool:
    """Tell whether a message's role is the model's, in any provider's spelling."""
    return role.lower() in ("assistant", "model", "chatbot", "role_assistant")


_CallKey = tuple[str, Hashable]


class _LaterRequests:
    """The first of the requests seen so far that answers each call. They are added from the last to the first."""

    def __init__(self) -> None:
        self._by_id: dict[str, int] = {}
        self._by_order: dict[_CallKey, int] = {}
        # Requests in which no call or result of the tool has an id: only these answer a call with an id by order.
        self._by_order_without_ids: dict[_CallKey, int] = {}
        self._keys: dict[str, Hashable] = {}

    def find(self, call: ToolCall) -> int | None:
        if call.id and call.id in self._by_id:
            return self._by_id[call.id]
        by_order = self._by_order_without_ids if call.id else self._by_order
        return by_order.get((call.name, self._arguments(call.arguments)))

    def add(self, turn: Turn) -> None:
        calls: defaultdict[str, list[Part]] = defaultdict(list)
        results: Counter[str] = Counter()
        names_with_ids = set()
        for message in turn.conversation.messages:
            is_of_model = is_model(message.role)
            for part in message.parts:
                if part.kind == "tool_call":
                    calls[part.name].append(part)
                elif part.kind == "tool_result" and not is_of_model:
                    # Results in the model's own messages are of tools that the provider ran.
                    results[part.name] += 1
                    self._by_id[part.id] = turn.interaction
                else:
                    continue
                if part.id:
                    names_with_ids.add(part.name)
        for name, count in results.items():
            for part in calls[name][:count]:
                key = name, self._arguments(part.text)
                self._by_order[key] = turn.interaction
                if name not in names_with_ids:
                    self._by_order_without_ids[key] = turn.interaction

    def _arguments(self, text: str) -> Hashable:
        """Return a key that is equal for equal arguments. Each distinct text is parsed once."""
        if text not in self._keys:
            self._keys[text] = _arguments_key(text)
        return self._keys[text]


def _arguments_key(text: str) -> Hashable:
    try:
        return _hashable(parse(text.encode("utf-8", "surrogatepass")))
    except (ValueError, RecursionError):
        return text


def _hashable(value: Any) -> Hashable:
    if isinstance(value, dict):
        return frozenset((name, _hashable(inner)) for name, inner in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
