"""Which messages and which tools of two requests differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from viewer.comparison.alignment import align, gaps
from viewer.comparison.normalise import canonical_or_ellipsis, masked, normalised
from viewer.comparison.text_diff import TextDiff, diff_text
from viewer.conversation.messages import Message
from viewer.conversation.tools import Tool


@dataclass(frozen=True, slots=True)
class ItemDiff:
    """One message or tool that was added, removed or changed."""

    name: str
    """The role of a message, the name of a tool."""
    what: Literal["added", "removed", "changed"]
    left_index: int | None
    """Its index among the messages or tools of the left request; None if it was added."""
    right_index: int | None
    """Its index among the messages or tools of the right request; None if it was removed."""
    diff: TextDiff
    """Of the text if it is text only, else of its indented JSON. The sides are equal if only masked values differ."""


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    compared: str
    """Canonical JSON without volatile values."""
    text: str
    """What is shown: the text if it is text only, else `json`."""
    json: str
    """Indented, with secrets masked."""


def diff_tools(left: Sequence[Tool], right: Sequence[Tool]) -> tuple[ItemDiff, ...]:
    """Return the tools that differ. They are matched by name, and tools of the same name by order."""
    one, other = [_tool_item(tool) for tool in left], [_tool_item(tool) for tool in right]
    left_indices, right_indices = _by_name(one), _by_name(other)
    diffs = []
    for key in dict.fromkeys((*left_indices, *right_indices)):
        before, after = left_indices.get(key), right_indices.get(key)
        if before is None or after is None or one[before].compared != other[after].compared:
            diffs.append(_item_diff(one, other, before, after))
    return tuple(diffs)


def diff_messages(left: Sequence[Message], right: Sequence[Message]) -> tuple[ItemDiff, ...]:
    """Return the messages that differ. Between equal messages, one changes into the next of its role."""
    one, other = [_message_item(message) for message in left], [_message_item(message) for message in right]
    matches = align([_key(item) for item in one], [_key(item) for item in other])
    return tuple(
        diff for before, after in gaps(matches, len(one), len(other)) for diff in _diff_gap(one, other, before, after)
    )


def _diff_gap(left: Sequence[_Item], right: Sequence[_Item], before: range, after: range) -> Iterator[ItemDiff]:
    same_role = align([left[place].name for place in before], [right[place].name for place in after])
    partners = {before[run.left + step]: after[run.right + step] for run in same_role for step in range(run.length)}
    for place in before:
        yield _item_diff(left, right, place, partners.get(place))
    for place in after:
        if place not in partners.values():
            yield _item_diff(left, right, None, place)


def _message_item(message: Message) -> _Item:
    is_text = not message.name and all(part.kind == "text" and not part.name for part in message.parts)
    return _item(message.role, message.source, "\n".join(part.text for part in message.parts) if is_text else None)


def _tool_item(tool: Tool) -> _Item:
    return _item(tool.name, tool.source, None)


def _item(name: str, value: Any, text: str | None) -> _Item:
    plain = normalised(value)
    shown = canonical_or_ellipsis(masked(plain), indent=True)
    return _Item(name, canonical_or_ellipsis(plain), shown if text is None else text, shown)


def _by_name(items: Sequence[_Item]) -> dict[tuple[str, int], int]:
    """Return the index of each item by its name and its number among the items of that name."""
    seen: Counter[str] = Counter()
    places = {}
    for place, item in enumerate(items):
        places[item.name, seen[item.name]] = place
        seen[item.name] += 1
    return places


def _key(item: _Item) -> str:
    return f"{item.name}\0{item.compared}"


def _item_diff(left: Sequence[_Item], right: Sequence[_Item], before: int | None, after: int | None) -> ItemDiff:
    if before is None and after is not None:
        return ItemDiff(right[after].name, "added", None, after, diff_text("", right[after].text))
    if before is not None and after is None:
        return ItemDiff(left[before].name, "removed", before, None, diff_text(left[before].text, ""))
    one, other = left[before or 0], right[after or 0]
    # A difference outside of the text, such as a cache mark, is visible only in the JSON.
    is_outside = one.text == other.text
    diff = diff_text(one.json, other.json) if is_outside else diff_text(one.text, other.text)
    return ItemDiff(one.name, "changed", before, after, diff)
