"""Figures of recordings as Plotly figures, for notebooks and scripts.

import viewer
stream = viewer.load("recording.yaml").streams[0]
viewer.charts.timeline(stream, theme="dark")                   # the last line of a cell shows it
viewer.charts.tokens(stream).write_html("tokens.html")

All of them:

- draw a time only as far as its grade supports one, and say instead of an empty figure why there is nothing to draw;
- have a title, the mark of the grade in the line below it, and units on their axes;
- have a transparent ground. `theme` is "light" or "dark"; None takes colours that can be read on both;
- are without secrets, because the file of a notebook contains them. `redact=False` keeps everything, and a `viewer.Redaction` says
  what else to remove. A finished figure that still holds what was removed is refused with a `viewer.CassetteError`.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from viewer.conversation.agent import calls_of
from viewer.display import charts
from viewer.display.charts.calls import is_timed
from viewer.display.charts.comparison import METRICS, legend
from viewer.display.charts.standalone import Theme, is_dark, stand_alone, texts_of
from viewer.display.headline import stream_title
from viewer.display.outgoing_recordings import OutgoingStream, outgoing_cassette, outgoing_stream
from viewer.redaction.cassette import Redaction
from viewer.redaction.finder import SEPARATOR
from viewer.redaction.outputs import Outgoing
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, MARKS, counted, explain_grade
from viewer.types.chunk_table import GRADES
from viewer.types.usage import check_arithmetic

__all__ = ["by_model", "calls", "comparison", "gaps", "rate", "timeline", "tokens"]


def timeline(
    stream: Stream, *, choice: int | None = None, theme: Theme = None, redact: bool | Redaction = True
) -> go.Figure:
    """Draw the cumulative tokens of each lane, and below them the rate and the gaps between chunks if they are known.

    Without recorded times, x is the number of the chunk. A band is where a curve can be, given the bounds of its chunks.

    Args:
        stream: the stream.
        choice: which of several answers; by default the first.
        theme: "light", "dark", or None for colours that can be read on both.
        redact: as in the module's docstring.
    """
    shown = _shown(stream, redact=redact)
    figure = charts.timeline(shown.stream, choice, dark=is_dark(theme))
    return _finished(figure, [shown.recording], _title("Tokens", shown.stream), _grade(shown.stream), theme)


def rate(
    stream: Stream, *, choice: int | None = None, theme: Theme = None, redact: bool | Redaction = True
) -> go.Figure:
    """Draw tokens per second: a curve of measured or stamped times, a step for each second of whole-second stamps.

    Any other grade has no rate over time, and the figure says so. Arguments are those of `timeline`.
    """
    shown = _shown(stream, redact=redact)
    figure = charts.rate(shown.stream, choice, dark=is_dark(theme))
    return _finished(figure, [shown.recording], _title("Output rate", shown.stream), _grade(shown.stream), theme)


def gaps(stream: Stream, *, theme: Theme = None, redact: bool | Redaction = True) -> go.Figure:
    """Draw how many gaps between chunks are how long, in milliseconds on a logarithmic scale.

    Only measured and stamped times have gaps; otherwise the figure says why not. Arguments are those of `timeline`.
    """
    shown = _shown(stream, redact=redact)
    figure = charts.gap_distribution(shown.stream, dark=is_dark(theme))
    return _finished(
        figure, [shown.recording], _title("Gaps between chunks", shown.stream), _grade(shown.stream), theme
    )


def tokens(stream: Stream, *, theme: Theme = None, redact: bool | Redaction = True) -> go.Figure:
    """Draw what the reported input and output tokens consist of: cached or not, reasoning shown or hidden, content.

    The line below the title says whether the provider's own sums add up. Arguments are those of `timeline`.
    """
    shown = _shown(stream, redact=redact)
    usage = shown.stream.usage
    subtitle = check_arithmetic(usage, shown.stream.provider).text if usage else "no usage is reported"
    figure = charts.tokens(shown.stream, dark=is_dark(theme))
    return _finished(figure, [shown.recording], _title("Token usage", shown.stream), subtitle, theme)


def calls(cassette: Cassette, *, theme: Theme = None, redact: bool | Redaction = True) -> go.Figure:
    """Draw when each call of a cassette ran, one below the other, in the colour of how it ended.

    A pale bar has an end that is not known. Without known starts, each call is drawn by its tokens instead.

    Args:
        cassette: the cassette.
        theme: "light", "dark", or None for colours that can be read on both.
        redact: as in the module's docstring.
    """
    if not isinstance(cassette, Cassette):
        raise TypeError(f"calls draws a cassette, not a {type(cassette).__name__}")
    recording = outgoing_cassette(cassette, redact=redact)
    made = calls_of(recording.cassette)
    starts = {call.started.grade: call.started.source for call in made if call.started.grade}
    by_grade = (f"{MARKS[grade]} {starts[grade]}" for grade in GRADES if grade in starts)
    subtitle = f"starts: {'; '.join(by_grade)}" if is_timed(made) else "times were not recorded"
    title = f"{counted(len(made), 'call')} · {recording.cassette.name}"
    return _finished(charts.calls(recording.cassette, dark=is_dark(theme)), [recording], title, subtitle, theme)


def comparison(
    *streams: Stream, metrics: Sequence[str] = METRICS, theme: Theme = None, redact: bool | Redaction = True
) -> go.Figure:
    """Draw the figures of two to six streams as bars beneath each other, each figure on a scale of its own.

    A hairline is what the bounds allow, dotted if there is no upper bound. Each title says how the others differ from the first: the
    difference, "within bounds" if it is not certain, or "not known". Figures that no recording supports are left out.

    Args:
        streams: the streams.
        metrics: names in `stream.metrics`, from top to bottom.
        theme: "light", "dark", or None for colours that can be read on both.
        redact: as in the module's docstring.

    Raises:
        ValueError: there are more than six streams, or none.
    """
    shown = [_shown(stream, redact=redact) for stream in streams]
    figure = charts.comparison([one.stream for one in shown], metrics, dark=is_dark(theme))
    names = legend([one.stream for one in shown])
    return _finished(figure, [one.recording for one in shown], "Comparison", names, theme)


def by_model(frame: pd.DataFrame, metric: str = "ttft", *, theme: Theme = None) -> go.Figure:
    """Draw one figure of many streams as points, by model, grades in their own colours.

    A line is the median of one model and grade, and models are in the order of their medians. A ring is a value that is only known
    to be at least so much. Streams without a value are not drawn, and counted in the line below the title.

    Args:
        frame: what `viewer.open_many` returns, or some of its rows. File and model names are shown as they are there.
        metric: a figure of that table: "ttft", "tokens_per_second" and so on.
        theme: "light", "dark", or None for colours that can be read on both.

    Raises:
        ValueError: the table has no such figure.
    """
    figure = charts.by_model(frame, metric, dark=is_dark(theme))
    has_value = frame[metric].notna()
    known = int(has_value.sum())
    subtitle = f"{known:,} of {counted(len(frame), 'row')} {'has' if known == 1 else 'have'} a value; lines are medians, each grade by itself"
    if (has_value & frame[f"{metric}_high"].isna()).any():
        subtitle += "; a ring is at least so much"
    return stand_alone(figure, f"{LABELS[metric]} by model", subtitle, theme)


def _shown(stream: Stream, *, redact: bool | Redaction) -> OutgoingStream:
    value: Any = stream
    if not isinstance(value, Stream):
        raise TypeError(f"this figure draws one stream, not a {type(value).__name__}; pass one of cassette.streams")
    return outgoing_stream(stream, redact=redact)


def _title(what: str, stream: Stream) -> str:
    return f"{what} · {stream_title(stream)}"


def _grade(stream: Stream) -> str:
    grade = stream.timing.grade
    return f"{MARKS[grade]} {explain_grade(grade)}"


def _finished(figure: go.Figure, recordings: Sequence[Outgoing], title: str, subtitle: str, theme: Theme) -> go.Figure:
    """Return a figure with its title and theme. Raise `CassetteError` if it holds a value that was removed."""
    complete = stand_alone(figure, title, subtitle, theme)
    texts = SEPARATOR.join(texts_of(complete))
    for recording in recordings:
        recording.check(texts)
    return complete
