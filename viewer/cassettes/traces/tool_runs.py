"""Which call of a model asked for each run of a tool in a trace."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from viewer.cassettes.fields import elapsed_s
from viewer.cassettes.traces.spans import Span
from viewer.text.json import as_text, mapping, only_text, parse
from viewer.types.http import Interaction
from viewer.types.sessions import ToolRun
from viewer.wire.sniff import is_json

# Answers hold their calls five or six deep. The limit keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 12
_IDS = ("id", "call_id", "toolCallId", "tool_call_id", "toolUseId")
_NAMES = ("name", "toolName")
_ARGUMENTS = ("arguments", "args", "input")
_CALL_TYPES = frozenset({"tool_call", "tool_use", "function_call", "tool-call", "custom_tool_call", "server_tool_use"})
_MENTIONS = (b"tool", b"function")


class _Asked(NamedTuple):
    interaction: int
    id: str
    name: str
    arguments: str


def runs_of(spans: Sequence[Span], calls: Sequence[Span]) -> Iterator[ToolRun]:
    """Yield the runs of tools whose call is known, in the order of the calls.

    A tool call is found by its id. Without one it is found by its name among those that the call of a model before it made, if
    only one of them fits.
    """
    tools = [span for span in spans if span.kind == "tool"]
    if not tools:
        return
    asked = [one for place, call in enumerate(calls) for one in _asked(place, call.interaction)]
    by_id: defaultdict[str, list[_Asked]] = defaultdict(list)
    by_name: defaultdict[tuple[str, str], list[_Asked]] = defaultdict(list)
    for one in asked:
        by_id[one.id].append(one)
        by_name[calls[one.interaction].trace, one.name].append(one)
    found: list[tuple[_Asked, Span]] = []
    taken: set[_Asked] = set()
    tools.sort(key=lambda span: span.started.epoch_s if span.started else 0.0)
    for span in tools:
        if span.call_id:
            match = _by_id(span, by_id[span.call_id], calls, taken)
        else:
            match = _by_name(span, by_name[span.trace, span.name], calls, taken)
        if match is not None:
            taken.add(match)
            found.append((match, span))
    for one, span in sorted(found, key=lambda pair: pair[0].interaction):
        called = span.started or calls[one.interaction].ended
        ran_s = span.ran_s if span.ran_s is not None else elapsed_s(span.started, span.ended)
        yield ToolRun(one.interaction, one.id, called, span.ended, ran_s, span.is_error)


def _by_id(span: Span, asked: Sequence[_Asked], calls: Sequence[Span], taken: set[_Asked]) -> _Asked | None:
    """Return the tool call with the id of a run. Some models number their calls anew in each trace, or in each answer."""
    free = [one for one in asked if one not in taken]
    near = [one for one in free if calls[one.interaction].trace == span.trace] or free
    before = [one for one in near if _ended_before(calls[one.interaction], span)]
    return next(iter([*before[-1:], *near]), None)


def _by_name(span: Span, asked: Sequence[_Asked], calls: Sequence[Span], taken: set[_Asked]) -> _Asked | None:
    """Return the tool call that a run of a tool answers, if the trace leaves no doubt."""
    before = [one for one in asked if one not in taken and _ended_before(calls[one.interaction], span)]
    last = [one for one in before if one.interaction == before[-1].interaction]
    if len(last) > 1 and span.arguments:
        last = [one for one in last if _same(one.arguments, span.arguments)]
    return last[0] if len(last) == 1 else None


def _ended_before(call: Span, span: Span) -> bool:
    return call.ended is not None and span.started is not None and call.ended.epoch_s <= span.started.epoch_s


def _same(first: str, second: str) -> bool:
    try:
        return bool(parse(first.encode("utf-8", "surrogatepass")) == parse(second.encode("utf-8", "surrogatepass")))
    except ValueError:
        return first == second


def _asked(place: int, interaction: Interaction | None) -> Iterator[_Asked]:
    body = interaction.response.body if interaction else b""
    if not any(mention in body for mention in _MENTIONS):
        return
    values: list[bytes] = [body] if is_json(body) else [line.removeprefix(b"data: ") for line in body.split(b"\n")]
    for value in values:
        try:
            yield from _calls_in(place, parse(value), 0)
        except ValueError:
            continue


def _calls_in(place: int, value: Any, depth: int) -> Iterator[_Asked]:
    """Yield the tool calls in a response, in any provider's shape."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from _calls_in(place, one, depth + 1)
        return
    fields = mapping(value)
    inner = next(
        (mapping(fields[key]) for key in ("function", "functionCall", "toolUse") if mapping(fields.get(key))), None
    )
    if inner is None and only_text(fields.get("type")) in _CALL_TYPES:
        inner = fields
    if inner is not None:
        name = next((only_text(inner[key]) for key in _NAMES if inner.get(key)), "")
        call_id = next((only_text(one[key]) for one in (fields, inner) for key in _IDS if one.get(key)), "")
        arguments = next((as_text(inner[key]) for key in _ARGUMENTS if key in inner), "")
        if name:
            yield _Asked(place, call_id, name, arguments)
            return
    for one in fields.values():
        if isinstance(one, dict | list):
            yield from _calls_in(place, one, depth + 1)
