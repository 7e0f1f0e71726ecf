"""The waterfall of a session as data: its sums, its time axis, and a row for each turn, call and subagent."""

from collections.abc import Iterable, Sequence
from typing import Any

from viewer.conversation.sessions.times import Span
from viewer.conversation.sessions.totals import CallSums
from viewer.display.sessions.axis import SessionAxis, session_axis
from viewer.display.sessions.view import SessionRow, SessionView
from viewer.display.sessions.words import cost_of_row, explain_time, session_title, shares_of, totals_in_words
from viewer.pages.recording.call_rows import note_of, status_of, words_of
from viewer.text.safe import well_formed
from viewer.text.words import MARKS, NOTHING, marked, number, seconds, short_count
from viewer.types.measure import Measure

# More tools at the same time would be too thin to see, so that the last lane holds the rest.
_MAX_LANES = 3


def session_table(view: SessionView) -> dict[str, Any]:
    """Return the waterfall. Bars are seconds, with long waits cut, or the tokens so far if the file has no times."""
    axis = session_axis(view.times)
    is_timed = bool(axis.pieces)
    bars = _TimedBars(view, axis) if is_timed else _TokenBars(view)
    rows = [_row(row, bars.of(row), view.session.program) for row in view.rows]
    return {
        "title": session_title(view.session),
        "figures": totals_in_words(view),
        "shares": [
            [name, label, marked(one), explain_time(one), one.value] for name, label, one in shares_of(view.times)
        ],
        "agreements": [[one.agrees, one.text] for one in view.totals.agreements],
        "axis": {
            "unit": "s" if is_timed else "tokens",
            "end": bars.end,
            "pieces": [[*piece, piece.is_cut] for piece in axis.pieces] or [[0, bars.end, 0, bars.end, False]],
        },
        "columns": _known_columns(view),
        "rows": rows,
    }


def _known_columns(view: SessionView) -> list[str]:
    """Return the columns that have a value in any row."""
    whole, shares = view.totals.whole, view.times.shares
    known = {
        "time": any(row.times.whole.grade for row in view.rows),
        "model": any(row.times.model.grade for row in view.rows),
        "tools": shares.tools.grade is not None and shares.tools.value is not None,
        "input": whole.without_input < whole.calls,
        "cached": bool(whole.cache_read_tokens),
        "output": whole.without_output < whole.calls,
        "cost": whole.without_price < whole.calls or any(row.reported_usd is not None for row in view.rows),
    }
    return [name for name, is_known in known.items() if is_known]


def _row(row: SessionRow, bars: list[list[Any]], program: str) -> dict[str, Any]:
    sums, call, cost = row.sums, row.call, cost_of_row(row, program)
    is_group = row.kind != "call"
    failed = f"{number(row.failed)} failed" if row.failed else ""
    return {
        "type": row.kind,
        "depth": row.depth,
        "index": row.index,
        "status": ("tool" if row.failed else "ok") if is_group else status_of(call),
        "note": failed if is_group else note_of(call),
        "kind": call.deed.kind if call else "",
        "words": well_formed(row.title) if is_group or call is None else words_of(call),
        "detail": well_formed(row.detail),
        "calls": sums.calls,
        "compacted": row.is_compacted,
        "bars": bars,
        "time": _measure(row.times.whole),
        "model": _measure(row.times.model),
        "tools": _measure(row.times.tools) if row.times.tools.value else [NOTHING, row.times.tools.source, None],
        "input": _count(sums.input_tokens, sums.without_input, sums),
        "cached": _count(sums.cache_read_tokens, sums.without_cache, sums),
        "output": _count(sums.output_tokens, sums.without_output, sums),
        "cost": [cost.text or NOTHING, cost.note, cost.usd],
    }


def _measure(one: Measure) -> list[Any]:
    return [marked(one), explain_time(one), one.value]


def _count(tokens: int, missing: int, sums: CallSums) -> list[Any]:
    """Return a count in words, a note if some calls do not report it, and the count to sort by."""
    if missing == sums.calls:
        return [NOTHING, "not reported", None]
    note = f"{number(missing)} of {number(sums.calls)} calls do not report it" if missing else ""
    return [short_count(tokens) + ("+" if missing else ""), " · ".join(filter(None, (number(tokens), note))), tokens]


class _TimedBars:
    """The spans of each row on the time axis.

    A bar is its kind, its begin and end on the axis, where its certain part begins, its lane of how many, and what it is in words.
    """

    def __init__(self, view: SessionView, axis: SessionAxis) -> None:
        self._view = view
        self._axis = axis
        self.end = axis.end

    def of(self, row: SessionRow) -> list[list[Any]]:
        """Return the bars of a call, or those of all calls of a turn or a subagent, without words."""
        if row.kind == "call":
            return [self._bar(span, lane, lanes) for span, lane, lanes in _in_lanes(row.spans)]
        return [
            [span.kind, self._axis.at(span.begin_s), self._axis.at(span.end_s)]
            for span in sorted(row.spans, key=lambda one: (one.kind == "model", one.begin_s))
        ]

    def _bar(self, span: Span, lane: int, lanes: int) -> list[Any]:
        certain = self._axis.at(span.end_s - (span.certain_s or 0.0))
        kind = "failed" if span.is_error else span.kind
        begin, end = self._axis.at(span.begin_s), self._axis.at(span.end_s)
        return [kind, begin, end, max(begin, certain), lane, lanes, self._words(span)]

    def _words(self, span: Span) -> str:
        """Return what a bar shows, for its tooltip."""
        whole, begin = seconds(span.end_s - span.begin_s), f"{seconds(span.begin_s)} after the start"
        if span.kind == "model":
            mark = MARKS[self._view.session.call_grade]
            least = (
                f", at least {seconds(span.certain_s)}"
                if span.certain_s and span.certain_s < span.end_s - span.begin_s
                else ""
            )
            return f"model: at most {whole} {mark}{least}; {begin}"
        name = well_formed(self._view.tool_names.get(span.call_id) or "tool")
        ran = f"ran {seconds(span.certain_s)}" if span.certain_s is not None else "how long it ran is not recorded"
        mark = MARKS[self._view.session.tool_grade]
        return f"{name}{' failed' if span.is_error else ''}: {whole} {mark} from its call to its result; {ran}; {begin}"


class _TokenBars:
    """The tokens of each call, which begin where those of the call before it end."""

    def __init__(self, view: SessionView) -> None:
        self._begins: dict[int, int] = {}
        so_far = 0
        for row in sorted((row for row in view.rows if row.kind == "call"), key=lambda row: row.index):
            self._begins[row.index] = so_far
            so_far += row.sums.input_tokens + row.sums.output_tokens
        self.end = float(so_far or 1)

    def of(self, row: SessionRow) -> list[list[Any]]:
        """Return the bars of a call. A turn or subagent has none."""
        if row.kind != "call":
            return []
        begin = self._begins[row.index]
        middle, end = begin + row.sums.input_tokens, begin + row.sums.input_tokens + row.sums.output_tokens
        parts = (("input", begin, middle, row.sums.input_tokens), ("output", middle, end, row.sums.output_tokens))
        return [
            [kind, low, high, low, 0, 1, f"{number(count)} {kind} tokens"] for kind, low, high, count in parts if count
        ]


def _in_lanes(spans: Sequence[Span]) -> Iterable[tuple[Span, int, int]]:
    """Yield spans with the lane that each is in, and how many lanes there are: tools that run at once stand below each other."""
    tools = [span for span in spans if span.kind == "tool"]
    ends: list[float] = []
    lanes: dict[int, int] = {}
    for place, span in enumerate(tools):
        free = next((lane for lane, end_s in enumerate(ends) if end_s <= span.begin_s), len(ends))
        ends[free : free + 1] = [span.end_s]
        lanes[place] = min(free, _MAX_LANES - 1)
    count = max(lanes.values(), default=0) + 1
    yield from ((span, 0, 1) for span in spans if span.kind == "model")
    yield from ((span, lanes[place], count) for place, span in enumerate(tools))
