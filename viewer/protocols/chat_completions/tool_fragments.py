"""Which tool call a fragment of a chat stream belongs to.

By the rules of OpenAI, the `index` of a fragment says so, and the first fragment of a call has an id and a name:
https://platform.openai.com/docs/api-reference/chat-streaming. Others do not keep to it. Some give all parallel calls the
index 0, some send no index (https://github.com/openai/openai-python/issues/2806), some repeat id or name with every fragment,
and some make up a new id for each. So a fragment begins a call if it has an id of its own and a name, or if it has a name and
the arguments of the call before it are complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols.indices import valid_index
from viewer.text.json import as_text, parse
from viewer.types.chunk_table import MAX_INDEX, Ints
from viewer.types.problems import Problem
from viewer.types.replies import ToolCallStart

_ADVICE = "They are told apart by their ids, names and arguments."
_MAX_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one entry of `tool_calls` adds to a call."""

    index: int | None
    """As recorded; None if it has none, or one that is not valid."""
    id: str
    name: str
    arguments: str


def fragment_of(call: dict[str, Any], function: dict[str, Any]) -> Fragment:
    """Read an entry of `tool_calls`, given the object in it that has the name and the arguments."""
    index = valid_index(call.get("index"), -1)
    return Fragment(
        None if index < 0 else index,
        as_text(call.get("id") or ""),
        as_text(function.get("name") or ""),
        as_text(function.get("arguments", function.get("input"))),
    )


@dataclass(slots=True, eq=False)
class _Call:
    """One tool call while its fragments arrive."""

    tool: int
    """Its number in the chunk table."""
    index: int | None
    start: ToolCallStart
    event: int
    arguments: list[str] = field(default_factory=list)


class ToolFragments:
    """The tool calls of one choice, told apart while their fragments arrive."""

    def __init__(self, starts: dict[tuple[int, int], ToolCallStart], choice: int) -> None:
        self._starts = starts
        """All calls of the stream by choice and number. New ones are added here."""
        self._choice = choice
        self._by_index: dict[int | None, _Call] = {}
        """The call that was continued last, for each recorded index. Under None, for fragments without one."""
        self._by_id: dict[tuple[int | None, str], _Call] = {}
        self._by_position: list[_Call] = []
        """The calls of the last list with several entries."""
        self._alike: dict[int, list[_Call]] = {}
        """Calls that a client takes for one if it goes by the index, or by the place in the list if there is none."""
        self._next_tool = 0

    def add(self, event: int, fragments: Sequence[Fragment]) -> Iterator[tuple[int, str]]:
        """Yield the number of the call and the arguments of each fragment of one event. Note its id and name."""
        in_list: list[_Call] = []
        for position, fragment in enumerate(fragments):
            call = self._continued(fragment, position)
            if call is not None and (_begins_call(call, fragment) or _is_next_in_list(call, fragment, in_list)):
                call = None
            if call is None:
                call = self._begin(event, fragment, position)
            in_list.append(call)
            _extend(call, fragment)
            self._by_index[fragment.index] = self._by_index[None] = call
            if fragment.id:
                self._by_id[fragment.index, fragment.id] = self._by_id[None, fragment.id] = call
            yield call.tool, fragment.arguments
        self._by_position = in_list if len(in_list) > 1 else []

    def _continued(self, fragment: Fragment, position: int) -> _Call | None:
        """Return the call that a fragment continues, unless it begins another."""
        index, call_id = fragment.index, fragment.id
        if call_id and (known := self._by_id.get((index, call_id))):
            return known
        if index is not None:
            known = self._by_index.get(index)
            if known is None and not fragment.name:
                # A call whose first fragment has no index may get one later.
                earlier = self._by_id.get((None, call_id)) if call_id else self._by_index.get(None)
                known = earlier if earlier is not None and earlier.index is None else None
            return known
        if position < len(self._by_position):
            return self._by_position[position]
        return self._by_index.get(None) if position == 0 else None

    def _begin(self, event: int, fragment: Fragment, position: int) -> _Call:
        """Add a call. Its number is its index, if no other call has that number."""
        tool = fragment.index if fragment.index is not None else position
        alike = self._alike.setdefault(tool, [])
        if (self._choice, tool) in self._starts:
            while self._next_tool < MAX_INDEX and (self._choice, self._next_tool) in self._starts:
                self._next_tool += 1
            tool = self._next_tool
        call = _Call(tool, fragment.index, self._starts.setdefault((self._choice, tool), ToolCallStart()), event)
        alike.append(call)
        return call

    def problems(self, offsets: Ints) -> Iterator[Problem]:
        """Yield a problem for calls that share an index, or have none, given the offset of each event."""
        for index, calls in self._alike.items():
            if len(calls) == 1:
                continue
            if all(call.index is None for call in calls):
                what = "have no index. The official SDK stops with an error where one is missing."
            else:
                what = f"have the same index, {index}. The official SDK joins them to one call: {_joined(calls)}."
            offset = int(offsets[calls[1].event])
            yield Problem("warning", f"{len(calls)} tool calls {what}", _ADVICE, offset=offset)


def _joined(calls: list[_Call]) -> str:
    """Return name and id of the call that the SDK makes of several. It joins each field."""
    names, ids = (
        "".join(getattr(call.start, field) for call in calls)[:_MAX_SHOWN_CHARACTERS] for field in ("name", "id")
    )
    return f"{names!r}, id {ids!r}" if ids else repr(names)


def _begins_call(call: _Call, fragment: Fragment) -> bool:
    """Tell whether a fragment begins another call than the one that it would continue."""
    name, start, arguments = fragment.name, call.start, fragment.arguments.lstrip()
    if not name:
        return False
    if fragment.id and start.id and fragment.id != start.id:
        # Some send the name with every fragment, under a new id each time. Then only the arguments show what continues.
        continues = name == start.name and arguments and not arguments.startswith("{") and _is_cut_object(call)
        return not continues
    if name == start.name and (fragment.id or not arguments.startswith("{")):
        return False
    return _is_whole_object(call)


def _is_next_in_list(call: _Call, fragment: Fragment, in_list: list[_Call]) -> bool:
    """Tell whether a fragment has a name, but no id, and follows one of the same index in the same list."""
    return bool(fragment.name) and not fragment.id and any(call is other for other in in_list)


def _is_cut_object(call: _Call) -> bool:
    """Tell whether the arguments so far begin like a JSON object and lack its end."""
    return "".join(call.arguments).lstrip().startswith("{") and not _is_whole_object(call)


def _is_whole_object(call: _Call) -> bool:
    """Tell whether the arguments so far are a whole JSON object."""
    text = "".join(call.arguments).strip()
    if not (text.startswith("{") and text.endswith("}")):
        return False
    try:
        parse(text.encode("utf-8", "replace"))
    except ValueError:
        return False
    return True


def _extend(call: _Call, fragment: Fragment) -> None:
    """Note the id, the name and the arguments of a fragment."""
    start = call.start
    start.id = start.id or fragment.id
    # Some providers send the name in pieces, which SDKs join. Others repeat the whole name with every piece.
    start.name += fragment.name if fragment.name != start.name else ""
    if fragment.arguments:
        call.arguments.append(fragment.arguments)
