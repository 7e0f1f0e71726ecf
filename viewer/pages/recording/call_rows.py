"""The calls of a cassette as rows of text and numbers, for the rail and for the grid of all calls."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from viewer.conversation.agent import Call, calls_of
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.text.safe import well_formed
from viewer.text.words import NOTHING, counted, dollars, explanation, headline, marked, number, short_count

_BYTES_PER_CALL = 2000
# How many marks of the axis at most fit above the bars.
_MAX_TICKS = 6
_STATUS = {"ok": "ok", "error": "error", "tool failed": "tool", "cut off": "cut"}


def cached_calls(cassette: Cassette, identity: str) -> list[Call]:
    """Return the calls of a cassette. They are computed once: every request of an agent holds the whole conversation."""
    return server_cache().get(
        ("calls", identity), lambda: calls_of(cassette), lambda calls: _BYTES_PER_CALL * len(calls)
    )


class Totals(NamedTuple):
    """The sums of all calls, in words."""

    title: str
    figures: str


def totals(cassette: Cassette, calls: Sequence[Call]) -> Totals:
    """Return how many calls there are, and what they add up to."""
    others = len(cassette.interactions) - len(calls)
    title = f"All {counted(len(calls), 'call')}" if len(calls) != 1 else "1 call"
    parts = [counted(others, "other request")] if others else []
    if calls and (calls[-1].input_tokens_so_far or calls[-1].output_tokens_so_far):
        parts.append(f"{number(calls[-1].input_tokens_so_far)} in, {number(calls[-1].output_tokens_so_far)} out")
    if calls and calls[-1].cost_so_far_usd:
        parts.append(" ".join(filter(None, (dollars(calls[-1].cost_so_far_usd), _unpriced(calls[-1])))))
    for outcome, name in (("error", "error"), ("tool failed", "failed tool"), ("cut off", "cut off")):
        count = sum(call.outcome == outcome for call in calls)
        if count:
            parts.append(counted(count, name) if outcome != "cut off" else f"{count} {name}")
    return Totals(title, " · ".join(parts))


def rail_rows(cassette: Cassette, calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Return a row for each interaction in recorded order, including those that are not calls of a model."""
    by_interaction = {call.interaction: call for call in calls}
    return [rail_row(cassette, index, by_interaction.get(index)) for index in range(len(cassette.interactions))]


def rail_row(cassette: Cassette, index: int, call: Call | None) -> dict[str, Any]:
    """Return the row of an interaction, which has no `call` if it is not one of a model."""
    return _rail_row(call) if call else _other_row(cassette, index)


def _rail_row(call: Call) -> dict[str, Any]:
    tokens = [f"{short_count(call.input_tokens)} in"] if call.input_tokens is not None else []
    tokens += [f"{short_count(call.output_tokens)} out"] if call.output_tokens is not None else []
    return {
        "index": call.interaction,
        "status": status_of(call),
        "note": note_of(call),
        "kind": call.deed.kind,
        "words": words_of(call),
        "input": call.input_tokens or 0,
        "output": call.output_tokens or 0,
        "tokens": " · ".join(tokens),
        "time": "" if headline(call.length) == NOTHING else headline(call.length),
    }


def _other_row(cassette: Cassette, index: int) -> dict[str, Any]:
    interaction = cassette.interactions[index]
    address = interaction.request.url.partition("?")[0].rstrip("/")
    host, _, path = (address.partition("://")[2] or address).partition("/")
    return {
        "index": index,
        "status": "other",
        "note": str(interaction.response.status or ""),
        "kind": "other",
        "words": well_formed(f"{interaction.request.method} {f'/{path}' if path else host}".strip())[:80],
        "input": 0,
        "output": 0,
        "tokens": "",
        "time": "",
    }


def words_of(call: Call) -> str:
    """Return what a call did, in a few words."""
    return well_formed(call.deed.words or call.label)


def status_of(call: Call | None) -> str:
    """Return how a call ended, in the word that stands for it in the scripts. An interaction without one is "other"."""
    return _STATUS[call.outcome] if call else "other"


def note_of(call: Call | None) -> str:
    """Return what is wrong with a call, in a word or two; "" if nothing is."""
    if call is None:
        return ""
    match call.outcome:
        case "error":
            return str(call.status) if call.status and call.status != 200 else "error"
        case "tool failed":
            return "tool failed"
        case "cut off":
            return "cut off"
        case _:
            return ""


def grid(calls: Sequence[Call]) -> dict[str, Any]:
    """Return the rows of the grid and its axis: seconds if any start is known, else the tokens so far."""
    in_seconds = any(call.started.value is not None for call in calls)
    end = max(map(_end_s if in_seconds else _tokens_so_far, calls), default=0.0) or 1.0
    return {
        "axis": {
            "label": "seconds since the first call" if in_seconds else "tokens so far; times were not recorded",
            "ticks": [[100 * at / end, number(at)] for at in _ticks(end)],
        },
        "longest": _longest(calls),
        "columns": _known_columns(calls),
        "rows": [_grid_row(call, _timed_bar(call, end) if in_seconds else _token_bar(call, end)) for call in calls],
    }


def _known_columns(calls: Sequence[Call]) -> list[str]:
    """Return the columns that have a value in any row. The others are not shown."""
    known = {
        "started": any(call.started.value is not None for call in calls),
        "length": any(call.least_s is not None for call in calls),
        "input": any(call.input_tokens is not None for call in calls),
        "output": any(call.output_tokens is not None for call in calls),
        "so-far": any(call.input_tokens or call.output_tokens for call in calls),
        "cost": any(call.cost.usd is not None for call in calls),
        "spent": any(call.cost.usd is not None for call in calls),
        "tools": any(call.tool_calls for call in calls),
    }
    return [name for name, is_known in known.items() if is_known]


def _grid_row(call: Call, bar: dict[str, Any] | None) -> dict[str, Any]:
    finish = call.finish_reason or ("—" if call.outcome == "ok" else "")
    return {
        "index": call.interaction,
        "status": status_of(call),
        "ended": note_of(call) or well_formed(finish),
        "kind": call.deed.kind,
        "words": words_of(call),
        "label": well_formed(call.label),
        "bar": bar,
        "started": [marked(call.started), explanation(call.started), call.started.value],
        "length": [marked(call.length), explanation(call.length), call.least_s],
        "input": [_count(call.input_tokens), call.input_tokens],
        "output": [_count(call.output_tokens), call.output_tokens],
        "cost": [NOTHING if call.cost.usd is None else dollars(call.cost.usd), call.cost.source, call.cost.usd],
        "soFar": [number(call.input_tokens_so_far + call.output_tokens_so_far)],
        "spent": [_spent(call), _unpriced(call)],
        "tools": [[well_formed(made.name or "a tool"), made.failed, made.answered_by] for made in call.tool_calls],
    }


def _spent(call: Call) -> str:
    return dollars(call.cost_so_far_usd) + ("+" if call.unpriced_so_far else "")


def _unpriced(call: Call) -> str:
    return f"plus {counted(call.unpriced_so_far, 'call')} without a price" if call.unpriced_so_far else ""


def _count(tokens: int | None) -> str:
    return NOTHING if tokens is None else number(tokens)


def _end_s(call: Call) -> float:
    """Return the last moment that is known of a call, in seconds since the first one began."""
    if call.started.value is None:
        return 0.0
    return max(call.started.value + (call.least_s or 0.0), call.started.high or 0.0)


def _tokens_so_far(call: Call) -> float:
    return float(call.input_tokens_so_far + call.output_tokens_so_far)


def _timed_bar(call: Call, end_s: float) -> dict[str, Any] | None:
    """Return a bar from the start of a call to its end, in percent. It is open if the end is not known."""
    start_s, least_s = call.started.value, call.least_s
    if start_s is None:
        return None
    is_exact = call.length.value is not None and call.length.high is not None
    bounds = (call.started.low, call.started.high)
    return {
        "from": 100 * start_s / end_s,
        "parts": [["output", 100 * (least_s or 0.0) / end_s]],
        "open": not is_exact,
        "unknown": least_s is None,
        "bounds": [100 * one / end_s for one in bounds if one is not None] if bounds[0] != bounds[1] else [],
    }


def _token_bar(call: Call, end: float) -> dict[str, Any] | None:
    """Return a bar of the tokens of a call, which begins where that of the call before it ends, in percent."""
    added = (call.input_tokens or 0) + (call.output_tokens or 0)
    if not added:
        return None
    parts = [["input", 100 * (call.input_tokens or 0) / end], ["output", 100 * (call.output_tokens or 0) / end]]
    return {
        "from": 100 * (_tokens_so_far(call) - added) / end,
        "parts": parts,
        "open": False,
        "unknown": False,
        "bounds": [],
    }


def _longest(calls: Sequence[Call]) -> list[Any] | None:
    """Return the call that took longest: in words whether that is certain, its index, and its length in words."""
    known = [call for call in calls if call.least_s is not None]
    if not known:
        return None
    longest = max(known, key=lambda call: call.least_s or 0.0)
    least_s = longest.least_s or 0.0
    is_certain = all(
        call.length.high is not None and call.length.high <= least_s for call in calls if call is not longest
    )
    label = "longest" if is_certain else "longest as far as known"
    return [label, longest.interaction, marked(longest.length)]


def _ticks(end: float) -> list[float]:
    """Return round numbers from 0 to the end of an axis."""
    power = 10.0 ** (math.floor(math.log10(end)) - 1)
    while True:
        for step in (power, 2 * power, 5 * power):
            if end / step <= _MAX_TICKS:
                return [round(step * place, 9) for place in range(int(end / step) + 1)]
        power *= 10
