"""The chart of the calls of a cassette: when each ran, or, if that was not recorded, how many tokens it added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import plotly.graph_objects as go

from viewer.conversation.agent import Call, Outcome, calls_of
from viewer.conversation.sessions.times import Span, session_times
from viewer.display.charts.style import literal, pick, say_instead, style
from viewer.display.colours import CONTENT, ERROR, QUIET, TOOL_CALL, Colour
from viewer.streams.cassette import Cassette
from viewer.text.safe import shortened
from viewer.text.words import NOTHING, marked, number, seconds

_COLOURS: dict[Outcome, Colour] = {"ok": CONTENT, "error": ERROR, "tool failed": TOOL_CALL, "cut off": QUIET}
_LABEL_CHARACTERS = 40
_PX_PER_CALL = 24
_MAX_HEIGHT_PX = 2000
_OPEN_OPACITY = 0.45


def calls(cassette: Cassette, *, dark: bool) -> go.Figure:
    """Draw each call as a bar from its start to its end, with the bounds of its start.

    In the session of an agent, the tools that a call asked for follow it: pale from the call to the result, solid for as long as the
    tool is known to have run. The bar of a call is pale if its end is not known. Without known starts, the bars are the tokens of each call, one after another.
    """
    made = calls_of(cassette)
    figure = go.Figure()
    if not made:
        say_instead(figure, "The recording has no calls of a model.")
    elif is_timed(made):
        spans = _tool_spans(cassette, made)
        # A failed tool has a bar of its own, so that the call itself is drawn as one that ended well.
        colours = {**_COLOURS, "tool failed": CONTENT} if spans else _COLOURS
        _add_timed_bars(figure, made, colours, dark=dark)
        _add_tool_bars(figure, made, spans, dark=dark)
        figure.update_xaxes(title="seconds since the first call", rangemode="tozero")
    else:
        _add_token_bars(figure, made, dark=dark)
        figure.update_xaxes(title="tokens so far (times were not recorded)", rangemode="tozero")
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(categoryorder="array", categoryarray=[*map(_label, made)][::-1])
    style(figure, height=min(120 + _PX_PER_CALL * len(made), _MAX_HEIGHT_PX))
    return figure


def is_timed(made: Sequence[Call]) -> bool:
    """Tell whether the start of any call is known."""
    return any(call.started.value is not None for call in made)


def _label(call: Call) -> str:
    """Return the name of a call on the axis. Its index makes it unique."""
    return literal(f"{call.interaction} {shortened(call.deed.words or call.label, _LABEL_CHARACTERS)}")


def _add_timed_bars(figure: go.Figure, made: Sequence[Call], colours: Mapping[Outcome, Colour], *, dark: bool) -> None:
    for outcome, colour in colours.items():
        shown = [call for call in made if call.outcome == outcome]
        starts = [call.started for call in shown]
        if not shown:
            continue
        figure.add_trace(
            go.Bar(
                y=[_label(call) for call in shown],
                base=[start.value for start in starts],
                # A call without a known start keeps its place on the axis and has no bar.
                x=[None if call.started.value is None else call.least_s or 0.0 for call in shown],
                orientation="h",
                name=outcome,
                marker={
                    "color": pick(colour, dark=dark),
                    "opacity": [1 if _ends(call) else _OPEN_OPACITY for call in shown],
                    # A call of no known length is still seen.
                    "line": {"color": pick(colour, dark=dark), "width": 1},
                },
                customdata=[_hover(call) for call in shown],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    bounded = [call for call in made if call.started.value is not None and call.started.low != call.started.high]
    if bounded:
        figure.add_trace(_bounds_of_starts(bounded, dark=dark))


def _tool_spans(cassette: Cassette, made: Sequence[Call]) -> list[Span]:
    """Return the runs of the tools of a session's file in seconds since the first call; none if it has no times."""
    if cassette.session is None:
        return []
    spans = session_times(cassette.session).spans
    starts = {call.interaction: call.started.value for call in made}
    calls_s = ((starts.get(span.interaction), span.begin_s) for span in spans if span.kind == "model")
    shift_s = next((start - begin_s for start, begin_s in calls_s if start is not None), 0.0)
    return [
        replace(span, begin_s=span.begin_s + shift_s, end_s=span.end_s + shift_s)
        for span in spans
        if span.kind == "tool"
    ]


def _add_tool_bars(figure: go.Figure, made: Sequence[Call], spans: Sequence[Span], *, dark: bool) -> None:
    by_interaction = {call.interaction: call for call in made}
    names = {one.id: one.name for call in made for one in call.tool_calls}
    for name, colour, failed in (("tools", TOOL_CALL, False), ("failed tools", ERROR, True)):
        shown = [span for span in spans if span.is_error == failed and span.interaction in by_interaction]
        for is_certain in (False, True):
            drawn = [span for span in shown if not is_certain or span.certain_s]
            if not drawn:
                continue
            lengths = [(span.certain_s or 0.0) if is_certain else span.end_s - span.begin_s for span in drawn]
            figure.add_trace(
                go.Bar(
                    y=[_label(by_interaction[span.interaction]) for span in drawn],
                    base=[span.end_s - length for span, length in zip(drawn, lengths, strict=True)],
                    x=lengths,
                    orientation="h",
                    name=name,
                    legendgroup=name,
                    showlegend=not is_certain,
                    marker={"color": pick(colour, dark=dark), "opacity": 1 if is_certain else _OPEN_OPACITY},
                    customdata=[_tool_hover(span, names.get(span.call_id, "")) for span in drawn],
                    hovertemplate="%{customdata}<extra></extra>",
                )
            )


def _tool_hover(span: Span, name: str) -> str:
    ran = f"ran {seconds(span.certain_s)}" if span.certain_s is not None else "how long it ran is not recorded"
    lines = [name or "a tool", f"{seconds(span.end_s - span.begin_s)} from its call to its result", ran]
    return "<br>".join(map(literal, lines))


def _ends(call: Call) -> bool:
    return call.length.value is not None and call.length.high is not None


def _bounds_of_starts(made: Sequence[Call], *, dark: bool) -> go.Scatter:
    starts = [call.started for call in made]
    values = [start.value or 0.0 for start in starts]
    above = [(value if start.high is None else start.high) - value for start, value in zip(starts, values, strict=True)]
    below = [value - (value if start.low is None else start.low) for start, value in zip(starts, values, strict=True)]
    colour = pick(QUIET, dark=dark)
    return go.Scatter(
        x=values,
        y=[_label(call) for call in made],
        mode="markers",
        name="bounds of the start",
        marker={"symbol": "line-ns-open", "size": 8, "color": colour},
        error_x={"type": "data", "array": above, "arrayminus": below, "color": colour, "thickness": 1, "width": 3},
        hoverinfo="skip",
    )


def _add_token_bars(figure: go.Figure, made: Sequence[Call], *, dark: bool) -> None:
    for name, colour in (("input", QUIET), ("output", CONTENT)):
        counts = [(call.input_tokens if name == "input" else call.output_tokens) or 0 for call in made]
        begins = [call.input_tokens_so_far + call.output_tokens_so_far - (call.output_tokens or 0) for call in made]
        if name == "input":
            begins = [begin - count for begin, count in zip(begins, counts, strict=True)]
        figure.add_trace(
            go.Bar(
                y=[_label(call) for call in made],
                base=begins,
                x=counts,
                orientation="h",
                name=name,
                marker={"color": pick(colour, dark=dark)},
                customdata=[_hover(call) for call in made],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )


def _hover(call: Call) -> str:
    counts = (call.input_tokens, call.output_tokens)
    read, written = (NOTHING if count is None else number(count) for count in counts)
    lines = [
        call.deed.words or call.label,
        f"{call.model or 'unknown model'} · {call.outcome}",
        f"started {marked(call.started)} · took {marked(call.length)}",
        f"{read} tokens in · {written} out",
    ]
    return "<br>".join(literal(line) for line in lines if line)
