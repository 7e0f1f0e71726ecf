"""What a notebook shows of a recording: its figures and texts as plain HTML, then the deck in a frame.

In a notebook that is not trusted, JupyterLab shows outputs without frames and scripts, as do sites that render notebooks. There,
only the plain HTML is shown. The frame is sandboxed and has no origin, so the recording can reach neither the notebook nor its
server.

A notebook file contains its outputs, and is sent and pushed. So secrets are removed from what is shown here. To show a cassette as
recorded:

    from IPython.display import HTML
    from viewer.display.notebook import cassette_html

    HTML(cassette_html(cassette, redact=False))

The data frames `cassette.chunks` and `stream.chunks` and the texts that `stream.text()` returns are as recorded. Those of
`viewer.redact(cassette)[0]` are not.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from viewer.display.deck import deck_page
from viewer.display.drawing import drawing_of
from viewer.display.head import head_of
from viewer.display.lanes import Lane, choices_of, lanes_of
from viewer.display.transcript import Block, blocks_of
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import Outgoing, outgoing
from viewer.streams import notebook_hook
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.html import escape
from viewer.text.words import NOTHING, counted, headline, marked, number
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError

MAX_STREAMS = 20
MAX_CHARACTERS = 20_000
MAX_ASKED_CHARACTERS = 600
# A notebook file contains its outputs. A larger deck would make it slow to open.
MAX_CHUNKS = 50_000
_CHARACTERS_PER_LINE = 90
# Of the deck's controls, figures and headings, and of a row of its lanes.
_FIXED_PX = 205
_ROW_PX = 20
_RATE_PX = 34
# Of a text of the transcript: its heading, a line of it, and the height from which it scrolls.
_HEADING_PX = 36
_LINE_PX = 24
_LEAST_TRANSCRIPT_PX = 125
_MOST_TRANSCRIPT_PX = 420
_outgoing: WeakKeyDictionary[Cassette, Outgoing] = WeakKeyDictionary()


def stream_html(stream: Stream, *, redact: bool | Redaction = True) -> str:
    """Return a stream as HTML: its story, figures and texts, and the deck in a sandboxed frame.

    Args:
        stream: the stream.
        redact: True removes secrets, False keeps everything, and a `viewer.Redaction` says what else to remove.
    """
    cassette = notebook_hook.cassette_of(stream)
    place = 0
    if cassette is None:
        # Only what the stream itself holds can tell what is secret.
        alone = replace(stream, interaction=0)
        cassette = Cassette(stream.protocol, "", "", [Interaction(Request(), Response())], [alone], [])
    else:
        place = next(place for place, one in enumerate(cassette.streams) if one is stream)
    return _redacted(cassette, lambda shown: _stream_html(shown, shown.streams[place]), redact=redact)


def cassette_html(cassette: Cassette, *, redact: bool | Redaction = True) -> str:
    """Return a cassette as HTML: what it is, a row for each stream, and the deck with all of them. `redact` is as above."""
    return _redacted(cassette, _cassette_html, redact=redact)


def _redacted(cassette: Cassette, render: Callable[[Cassette], str], *, redact: bool | Redaction) -> str:
    """Render a cassette without its secrets. Return why instead if the result still held one."""
    try:
        if redact is True:
            # A cell is often run again, and each stream of a cassette is shown by itself.
            shown = _outgoing.get(cassette) or outgoing(cassette, Redaction())
            _outgoing[cassette] = shown
        else:
            shown = outgoing(cassette, redact or None)
        html = render(shown.cassette)
        shown.check(html, fixed=deck_page([], ""))
    except CassetteError as error:
        return f"<p>{escape(str(error))}</p>"
    return html


def _stream_html(cassette: Cassette, stream: Stream) -> str:
    return _summary(cassette, stream) + _frame([stream], stream.model or stream.protocol)


def _cassette_html(cassette: Cassette) -> str:
    recorder = cassette.recorder
    contents = f"{counted(len(cassette.interactions), 'interaction')}, {counted(len(cassette.streams), 'stream')}"
    problems = f", {counted(len(cassette.problems), 'problem')}" if cassette.problems else ""
    parts = [f"<p><b>{escape(cassette.name)}</b> · {escape(recorder)} · {contents}{problems}</p>"]
    if len(cassette.streams) == 1:
        return parts[0] + _stream_html(cassette, cassette.streams[0])
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
        marked(metrics["stream_time"]),
        NOTHING if total is None else number(total),
        stream.finish_reason or NOTHING,
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _summary(cassette: Cassette, stream: Stream) -> str:
    head = head_of(cassette, stream.interaction, stream)
    asked = (
        [f"<p><b>{escape(head.asked.label)}:</b> {escape(_cut(head.asked.text, MAX_ASKED_CHARACTERS))}</p>"]
        if head.asked
        else []
    )
    alarms = [f"<p><b>{escape(alarm.title)}.</b> {escape(alarm.detail)}</p>" for alarm in head.alarms]
    rows = "".join(
        f"<tr><td>{escape(figure.label)}</td><td>{escape(figure.value)} {figure.mark}</td><td>{escape(figure.more)}</td></tr>"
        for figure in head.figures
    )
    notes = [f"<p>{escape(note)}</p>" for note in (*head.notes, head.times.text if head.times else "") if note]
    texts = [_details(kind, stream.text(kind)) for kind in ("reasoning", "content", "refusal")]
    calls = [_details(f"tool call {call.name}", call.arguments) for call in stream.tool_calls]
    table = f"<table><tbody>{rows}</tbody></table>"
    return "".join([*asked, f"<p>{escape(head.story)}</p>", *alarms, table, *notes, *texts, *calls])


def _cut(text: str, characters: int) -> str:
    return text[:characters] + (" …" if len(text) > characters else "")


def _details(label: str, content: str) -> str:
    if not content:
        return ""
    cut = _cut(content, MAX_CHARACTERS)
    style = "white-space: pre-wrap; overflow-wrap: anywhere; text-align: left"
    return f'<details><summary>{escape(label)}</summary><pre style="{style}">{escape(cut)}</pre></details>'


def _frame(streams: Sequence[Stream], title: str) -> str:
    playable = [stream for stream in streams if lanes_of(stream)]
    if not playable:
        return ""
    chunks = sum(len(stream.columns.event) for stream in playable)
    if chunks > MAX_CHUNKS:
        return f"<p>{number(chunks)} chunks are too many to play in a notebook. Use viewer.report to write a page with them.</p>"
    page = escape(deck_page(playable, title))
    height = _FIXED_PX + max(map(_height, playable)) + (70 if len(playable) > 1 else 0)
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="Replay of {escape(title)}" loading="lazy"'
        f' style="width: 100%; height: {height}px; border: 0"></iframe>'
    )


def _height(stream: Stream) -> int:
    """Return the height of the lanes and the transcript of a stream in pixels. A sandboxed frame cannot fit its own height."""
    choice = min(choices_of(stream))
    lanes = lanes_of(stream, choice)
    blocks = blocks_of(stream, choice, lanes)
    # The ruler is a row too.
    rows = 1 + len(lanes) + bool(stream.silences.stalls)
    rate = _RATE_PX if drawing_of(stream.timing.grade).rate != "none" else 0
    texts = sum(_block_height(stream, lanes, block, is_only=len(blocks) == 1) for block in blocks)
    return _ROW_PX * rows + rate + min(max(texts, _LEAST_TRANSCRIPT_PX), _MOST_TRANSCRIPT_PX)


def _block_height(stream: Stream, lanes: Sequence[Lane], block: Block, *, is_only: bool) -> int:
    height = _HEADING_PX * (1 + len(block.below))
    # Reasoning is folded, unless it is all there is. Hidden tokens have no text.
    if block.kind == "hidden" or (block.kind == "reasoning" and not is_only):
        return height
    if block.lane is None:
        text = block.text or ""
    else:
        text = "".join(stream.columns.text[lanes[block.lane].rows[block.start : block.stop]])
    # The arguments of a tool call are indented, with a line for each.
    indents = text.count(",") + 2 if block.kind == "tool_call" else 0
    return height + _LINE_PX * (indents + sum(1 + len(line) // _CHARACTERS_PER_LINE for line in text.split("\n")))
