"""What a notebook shows of a recording: its figures and texts as plain HTML, then the deck in a frame.

In a notebook that is not trusted, JupyterLab shows outputs without frames and scripts, as do sites that render notebooks. There,
only the plain HTML is shown. The frame is sandboxed and has no origin, so the recording can reach neither the notebook nor its
server.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from viewer.display.deck import deck_page
from viewer.display.headline import headline_metrics
from viewer.display.lanes import lanes_of
from viewer.display.story import stream_story
from viewer.streams.stream import Stream
from viewer.text.html import escape
from viewer.text.words import LABELS, MARKS, NOTHING, bounds, counted, dollars, headline, marked, number

if TYPE_CHECKING:
    from viewer.streams.cassette import Cassette

MAX_STREAMS = 20
MAX_CHARACTERS = 20_000
# A notebook file contains its outputs. A larger deck would make it slow to open.
MAX_CHUNKS = 50_000
_CHARACTERS_PER_LINE = 100
_MAX_LINES = 10


def stream_html(stream: Stream) -> str:
    """Return a stream as HTML: its story, figures and texts, and the deck in a sandboxed frame."""
    return _summary(stream) + _frame([stream], stream.model or stream.protocol)


def cassette_html(cassette: "Cassette") -> str:
    """Return a cassette as HTML: what it is, a row for each stream, and the deck with all of them."""
    recorder = cassette.recorder
    contents = f"{counted(len(cassette.interactions), 'interaction')}, {counted(len(cassette.streams), 'stream')}"
    problems = f", {counted(len(cassette.problems), 'problem')}" if cassette.problems else ""
    parts = [f"<p><b>{escape(cassette.name)}</b> · {escape(recorder)} · {contents}{problems}</p>"]
    if len(cassette.streams) == 1:
        return parts[0] + stream_html(cassette.streams[0])
    shown = cassette.streams[:MAX_STREAMS]
    if shown:
        head = "".join(
            f"<th>{name}</th>" for name in ("", "stream", "time to first token", "length", "tokens", "finish")
        )
        rows = "".join(_row(stream) for stream in shown)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    if len(shown) < len(cassette.streams):
        parts.append(f"<p>and {len(cassette.streams) - len(shown)} more</p>")
    parts += [f"<p>{escape(problem.message)}</p>" for problem in cassette.problems[:5] if problem.severity != "note"]
    return "".join(parts) + _frame(shown, cassette.name)


def _row(stream: Stream) -> str:
    metrics = stream.metrics
    total = stream.usage.total if stream.usage else None
    cells = (
        str(stream.interaction),
        stream.model or stream.protocol,
        headline(metrics["ttft"]),
        f"{headline(metrics['stream_time'])} {MARKS[stream.timing.grade]}",
        NOTHING if total is None else number(total),
        stream.finish_reason or NOTHING,
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _summary(stream: Stream) -> str:
    figures = [
        (LABELS[name], marked(measure), bounds(measure))
        for name in headline_metrics(stream)
        if (measure := stream.metrics[name]).grade
    ]
    usage = stream.usage
    if usage and usage.input is not None and usage.output is not None:
        figures.append(("Tokens", f"{number(usage.input)} in, {number(usage.output)} out", ""))
    if stream.cost.usd is not None:
        figures.append(("Cost", dollars(stream.cost.usd), stream.cost.note))
    rows = "".join(
        f"<tr><td>{escape(label)}</td><td>{escape(value)}</td><td>{escape(more)}</td></tr>"
        for label, value, more in figures
    )
    texts = "".join(_details(kind, stream.text(kind)) for kind in ("reasoning", "content", "refusal"))
    calls = "".join(_details(f"tool call {call.name}", call.arguments) for call in stream.tool_calls)
    return f"<p>{escape(stream_story(stream))}</p><table><tbody>{rows}</tbody></table>{texts}{calls}"


def _details(label: str, content: str) -> str:
    if not content:
        return ""
    cut = content[:MAX_CHARACTERS] + (" …" if len(content) > MAX_CHARACTERS else "")
    style = "white-space: pre-wrap; overflow-wrap: anywhere; text-align: left"
    return f'<details><summary>{escape(label)}</summary><pre style="{style}">{escape(cut)}</pre></details>'


def _frame(streams: Sequence[Stream], title: str) -> str:
    playable = [stream for stream in streams if lanes_of(stream)]
    if not playable:
        return ""
    chunks = sum(len(stream.chunks) for stream in playable)
    if chunks > MAX_CHUNKS:
        return f"<p>{number(chunks)} chunks are too many to play in a notebook. Use viewer.report to write a page with them.</p>"
    page = escape(deck_page(playable, title))
    height = 200 + max(map(_height, playable)) + (70 if len(playable) > 1 else 0)
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="Replay of {escape(title)}" loading="lazy"'
        f' style="width: 100%; height: {height}px; border: 0"></iframe>'
    )


def _height(stream: Stream) -> int:
    """Return the height of the lanes and panes of a stream in pixels. A sandboxed frame cannot fit its own height."""
    lanes = lanes_of(stream)
    lengths = [int(stream.chunks["text"].iloc[lane.rows].str.len().sum()) for lane in lanes if lane.has_text]
    return 20 * len(lanes) + sum(60 + 22 * min(_MAX_LINES, length // _CHARACTERS_PER_LINE) for length in lengths)
